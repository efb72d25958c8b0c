//! `profile presets`: every row of the table.

use countersign_dialect::{ended, providers};

use super::Home;
use crate::run::run;

#[test]
fn every_row_is_listed() {
    let text = run(&["profile", "presets"]).exits(0).out;
    let document = run(&["profile", "presets", "--format", "json"])
        .exits(0)
        .json();
    let ids = |list: &str| -> Vec<String> {
        let rows = document[list].as_array().unwrap();
        rows.iter()
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let presets: Vec<&str> = providers().iter().map(|row| row.id).collect();
    let over: Vec<&str> = ended().iter().map(|row| row.id).collect();
    assert_eq!(ids("presets"), presets);
    assert_eq!(ids("ended"), over);
    for id in presets.iter().chain(&over) {
        assert!(text.contains(&format!(" {id} ")), "{id}");
    }
}

/// Each page holds the facts of its row, in both formats.
#[test]
fn every_page_tells_its_facts() {
    for row in providers() {
        let text = run(&["profile", "presets", row.id]).exits(0).out;
        // Sentences are wrapped.
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let said = |fact: &str| {
            let fact = fact.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(text.contains(&fact), "{}: {fact}\n{text}", row.id);
        };
        said(row.name);
        row.methods.iter().for_each(|it| said(it));
        row.hosts.iter().for_each(|it| said(it));
        row.notes.iter().for_each(|it| said(it));
        row.endpoints.iter().for_each(|it| said(it.url));
        row.quirks.iter().for_each(|it| said(it.effect));
        row.errors.codes.iter().for_each(|it| said(it.code));
        row.ends.iter().for_each(|it| said(it));
        said(row.source);
        said(row.grade.meaning());
        let json = run(&["profile", "presets", "--format", "json", row.id]).exits(0);
        let json = json.json();
        assert_eq!(json["presets"][0]["name"], row.name);
        assert_eq!(json["presets"].as_array().unwrap().len(), 1);
        assert_eq!(json["ended"].as_array().unwrap().len(), 0);
        assert!(!json.to_string().contains("\"other\""), "{}", row.id);
    }
}

#[test]
fn ended_and_unknown_ones_are_told_apart() {
    let ran = run(&["profile", "presets", "xero"]).exits(0);
    assert!(ran.out.contains("ended"), "{}", ran.out);
    let ran = run(&["profile", "presets", "nobody"]).exits(1);
    assert!(ran.err.contains("no preset \"nobody\""), "{}", ran.err);
    run(&["profile", "presets", "--format", "json", "nobody"]).exits(1);
}

#[test]
fn a_profile_from_a_preset_has_its_facts() {
    let home = Home::new();
    let add = [
        "profile",
        "add",
        "books",
        "--keys",
        "keys.toml",
        "--preset",
        "netsuite-tba",
    ];
    let ran = home.run(&[&add[..], &["--fill", "acct=1234567-sb1"]].concat());
    // The realm is for the user to say.
    assert!(ran.exits(0).err.contains("[fail] realm"));
    let more = [
        "--fill",
        "acct=1234567-sb1",
        "--realm",
        "1234567_SB1",
        "--force",
    ];
    home.run(&[&add[..], &more].concat()).exits(0);
    let shown = home.run(&["profile", "show", "books", "--format", "json"]);
    let shown = &shown.exits(0).json()["profiles"][0];
    assert_eq!(shown["signature_method"], "HMAC-SHA256");
    assert_eq!(shown["placement"], "header");
    assert_eq!(
        shown["request_token_url"],
        "https://1234567-sb1.restlets.api.netsuite.com/rest/requesttoken"
    );
    home.run(&["profile", "status", "books"]).exits(0);
    let url = "https://1234567-sb1.restlets.api.netsuite.com/app/site/hosting/restlet.nl";
    let ran = home.run(&["sign", "--profile", "books", url]).exits(0);
    assert!(
        ran.out.contains("OAuth realm=\"1234567_SB1\""),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("\"HMAC-SHA256\""), "{}", ran.out);
}

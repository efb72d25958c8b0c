//! Answers as the provider of a preset gives them.

use countersign_clock::system;

use super::server::{Server, reply};
use crate::run::{Files, Ran, run_with, with_keys};
use crate::token::clocks::http_date;

/// A profile `acme` of this preset.
fn add(files: &Files, preset: &str, more: &[&str]) {
    let add = ["profile", "add", "acme", "--force", "--keys", "keys.toml"];
    run(files, &[&add[..], &["--preset", preset], more].concat()).exits(0);
}

fn run(files: &Files, words: &[&str]) -> Ran {
    let config = files.path().join("config").display().to_string();
    let variables = [("COUNTERSIGN_CONFIG_DIR", config.as_str())];
    run_with(files.path(), words, b"", &variables)
}

const JSON: &str = "Content-Type: application/json\r\n";

/// A refusal under a status of success is one: it is explained, and says nothing for the token.
#[test]
fn a_refusal_is_one_whatever_its_status() {
    let bricklink = r#"{"meta":{"description":"SIGNATURE_INVALID: x","message":"BAD_OAUTH_REQUEST","code":401},"data":{}}"#;
    let fatsecret = r#"{"error":{"code":8,"message":"Invalid signature: oauth_signature 'x'"}}"#;
    let mediawiki = r#"{"error":{"code":"mwoauth-invalid-authorization","info":"The authorization headers in your request are not valid: Invalid signature"}}"#;
    let listed = r#"{"errors":[{"code":"mwoauth-invalid-authorization","text":"The authorization headers in your request are not valid: Invalid signature","module":"main"}]}"#;
    for (preset, status, body, is_refused) in [
        ("bricklink", "200 OK", bricklink, true),
        ("fatsecret", "200 OK", fatsecret, true),
        ("mediawiki", "200 OK", mediawiki, true),
        ("mediawiki", "200 OK", listed, true),
        ("trello", "500 No", "Invalid Signature", true),
        // Others mean nothing by it.
        ("tumblr", "200 OK", bricklink, false),
        (
            "bricklink",
            "200 OK",
            r#"{"meta":{"description":"OK","message":"OK","code":200},"data":{"remarks":"SIGNATURE_INVALID"}}"#,
            false,
        ),
    ] {
        let files = with_keys();
        let fill = ["--fill", "host=wiki.example"];
        let fill = if preset == "mediawiki" {
            &fill[..]
        } else {
            &[]
        };
        let server = Server::answering(vec![reply(status, JSON, body)]);
        let base = server.url("");
        add(&files, preset, &[fill, &["--base-url", &base]].concat());
        let request = ["request", "--profile", "acme", "--format", "json", "/a"];
        let ran = run(&files, &request).exits(i32::from(is_refused));
        let document = ran.json();
        assert_eq!(
            !document["doctor"].is_null(),
            is_refused,
            "{preset}: {document}"
        );
        if is_refused {
            assert_eq!(document["problem"], "signature_invalid", "{preset}");
            let doctor = &document["doctor"];
            assert_eq!(doctor["problem"]["code"], "signature_invalid", "{preset}");
            let verdict = doctor["verdict"].as_str().unwrap();
            assert_ne!(verdict, "valid", "{preset}: {doctor}");
        }
        let history = ["token", "status", "--profile", "acme", "--format", "json"];
        assert_eq!(run(&files, &history).json()["state"], "active", "{preset}");
        server.requests();
    }
}

/// What a wiki does not allow to a token that is good is told of too.
#[test]
fn a_wiki_that_allows_it_not_is_told_of() {
    for (code, problem) in [
        (
            "mwoauth-invalid-authorization-not-approved",
            "consumer_key_rejected",
        ),
        (
            "mwoauth-invalid-authorization-blocked-user",
            "permission_denied",
        ),
    ] {
        let files = with_keys();
        let body = format!(r#"{{"error":{{"code":"{code}","info":"x"}}}}"#);
        let server = Server::answering(vec![reply("200 OK", JSON, &body)]);
        let base = server.url("");
        add(
            &files,
            "mediawiki",
            &["--fill", "host=wiki.example", "--base-url", &base],
        );
        let request = ["request", "--profile", "acme", "--format", "json", "/a"];
        let document = run(&files, &request).exits(1).json();
        assert_eq!(document["problem"], problem, "{code}: {document}");
        assert!(!document["doctor"].is_null(), "{code}: {document}");
        server.requests();
    }
}

/// The query that a server sends back has what signed the request: it is not signed twice.
#[test]
fn a_redirect_of_a_request_signed_in_its_query_is_followed() {
    let files = with_keys();
    let server = Server::echoing("308 Permanent Redirect", "/a/", reply("200 OK", "", "{}"));
    add(&files, "fatsecret", &["--base-url", &server.url("")]);
    let request = ["request", "--profile", "acme", "--follow", "/a?b=c"];
    let ran = run(&files, &request).exits(0);
    assert!(ran.out.ends_with("{}"), "{}", ran.out);
    assert!(!ran.err.contains("oauth_"), "{}", ran.err);
    let requests = server.requests();
    let second = String::from_utf8_lossy(&requests[1]);
    assert!(second.starts_with("GET /a/?b=c&oauth_"), "{second}");
    assert_eq!(second.matches("oauth_signature=").count(), 1, "{second}");
}

/// What is refused under a status of success is mended as any other refusal.
#[test]
fn a_clock_is_corrected_whatever_the_status() {
    let files = with_keys();
    let body = r#"{"meta":{"description":"TIMESTAMP_REFUSED: x","message":"BAD_OAUTH_REQUEST","code":401},"data":{}}"#;
    let headers = format!("{JSON}{}", http_date(system::now().saturating_add(600)));
    let server = Server::answering(vec![
        reply("200 OK", &headers, body),
        reply("200 OK", JSON, "{}"),
    ]);
    add(&files, "bricklink", &["--base-url", &server.url("")]);
    let request = ["request", "--profile", "acme", "--format", "json", "/a"];
    let document = run(&files, &request).exits(0).json();
    assert_eq!(document["retried"], "clock");
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn the_root_of_the_api_is_the_presets_or_named_as_what_is_missing() {
    let files = with_keys();
    add(&files, "bricklink", &[]);
    let shown = run(&files, &["profile", "show", "acme", "--format", "json"]);
    let profile = shown.exits(0).json()["profiles"][0].clone();
    assert_eq!(
        profile["base_url"], "https://api.bricklink.com/api/store/v1",
        "{profile}"
    );
    let dry = ["request", "--profile", "acme", "--dry-run", "/orders"];
    let ran = run(&files, &dry).exits(0);
    assert!(
        ran.out.starts_with("GET /api/store/v1/orders "),
        "{}",
        ran.out
    );

    let server = Server::answering(vec![reply("401 No", "", "oauth_problem=token_rejected")]);
    let url = server.url("/a");
    let ran = run(&files, &["request", "--profile", "acme", &url]).exits(1);
    let line = format!("base_url = \"{}\"", server.url(""));
    assert!(ran.err.contains(&line), "{}", ran.err);
    server.requests();
}

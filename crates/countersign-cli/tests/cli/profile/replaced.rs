//! `profile import --force` over a profile that has credentials.

use super::Home;

const FORCE: [&str; 6] = ["profile", "import", "--from", "bruno", "--force", "--name"];

fn bruno(lines: &str) -> String {
    format!("meta {{\n  name: Photos\n}}\n\nauth:oauth1 {{\n{lines}}}\n")
}

#[test]
fn credentials_give_way_to_whole_ones() {
    let home = Home::with_acme();
    let before = std::fs::read(home.profile("acme.toml")).unwrap();
    for (lines, lack) in [
        (
            "  consumer_key: {{key}}\n  consumer_secret: y\n",
            "without a consumer key",
        ),
        (
            "  consumer_key: dpf43f3p2l4k3l03\n",
            "without a secret or a private key",
        ),
    ] {
        home.files().write("shop.bru", bruno(lines));
        let ran = home
            .run(&[&FORCE[..], &["acme", "shop.bru"]].concat())
            .exits(2);
        assert!(ran.err.contains(lack), "{}", ran.err);
        assert_eq!(std::fs::read(home.profile("acme.toml")).unwrap(), before);
    }
}

#[test]
fn the_token_of_the_same_consumer_stays() {
    let home = Home::with_acme();
    let key = |key: &str| bruno(&format!("  consumer_key: {key}\n  consumer_secret: new\n"));
    home.files().write("shop.bru", key("dpf43f3p2l4k3l03"));
    home.run(&[&FORCE[..], &["acme", "shop.bru"]].concat())
        .exits(0);
    let written = std::fs::read_to_string(home.profile("acme.toml")).unwrap();
    for line in [
        "consumer_secret = \"new\"",
        "token = \"nnch734d00sl2jdk\"",
        "token_secret = \"pfkkdhi9sl3r4s00\"",
    ] {
        assert!(written.contains(line), "{line}: {written}");
    }
    // Of another consumer it is no more than a word.
    home.files().write("shop.bru", key("another"));
    home.run(&[&FORCE[..], &["acme", "shop.bru"]].concat())
        .exits(0);
    let written = std::fs::read_to_string(home.profile("acme.toml")).unwrap();
    assert!(!written.contains("token"), "{written}");
}

/// As the tool's own interface gives it, and not only its export.
#[test]
fn a_collection_within_an_object_is_read() {
    let home = Home::new();
    let inner = r#"{ "info": { "name": "Photos" }, "item": [], "auth": { "type": "oauth1", "oauth1": [
        { "key": "consumerKey", "value": "dpf43f3p2l4k3l03" },
        { "key": "consumerSecret", "value": "kd94hf93k423kf44" } ] } }"#;
    home.files()
        .write("api.json", format!("{{ \"collection\": {inner} }}"));
    home.run(&[
        "profile", "import", "--from", "postman", "--name", "photos", "api.json",
    ])
    .exits(0);
    let written = std::fs::read_to_string(home.profile("photos.toml")).unwrap();
    assert!(written.contains("kd94hf93k423kf44"), "{written}");
}

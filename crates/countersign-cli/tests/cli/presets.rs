//! Every command obeys the row of a preset alike.

use countersign_dialect::{Provider, Realm, by_id, providers};
use countersign_signature::Methods;

use crate::request::server::{Server, reply};
use crate::run::Files;

const KEY: &str = include_str!("../../../countersign-key/tests/data/good/pkcs8-2048.pem");

/// A keys file for a row and one of its methods, with and without a token.
fn keys(row: &Provider, method: &str, token: bool) -> String {
    let mut text = format!(
        "consumer_key = \"consumer!key\"\nconsumer_secret = \"s & s\"\nprivate_key = \"key.pem\"\n\
         preset = \"{}\"\nsignature_method = \"{method}\"\n",
        row.id
    );
    if token {
        text.push_str("token = \"t/=\"\ntoken_secret = \"ts\"\n");
    }
    if matches!(row.realm, Realm::Required(_)) {
        text.push_str("realm = \"1234567_SB1\"\n");
    }
    text
}

/// The value of a protocol parameter, wherever it was sent.
fn sent(request: &str, name: &str) -> String {
    let (_, rest) = request.split_once(&format!("{name}=")).unwrap();
    let end = |c: char| !c.is_ascii_alphanumeric() && !"-._~%".contains(c);
    let value = rest.trim_start_matches('"').split(end).next();
    value.unwrap().to_owned()
}

/// What `request` would send, and the same signed by `sign` at the same time.
#[test]
fn sign_and_verify_obey_the_row_as_request_does() {
    let files = Files::new();
    files.write("key.pem", KEY);
    files.write("body.json", "{\"a\": 1}");
    let known = Methods::standard().dangerous_with_plaintext();
    let mut compared = 0;
    for row in providers() {
        // No client of ours sends its parameters twice.
        let is_twice = row.quirks.iter().any(|quirk| quirk.id == "header_and_body");
        if is_twice || !row.preset {
            continue;
        }
        for name in row.methods {
            let method = known.find(name).unwrap();
            // Each signature of PSS is another.
            let is_fixed = !method.name().contains("PSS");
            for token in [false, true] {
                // Whose signers encode nothing have no token.
                if token && row.id == "mastercard" {
                    continue;
                }
                files.write("keys.toml", keys(row, method.name(), token));
                let bodies: &[(&[&str], &[&str])] = &[
                    (&[], &[]),
                    (&["c=d e"], &["--form", "c=d e"]),
                    (
                        &["--body", "body.json", "Content-Type:application/json"],
                        &["--body", "body.json", "--content-type", "application/json"],
                    ),
                ];
                for (items, options) in bodies {
                    let what = format!("{} {name} {token} {items:?}", row.id);
                    let url = "https://localhost:8443/a?b=c%20d&b";
                    let request = ["request", "--keys", "keys.toml", "--dry-run", "POST", url];
                    let dry = files.run(&[&request[..], items].concat()).exits(0).out;
                    files.write("sent.http", &dry);
                    files
                        .run(&["verify", "--keys", "keys.toml", "sent.http"])
                        .exits(0);
                    if items.len() == 1 {
                        files.write("changed.http", dry.replace("c%20d", "c%20x"));
                        let verify = ["verify", "--keys", "keys.toml", "changed.http"];
                        let code = i32::from(!method.is_plaintext());
                        files.run(&verify).exits(code);
                    }

                    let (at, nonce) = (sent(&dry, "oauth_timestamp"), sent(&dry, "oauth_nonce"));
                    let sign = ["sign", "--keys", "keys.toml", "--method", "POST"];
                    let stamp = ["--timestamp", &at, "--nonce", &nonce, url];
                    let signed = files.run(&[&sign[..], options, &stamp].concat());
                    let signed = signed.exits(0).out;
                    let signed = signed.trim_end();
                    if !is_fixed {
                        assert_eq!(
                            sent(signed, "oauth_signature_method"),
                            sent(&dry, "oauth_signature_method"),
                            "{what}"
                        );
                        continue;
                    }
                    let shown = signed.trim_start_matches("https://localhost:8443");
                    assert!(dry.contains(shown), "{what}\n{dry}\n{signed}");
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 100, "{compared}");
}

/// What the row asks for is no mistake of the client, and does not hide what is.
#[test]
fn the_doctor_takes_a_signature_as_the_preset_has_it_for_right() {
    let files = Files::new();
    files.write("key.pem", KEY);
    files.write(
        "keys.toml",
        keys(by_id("mastercard").unwrap(), "RSA-SHA256", false),
    );
    let body = r#"{"Errors":{"Error":[{"Source":"Gateway","ReasonCode":"INVALID_CLIENT_ID","Description":"x","Recoverable":false,"Details":null}]}}"#;
    for items in [&["a:=1"][..], &["a=1"], &[]] {
        let answer = reply("401 No", "Content-Type: application/json\r\n", body);
        let server = Server::answering(vec![answer]);
        let url = server.url("/merchants?page=1");
        let request = ["request", "--keys", "keys.toml", "--format", "json", &url];
        let ran = files.run(&[&request[..], items].concat()).exits(1);
        let doctor = ran.json()["doctor"].clone();
        let checks = doctor["checks"].as_array().unwrap();
        let status = |id: &str| checks.iter().find(|check| check["id"] == id).unwrap();
        assert_eq!(status("signature")["status"], "ok", "{doctor}");
        let detail = status("signature")["detail"].as_str().unwrap();
        assert!(detail.contains("as Mastercard gateways has it"), "{detail}");
        let at_fault = doctor["findings"].as_array().unwrap();
        let proven = |found: &&serde_json::Value| found["confidence"] == "proven";
        assert_eq!(at_fault.iter().filter(proven).count(), 0, "{doctor}");
        // The same by the command of its own, of what was sent.
        files.write("sent.http", &server.requests()[0]);
        let doctor = ["doctor", "--keys", "keys.toml", "--scheme", "http"];
        files.run(&[&doctor[..], &["sent.http"]].concat()).exits(0);
    }
}

//! What becomes of answers: retries, redirects, refusals.

use super::server::{Server, reply};
use super::verified;
use crate::run::{run_with, with_keys};

fn now() -> i64 {
    time::OffsetDateTime::now_utc().unix_timestamp()
}

fn timestamp(request: &[u8]) -> i64 {
    let text = String::from_utf8_lossy(request);
    let (_, rest) = text.split_once("oauth_timestamp=\"").unwrap();
    rest.split('"').next().unwrap().parse().unwrap()
}

fn late() -> String {
    let (from, to) = (now() + 600 - 300, now() + 600 + 300);
    reply(
        "401 Unauthorized",
        "",
        &format!("oauth_problem=timestamp_refused&oauth_acceptable_timestamps={from}-{to}"),
    )
}

#[test]
fn a_refused_timestamp_is_corrected_once() {
    let files = with_keys();
    let server = Server::answering(vec![late(), reply("200 OK", "", "")]);
    let url = server.url("/");
    let request = ["request", "--keys", "keys.toml", "--format", "json"];
    let ran = files
        .run(&[&request[..], &["POST", &url, "a=b"]].concat())
        .exits(0);
    let document = ran.json();
    assert_eq!(document["sent"], 2);
    assert_eq!(document["retried"], "clock");
    let offset = document["clock_offset"].as_i64().unwrap();
    assert!((595..=605).contains(&offset), "{offset}");
    assert!(ran.err.contains("behind the provider's"), "{}", ran.err);
    let requests = server.requests();
    let difference = timestamp(&requests[1]) - timestamp(&requests[0]);
    assert!((595..=606).contains(&difference), "{difference}");
    // Signed anew, and not only changed.
    files.write("sent.http", &requests[1]);
    let at = timestamp(&requests[1]).to_string();
    let verify = [
        "verify",
        "--keys",
        "keys.toml",
        "--scheme",
        "http",
        "--at",
        &at,
        "sent.http",
    ];
    files.run(&verify).exits(0);

    // No second time, and not at all where that is asked for.
    for (more, count) in [(None, 2), (Some("--no-retry"), 1)] {
        let server = Server::answering(vec![late(), late(), late()]);
        let url = server.url("/");
        let mut words = request.to_vec();
        words.extend(more);
        words.push(&url);
        let document = files.run(&words).exits(1).json();
        assert_eq!(document["problem"], "timestamp_refused");
        assert_eq!(document["doctor"]["problem"]["code"], "timestamp_refused");
        assert_eq!(server.requests().len(), count, "{more:?}");
    }
}

/// The first copy of a POST may have had its effect.
#[test]
fn a_used_nonce_is_replaced_for_what_changes_nothing() {
    let files = with_keys();
    for (method, count) in [("GET", 2), ("POST", 1)] {
        let used = || reply("401 Unauthorized", "", "oauth_problem=nonce_used");
        let server = Server::answering(vec![used(), used(), used()]);
        let url = server.url("/");
        let ran = files.run(&["request", "--keys", "keys.toml", method, &url]);
        let ran = ran.exits(1);
        let requests = server.requests();
        assert_eq!(requests.len(), count, "{method}: {}", ran.err);
        if count == 2 {
            assert_ne!(requests[0], requests[1]);
            verified(&files, &requests[1], 0);
        }
    }
}

/// Another process renewed the token between the reading of the profile and the answer.
#[test]
fn a_token_that_was_renewed_meanwhile_is_taken() {
    let files = with_keys();
    let config = files.path().join("config").display().to_string();
    let variables = [("COUNTERSIGN_CONFIG_DIR", config.as_str())];
    let run = |words: &[&str]| run_with(files.path(), words, b"", &variables);
    let add = |url: &str| {
        let add = ["profile", "add", "acme", "--force", "--keys", "keys.toml"];
        run(&[&add[..], &["--base-url", url]].concat()).exits(0)
    };
    let profile = files.path().join("config/profiles/acme.toml");
    let refused = || reply("401 Unauthorized", "", "oauth_problem=token_rejected");
    let server = Server::meanwhile(vec![refused(), refused()], move |before| {
        if before == 0 {
            // Beside what is left of the profile, whose token is in the store by now.
            let rest = std::fs::read_to_string(&profile).unwrap();
            let renewed = "token = \"another-token\"\ntoken_secret = \"another-secret\"\n";
            std::fs::write(&profile, format!("{renewed}{rest}")).unwrap();
        }
    });
    let url = server.url("/");
    add(&url);
    let request = [
        "request",
        "--profile",
        "acme",
        "--format",
        "json",
        "POST",
        &url,
    ];
    let document = run(&request).exits(1).json();
    assert_eq!(document["retried"], "token");
    // The doctor judges the last request by the keys that signed it.
    let checks = document["doctor"]["checks"].as_array().unwrap();
    let signature = checks.iter().find(|check| check["id"] == "signature");
    assert_eq!(signature.unwrap()["status"], "ok", "{document}");
    let requests = server.requests();
    let sent = |at: usize| String::from_utf8(requests[at].clone()).unwrap();
    assert!(sent(0).contains("oauth_token=\"nnch734d00sl2jdk\""));
    assert!(sent(1).contains("oauth_token=\"another-token\""));
    // The same token is not sent twice.
    let server = Server::answering(vec![refused(), refused()]);
    let url = server.url("/");
    add(&url);
    let request = ["request", "--profile", "acme", "--format", "json", &url];
    let document = run(&request).exits(1).json();
    assert_eq!(document["retried"], serde_json::Value::Null);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn redirects_are_followed_within_the_origin_when_asked() {
    let files = with_keys();
    let found =
        |status: &str, location: &str| reply(status, &format!("Location: {location}\r\n"), "");
    let request = ["request", "--keys", "keys.toml"];
    let server = Server::answering(vec![found("302 Found", "/v2")]);
    let url = server.url("/v1");
    let ran = files.run(&[&request[..], &[&url]].concat()).exits(0);
    assert!(ran.out.starts_with("HTTP/1.1 302"), "{}", ran.out);
    assert!(ran.err.contains("not followed"), "{}", ran.err);
    assert_eq!(server.requests().len(), 1);

    let server = Server::with(|address| {
        vec![
            found(
                "307 Temporary Redirect",
                &format!("http://{address}/v2?a=b"),
            ),
            found("303 See Other", "/v3"),
            reply("200 OK", "", "there"),
        ]
    });
    let url = server.url("/v1");
    let ran = files.run(&[&request[..], &["--follow", &url, "a=b"]].concat());
    assert!(ran.exits(0).out.ends_with("there"));
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    let texts: Vec<String> = requests
        .iter()
        .map(|request| String::from_utf8(request.clone()).unwrap())
        .collect();
    assert!(texts[1].starts_with("POST /v2?a=b ") && texts[1].ends_with("\r\n\r\na=b"));
    assert!(texts[2].starts_with("GET /v3 ") && texts[2].ends_with("\r\n\r\n"));
    assert!(
        !texts[2].to_lowercase().contains("content-type"),
        "{}",
        texts[2]
    );
    for request in &requests {
        verified(&files, request, 0);
    }

    for elsewhere in ["http://127.0.0.1:9/", "//a.example/", "https://127.0.0.1/"] {
        let server =
            Server::answering(vec![found("302 Found", elsewhere), reply("200 OK", "", "")]);
        let url = server.url("/v1");
        let ran = files.run(&[&request[..], &["--follow", &url]].concat());
        let ran = ran.exits(0);
        assert!(ran.out.starts_with("HTTP/1.1 302"), "{}", ran.out);
        assert!(ran.err.contains("another"), "{elsewhere}: {}", ran.err);
        assert_eq!(server.requests().len(), 1, "{elsewhere}");
    }
    // What can't be signed is where it ends, and no success.
    for unsigned in ["/v2?a=%zz", "/v2?oauth_token=other&a=b"] {
        let server = Server::answering(vec![found("302 Found", unsigned)]);
        let url = server.url("/v1");
        let ran = files.run(&[&request[..], &["--follow", &url]].concat());
        let ran = ran.exits(3);
        assert!(ran.out.starts_with("HTTP/1.1 302"), "{}", ran.out);
        assert!(ran.err.contains("redirect to /v2: "), "{}", ran.err);
        assert_eq!(server.requests().len(), 1, "{unsigned}");
    }
    let round = || found("302 Found", "/v1");
    let server = Server::answering((0..9).map(|_| round()).collect());
    let url = server.url("/v1");
    files
        .run(&[&request[..], &["--follow", &url]].concat())
        .exits(0);
    assert_eq!(server.requests().len(), 6);
}

/// The server signs with the right secret; the keys file has a blank at its end.
#[test]
fn a_refusal_is_explained_at_once() {
    let files = with_keys();
    let refused = || reply("401 Unauthorized", "", "oauth_problem=token_expired");
    let server = Server::answering(vec![refused()]);
    let url = server.url("/v1/items");
    let ran = files
        .run(&["request", "--keys", "keys.toml", &url])
        .exits(1);
    assert!(ran.out.starts_with("HTTP/1.1 401"), "{}", ran.out);
    assert!(
        ran.err.contains("/v1/items   401 token_expired"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("countersign explain"), "{}", ran.err);
    assert_eq!(server.requests().len(), 1);

    // The provider echoes the base string that it computed, behind a proxy that speaks http.
    let base = "GET&https%3A%2F%2Fapi.example.com%2F&oauth_consumer_key%3Dx";
    let echoed = format!("Invalid signature. Base string: {base}");
    let server = Server::answering(vec![reply("401 Unauthorized", "", &echoed)]);
    let url = server.url("/v1/items");
    let request = ["request", "--keys", "keys.toml", "--format", "json", &url];
    let ran = files.run(&request).exits(1);
    let document = ran.json();
    assert_eq!(document["answer"]["status"], 401);
    let findings = document["doctor"]["findings"].as_array().unwrap();
    assert!(!findings.is_empty(), "{}", ran.out);
    assert!(document["doctor"]["verdict"] != "valid", "{}", ran.out);
    server.requests();
}

//! Providers that refuse with a status of success, as the rows of their presets tell.
#![cfg(unix)]

use countersign_clock::system;

use super::Proxy;
use crate::request::server::{Server, reply};
use crate::token::World;
use crate::token::clocks::http_date;
use crate::token::presets::{RENEWED, WORDS, of_preset};
use crate::token::provider::{EXPIRED, GOOD};

const JSON: &str = "Content-Type: application/json\r\n";

fn start(world: &World) -> Proxy {
    let variables = [("COUNTERSIGN_CONFIG_DIR", world.config())];
    Proxy::start_with(world.files().path(), &["--profile", "acme"], &variables)
}

fn signed_at(request: &[u8]) -> i64 {
    let text = String::from_utf8_lossy(request);
    let (_, rest) = text.split_once("oauth_timestamp=").unwrap();
    let digits = rest.trim_start_matches('"');
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap();
    digits[..end].parse().unwrap()
}

#[test]
fn a_new_token_that_is_refused_does_not_end_the_one_before() {
    for (preset, _, refusal, served) in WORDS {
        let server = Server::answering(vec![
            reply("200 OK", "", RENEWED),
            reply("200 OK", JSON, refusal),
            reply("200 OK", JSON, served),
        ]);
        let world = of_preset(preset, &server.url(""), EXPIRED);
        let proxy = start(&world);
        let answer = proxy.get("/a");
        assert_eq!((answer.status, answer.body.as_str()), (200, refusal));
        assert_eq!(answer.field("content-type"), Some("application/json"));
        let length = refusal.len().to_string();
        assert_eq!(answer.field("content-length"), Some(length.as_str()));
        let log = proxy.stop();
        assert!(log.contains("\"problem\":\"signature_invalid\""), "{log}");
        assert!(world.kept().previous().is_some(), "{preset}");
        assert_eq!(world.state(), "active", "{preset}");
        // What was served says that it is good.
        let proxy = start(&world);
        assert_eq!(proxy.get("/a").body, served);
        let log = proxy.stop();
        assert!(!log.contains("\"problem\""), "{log}");
        assert!(world.kept().previous().is_none(), "{preset}");
        assert_eq!(server.requests().len(), 3, "{preset}");
    }
}

#[test]
fn a_token_that_is_refused_by_name_is_lost_and_the_one_before_is_kept() {
    let body = r#"{"error":{"code":9,"message":"Invalid access token: 'oauth_token' 'x'"}}"#;
    let server = Server::answering(vec![
        reply("200 OK", "", RENEWED),
        reply("200 OK", JSON, body),
    ]);
    let world = of_preset("fatsecret", &server.url(""), EXPIRED);
    let proxy = start(&world);
    assert_eq!(proxy.get("/a").body, body);
    let log = proxy.stop();
    assert!(log.contains("token authorize --profile acme"), "{log}");
    assert_eq!(world.state(), "lost");
    assert!(world.kept().previous().is_some());
    server.requests();
}

#[test]
fn a_timestamp_that_is_refused_corrects_the_clock_once() {
    for (preset, refusal, _, served) in WORDS {
        let ahead = format!("{JSON}{}", http_date(system::now().saturating_add(600)));
        let late = || reply("200 OK", &ahead, refusal);
        let served = || reply("200 OK", JSON, served);
        let server = Server::answering(vec![late(), served(), late(), late()]);
        let world = of_preset(preset, &server.url(""), GOOD);
        let proxy = start(&world);
        assert!(served().ends_with(&proxy.get("/a").body), "{preset}");
        // A second one is the tool's.
        assert_eq!(proxy.get("/b").body, refusal, "{preset}");
        let log = proxy.stop();
        assert!(log.contains("timestamp_refused"), "{log}");
        let requests = server.requests();
        assert_eq!(requests.len(), 4, "{preset}");
        for (request, ahead) in requests.iter().zip([0, 600, 600, 600]) {
            let off = signed_at(request) - system::now().seconds();
            assert!((ahead - 20..=ahead + 20).contains(&off), "{preset}: {off}");
        }
    }
}

/// What can't be looked at in full speaks neither for the token nor against it, and goes on as it
/// comes.
#[test]
fn what_cannot_be_judged_says_nothing_of_the_token() {
    let long = format!(r#"{{"food":"{}"}}"#, "x".repeat(100_000));
    let new =
        r#"{"error":{"code":"mwoauth-invalid-authorization","info":"Words that nobody has seen"}}"#;
    let chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n";
    let cut_off =
        format!("HTTP/1.1 200 OK\r\n{JSON}Content-Length: 100\r\nConnection: close\r\n\r\n{{}}");
    for (preset, answer, body) in [
        ("fatsecret", reply("200 OK", JSON, &long), long.as_str()),
        ("mediawiki", reply("200 OK", JSON, new), new),
        (
            "fatsecret",
            reply("200 OK", "Content-Type: image/png\r\n", "PNG"),
            "PNG",
        ),
        (
            "fatsecret",
            reply("200 OK", &format!("{JSON}Content-Encoding: gzip\r\n"), "?"),
            "?",
        ),
        ("fatsecret", chunked.to_owned(), ""),
        ("fatsecret", cut_off, "{}"),
    ] {
        let server = Server::answering(vec![reply("200 OK", "", RENEWED), answer]);
        let world = of_preset(preset, &server.url(""), EXPIRED);
        let proxy = start(&world);
        let answer = proxy.get("/a");
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.body.trim_end_matches("0\r\n\r\n"), body, "{preset}");
        proxy.stop();
        assert!(
            world.kept().previous().is_some(),
            "{preset}: {}",
            body.len()
        );
        assert_eq!(world.state(), "active");
        server.requests();
    }
}

/// A fault of the server stays one, whatever it says; it is told of.
#[test]
fn a_refusal_under_a_fault_is_told() {
    let server = Server::answering(vec![reply("500 No", "", "invalid token")]);
    let world = of_preset("trello", &server.url(""), GOOD);
    let proxy = start(&world);
    let answer = proxy.get("/a");
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (500, "invalid token")
    );
    let log = proxy.stop();
    assert!(log.contains("\"problem\":\"token_rejected\""), "{log}");
    assert_eq!(world.state(), "active");
    server.requests();
}

//! `request`: against servers of our own on free ports.

mod answers;
mod asked;
mod presets;
mod sent;
pub(crate) mod server;
#[cfg(feature = "service")]
mod service;

use crate::run::{Files, Ran, with_keys};
use server::{Server, reply};

/// What the doctor's side of these tests needs: the request as a file, judged by `verify`.
fn verified(files: &Files, request: &[u8], code: i32) -> Ran {
    files.write("sent.http", request);
    let verify = [
        "verify",
        "--keys",
        "keys.toml",
        "--scheme",
        "http",
        "sent.http",
    ];
    files.run(&verify).exits(code)
}

#[test]
fn a_request_is_signed_sent_and_its_answer_shown() {
    let files = with_keys();
    let server = Server::answering(vec![reply("200 OK", "X-Kind: test\r\n", "hello")]);
    let url = server.url("/v1/items?a=1");
    let ran = files.run(&["request", "--keys", "keys.toml", &url, "q==red shoes"]);
    let ran = ran.exits(0);
    let requests = server.requests();
    assert!(ran.out.starts_with("HTTP/1.1 200 OK\n"), "{}", ran.out);
    assert!(ran.out.contains("\nX-Kind: test\n"), "{}", ran.out);
    assert!(ran.out.ends_with("\n\nhello"), "{}", ran.out);
    assert_eq!(ran.err, "");
    assert_eq!(requests.len(), 1);
    let sent = String::from_utf8(requests[0].clone()).unwrap();
    assert!(
        sent.starts_with("GET /v1/items?a=1&q=red%20shoes HTTP/1.1\r\n"),
        "{sent}"
    );
    verified(&files, sent.as_bytes(), 0);
    verified(&files, sent.replace("red%20", "blue%20").as_bytes(), 1);
}

#[test]
fn the_parts_of_the_answer_can_be_chosen() {
    let files = with_keys();
    for (print, head, body) in [
        ("all", true, true),
        ("body", false, true),
        ("head", true, false),
    ] {
        let server = Server::answering(vec![reply("200 OK", "", "hello")]);
        let url = server.url("/");
        let ran = files.run(&["request", "--keys", "keys.toml", "--print", print, &url]);
        let ran = ran.exits(0);
        assert_eq!(
            ran.out.contains("HTTP/1.1 200"),
            head,
            "{print}: {}",
            ran.out
        );
        assert_eq!(ran.out.contains("hello"), body, "{print}: {}", ran.out);
        server.requests();
    }
}

#[test]
fn statuses_and_faults_have_their_exit_codes() {
    let files = with_keys();
    for (status, code) in [
        ("204 No Content", 0),
        ("302 Found", 0),
        ("404 Not Found", 1),
        ("500 No", 1),
    ] {
        let server = Server::answering(vec![reply(status, "", "")]);
        let url = server.url("/");
        let ran = files
            .run(&["request", "--keys", "keys.toml", &url])
            .exits(code);
        // The doctor has no say in what is no refusal.
        assert!(!ran.err.contains("explain"), "{status}: {}", ran.err);
        server.requests();
    }
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/?canary=secret", gone.local_addr().unwrap());
    drop(gone);
    let ran = files
        .run(&["request", "--keys", "keys.toml", &url])
        .exits(3);
    assert!(!ran.err.contains("canary"), "{}", ran.err);
    files.run(&["request", &url]).exits(2);
    files.write("half.toml", "consumer_key = \"k\"\n");
    let ran = files
        .run(&["request", "--keys", "half.toml", &url])
        .exits(4);
    assert!(ran.err.contains("consumer_secret"), "{}", ran.err);
}

#[test]
fn what_can_not_be_sent_is_a_matter_of_usage() {
    let files = with_keys();
    files.write("body", "{}");
    let url = "http://127.0.0.1:9/";
    for wrong in [
        &[][..],
        &["GET"],
        &["ftp://a.example/"],
        &["a.example"],
        &["/v1/items"],
        &["http://ann:canary@127.0.0.1:9/"],
        &["http://127.0.0.1:9/a b"],
        &[url, "item"],
        &[url, "n:={"],
        &[url, "Authorization:canary"],
        &[url, "Host:a.example"],
        &[url, "Content-Length:1"],
        &[url, "X\u{e4}:a"],
        &[url, "X-A:\u{1}"],
        &[url, "x_auth_password=canary"],
        &[url, "--body", "body"],
        &[url, "--body", "body", "a=b"],
        &[url, "--signature-method", "HMAC-MD5"],
        // The secrets themselves over http to another machine.
        &["http://a.example/", "--signature-method", "PLAINTEXT"],
        &[url, "oauth_nonce==mine"],
    ] {
        let ran = files.run(&[&["request", "--keys", "keys.toml"], wrong].concat());
        let ran = ran.exits(2);
        assert_eq!(ran.out, "", "{wrong:?}");
        assert!(!ran.err.contains("canary"), "{wrong:?}: {}", ran.err);
    }
}

#[test]
fn a_dry_run_prints_what_would_be_sent() {
    let files = with_keys();
    let url = "http://127.0.0.1:9/v1/update?a=b";
    let dry = [
        "request",
        "--keys",
        "keys.toml",
        "--dry-run",
        url,
        "status=Hello world",
    ];
    let ran = files.run(&dry).exits(0);
    assert!(
        ran.out.starts_with("POST /v1/update?a=b HTTP/1.1\r\n"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.ends_with("\r\n\r\nstatus=Hello%20world"),
        "{}",
        ran.out
    );
    verified(&files, ran.out.as_bytes(), 0);
    verified(&files, ran.out.replace("Hello%20", "Bye%20").as_bytes(), 1);
    let ran = files
        .run(&[&dry[..], &["--format", "json"]].concat())
        .exits(0);
    let document = ran.json();
    assert_eq!(document["sent"], 0);
    assert_eq!(document["answer"], serde_json::Value::Null);
    assert_eq!(document["request"]["url"], url);
}

/// Whatever the answer, no secret of the keys is printed.
#[test]
fn no_output_holds_a_secret() {
    let files = with_keys();
    let keys = crate::run::KEYS
        .replace("kd94hf93k423kf44", "canary-consumer")
        .replace("pfkkdhi9sl3r4s00", "canary-token");
    files.write("keys.toml", keys);
    let mut ran = 0;
    for (status, body) in [
        ("200 OK", "hello"),
        ("401 Unauthorized", "oauth_problem=signature_invalid"),
        ("401 Unauthorized", "oauth_problem=token_rejected"),
        ("400 Bad Request", "oauth_problem=parameter_absent"),
        ("500 No", ""),
    ] {
        for format in ["text", "json"] {
            let server = Server::answering(vec![reply(status, "", body)]);
            let url = server.url("/");
            let request = ["request", "--keys", "keys.toml", "--format", format, &url];
            let done = files.run(&request);
            for text in [&done.out, &done.err] {
                assert!(!text.contains("canary"), "{status} {format}: {text}");
            }
            server.requests();
            ran += 1;
        }
    }
    assert_eq!(ran, 10);
}

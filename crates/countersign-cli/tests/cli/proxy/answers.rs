//! What becomes of answers: passed back, sent once more, or none at all.

use core::time::Duration;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use super::Proxy;
use super::relayed::files;
use crate::request::server::{Server, reply};

fn now() -> i64 {
    time::OffsetDateTime::now_utc().unix_timestamp()
}

fn late() -> String {
    let (from, to) = (now() + 600 - 300, now() + 600 + 300);
    let body = format!("oauth_problem=timestamp_refused&oauth_acceptable_timestamps={from}-{to}");
    reply("401 Unauthorized", "", &body)
}

fn used() -> String {
    reply("401 Unauthorized", "", "oauth_problem=nonce_used")
}

fn signed_at(request: &[u8]) -> i64 {
    let text = String::from_utf8_lossy(request);
    let (_, rest) = text.split_once("oauth_timestamp=\"").unwrap();
    rest.split('"').next().unwrap().parse().unwrap()
}

#[test]
fn a_refused_timestamp_is_corrected_and_remembered() {
    let files = files();
    let server = Server::answering(vec![
        late(),
        reply("200 OK", "", "yes"),
        reply("200 OK", "", "again"),
    ]);
    let proxy = Proxy::to(files.path(), &server.url(""));
    assert_eq!(proxy.ask("POST /a", "", "b=c").body, "yes");
    assert_eq!(proxy.get("/d").body, "again");
    drop(proxy);
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    for (request, ahead) in requests.iter().zip([0, 600, 600]) {
        let off = signed_at(request) - now();
        assert!((ahead - 10..=ahead + 10).contains(&off), "{ahead}: {off}");
    }
    // Signed anew with all its body, and not only changed.
    files.write("sent.http", &requests[1]);
    let at = signed_at(&requests[1]).to_string();
    let verify = ["verify", "--keys", "keys.toml", "--scheme", "http"];
    files
        .run(&[&verify[..], &["--at", &at, "sent.http"]].concat())
        .exits(0);
    assert!(requests[1].ends_with(b"b=c"));
}

#[cfg(unix)]
#[test]
fn each_remedy_is_tried_once_and_what_may_have_happened_is_not_repeated() {
    let files = files();
    for (method, answers, count, problem) in [
        ("GET", vec![late(), late(), late()], 2, "timestamp_refused"),
        ("GET", vec![used(), used(), used()], 2, "nonce_used"),
        ("POST", vec![used(), used()], 1, "nonce_used"),
        ("GET", vec![used(), late(), reply("200 OK", "", "")], 3, ""),
    ] {
        let server = Server::answering(answers);
        let proxy = Proxy::to(files.path(), &server.url(""));
        let answer = proxy.ask(&format!("{method} /a"), "", "");
        assert!(answer.body.contains(problem), "{answer:?}");
        let log = proxy.stop();
        assert!(log.contains(problem), "{log}");
        let requests = server.requests();
        assert_eq!(requests.len(), count, "{method}: {log}");
        let mut nonces: Vec<String> = requests
            .iter()
            .map(|request| String::from_utf8_lossy(request).into_owned())
            .map(|text| {
                let (_, rest) = text.split_once("oauth_nonce=\"").unwrap();
                rest.split('"').next().unwrap().to_owned()
            })
            .collect();
        nonces.sort();
        nonces.dedup();
        assert_eq!(nonces.len(), count, "a nonce twice");
    }
}

/// A refusal is given on in full, however long it is.
#[test]
fn answers_are_passed_back_whole() {
    let files = files();
    let long = "x".repeat(300_000);
    let server = Server::answering(vec![
        reply("404 Not Found", "X-Kind: a\r\nX-Kind: b\r\n", &long),
        reply(
            "200 OK",
            "Set-Cookie: a=b\r\nX-Hop: 1\r\nProxy-Status: other\r\n",
            &long,
        ),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n\
         3\r\nabc\r\n0\r\nX-Late: 1\r\n\r\n"
            .to_owned(),
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\nConnection: close\r\n\r\n".to_owned(),
        "HTTP/1.1 401 Unauthorized\r\nContent-Length: 9\r\nConnection: close\r\n\r\n".to_owned(),
        reply("503 Service Unavailable", "Retry-After: 7\r\n", "later"),
        reply("429 Too Many Requests", "Retry-After: 0\r\n", "slower"),
    ]);
    let proxy = Proxy::to(files.path(), &server.url(""));
    let answer = proxy.get("/");
    assert_eq!((answer.status, answer.body.len()), (404, 300_000));
    assert!(
        answer.head.contains("x-kind: a\r\nx-kind: b"),
        "{}",
        answer.head
    );
    let answer = proxy.get("/");
    assert_eq!((answer.status, answer.body.len()), (200, 300_000));
    assert_eq!(answer.field("set-cookie"), Some("a=b"));
    // Only the proxy says what the proxy says.
    assert_eq!(answer.field("proxy-status"), None);
    let answer = proxy.get("/");
    assert!(
        answer.body.contains("abc") && !answer.body.contains("X-Late"),
        "{answer:?}"
    );
    assert_eq!(proxy.get("/").status, 304);
    let answer = proxy.ask("HEAD /", "", "");
    assert_eq!(
        (answer.status, answer.field("content-length")),
        (401, Some("9"))
    );
    let answer = proxy.get("/");
    assert_eq!(
        (answer.status, answer.field("retry-after")),
        (503, Some("7"))
    );
    // Patience is the tool's own.
    assert_eq!(proxy.get("/").body, "slower");
    drop(proxy);
    assert_eq!(server.requests().len(), 7);
}

#[test]
fn redirects_are_not_followed_and_lead_back_here() {
    let files = files();
    let server = Server::with(|address| {
        [
            format!("http://{address}/next?a=%2f"),
            "/next".to_owned(),
            "https://elsewhere.example/next".to_owned(),
            format!("http://{address}.evil.example/next"),
        ]
        .iter()
        .map(|location| reply("302 Found", &format!("Location: {location}\r\n"), ""))
        .collect()
    });
    let proxy = Proxy::to(files.path(), &server.url(""));
    let here = format!("http://{}/next?a=%2f", proxy.address());
    let location = |target: &str| {
        let answer = proxy.get(target);
        assert_eq!(answer.status, 302);
        answer.field("location").unwrap().to_owned()
    };
    assert_eq!(location("/a"), here);
    assert_eq!(location("/b"), "/next");
    assert_eq!(location("/c"), "https://elsewhere.example/next");
    assert!(location("/d").ends_with(".evil.example/next"));
    drop(proxy);
    assert_eq!(server.requests().len(), 4);
}

#[cfg(unix)]
#[test]
fn an_upstream_that_gives_no_answer_is_told_from_one_that_refuses() {
    let files = files();
    // Nobody listens there any more.
    let gone = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let proxy = Proxy::to(files.path(), &format!("http://{gone}"));
    proxy.get("/").is_own(
        502,
        "connection_refused",
        &format!("http://{gone} gave no answer"),
    );
    let log = proxy.stop();
    assert!(log.contains("upstream_unreachable"), "{log}");

    let server = Server::answering(vec!["no HTTP at all\r\n\r\n".to_owned(), String::new()]);
    let proxy = Proxy::to(files.path(), &server.url(""));
    for _ in 0..2 {
        proxy
            .get("/")
            .is_own(502, "http_protocol_error", "gave no answer");
    }
    drop(proxy);
    assert_eq!(server.requests().len(), 2);

    // One that takes the request and says nothing.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let upstream = format!("http://{}", listener.local_addr().unwrap());
    let keys = ["--keys", "keys.toml", "--upstream", &upstream];
    let proxy = Proxy::start(files.path(), &[&keys[..], &["--timeout", "1"]].concat());
    proxy
        .get("/")
        .is_own(504, "http_response_timeout", "within 1 s");
    drop(listener);

    // One that breaks off in the middle of a refusal, or of anything else.
    let cut_off = |status: &str| {
        format!("HTTP/1.1 {status}\r\nContent-Length: 100\r\nConnection: close\r\n\r\nhalf")
    };
    let server = Server::answering(vec![cut_off("401 Unauthorized"), cut_off("200 OK")]);
    let proxy = Proxy::to(files.path(), &server.url(""));
    proxy
        .get("/")
        .is_own(502, "http_protocol_error", "broke off");
    let answer = proxy.get("/");
    assert_eq!((answer.status, answer.body.as_str()), (200, "half"));
    assert_eq!(answer.field("content-length"), Some("100"));
    drop(proxy);
    server.requests();
}

/// What comes in pieces is given on in pieces.
#[test]
fn an_answer_is_given_on_as_it_comes() {
    for status in ["200 OK", "404 Not Found", "503 Service Unavailable"] {
        given_on_in_pieces(status);
    }
}

fn given_on_in_pieces(status: &str) {
    let files = files();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let upstream = format!("http://{}", listener.local_addr().unwrap());
    let proxy = Proxy::to(files.path(), &upstream);
    let mut tool = proxy.connect();
    // Much less than the text of a refusal is waited for.
    tool.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let fields = proxy.fields();
    tool.write_all(format!("GET /events HTTP/1.1\r\n{fields}\r\n").as_bytes())
        .unwrap();
    let (mut upstream, _) = listener.accept().unwrap();
    let request = crate::request::server::read(&mut upstream);
    assert!(request.starts_with(b"GET /events "));
    let head = format!("HTTP/1.1 {status}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
    upstream.write_all(head.as_bytes()).unwrap();
    let mut seen = Vec::new();
    while !seen.ends_with(b"first\r\n") {
        let mut part = [0; 512];
        let read = tool.read(&mut part).unwrap();
        assert!(read > 0, "{}", String::from_utf8_lossy(&seen));
        seen.extend_from_slice(&part[..read]);
    }
    upstream.write_all(b"6\r\nsecond\r\n0\r\n\r\n").unwrap();
    let mut rest = String::new();
    tool.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("second"), "{rest}");
}

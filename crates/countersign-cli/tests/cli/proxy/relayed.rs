//! What the upstream gets, byte for byte.

use super::{KEYS, Proxy};
use crate::request::server::{Server, reply};
use crate::run::Files;

pub(super) fn files() -> Files {
    let files = Files::new();
    files.write("keys.toml", KEYS);
    files
}

/// Whether the command takes a request for signed with the keys.
#[track_caller]
fn verify(files: &Files, request: &str, code: i32) {
    files.write("sent.http", request);
    let verify = ["verify", "--keys", "keys.toml", "--scheme", "http"];
    files
        .run(&[&verify[..], &["sent.http"]].concat())
        .exits(code);
}

/// One request to an upstream that keeps it.
fn relayed(files: &Files, more: &[&str], ask: impl FnOnce(&Proxy)) -> Vec<String> {
    let server = Server::answering(vec![reply("200 OK", "", "yes"); 3]);
    let upstream = server.url("");
    let arguments = ["--keys", "keys.toml", "--upstream", &upstream];
    let proxy = Proxy::start(files.path(), &[&arguments[..], more].concat());
    ask(&proxy);
    drop(proxy);
    let requests = server.requests();
    requests
        .into_iter()
        .map(|request| String::from_utf8(request).unwrap())
        .collect()
}

#[test]
fn path_query_and_body_stay_as_they_are() {
    let files = files();
    for target in [
        "/",
        "//a//",
        "/?",
        "/a?b=%2f&b=%2F&c[]=1;2&=&&d",
        "/a/../%61/./?x=y",
        "/a?q=red+shoes&q=red%20shoes",
        "/a'b(c)!*?d='",
    ] {
        let sent = relayed(&files, &[], |proxy| {
            assert_eq!(proxy.get(target).body, "yes", "{target}");
        });
        let [sent] = &sent[..] else {
            panic!("{target}: {sent:?}");
        };
        let line = format!("GET {target} HTTP/1.1\r\n");
        assert!(sent.starts_with(&line), "{target}: {sent}");
        verify(&files, sent, 0);
        // Its tampered twin.
        let other = sent.replacen(&line, "GET /other HTTP/1.1\r\n", 1);
        verify(&files, &other, 1);
    }
    let form = "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n";
    let body = "a=1+1&b=%2f&&c&d=%E2%98%BA";
    let sent = relayed(&files, &[], |proxy| {
        proxy.ask("POST /form?page=2", form, body);
    });
    assert!(sent[0].ends_with(&format!("\r\n\r\n{body}")), "{}", sent[0]);
    verify(&files, &sent[0], 0);
    verify(&files, &sent[0].replace("a=1+1", "a=1+2"), 1);
}

#[test]
fn the_proxys_own_matters_go_no_further() {
    let files = files();
    let more = "Accept: text/x\r\nAuthorization: Basic eDp5\r\nX-Hop: 1\r\nX-Kept: 2\r\n\
                TE: trailers\r\nTrailer: x\r\nUpgrade: websocket\r\nKeep-Alive: timeout=5\r\n\
                Proxy-Connection: close\r\nExpect: 100-continue\r\nCookie: a=b\r\n\
                Connection: x-hop\r\n";
    let mut token = String::new();
    let sent = relayed(&files, &["--replace-authorization"], |proxy| {
        token = proxy.token().to_owned();
        let answer = proxy.ask("POST /a", more, "body");
        assert!(answer.head.starts_with("http/1.1 100"), "{answer:?}");
    });
    let [sent] = &sent[..] else {
        panic!("{sent:?}");
    };
    assert!(!sent.contains(&token), "{sent}");
    let fields: Vec<(String, &str)> = sent
        .lines()
        .skip(1)
        .take_while(|line| !line.is_empty())
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect();
    let mut names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    let expected = [
        "accept",
        "authorization",
        "content-length",
        "cookie",
        "host",
        "via",
        "x-kept",
    ];
    assert_eq!(names, expected, "{sent}");
    for (name, value) in fields {
        match name.as_str() {
            "authorization" => assert!(value.starts_with("OAuth "), "{value}"),
            "via" => assert_eq!(value, "1.1 countersign"),
            "content-length" => assert_eq!(value, "4"),
            _ => {}
        }
    }
    verify(&files, sent, 0);
}

#[test]
fn chunks_come_together_with_a_length() {
    let files = files();
    let sent = relayed(&files, &[], |proxy| {
        let fields = proxy.fields();
        let answer = proxy.send(format!(
            "POST /a HTTP/1.1\r\n{fields}Content-Type: application/x-www-form-urlencoded\r\n\
             Transfer-Encoding: chunked\r\n\r\n3;x=y\r\na=1\r\n4\r\n&b=2\r\n0\r\nX-Late: 1\r\n\r\n"
        ));
        assert_eq!(answer.body, "yes", "{answer:?}");
        // Nothing at all, but said so.
        proxy.ask("POST /b", "Content-Length: 0\r\n", "");
        proxy.ask("GET /c", "", "");
    });
    let head = sent[0].to_ascii_lowercase();
    assert!(head.contains("\r\ncontent-length: 7\r\n"), "{head}");
    assert!(
        !head.contains("chunked") && !head.contains("x-late"),
        "{head}"
    );
    assert!(sent[0].ends_with("\r\n\r\na=1&b=2"), "{}", sent[0]);
    let head = sent[1].to_ascii_lowercase();
    assert!(head.contains("\r\ncontent-length: 0\r\n"), "{head}");
    let head = sent[2].to_ascii_lowercase();
    assert!(!head.contains("content-length"), "{head}");
    for request in &sent {
        verify(&files, request, 0);
    }
}

/// Each place of the protocol parameters that a profile may ask for.
#[test]
fn the_parameters_go_where_the_profile_wants_them() {
    let files = files();
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    for (place, expected) in [("query", "?a=b&oauth_"), ("body", "c=d&oauth_")] {
        files.write("keys.toml", format!("placement = \"{place}\"\n{KEYS}"));
        let sent = relayed(&files, &[], |proxy| {
            let answer = proxy.ask("POST /x?a=b", form, "c=d");
            assert_eq!(answer.body, "yes", "{answer:?}");
        });
        assert!(sent[0].contains(expected), "{}", sent[0]);
        assert!(!sent[0].to_ascii_lowercase().contains("authorization"));
        verify(&files, &sent[0], 0);
        verify(&files, &sent[0].replace("c=d", "c=e"), 1);
    }
    // A body that is no form has no place for them.
    let sent = relayed(&files, &[], |proxy| {
        let answer = proxy.ask("POST /x", "Content-Type: text/plain\r\n", "c=d");
        answer.is_own(400, "http_request_error", "can't be signed");
    });
    assert_eq!(sent, [""; 0]);
}

#[test]
fn an_absolute_target_is_asked_for_by_its_path() {
    let files = files();
    let sent = relayed(&files, &[], |proxy| {
        let upstream = proxy.facts["upstream"].as_str().unwrap().to_owned();
        let token = proxy.token();
        let answer = proxy.send(format!(
            "GET {upstream}/a?b=%2f HTTP/1.1\r\nHost: {}\r\nProxy-Authorization: Bearer {token}\r\n\
             Connection: close\r\n\r\n",
            upstream.trim_start_matches("http://")
        ));
        assert_eq!(answer.body, "yes", "{answer:?}");
        let own = format!("GET http://{}/c", proxy.address());
        assert_eq!(proxy.ask(&own, "", "").body, "yes");
    });
    assert!(
        sent[0].starts_with("GET /a?b=%2f HTTP/1.1\r\n"),
        "{}",
        sent[0]
    );
    assert!(sent[1].starts_with("GET /c HTTP/1.1\r\n"), "{}", sent[1]);
    for request in &sent {
        verify(&files, request, 0);
    }
}

/// One connection, many requests, and each of them is looked at by itself.
#[test]
fn a_connection_is_kept_and_no_request_vouches_for_the_next() {
    let files = files();
    let sent = relayed(&files, &[], |proxy| {
        let mut stream = proxy.connect();
        let (address, token) = (proxy.address(), proxy.token());
        let good = format!("Host: {address}\r\nX-Countersign-Token: {token}\r\n");
        let requests = format!(
            "GET /a HTTP/1.1\r\n{good}\r\nPOST /b HTTP/1.1\r\n{good}Content-Length: 3\r\n\r\nb=c\
             GET /c HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
        );
        std::io::Write::write_all(&mut stream, requests.as_bytes()).unwrap();
        let mut answers = String::new();
        std::io::Read::read_to_string(&mut stream, &mut answers).unwrap();
        assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2, "{answers}");
        assert!(answers.contains("HTTP/1.1 401"), "{answers}");
    });
    assert_eq!(sent.len(), 2, "{sent:?}");
    assert!(sent[1].starts_with("POST /b ") && sent[1].ends_with("b=c"));
}

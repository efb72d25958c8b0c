//! Who gets nothing: of none of these requests does the upstream get a byte.

use std::io::Write as _;

use super::relayed::files;
use super::{Answer, Proxy};
use crate::request::server::{Server, reply};

/// A proxy whose upstream must not be asked.
struct Guarded {
    proxy: Proxy,
    server: Server,
    _files: crate::run::Files,
}

impl Guarded {
    fn new(more: &[&str]) -> Self {
        let files = files();
        let server = Server::answering(vec![reply("200 OK", "", "yes")]);
        let upstream = server.url("");
        let arguments = ["--keys", "keys.toml", "--upstream", &upstream];
        let proxy = Proxy::start(files.path(), &[&arguments[..], more].concat());
        Self {
            proxy,
            server,
            _files: files,
        }
    }

    /// Nothing was passed on, and what is right still is.
    #[track_caller]
    fn ends(self) {
        let answer = self.proxy.get("/right");
        assert_eq!(answer.body, "yes", "{answer:?}");
        drop(self.proxy);
        let requests = self.server.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        assert!(requests[0].starts_with(b"GET /right "), "{requests:?}");
    }
}

#[test]
fn without_the_token_nothing_is_signed() {
    let guarded = Guarded::new(&[]);
    let proxy = &guarded.proxy;
    let wrong = proxy.token().replace(['0', '1', '2', '3'], "4");
    assert_ne!(wrong, proxy.token());
    for field in [
        String::new(),
        format!("X-Countersign-Token: {wrong}\r\n"),
        format!("X-Countersign-Token: {}\r\n", &proxy.token()[1..]),
        format!("Proxy-Authorization: Bearer {wrong}\r\n"),
        format!("Authorization: Bearer {wrong}\r\n"),
        format!("Cookie: token={}\r\n", proxy.token()),
    ] {
        for method in ["GET", "POST", "OPTIONS", "HEAD"] {
            let answer = proxy.send(format!(
                "{method} / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{field}\r\n"
            ));
            assert_eq!(answer.status, 401, "{field}: {answer:?}");
            assert!(answer.field("www-authenticate").is_some(), "{answer:?}");
            if method != "HEAD" {
                answer.is_own(401, "http_request_denied", "curl -u TOKEN:");
            }
            assert!(!format!("{answer:?}").contains(proxy.token()));
        }
    }
    let upstream = proxy.facts["upstream"].as_str().unwrap();
    let answer = proxy.send(format!(
        "GET {upstream}/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    ));
    answer.is_own(407, "http_request_denied", "http://TOKEN@HOST:PORT");
    assert!(answer.field("proxy-authenticate").is_some(), "{answer:?}");
    guarded.ends();
}

#[test]
fn other_names_are_refused_on_every_method_unless_allowed() {
    let guarded = Guarded::new(&["--allow-host", "build.local"]);
    let proxy = &guarded.proxy;
    let ask = |method: &str, host: &str| {
        let token = proxy.token();
        proxy.send(format!(
            "{method} / HTTP/1.1\r\nHost: {host}\r\nX-Countersign-Token: {token}\r\n\
             Connection: close\r\nContent-Length: 0\r\nExpect: x\r\n\r\n"
        ))
    };
    for method in ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        let answer = ask(method, "evil.example:8080");
        answer.is_own(421, "http_request_denied", "--allow-host evil.example");
    }
    let answer = ask("GET", "build.local.evil.example");
    answer.is_own(421, "http_request_denied", "--allow-host");
    let token = proxy.token();
    let line = format!("GET / HTTP/1.0\r\nX-Countersign-Token: {token}\r\n\r\n");
    proxy
        .send(line)
        .is_own(421, "http_request_denied", "one Host header");
    // The name that was allowed is let in as far as the token.
    let answer = proxy.send("GET / HTTP/1.1\r\nHost: Build.local\r\nConnection: close\r\n\r\n");
    answer.is_own(401, "http_request_denied", "token");
    guarded.ends();
}

#[test]
fn what_web_pages_cause_is_refused() {
    let guarded = Guarded::new(&[]);
    let proxy = &guarded.proxy;
    for field in [
        "Origin: https://evil.example",
        "Origin: null",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
    ] {
        for line in ["GET /", "POST /", "OPTIONS /"] {
            let answer = proxy.ask(line, &format!("{field}\r\n"), "");
            answer.is_own(403, "http_request_denied", "another origin");
            assert_eq!(answer.field("access-control-allow-origin"), None);
        }
    }
    // A browser that has it for a proxy sends the token by itself.
    let target = format!("GET {}/", proxy.facts["upstream"].as_str().unwrap());
    let answer = proxy.ask(&target, "Referer: http://evil.example/a\r\n", "");
    answer.is_own(403, "http_request_denied", "another origin");
    guarded.ends();
}

#[test]
fn tunnels_and_other_targets_are_refused() {
    let guarded = Guarded::new(&[]);
    let proxy = &guarded.proxy;
    let answer = proxy.ask("CONNECT api.example.com:443", "", "");
    answer.is_own(501, "http_request_denied", "begins with http://");
    for target in [
        "http://evil.example/",
        "https://evil.example/",
        "http://127.0.0.1:1/",
        "http://localhost/",
    ] {
        let answer = proxy.ask(&format!("GET {target}"), "", "");
        answer.is_own(421, "http_request_denied", "and nobody else");
    }
    proxy
        .ask("OPTIONS *", "", "")
        .is_own(400, "http_request_error", "begins with /");
    guarded.ends();
}

/// What was made of secrets comes back to no one.
#[test]
fn what_would_repeat_the_signature_is_refused() {
    let guarded = Guarded::new(&[]);
    let proxy = &guarded.proxy;
    for line in ["TRACE /", "TRACE /a?b=c"] {
        let answer = proxy.ask(line, "", "");
        answer.is_own(501, "http_request_denied", "TRACE");
    }
    guarded.ends();
}

/// What is signed already would be signed twice.
#[test]
fn what_a_tool_signs_itself_is_refused() {
    let guarded = Guarded::new(&[]);
    let proxy = &guarded.proxy;
    for own in ["OAuth oauth_consumer_key=\"a\"", "Basic eDp5", "Bearer abc"] {
        let answer = proxy.ask("GET /", &format!("Authorization: {own}\r\n"), "");
        answer.is_own(400, "http_request_denied", "--replace-authorization");
    }
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    for (line, fields, body) in [
        ("GET /?oauth_consumer_key=a&oauth_signature=b", "", ""),
        ("GET /?a=b&oauth%5Fnonce=c", "", ""),
        ("POST /", form, "a=b&oauth_token=c"),
    ] {
        let answer = proxy.ask(line, fields, body);
        answer.is_own(400, "http_request_error", "can't be signed");
    }
    guarded.ends();
}

/// Two readers of such messages could take them for different ones.
#[test]
fn ambiguous_frames_are_refused() {
    let guarded = Guarded::new(&[]);
    let proxy = &guarded.proxy;
    let fields = proxy.fields();
    for broken in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "Content-Length: 3\r\nContent-Length: 3\r\n\r\na=b",
        "Content-Length: +3\r\n\r\na=b",
        "Content-Length: 3, 3\r\n\r\na=b",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "X: a\n\r\n",
        "Content-Length: 3\r\n folded\r\n\r\na=b",
    ] {
        let answer = proxy.send(format!("POST /smuggled HTTP/1.1\r\n{fields}{broken}"));
        assert_eq!(answer.status, 400, "{broken:?}: {answer:?}");
    }
    // What would be cut off, where the tool meant it to be signed.
    for target in ["/s?q=c#sharp", "/s#"] {
        let answer = proxy.send(format!("GET {target} HTTP/1.1\r\n{fields}\r\n"));
        assert_eq!(answer.status, 400, "{target}: {answer:?}");
    }
    guarded.ends();
}

/// Whoever looks for the reason finds it.
#[cfg(unix)]
#[test]
fn a_refused_frame_has_a_line_in_the_log() {
    let files = files();
    let proxy = Proxy::to(files.path(), "http://127.0.0.1:9");
    let fields = proxy.fields();
    let answer = proxy.send(format!("GET / HTTP/1.1\r\n{fields}X: canary\n\r\n"));
    assert_eq!(answer.status, 400);
    let log = proxy.stop();
    assert!(log.contains("refused by its frame"), "{log}");
    assert_eq!(log.lines().count(), 1, "{log}");
}

#[test]
fn large_bodies_are_refused_in_either_frame() {
    let guarded = Guarded::new(&["--max-body", "1"]);
    let proxy = &guarded.proxy;
    let fields = proxy.fields();
    // By its length, before a byte of it is read.
    let answer = proxy.send(format!(
        "POST / HTTP/1.1\r\n{fields}Content-Length: 1048577\r\nExpect: 100-continue\r\n\r\n"
    ));
    answer.is_own(413, "http_request_denied", "--max-body");
    let mut stream = proxy.connect();
    let head = format!("POST / HTTP/1.1\r\n{fields}Transfer-Encoding: chunked\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let chunk = [&b"10000\r\n"[..], &[b'x'; 0x10000], b"\r\n"].concat();
    // It is told to stop before it has sent all of this.
    for _ in 0..20 {
        if stream.write_all(&chunk).is_err() {
            break;
        }
    }
    let answer = Answer::read(&mut stream);
    answer.is_own(413, "http_request_denied", "more than 1 MiB");
    guarded.ends();
}

/// Each field takes much more memory than it has bytes.
#[test]
fn forms_of_very_many_fields_are_refused() {
    let guarded = Guarded::new(&[]);
    let proxy = &guarded.proxy;
    let many = "a&".repeat(16 * 1024);
    for media in [
        "application/x-www-form-urlencoded",
        "Application/X-WWW-Form-Urlencoded ; charset=utf-8",
    ] {
        let answer = proxy.ask("POST /", &format!("Content-Type: {media}\r\n"), &many);
        answer.is_own(413, "http_request_denied", "16384 fields");
    }
    guarded.ends();
    // One field less, and any number of them in what is no form.
    for (media, body) in [
        ("application/x-www-form-urlencoded", &many[2..]),
        ("text/plain", &many),
    ] {
        let guarded = Guarded::new(&[]);
        let fields = format!("Content-Type: {media}\r\n");
        let answer = guarded.proxy.ask("GET /right", &fields, body);
        assert_eq!(answer.body, "yes", "{media}: {answer:?}");
    }
}

#[test]
fn a_body_that_breaks_off_is_nobodys_request() {
    let guarded = Guarded::new(&[]);
    let proxy = &guarded.proxy;
    let mut stream = proxy.connect();
    let fields = proxy.fields();
    let head = format!("POST / HTTP/1.1\r\n{fields}Content-Length: 10\r\n\r\nhalf");
    stream.write_all(head.as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut rest = Vec::new();
    let _cut_off = std::io::Read::read_to_end(&mut stream, &mut rest);
    let rest = String::from_utf8_lossy(&rest);
    assert!(
        rest.is_empty() || rest.starts_with("HTTP/1.1 400"),
        "{rest}"
    );
    guarded.ends();
}

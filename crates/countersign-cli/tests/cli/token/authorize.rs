//! `token authorize`: the user's consent, by a code or by a callback.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use super::World;
use crate::request::server::{Server, read, reply};

pub(super) const AUTHORIZE: [&str; 4] = ["token", "authorize", "--profile", "acme"];

pub(super) fn temporary() -> String {
    let body =
        "oauth_token=temporary&oauth_token_secret=canary-temporary&oauth_callback_confirmed=true";
    reply("200 OK", "", body)
}

pub(super) fn access() -> String {
    let body = "oauth_token=nnch734d00sl2jdk&oauth_token_secret=canary-token&oauth_expires_in=1800\
                &oauth_session_handle=canary-handle&oauth_authorization_expires_in=864000";
    reply("200 OK", "", body)
}

/// One parameter of an Authorization header.
pub(super) fn parameter(request: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(request);
    let (_, rest) = text.split_once(&format!("{name}=\""))?;
    let value = rest.split('"').next()?;
    let decoded = countersign_encoding::decode(value);
    Some(decoded.expect("percent-encoded").into_owned())
}

/// What the provider gave, whole, and nothing of it in the profile's file.
fn is_kept_in_the_store_alone(world: &World) {
    let kept = world.kept().found().row.row.credentials.clone();
    assert_eq!(kept.token.expose_secret(), "nnch734d00sl2jdk");
    assert_eq!(kept.secret.expose_secret(), "canary-token");
    let handle = kept.session_handle.unwrap();
    assert_eq!(handle.expose_secret(), "canary-handle");
    let written = world.written();
    assert!(written.contains("connected = true"), "{written}");
    assert!(!written.contains("nnch734d00sl2jdk"), "{written}");
}

#[test]
fn a_code_that_the_provider_shows_is_exchanged() {
    let server = Server::answering(vec![temporary(), access()]);
    let world = World::new(&server);
    let oob = ["--callback", "oob", "--format", "json"];
    let ran = world.run(&[&AUTHORIZE[..], &oob].concat(), b"hfdp7dh39dks9884\n");
    let ran = ran.exits(0);
    let page = "/authorize?oauth_token=temporary\n";
    assert!(ran.err.contains(page), "{}", ran.err);
    let document = ran.json();
    assert_eq!(document["state"], "active");
    assert_eq!(document["token"], "nnch... (16 chars)");
    assert_eq!(document["renewable"], true);
    let requests = server.requests();
    assert_eq!(parameter(&requests[0], "oauth_callback").unwrap(), "oob");
    for request in &requests {
        let text = String::from_utf8_lossy(request).to_ascii_lowercase();
        assert!(text.contains("\r\naccept-encoding: identity\r\n"), "{text}");
    }
    assert_eq!(parameter(&requests[0], "oauth_token"), None);
    assert_eq!(parameter(&requests[1], "oauth_token").unwrap(), "temporary");
    assert_eq!(
        parameter(&requests[1], "oauth_verifier").unwrap(),
        "hfdp7dh39dks9884"
    );
    is_kept_in_the_store_alone(&world);
    assert_eq!(world.state(), "active");
    let history = ["token", "status", "--profile", "acme", "--history"];
    assert!(world.run(&history, b"").exits(0).out.contains("connected"));
}

/// No code, no exchange; nor without the provider's confirmation of the callback.
#[test]
fn nothing_is_exchanged_without_a_code_or_a_confirmation() {
    let unconfirmed = reply("200 OK", "", "oauth_token=a&oauth_token_secret=canary");
    for (answer, input) in [
        (temporary(), &b"\n"[..]),
        (temporary(), b""),
        (unconfirmed, b"code\n"),
    ] {
        let server = Server::answering(vec![answer, access()]);
        let world = World::new(&server);
        let before = world.written();
        let oob = ["--callback", "oob"];
        world.run(&[&AUTHORIZE[..], &oob].concat(), input).exits(1);
        assert_eq!(server.requests().len(), 1);
        assert_eq!(world.written(), before);
    }
}

#[test]
fn a_refusal_is_explained() {
    for answers in [
        vec![reply(
            "401 Unauthorized",
            "",
            "oauth_problem=signature_invalid",
        )],
        vec![
            temporary(),
            reply("401 Unauthorized", "", "oauth_problem=signature_invalid"),
        ],
    ] {
        let server = Server::answering(answers);
        let world = World::new(&server);
        let before = world.written();
        let oob = ["--callback", "oob"];
        let ran = world
            .run(&[&AUTHORIZE[..], &oob].concat(), b"code\n")
            .exits(1);
        assert!(
            ran.err.contains("the provider refused: signature_invalid"),
            "{}",
            ran.err
        );
        assert!(ran.err.contains("[ok]   signature"), "{}", ran.err);
        assert_eq!(world.written(), before);
        server.requests();
    }
}

/// Sends a browser to an address of this machine, and gives what it is answered.
fn visit(authority: &str, host: &str, target: &str) -> String {
    let mut stream = TcpStream::connect(authority).unwrap();
    let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    let _reset = stream.read_to_string(&mut answer);
    answer
}

/// A provider whose user decides at once: what becomes of the callback is the closure's matter.
fn deciding(
    decide: impl FnOnce(&str, &str) + Send + 'static,
) -> (String, std::thread::JoinHandle<Vec<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let first = read(&mut stream);
        stream.write_all(temporary().as_bytes()).unwrap();
        drop(stream);
        let callback = parameter(&first, "oauth_callback").unwrap();
        let rest = callback.strip_prefix("http://").unwrap();
        let (authority, path) = rest.split_once('/').unwrap();
        decide(authority, &format!("/{path}"));
        listener.set_nonblocking(false).unwrap();
        let (mut stream, _) = listener.accept().unwrap();
        let second = read(&mut stream);
        if !second.is_empty() {
            stream.write_all(access().as_bytes()).unwrap();
        }
        vec![first, second]
    });
    (base, thread)
}

#[test]
fn a_callback_to_this_machine_is_taken_if_it_is_the_one() {
    let (base, provider) = deciding(|authority, path| {
        let good = format!("{path}?oauth_token=temporary&oauth_verifier=hfdp7dh39dks9884");
        for (host, target, status) in [
            (authority, "/favicon.ico", "404"),
            (authority, &path.to_uppercase()[..], "404"),
            // A page elsewhere whose name was made to lead here.
            ("evil.example", &good[..], "404"),
            (
                authority,
                &format!("{path}?oauth_token=other&oauth_verifier=x")[..],
                "400",
            ),
            (
                authority,
                &format!("{path}?oauth_token=temporary")[..],
                "400",
            ),
            (authority, path, "400"),
            // Any page can send the browser here with a refusal.
            (
                authority,
                &format!("{path}?oauth_problem=user_refused")[..],
                "400",
            ),
            (
                authority,
                &format!("{path}?oauth_token=other&oauth_problem=user_refused")[..],
                "400",
            ),
        ] {
            let answer = visit(authority, host, target);
            let expected = format!("HTTP/1.1 {status} ");
            assert!(answer.starts_with(&expected), "{host} {target}: {answer}");
        }
        let answer = visit(authority, authority, &good);
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(answer.contains("Cache-Control: no-store"), "{answer}");
        assert!(!answer.contains("hfdp7dh39dks9884"), "{answer}");
    });
    let world = World::at(&base);
    world.run(&AUTHORIZE, b"").exits(0);
    let requests = provider.join().unwrap();
    assert_eq!(
        parameter(&requests[1], "oauth_verifier").unwrap(),
        "hfdp7dh39dks9884"
    );
    assert_eq!(world.kept().token(), "nnch734d00sl2jdk");
}

#[test]
fn a_user_who_declines_is_heard() {
    for target in [
        "?denied=temporary",
        "?oauth_token=temporary&oauth_problem=user_refused",
    ] {
        let (base, provider) = deciding(move |authority, path| {
            let answer = visit(authority, authority, &format!("{path}{target}"));
            assert!(answer.contains("Not connected"), "{answer}");
        });
        let world = World::at(&base);
        let before = world.written();
        let json = ["--format", "json"];
        let ran = world.run(&[&AUTHORIZE[..], &json].concat(), b"").exits(1);
        let document = ran.json();
        assert_eq!(document["error"], "the user declined");
        assert_eq!(document["state"], "absent");
        // The provider waits for an exchange that never comes.
        drop(TcpStream::connect(base.strip_prefix("http://").unwrap()));
        assert!(provider.join().unwrap()[1].is_empty());
        assert_eq!(world.written(), before);
    }
}

/// What is registered with the provider is what is sent, to the letter.
#[test]
fn a_callback_is_sent_as_it_is_written() {
    // Below the ports that systems give to whoever asks for any.
    let port = 20_000 + std::process::id() % 10_000;
    for rest in ["", "/", "/back?kind=shop&n=1"] {
        let callback = format!("http://localhost:{port}{rest}");
        let server = Server::answering(vec![temporary()]);
        let world = World::new(&server);
        let options = ["--timeout", "0", "--callback", &callback];
        let ran = world.run(&[&AUTHORIZE[..], &options].concat(), b"");
        assert!(ran.exits(3).err.contains(&callback));
        let sent = parameter(&server.requests()[0], "oauth_callback").unwrap();
        assert_eq!(sent, callback);
    }
    // What the browser comes back with is found behind the callback's own query.
    let (base, provider) = deciding(move |authority, path| {
        assert_eq!(path, "/back?kind=shop");
        let good = format!("{path}&oauth_token=temporary&oauth_verifier=v");
        let answer = visit(authority, authority, &good);
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    });
    let world = World::at(&base);
    let callback = format!("http://127.0.0.1:{port}/back?kind=shop");
    let options = ["--callback", &callback];
    world
        .run(&[&AUTHORIZE[..], &options].concat(), b"")
        .exits(0);
    provider.join().unwrap();
}

/// The profile may become another while the user decides; the code is for the first.
#[test]
fn a_profile_that_was_changed_meanwhile_gets_no_token() {
    for (line, other) in [
        (
            "consumer_key = \"dpf43f3p2l4k3l03\"",
            "consumer_key = \"other\"",
        ),
        ("/access_token\"", "/elsewhere\""),
        // Unchanged in what counts.
        ("canary-consumer", "canary-rotated"),
    ] {
        let file = std::sync::Arc::new(std::sync::OnceLock::<std::path::PathBuf>::new());
        let known = std::sync::Arc::clone(&file);
        let server = Server::meanwhile(vec![temporary(), access()], move |before| {
            if before == 0 {
                let path = known.get().unwrap();
                let text = std::fs::read_to_string(path).unwrap();
                assert!(text.contains(line), "{text}");
                std::fs::write(path, text.replace(line, other)).unwrap();
            }
        });
        let world = World::new(&server);
        let path = world.files().path().join("config/profiles/acme.toml");
        file.set(path).unwrap();
        let oob = ["--callback", "oob"];
        let ran = world.run(&[&AUTHORIZE[..], &oob].concat(), b"code\n");
        let is_same = other == "canary-rotated";
        let ran = ran.exits(if is_same { 0 } else { 3 });
        let told = ran.err.contains("was changed while the user decided");
        assert_eq!(told, !is_same, "{}", ran.err);
        assert_eq!(server.requests().len(), if is_same { 2 } else { 1 });
        assert_eq!(world.written().contains("connected = true"), is_same);
    }
}

/// The user has decided, and the provider will not give the token twice: where the store takes nothing
/// it stands in the profile's own file, until the next command brings it over.
#[test]
fn a_token_that_the_store_does_not_take_is_in_the_file() {
    let change = |path: &std::path::Path, sql: &str| {
        let store = rusqlite::Connection::open(path).unwrap();
        store.execute_batch(sql).unwrap();
    };
    let file = std::sync::Arc::new(std::sync::OnceLock::<std::path::PathBuf>::new());
    let known = std::sync::Arc::clone(&file);
    let answers = vec![temporary(), access(), reply("200 OK", "", "served")];
    let server = Server::meanwhile(answers, move |before| {
        // It was at hand when the token was asked for.
        if before == 1 {
            let path = known.get().unwrap();
            change(
                path,
                "CREATE TRIGGER full BEFORE INSERT ON connections
                 BEGIN SELECT RAISE(ABORT, 'full'); END",
            );
        }
    });
    let world = World::new(&server);
    let store = world.files().path().join("config/connections/store.db");
    file.set(store.clone()).unwrap();
    let oob = ["--callback", "oob"];
    let ran = world.run(&[&AUTHORIZE[..], &oob].concat(), b"code\n");
    let ran = ran.exits(3);
    let told = "the token is in the profile's own file; the next command tries the store again";
    assert!(ran.err.contains(told), "{}", ran.err);
    let written = world.written();
    for line in [
        "token = \"nnch734d00sl2jdk\"",
        "token_secret = \"canary-token\"",
        "session_handle = \"canary-handle\"",
    ] {
        assert!(written.contains(line), "{line}: {written}");
    }
    assert!(!written.contains("connected = true"), "{written}");

    change(&store, "DROP TRIGGER full");
    assert!(world.kept().find().is_none());
    let url = server.url("/orders");
    let request = ["request", "--profile", "acme", &url];
    assert!(world.run(&request, b"").exits(0).out.contains("served"));
    let requests = server.requests();
    assert_eq!(
        parameter(&requests[2], "oauth_token").unwrap(),
        "nnch734d00sl2jdk"
    );
    is_kept_in_the_store_alone(&world);
}

#[test]
fn somebody_who_never_comes_is_not_waited_for_for_ever() {
    let server = Server::answering(vec![temporary()]);
    let world = World::new(&server);
    let brief = ["--timeout", "1"];
    let ran = world.run(&[&AUTHORIZE[..], &brief].concat(), b"").exits(3);
    assert!(ran.err.contains("nobody came"), "{}", ran.err);
    server.requests();
}

/// A callback elsewhere: the user brings the address.
#[test]
fn the_address_of_a_callback_elsewhere_is_asked_for() {
    let back = "https://app.example/back?oauth_token=temporary&oauth_verifier=v\n";
    let other = "https://app.example/back?oauth_token=other&oauth_verifier=v\n";
    for (input, code, sent) in [(back, 0, 2), (other, 1, 1)] {
        let server = Server::answering(vec![temporary(), access()]);
        let world = World::new(&server);
        let elsewhere = ["--callback", "https://app.example/back"];
        world
            .run(&[&AUTHORIZE[..], &elsewhere].concat(), input.as_bytes())
            .exits(code);
        assert_eq!(server.requests().len(), sent);
    }
    for wrong in ["http://", "nowhere", "https://a.example/#x"] {
        let server = Server::answering(vec![temporary()]);
        let world = World::new(&server);
        world
            .run(&[&AUTHORIZE[..], &["--callback", wrong]].concat(), b"")
            .exits(2);
        assert_eq!(server.requests().len(), 0, "{wrong}");
    }
}

//! How a callback comes through what else comes.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Instant;

use core::time::Duration;

use super::World;
use super::authorize::{AUTHORIZE, access, parameter, temporary};
use crate::request::server::{Server, reply};
use crate::run::{ended, start};

/// Browsers open connections ahead of need; the one with the callback does not wait for them.
#[test]
fn a_callback_does_not_wait_for_connections_that_say_nothing() {
    let server = Server::answering(vec![temporary(), access()]);
    let world = World::new(&server);
    let port = free_port();
    let callback = format!("http://127.0.0.1:{port}/back");
    let arguments = [&AUTHORIZE[..], &["--callback", &callback]].concat();
    let variables = [("COUNTERSIGN_CONFIG_DIR", world.config())];
    let mut child = start(world.files().path(), &arguments, &variables);
    drop(child.stdin.take());
    let began = Instant::now();
    let connect = || loop {
        match TcpStream::connect(("127.0.0.1", port)) {
            Ok(stream) => return stream,
            Err(error) => assert!(began.elapsed() < Duration::from_secs(60), "{error}"),
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let silent: Vec<TcpStream> = (0..6).map(|_| connect()).collect();
    let mut browser = connect();
    let target = "/back?oauth_token=temporary&oauth_verifier=hfdp7dh39dks9884";
    let head = format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
    let sent = Instant::now();
    browser.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    browser.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    // One after the other they would take five seconds each.
    assert!(
        sent.elapsed() < Duration::from_secs(15),
        "{:?}",
        sent.elapsed()
    );
    drop(silent);
    ended(&arguments, child).exits(0);
    let requests = server.requests();
    let verifier = parameter(&requests[1], "oauth_verifier");
    assert_eq!(verifier.as_deref(), Some("hfdp7dh39dks9884"));
}

/// Nobody else gets it before the command does, or the test says so.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// H60: what a token endpoint sends is read up to what a token takes.
#[test]
fn h60_an_endless_answer_is_not_read_to_its_end() {
    let long = "x".repeat(1024 * 1024);
    let server = Server::answering(vec![reply("200 OK", "", &long)]);
    let world = World::new(&server);
    let ran = world.run(&[&AUTHORIZE[..], &["--callback", "oob"]].concat(), b"");
    let ran = ran.exits(1);
    assert!(ran.err.contains("65536"), "{}", ran.err);
    // The server may have been left in the middle of its answer.
    drop(server);
}

/// What is no answer is told apart by its head.
#[test]
fn what_came_in_place_of_an_answer_is_said() {
    for (answer, told) in [
        (
            reply(
                "200 OK",
                "Content-Type: text/html\r\n",
                "<html>Log in</html>",
            ),
            "(status 200, text/html)",
        ),
        (
            reply(
                "302 Found",
                "Location: https://other.example/login?a=canary\r\n",
                "",
            ),
            "the status 302 to https://other.example/login",
        ),
    ] {
        let server = Server::answering(vec![answer]);
        let world = World::new(&server);
        let ran = world.run(&[&AUTHORIZE[..], &["--callback", "oob"]].concat(), b"");
        assert!(ran.err.contains(told), "{}", ran.err);
        server.requests();
    }
}

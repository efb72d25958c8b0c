//! Warnings that neither mistake a slow answer for a slow clock nor keep an answer waiting.

use core::time::Duration;
use std::io::Write as _;
use std::net::TcpListener;

use countersign_clock::{UnixTime, system};

use super::World;
use crate::request::server::{Server, read, reply};
use crate::run::{ended, start};

/// As HTTP writes a time.
pub(crate) fn http_date(at: UnixTime) -> String {
    let at = time::OffsetDateTime::from_unix_timestamp(at.seconds()).unwrap();
    let (day, month) = (at.weekday().to_string(), at.month().to_string());
    format!(
        "Date: {}, {:02} {} {} {:02}:{:02}:{:02} GMT\r\n",
        &day[..3],
        at.day(),
        &month[..3],
        at.year(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

/// The date is that of the head: how long the body takes says nothing of the clock.
#[test]
fn a_body_that_takes_long_makes_no_clock_wrong() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let world = World::at(&base);
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        read(&mut stream);
        // Not worth a word by itself.
        let date = http_date(system::now().saturating_add(-55));
        let head = format!("HTTP/1.1 200 OK\r\n{date}Content-Length: 6\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_secs(8));
        stream.write_all(b"served").unwrap();
    });
    let ran = world
        .run(&["request", "--profile", "acme", &base], b"")
        .exits(0);
    server.join().unwrap();
    assert!(!ran.err.contains("this machine's clock"), "{}", ran.err);
}

/// Another process that changes profiles is not waited for.
#[test]
fn what_was_told_is_noted_at_once_or_not_at_all() {
    let date = http_date(system::now().saturating_add(-1000));
    let server = Server::answering(vec![reply("200 OK", &date, "served")]);
    let world = World::new(&server);
    let lock = world.files().path().join("config/profiles/.lock");
    let lock = std::fs::File::open(lock).unwrap();
    lock.lock().unwrap();
    let url = server.url("/");
    let line = ["request", "--profile", "acme", &url];
    let variables = [("COUNTERSIGN_CONFIG_DIR", world.config())];
    let mut child = start(world.files().path(), &line, &variables);
    let begun = system::now();
    while child.try_wait().unwrap().is_none() {
        if system::now().since(begun) > 30 {
            child.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let ran = ended(&line, child).exits(0);
    drop(lock);
    assert!(ran.out.contains("served"), "{}", ran.out);
    assert!(ran.err.contains("this machine's clock is 1"), "{}", ran.err);
    server.requests();
}

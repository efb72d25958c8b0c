//! `clock`: this machine, and a server of our own on a free port.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use crate::run::{Ran, run};

/// Answers one request, with a `Date` so many seconds from now, and runs `clock` against it.
fn against(offset: Option<i64>, more: &[&str]) -> Ran {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut part = [0; 1024];
        while !request.windows(4).any(|end| end == b"\r\n\r\n") {
            let read = stream.read(&mut part).unwrap();
            assert!(read > 0, "the request ends");
            request.extend_from_slice(&part[..read]);
        }
        let date = offset.map_or_else(String::new, |offset| format!("Date: {}\r\n", date(offset)));
        let answer = format!(
            "HTTP/1.1 401 Unauthorized\r\n{date}Content-Length: 0\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8(request).unwrap()
    });
    let mut arguments = vec!["clock", &url];
    arguments.extend(more);
    let ran = run(&arguments);
    let request = server.join().unwrap();
    assert!(request.starts_with("HEAD / HTTP/1.1\r\n"), "{request}");
    assert!(!request.to_ascii_lowercase().contains("authorization"));
    ran
}

fn date(offset: i64) -> String {
    let moment = time::OffsetDateTime::now_utc() + time::Duration::seconds(offset);
    let format = time::macros::format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    moment.format(&format).unwrap()
}

#[test]
fn without_a_server_it_shows_this_machine() {
    let ran = run(&["clock"]).exits(0);
    assert!(ran.out.starts_with("this machine  "), "{}", ran.out);
    assert!(
        ran.out.contains("To set this machine's clock right:"),
        "{}",
        ran.out
    );
    let document = run(&["clock", "--format", "json"]).exits(0).json();
    assert_eq!(document["schema"], "countersign/clock/1");
    assert!(document["server"].is_null());
    assert!(document["local"]["unix"].as_i64().unwrap() > 1_700_000_000);
}

#[test]
fn a_server_that_agrees_is_good() {
    let ran = against(Some(0), &[]).exits(0);
    assert!(ran.out.contains("[ok]"), "{}", ran.out);
    assert!(ran.out.contains("limit 300 s"), "{}", ran.out);
    against(Some(200), &[]).exits(0);
}

#[test]
fn a_clock_too_far_off_is_not() {
    let ran = against(Some(3600), &[]).exits(1);
    assert!(ran.out.contains("behind the server's"), "{}", ran.out);
    assert!(ran.out.contains("too old"), "{}", ran.out);
    assert!(
        ran.out.contains("To set this machine's clock right:"),
        "{}",
        ran.out
    );
    let ran = against(Some(-3600), &[]).exits(1);
    assert!(ran.out.contains("ahead of the server's"), "{}", ran.out);
    assert!(ran.out.contains("too far in the future"), "{}", ran.out);
    against(Some(200), &["--limit", "60"]).exits(1);
    // Years off are measured too.
    against(Some(-100_000_000), &[]).exits(1);
}

#[test]
fn json_has_the_promised_shape() {
    let document = against(Some(-7200), &["--format", "json"]).exits(1).json();
    assert_eq!(document["schema"], "countersign/clock/1");
    assert_eq!(document["direction"], "local_ahead");
    assert_eq!(document["within_limit"], false);
    assert_eq!(document["limit_seconds"], 300);
    let offset = document["offset_seconds"].as_i64().unwrap();
    assert!((-7210..=-7190).contains(&offset), "{offset}");
}

#[test]
fn no_date_or_no_server_exits_with_3() {
    let ran = against(None, &[]).exits(3);
    assert!(ran.err.contains("no Date"), "{}", ran.err);
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    run(&["clock", &format!("http://127.0.0.1:{port}/")]).exits(3);
    run(&["clock", "http://"]).exits(3);
}

//! Bodies of requests: how much room they take, and for how long.

use core::time::Duration;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use super::relayed::files;
use super::{Answer, Proxy};
use crate::request::server::{read, reply};

/// An upstream that is asked by hand.
fn upstream() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

/// The next connection, which comes at once or not at all.
#[track_caller]
fn accepted(listener: &TcpListener) -> TcpStream {
    listener.set_nonblocking(true).unwrap();
    for _ in 0..400 {
        if let Ok((asked, _)) = listener.accept() {
            asked.set_nonblocking(false).unwrap();
            return asked;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("nobody is asked");
}

fn post(proxy: &Proxy, framed: &str) -> TcpStream {
    let mut tool = proxy.connect();
    let fields = proxy.fields();
    tool.write_all(format!("POST /a HTTP/1.1\r\n{fields}{framed}").as_bytes())
        .unwrap();
    tool
}

/// What does not say how long it is takes no more room than it needs once it was read.
#[test]
fn small_bodies_in_chunks_take_little_room() {
    let files = files();
    let (listener, url) = upstream();
    let proxy = Proxy::to(files.path(), &url);
    let chunked = "Transfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n";
    let tools: Vec<TcpStream> = (0..8).map(|_| post(&proxy, chunked)).collect();
    // All of them are here before one is answered.
    let asked: Vec<TcpStream> = (0..8)
        .map(|_| {
            let mut asked = accepted(&listener);
            assert!(read(&mut asked).ends_with(b"a=b"));
            asked
        })
        .collect();
    for mut asked in asked {
        asked
            .write_all(reply("200 OK", "", "yes").as_bytes())
            .unwrap();
    }
    for mut tool in tools {
        assert_eq!(Answer::read(&mut tool).body, "yes");
    }
}

/// A body keeps its room for as long as it is held, even if the answer came before it was sent.
#[test]
fn bodies_that_an_upstream_does_not_read_take_room() {
    let files = files();
    let (listener, url) = upstream();
    let proxy = Proxy::to(files.path(), &url);
    let body = vec![b'x'; 16 * 1024 * 1024];
    let framed = format!("Content-Length: {}\r\n\r\n", body.len());
    let mut held = Vec::new();
    for _ in 0..4 {
        let mut tool = post(&proxy, &framed);
        tool.write_all(&body).unwrap();
        // The answer begins, and of the body only what the system takes is read.
        let (mut asked, _) = listener.accept().unwrap();
        asked.read_exact(&mut [0; 64]).unwrap();
        asked
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
            .unwrap();
        let mut head = [0; 15];
        tool.read_exact(&mut head).unwrap();
        assert_eq!(&head, b"HTTP/1.1 200 OK");
        held.push((tool, asked));
    }
    let mut tool = post(&proxy, &framed);
    let mut sends = tool.try_clone().unwrap();
    let sent = std::thread::spawn(move || {
        let _refused = sends.write_all(&body);
    });
    // It waits for room, and is told that there is none.
    Answer::read(&mut tool).is_own(503, "connection_limit_reached", "room");
    sent.join().unwrap();
    listener.set_nonblocking(true).unwrap();
    let asked = listener.accept().map(drop).map_err(|error| error.kind());
    assert_eq!(asked, Err(ErrorKind::WouldBlock));
    drop(held);
}

//! Bodies of requests: how much room they take, and for how long.

use core::time::Duration;
use std::io::Write as _;
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

//! A server that gives prepared answers, one for each connection, and keeps the requests.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

pub(crate) struct Server {
    address: String,
    thread: JoinHandle<Vec<Vec<u8>>>,
}

/// An answer with these headers, each with its line end.
pub(crate) fn reply(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

impl Server {
    pub(crate) fn answering(answers: Vec<String>) -> Self {
        Self::with(|_| answers)
    }

    /// The answers may name the server's own address.
    pub(crate) fn with(answers: impl FnOnce(&str) -> Vec<String>) -> Self {
        Self::start(answers, |_| {})
    }

    /// Something happens between each request and its answer.
    pub(crate) fn meanwhile(
        answers: Vec<String>,
        happens: impl Fn(usize) + Send + 'static,
    ) -> Self {
        Self::start(|_| answers, happens)
    }

    /// The first answer is a redirect to this path, with the query as it came.
    pub(crate) fn echoing(status: &'static str, path: &'static str, then: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let thread = std::thread::spawn(move || {
            let mut requests: Vec<Vec<u8>> = Vec::new();
            for turn in 0..2 {
                let (mut stream, _) = listener.accept().unwrap();
                let request = read(&mut stream);
                if request.is_empty() {
                    break;
                }
                let text = String::from_utf8_lossy(&request).into_owned();
                let target = text.split(' ').nth(1).unwrap();
                let (_, query) = target.split_once('?').unwrap();
                let location = format!("Location: {path}?{query}\r\n");
                let answer = if turn == 0 {
                    reply(status, &location, "")
                } else {
                    then.clone()
                };
                requests.push(request);
                stream.write_all(answer.as_bytes()).unwrap();
            }
            requests
        });
        Self { address, thread }
    }

    fn start(
        answers: impl FnOnce(&str) -> Vec<String>,
        happens: impl Fn(usize) + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let answers = answers(&address);
        let thread = std::thread::spawn(move || {
            let mut requests = Vec::new();
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let request = read(&mut stream);
                // Somebody who only wants to be told that the test is over.
                if request.is_empty() {
                    break;
                }
                happens(requests.len());
                requests.push(request);
                stream.write_all(answer.as_bytes()).unwrap();
            }
            requests
        });
        Self { address, thread }
    }

    pub(crate) fn url(&self, target: &str) -> String {
        format!("http://{}{target}", self.address)
    }

    /// The requests that came; answers that nobody asked for are left.
    pub(crate) fn requests(self) -> Vec<Vec<u8>> {
        // Wakes it up if it still waits for one.
        drop(TcpStream::connect(&self.address));
        self.thread.join().unwrap()
    }
}

pub(crate) fn read(stream: &mut TcpStream) -> Vec<u8> {
    let mut request = Vec::new();
    let mut part = [0; 4096];
    loop {
        let read = stream.read(&mut part).unwrap_or(0);
        if read == 0 {
            return Vec::new();
        }
        request.extend_from_slice(&part[..read]);
        let Some(end) = request.windows(4).position(|it| it == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"))
            .map_or(0, |value| value.trim().parse().unwrap());
        if request.len() >= end + 4 + length {
            return request;
        }
    }
}

//! Requests, the upstream that answers them, and what they cost.

use core::net::SocketAddr;
use core::time::Duration;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use axum::body::Body;
use countersign_base_string::{Place, ProtocolParameters, Uri};
use countersign_key::Secret;
use countersign_signature::{HmacKey, Method, Signer, sign};
use http::Request;

pub(crate) const NOW: i64 = 1_700_000_000;
pub(crate) const KEY: &str = "dpf43f3p2l4k3l03";
pub(crate) const SECRET: &str = "kd94hf93k423kf44-of-the-bench";
pub(crate) const ORIGIN: &str = "https://api.example.com";
const TARGET: &str = "/v1/search?page=2&q=red%20shoes&sizes=38%2C39";
const FORM: &str = "comment=nice%21&name=J%C3%BCrgen";
const ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
                      content-length: 27\r\n\r\n{\"found\":[1,2,3],\"total\":3}";

/// Signs requests, no two of them alike.
pub(crate) struct Client {
    signer: Signer,
    nonce: u64,
}

impl Client {
    pub(crate) fn new(first: u64) -> Self {
        let key = HmacKey::new(&Secret::new(SECRET), None);
        Self {
            signer: Signer::hmac(Method::HMAC_SHA1, &key).unwrap(),
            nonce: first,
        }
    }

    fn authorization(&mut self) -> String {
        self.nonce += 1;
        let (nonce, timestamp) = (format!("kllo{:016x}", self.nonce), NOW.to_string());
        let url = format!("{ORIGIN}{TARGET}");
        let request = countersign_base_string::Request::new("POST", Uri::parse(&url).unwrap())
            .unwrap()
            .with_body(Some("application/x-www-form-urlencoded"), FORM.as_bytes());
        let protocol = ProtocolParameters::new(KEY, "HMAC-SHA1", &timestamp, &nonce);
        let signed = sign(&request, &protocol, &self.signer, Place::Header, None, None).unwrap();
        signed.authorization().unwrap().to_owned()
    }

    pub(crate) fn request(&mut self) -> Request<Body> {
        Request::post(TARGET)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("content-length", FORM.len())
            .header("authorization", self.authorization())
            .body(Body::from(FORM))
            .unwrap()
    }

    fn bytes(&mut self) -> Vec<u8> {
        format!(
            "POST {TARGET} HTTP/1.1\r\nHost: api.example.com\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\
             Authorization: {}\r\n\r\n{FORM}",
            FORM.len(),
            self.authorization()
        )
        .into_bytes()
    }
}

/// An upstream that answers whatever ends like the form.
pub(crate) fn upstream() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            stream.set_nodelay(true).unwrap();
            std::thread::spawn(move || {
                let (mut room, mut read) = ([0; 8192], 0);
                while let Ok(more @ 1..) = stream.read(&mut room[read..]) {
                    read += more;
                    if room[..read].ends_with(FORM.as_bytes()) {
                        read = 0;
                        if stream.write_all(ANSWER.as_bytes()).is_err() {
                            return;
                        }
                    }
                }
            });
        }
    });
    address
}

/// A gateway in a process of its own.
pub(crate) struct Side {
    pub(crate) name: &'static str,
    process: Child,
    connections: Vec<TcpStream>,
    client: Client,
}

impl Drop for Side {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _ended = self.process.wait();
    }
}

impl Side {
    pub(crate) fn start(name: &'static str, upstream: SocketAddr) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--side", name])
            .env("UPSTREAM", format!("http://{upstream}"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = process.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let address: SocketAddr = line.trim().parse().expect("the gateway started");
        let connection = |_| {
            let stream = TcpStream::connect(address).unwrap();
            stream.set_nodelay(true).unwrap();
            stream
        };
        Self {
            name,
            process,
            connections: (0..32).map(connection).collect(),
            client: Client::new(0),
        }
    }

    /// Seconds on a processor so far, over all threads.
    fn spent(&self) -> f64 {
        let tasks = format!("/proc/{}/task", self.process.id());
        let nanoseconds: f64 = std::fs::read_dir(tasks)
            .unwrap()
            .filter_map(|task| std::fs::read_to_string(task.unwrap().path().join("schedstat")).ok())
            .map(|text| text.split(' ').next().unwrap().parse::<f64>().unwrap())
            .sum();
        nanoseconds / 1e9
    }

    /// Seconds on a processor a request, and requests a second by the clock on the wall.
    pub(crate) fn saturate(&mut self) -> (f64, f64) {
        const TURNS: usize = 150;
        let requests: Vec<Vec<u8>> = (0..TURNS * self.connections.len())
            .map(|_| self.client.bytes())
            .collect();
        let (spent, start) = (self.spent(), Instant::now());
        for turn in requests.chunks(self.connections.len()) {
            for (connection, request) in self.connections.iter_mut().zip(turn) {
                connection.write_all(request).unwrap();
            }
            for connection in &mut self.connections {
                read_answer(connection);
            }
        }
        let count = requests.len() as f64;
        let elapsed = start.elapsed().as_secs_f64();
        ((self.spent() - spent) / count, count / elapsed)
    }

    /// The 99th percentile of the time to the answer, in seconds, at a rate.
    pub(crate) fn p99(&mut self, rate: f64) -> f64 {
        const SENDERS: usize = 8;
        const REQUESTS: usize = 250;
        let every = Duration::from_secs_f64(SENDERS as f64 / rate);
        let client = &mut self.client;
        let senders = self.connections.iter_mut().take(SENDERS);
        let mut times: Vec<f64> = std::thread::scope(|scope| {
            let senders: Vec<_> = senders
                .enumerate()
                .map(|(number, connection)| {
                    let requests: Vec<_> = (0..REQUESTS).map(|_| client.bytes()).collect();
                    let first = every.mul_f64(number as f64 / SENDERS as f64);
                    scope.spawn(move || paced(connection, &requests, first, every))
                })
                .collect();
            let senders = senders.into_iter();
            senders.flat_map(|sender| sender.join().unwrap()).collect()
        });
        times.sort_by(f64::total_cmp);
        times[times.len() * 99 / 100]
    }
}

/// Sends a request every so often, and gives how long each took from when it was due: one that
/// waited for another counts in full.
fn paced(
    connection: &mut TcpStream,
    requests: &[Vec<u8>],
    first: Duration,
    every: Duration,
) -> Vec<f64> {
    let mut due = Instant::now() + first;
    let mut times = Vec::with_capacity(requests.len());
    for request in requests {
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        connection.write_all(request).unwrap();
        read_answer(connection);
        times.push(due.elapsed().as_secs_f64());
        due += every;
    }
    times
}

fn read_answer(connection: &mut TcpStream) {
    let mut answer = [0; 4096];
    let mut read = 0;
    while !answer[..read].ends_with(b"\"total\":3}") {
        let more = connection.read(&mut answer[read..]).unwrap();
        let text = String::from_utf8_lossy(&answer[..read]);
        assert_ne!(more, 0, "the gateway closed the connection: {text}");
        read += more;
    }
    assert!(answer.starts_with(b"HTTP/1.1 200 "));
}

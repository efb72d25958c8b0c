//! Requests, and what they cost a process of its own that answers them.

use core::net::SocketAddr;
use core::time::Duration;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
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
pub(crate) const TOKEN_SECRET: &str = "pfkkdhi9sl3r4s00-of-the-bench";
pub(crate) const ORIGIN: &str = "https://api.example.com";
/// How many applications a filled store has, and how many of them have a token and are busy.
pub(crate) const CONSUMERS: u64 = 100_000;
pub(crate) const BUSY: u64 = 1_000;
const TARGET: &str = "/echo/search?page=2&q=red%20shoes&sizes=38%2C39";
const FORM: &str = "comment=nice%21&name=J%C3%BCrgen";
const ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
                      content-length: 27\r\n\r\n{\"found\":[1,2,3],\"total\":3}";
const CONNECTIONS: usize = 32;

/// The consumer key of one of the applications of a filled store.
pub(crate) fn consumer(number: u64) -> String {
    format!("consumer-{number:06}")
}

/// The token of a busy one.
pub(crate) fn token(number: u64) -> String {
    format!("nnch734d00sl2jdk-{number:06}")
}

/// Who sends the requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// One application, without a token.
    One,
    /// The busy ones in turn, with their tokens.
    Busy,
    /// All of a filled store in turn, without a token.
    All,
}

/// Signs requests, no two of them alike.
pub(crate) struct Client {
    by: By,
    signer: Signer,
    nonce: u64,
}

impl Client {
    pub(crate) fn new(by: By, first: u64) -> Self {
        let token = (by == By::Busy).then(|| Secret::new(TOKEN_SECRET));
        let key = HmacKey::new(&Secret::new(SECRET), token.as_ref());
        Self {
            by,
            signer: Signer::hmac(Method::HMAC_SHA1, &key).unwrap(),
            nonce: first,
        }
    }

    fn authorization(&mut self) -> String {
        self.nonce += 1;
        let (key, token) = match self.by {
            By::One => (KEY.to_owned(), None),
            By::Busy => (consumer(self.nonce % BUSY), Some(token(self.nonce % BUSY))),
            By::All => (consumer(self.nonce % CONSUMERS), None),
        };
        let (nonce, timestamp) = (format!("kllo{:016x}", self.nonce), NOW.to_string());
        let url = format!("{ORIGIN}{TARGET}");
        let request = countersign_base_string::Request::new("POST", Uri::parse(&url).unwrap())
            .unwrap()
            .with_body(Some("application/x-www-form-urlencoded"), FORM.as_bytes());
        let mut protocol = ProtocolParameters::new(&key, "HMAC-SHA1", &timestamp, &nonce);
        if let Some(token) = &token {
            protocol = protocol.with_token(token);
        }
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

/// Something that answers requests, in a process of its own.
pub(crate) struct Side {
    pub(crate) name: &'static str,
    /// How long it took from the start of the process until it listened.
    pub(crate) started: Duration,
    process: Child,
    address: SocketAddr,
    in_flight: usize,
    client: Client,
}

impl Drop for Side {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _ended = self.process.wait();
    }
}

/// This program again, on the first processor: the load is on the last one, see `cargo xtask bench`.
fn again() -> Command {
    let exe = std::env::current_exe().unwrap();
    let online = std::fs::read_to_string("/sys/devices/system/cpu/online").unwrap_or_default();
    let first = online.split(['-', ',', '\n']).next().unwrap_or_default();
    let pinned = ["--cpu-list", first];
    let can = Command::new("taskset").args(pinned).arg("true").status();
    if !can.is_ok_and(|status| status.success()) {
        return Command::new(exe);
    }
    let mut command = Command::new("taskset");
    command.args(pinned).arg(exe);
    command
}

impl Side {
    /// What it needs to know is in the environment.
    pub(crate) fn start(name: &'static str, by: By, known: (&str, &str)) -> Self {
        let mut again = again();
        let start = Instant::now();
        let mut process = again
            .args(["--side", name])
            .env(known.0, known.1)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = process.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let started = start.elapsed();
        Self {
            name,
            started,
            process,
            address: line.trim().parse().expect("it started"),
            in_flight: CONNECTIONS,
            client: Client::new(by, 0),
        }
    }

    /// The same with so many requests in flight.
    pub(crate) fn with_in_flight(mut self, requests: usize) -> Self {
        self.in_flight = requests;
        self
    }

    /// New ones: those from before may have been closed, as nothing came for a while.
    fn connect(&self, connections: usize) -> Vec<TcpStream> {
        let connection = |_| {
            let stream = TcpStream::connect(self.address).unwrap();
            stream.set_nodelay(true).unwrap();
            stream
        };
        (0..connections).map(connection).collect()
    }

    /// Somebody else sends from now on.
    pub(crate) fn sent_by(&mut self, by: By) {
        self.client = Client::new(by, self.client.nonce);
    }

    /// Seconds on a processor so far, over all threads.
    pub(crate) fn spent(&self) -> f64 {
        let tasks = format!("/proc/{}/task", self.process.id());
        let nanoseconds: f64 = std::fs::read_dir(tasks)
            .unwrap()
            .filter_map(|task| std::fs::read_to_string(task.unwrap().path().join("schedstat")).ok())
            .map(|text| text.split(' ').next().unwrap().parse::<f64>().unwrap())
            .sum();
        nanoseconds / 1e9
    }

    /// Bytes that are resident.
    pub(crate) fn resident(&self) -> u64 {
        let path = format!("/proc/{}/status", self.process.id());
        let status = std::fs::read_to_string(Path::new(&path)).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let kilobytes: u64 = line
            .unwrap()
            .split_whitespace()
            .nth(1)
            .unwrap()
            .parse()
            .unwrap();
        kilobytes * 1024
    }

    /// Seconds on a processor a request, and requests a second by the clock on the wall.
    pub(crate) fn saturate(&mut self, turns: usize) -> (f64, f64) {
        let requests: Vec<Vec<u8>> = (0..turns * self.in_flight)
            .map(|_| self.client.bytes())
            .collect();
        let mut connections = self.connect(self.in_flight);
        let (spent, start) = (self.spent(), Instant::now());
        for turn in requests.chunks(self.in_flight) {
            for (connection, request) in connections.iter_mut().zip(turn) {
                connection.write_all(request).unwrap();
            }
            for connection in &mut connections {
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
        let mut connections = self.connect(SENDERS);
        let client = &mut self.client;
        let senders = connections.iter_mut();
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
    // All of them are JSON, of which there is one object.
    while !answer[..read].ends_with(b"}") {
        let more = connection.read(&mut answer[read..]).unwrap();
        let text = String::from_utf8_lossy(&answer[..read]);
        assert_ne!(more, 0, "the connection was closed: {text}");
        read += more;
        let text = String::from_utf8_lossy(&answer[..read]);
        assert!(text.starts_with("HTTP/1.1 200 "), "{text}");
    }
}

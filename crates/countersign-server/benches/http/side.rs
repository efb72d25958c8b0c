//! Processes that answer requests, and what the requests cost them.

use core::mem;
use core::net::SocketAddr;
use core::ops::AddAssign;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use super::load::{By, Client};

/// Both sides of a round take so many turns: a machine that is slower for a while is so for both.
const TURNS: usize = 10;

/// What requests cost.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cost {
    requests: usize,
    /// Seconds on a processor, and by the clock on the wall.
    spent: f64,
    elapsed: f64,
}

impl Cost {
    /// Seconds on a processor a request.
    pub(crate) fn each(&self) -> f64 {
        self.spent / self.requests as f64
    }

    /// Requests a second by the clock on the wall.
    pub(crate) fn rate(&self) -> f64 {
        self.requests as f64 / self.elapsed
    }
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.requests += other.requests;
        self.spent += other.spent;
        self.elapsed += other.elapsed;
    }
}

/// What so many requests a turn cost each of two sides.
pub(crate) fn costs(one: &mut Side, other: &mut Side, requests: usize) -> [Cost; 2] {
    let mut costs = [Cost::default(); 2];
    one.connect();
    other.connect();
    for _ in 0..TURNS {
        costs[0] += one.saturate(requests);
        costs[1] += other.saturate(requests);
    }
    costs
}

/// The 99th percentiles of the time to the answer of two sides, in seconds, at a rate.
pub(crate) fn slowest(one: &mut Side, other: &mut Side, rate: f64) -> [f64; 2] {
    let mut times: [Vec<f64>; 2] = Default::default();
    for _ in 0..TURNS {
        times[0].append(&mut one.paced(rate));
        times[1].append(&mut other.paced(rate));
    }
    times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() * 99 / 100]
    })
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
    connections: Vec<TcpStream>,
    /// Of the load, on the one thread that it has.
    runtime: Runtime,
}

impl Drop for Side {
    fn drop(&mut self) {
        // It ends at once when nothing more can come, and closes nothing. What counts the calls of its
        // functions writes that down, as it could not do if it were killed.
        drop(self.process.stdin.take());
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
    /// What it needs to know is in the environment; so many requests will be in flight.
    pub(crate) fn start(name: &'static str, in_flight: usize, by: By, known: (&str, &str)) -> Self {
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
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        Self {
            name,
            started,
            process,
            address: line.trim().parse().expect("it started"),
            in_flight,
            client: Client::new(by, 0),
            connections: Vec::new(),
            runtime: runtime.enable_all().build().unwrap(),
        }
    }

    /// New connections, each of which was answered once: those from before may have been closed, as
    /// nothing came for a while.
    pub(crate) fn connect(&mut self) {
        let address = self.address;
        self.connections = self.runtime.block_on(async {
            let mut connecting = JoinSet::new();
            for _ in 0..self.in_flight {
                connecting.spawn(async move {
                    let stream = TcpStream::connect(address).await.unwrap();
                    stream.set_nodelay(true).unwrap();
                    stream
                });
            }
            connecting.join_all().await
        });
        self.saturate(self.in_flight);
    }

    /// Somebody else sends from now on.
    pub(crate) fn sent_by(&mut self, by: By) {
        self.client = self.client.sent_by(by);
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

    /// What so many requests cost. Each connection sends its next one when it has its answer.
    pub(crate) fn saturate(&mut self, requests: usize) -> Cost {
        let signed: Arc<[Vec<u8>]> = (0..requests).map(|_| self.client.bytes()).collect();
        let next = Arc::new(AtomicUsize::new(0));
        let connections = mem::take(&mut self.connections);
        let (spent, start) = (self.spent(), Instant::now());
        self.connections = self.runtime.block_on(async {
            let mut sending = JoinSet::new();
            for mut connection in connections {
                let (signed, next) = (Arc::clone(&signed), Arc::clone(&next));
                sending.spawn(async move {
                    while let Some(request) = signed.get(next.fetch_add(1, Ordering::Relaxed)) {
                        ask(&mut connection, request).await;
                    }
                    connection
                });
            }
            sending.join_all().await
        });
        Cost {
            requests,
            elapsed: start.elapsed().as_secs_f64(),
            spent: self.spent() - spent,
        }
    }

    /// How long requests took, in seconds, that are sent at a rate.
    fn paced(&mut self, rate: f64) -> Vec<f64> {
        const SENDERS: usize = 8;
        const REQUESTS: usize = 50;
        let every = Duration::from_secs_f64(SENDERS as f64 / rate);
        let (address, client) = (self.address, &mut self.client);
        std::thread::scope(|scope| {
            let senders: Vec<_> = (0..SENDERS)
                .map(|number| {
                    let signed: Vec<_> = (0..=REQUESTS).map(|_| client.bytes()).collect();
                    let first = every.mul_f64(number as f64 / SENDERS as f64);
                    scope.spawn(move || paced(address, &signed, first, every))
                })
                .collect();
            let senders = senders.into_iter();
            senders.flat_map(|sender| sender.join().unwrap()).collect()
        })
    }
}

/// Sends a request every so often, and gives how long each took from when it was due: one that
/// waited for another counts in full. The first is for the connection.
fn paced(address: SocketAddr, signed: &[Vec<u8>], first: Duration, every: Duration) -> Vec<f64> {
    let mut connection = std::net::TcpStream::connect(address).unwrap();
    connection.set_nodelay(true).unwrap();
    let mut ask = |request: &[u8]| {
        connection.write_all(request).unwrap();
        let mut answer = Answer::default();
        while !answer.is_whole() {
            let read = connection.read(answer.room()).unwrap();
            answer.has(read);
        }
    };
    ask(&signed[0]);
    let mut due = Instant::now() + first;
    let mut times = Vec::with_capacity(signed.len());
    for request in &signed[1..] {
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        ask(request);
        times.push(due.elapsed().as_secs_f64());
        due += every;
    }
    times
}

async fn ask(connection: &mut TcpStream, request: &[u8]) {
    connection.write_all(request).await.unwrap();
    let mut answer = Answer::default();
    while !answer.is_whole() {
        let read = connection.read(answer.room()).await.unwrap();
        answer.has(read);
    }
}

/// What was read of one so far.
struct Answer {
    bytes: [u8; 4096],
    read: usize,
}

impl Default for Answer {
    fn default() -> Self {
        Self {
            bytes: [0; 4096],
            read: 0,
        }
    }
}

impl Answer {
    fn room(&mut self) -> &mut [u8] {
        &mut self.bytes[self.read..]
    }

    fn has(&mut self, more: usize) {
        self.read += more;
        let text = || String::from_utf8_lossy(&self.bytes[..self.read]);
        assert_ne!(more, 0, "the connection was closed: {}", text());
        assert!(self.bytes.starts_with(b"HTTP/1.1 200 "), "{}", text());
    }

    /// All of them are JSON, of which there is one object.
    fn is_whole(&self) -> bool {
        self.bytes[..self.read].ends_with(b"}")
    }
}

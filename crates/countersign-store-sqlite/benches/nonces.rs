//! How many nonces a second become durable, against what the disk allows: with `n` requests in
//! flight and one sync for all of them, at most `n` for each time that a sync takes. An argument picks
//! a number of requests in flight.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints, and what goes wrong in it is to end it"
)]

use core::cell::Cell;
use core::future::Future;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Waker};
use std::fs::File;
use std::io::{Seek, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::task::Wake;
use std::thread::Thread;
use std::time::Instant;

use countersign_clock::UnixTime;
use countersign_key::{RandomError, SecureRandom};
use countersign_store::{Insertion, Nonce, NonceStore};
use countersign_store_sqlite::{Options, SqliteStore};

const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);
const IN_FLIGHT: [usize; 4] = [1, 10, 100, 1000];
/// The one that must be reached, and how much of what the disk allows.
const MEASURED: usize = 100;
const SHARE: f64 = 0.5;
/// A disk has slow phases: a sync is timed before each of so many rounds, and the median counts.
const ROUNDS: usize = 21;
const SECONDS: f64 = 0.1;

struct Fixed;

impl SecureRandom for Fixed {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError> {
        out.fill(7);
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "measuring time is the purpose")]
fn clock() -> Instant {
    Instant::now()
}

/// The median time of one fdatasync after writing one page into a file that has its full length
/// already.
fn sync_time(directory: &Path) -> f64 {
    const SYNCS: usize = 50;
    let mut file = File::create(directory.join("sync")).unwrap();
    let bytes = [7; 4096];
    file.write_all(&bytes.repeat(SYNCS)).unwrap();
    file.sync_all().unwrap();
    file.rewind().unwrap();
    let mut times: Vec<f64> = (0..SYNCS)
        .map(|_| {
            file.write_all(&bytes).unwrap();
            let start = clock();
            file.sync_data().unwrap();
            start.elapsed().as_secs_f64()
        })
        .collect();
    median(&mut times)
}

fn median(numbers: &mut [f64]) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// Says that a future wants to be polled.
struct Flag {
    set: AtomicBool,
    thread: Thread,
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.set.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

/// Texts that a server would find in the request: to make them is no work of the store.
fn text<const LENGTH: usize>(mut number: u64) -> [u8; LENGTH] {
    let mut text = [b'0'; LENGTH];
    for digit in text.iter_mut().rev() {
        *digit = b"0123456789abcdef"[usize::try_from(number % 16).unwrap()];
        number /= 16;
        if number == 0 {
            break;
        }
    }
    text
}

/// The clock goes on by a second for so many requests, as in the bench of the nonces in memory.
const A_SECOND: u64 = 10_000;

async fn request(store: &SqliteStore, number: u64) {
    let now = NOW.saturating_add(i64::try_from(number / A_SECOND).unwrap());
    let (consumer, nonce) = (text::<17>(number % 64), text::<32>(number));
    let [consumer, nonce] = [&consumer[..], &nonce[..]].map(|text| str::from_utf8(text).unwrap());
    let nonce = Nonce::new(consumer, "nnch734d00sl2jdk", now, nonce);
    let inserted = store.insert(nonce, now).await;
    assert!(matches!(inserted, Ok(Insertion::New)), "{inserted:?}");
}

/// What all connections of a round share, on the thread that polls them.
struct Round {
    start: Instant,
    next: Cell<u64>,
    done: Cell<u32>,
    over: Cell<bool>,
}

/// One request after the other.
async fn connection(store: &SqliteStore, round: &Round) {
    while !round.over.get() {
        round.next.set(round.next.get() + 1);
        request(store, round.next.get()).await;
        let done = round.done.get() + 1;
        round.done.set(done);
        if done.is_multiple_of(256) && round.start.elapsed().as_secs_f64() > SECONDS {
            round.over.set(true);
        }
    }
}

/// Nonces a second with so many requests in flight, all of them polled by one thread.
fn rate(store: &SqliteStore, in_flight: usize, next: &mut u64) -> f64 {
    let round = Round {
        start: clock(),
        next: Cell::new(*next),
        done: Cell::new(0),
        over: Cell::new(false),
    };
    let mut slots: Vec<_> = (0..in_flight)
        .map(|_| {
            let flag = Arc::new(Flag {
                set: AtomicBool::new(true),
                thread: std::thread::current(),
            });
            let waker = Waker::from(Arc::clone(&flag));
            (flag, waker, Box::pin(connection(store, &round)))
        })
        .collect();
    let mut left = in_flight;
    while left > 0 {
        let mut idle = true;
        for (flag, waker, connection) in &mut slots {
            if flag.set.swap(false, Ordering::Acquire) {
                idle = false;
                let context = &mut Context::from_waker(waker);
                left -= usize::from(connection.as_mut().poll(context).is_ready());
            }
        }
        if idle && left > 0 {
            std::thread::park();
        }
    }
    *next = round.next.get();
    f64::from(round.done.get()) / round.start.elapsed().as_secs_f64()
}

fn main() -> ExitCode {
    let directory = tempfile::tempdir().unwrap();
    let options = Options::dangerous_without_seal().create_if_missing();
    let path = directory.path().join("bench.db");
    let store = SqliteStore::open(path, &options, NOW, Fixed).unwrap();
    let mut next = 0;
    let mut ok = true;
    let asked: Vec<usize> = std::env::args()
        .filter_map(|word| word.parse().ok())
        .collect();
    let wanted = |in_flight: &usize| asked.is_empty() || asked.contains(in_flight);
    for in_flight in IN_FLIGHT.into_iter().filter(wanted) {
        let flying = f64::from(u32::try_from(in_flight).unwrap());
        let (mut syncs, mut rates, mut shares) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let sync = sync_time(directory.path());
            let rate = rate(&store, in_flight, &mut next);
            syncs.push(sync);
            rates.push(rate);
            shares.push(rate * sync / flying);
        }
        let [sync, rate, share] = [syncs, rates, shares].map(|mut all| median(&mut all));
        let verdict = match in_flight == MEASURED {
            true if share < SHARE => "MISSED",
            true => "ok",
            false => "",
        };
        ok &= verdict != "MISSED";
        println!(
            "in flight {in_flight:>5}  {rate:>8.0} nonces/s  sync {:>4.0} us  {share:.2} of what the disk allows  {verdict}",
            sync * 1e6
        );
    }
    if ok {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

//! How many nonces a second become durable, against what the disk allows: with `n` requests in
//! flight and one sync for all of them, at most `n` for each time that a sync takes.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints, and what goes wrong in it is to end it"
)]

use core::future::Future;
use core::pin::Pin;
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
const SECONDS: f64 = 2.0;

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
    const ROUNDS: usize = 500;
    let mut file = File::create(directory.join("sync")).unwrap();
    let bytes = [7; 4096];
    file.write_all(&bytes.repeat(ROUNDS)).unwrap();
    file.sync_all().unwrap();
    file.rewind().unwrap();
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            file.write_all(&bytes).unwrap();
            let start = clock();
            file.sync_data().unwrap();
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
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

async fn request(store: &SqliteStore, number: u64) {
    let (consumer, nonce) = (text::<17>(number % 64), text::<32>(number));
    let [consumer, nonce] = [&consumer[..], &nonce[..]].map(|text| str::from_utf8(text).unwrap());
    let nonce = Nonce::new(consumer, "nnch734d00sl2jdk", NOW, nonce);
    let inserted = store.insert(nonce, NOW).await;
    assert!(matches!(inserted, Ok(Insertion::New)), "{inserted:?}");
}

type Request<'s> = Pin<Box<dyn Future<Output = ()> + 's>>;

/// Nonces a second with so many requests in flight, all of them polled by one thread.
fn rate(store: &SqliteStore, in_flight: usize, next: &mut u64) -> f64 {
    let mut number = || {
        *next += 1;
        *next
    };
    let mut slots: Vec<(Arc<Flag>, Waker, Request<'_>)> = (0..in_flight)
        .map(|_| {
            let flag = Arc::new(Flag {
                set: AtomicBool::new(true),
                thread: std::thread::current(),
            });
            let waker = Waker::from(Arc::clone(&flag));
            let request: Request<'_> = Box::pin(request(store, number()));
            (flag, waker, request)
        })
        .collect();
    let start = clock();
    let mut done = 0_u32;
    let mut over = false;
    let mut left = in_flight;
    while left > 0 {
        let mut idle = true;
        for (flag, waker, slot) in &mut slots {
            if !flag.set.swap(false, Ordering::Acquire) {
                continue;
            }
            idle = false;
            if slot
                .as_mut()
                .poll(&mut Context::from_waker(waker))
                .is_pending()
            {
                continue;
            }
            done += 1;
            over |= done.is_multiple_of(256) && start.elapsed().as_secs_f64() > SECONDS;
            if over {
                left -= 1;
                *slot = Box::pin(core::future::pending());
            } else {
                *slot = Box::pin(request(store, number()));
                flag.set.store(true, Ordering::Relaxed);
            }
        }
        if idle && left > 0 {
            std::thread::park();
        }
    }
    f64::from(done) / start.elapsed().as_secs_f64()
}

fn main() -> ExitCode {
    let directory = tempfile::tempdir().unwrap();
    let options = Options::dangerous_without_seal().create_if_missing();
    let path = directory.path().join("bench.db");
    let store = SqliteStore::open(path, &options, NOW, Fixed).unwrap();
    let mut next = 0;
    let mut ok = true;
    for in_flight in IN_FLIGHT {
        let sync = sync_time(directory.path());
        let rate = rate(&store, in_flight, &mut next);
        let most = f64::from(u32::try_from(in_flight).unwrap()) / sync;
        let share = rate / most;
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

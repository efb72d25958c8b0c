//! How fast the store of nonces in memory is, how much it takes, and its limits.
//!
//! Prints a line per load and fails if one is above its limits. Each load first fills a whole
//! window (300 seconds to either side) and then goes on at the same rate. Beside each time is what
//! of it is not the table of nonces but the making of fingerprints, with the walk through the
//! requests, in the same run. An argument picks the
//! lines whose names contain it: `cargo bench -p countersign-store --bench nonces -- flood`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "a benchmark has no input from outside and may stop at the first fault"
)]
#![expect(clippy::print_stdout, reason = "the figures are the result")]

use core::fmt::Write;
use core::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use countersign_clock::{UnixTime, Window};
use countersign_store::{FingerprintKey, Insertion, MemoryNonceStore, Nonce, NonceLimits, Start};
use peak_alloc::PeakAlloc;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const NANOSECONDS: f64 = 300.0;
const BYTES: f64 = 40.0;
const LONGEST_MILLISECONDS: f64 = 2.0;

const START: i64 = 1_700_000_000;
const PAST: i64 = 300;
const FUTURE: i64 = 300;
const CONSUMERS: usize = 1_000;
/// Seconds measured after the window is full.
const MEASURED: i64 = 20;
/// Nonces of one timestamp within one second.
const FLOOD: usize = 4_000_000;
/// A call interrupted by other work of the machine is not a slow call: each is timed in so many
/// equal runs, and the fastest counts.
const RUNS: usize = 3;

/// Which timestamps come.
#[derive(Clone, Copy)]
enum Stamps {
    /// The end of the window, so that each nonce lives longest.
    Ahead,
    /// Up to five seconds old: clocks are right and requests take a while.
    Near,
    /// Anywhere in the window, so that no two calls touch the same memory: the time is that of the
    /// memory, and printed to be known.
    Spread,
}

/// A cheap sequence without pattern.
struct Sequence(u64);

impl Sequence {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 1
    }
}

/// So many requests are made before the clock runs: a server comes from reading a request, whose
/// text is near, and not from ten thousand others.
const AT_ONCE: usize = 250;

/// Requests of one time, made before the clock runs.
struct Batch {
    consumers: Vec<String>,
    tokens: Vec<String>,
    nonces: Vec<String>,
    timestamps: Vec<i64>,
    sequence: Sequence,
    counter: usize,
}

impl Batch {
    fn new(size: usize) -> Self {
        Self {
            consumers: (0..CONSUMERS)
                .map(|n| format!("consumer-{n:016x}"))
                .collect(),
            tokens: (0..CONSUMERS).map(|n| format!("token-{n:026x}")).collect(),
            nonces: vec![String::new(); size],
            timestamps: vec![0; size],
            sequence: Sequence(1),
            counter: 0,
        }
    }

    fn fill(&mut self, now: i64, stamps: Stamps) {
        for (nonce, timestamp) in self.nonces.iter_mut().zip(&mut self.timestamps) {
            self.counter += 1;
            nonce.clear();
            write!(nonce, "{:032x}", self.counter).unwrap();
            *timestamp = match stamps {
                Stamps::Ahead => now + FUTURE,
                Stamps::Near => now - (self.sequence.next() % 6) as i64,
                Stamps::Spread => {
                    let width = (PAST + FUTURE + 1) as u64;
                    now - PAST + (self.sequence.next() % width) as i64
                }
            };
        }
    }

    fn requests(&self) -> impl Iterator<Item = Nonce<'_>> {
        let first = (self.counter - self.nonces.len()) % CONSUMERS;
        let of = self.consumers.iter().zip(&self.tokens).cycle().skip(first);
        self.nonces.iter().zip(&self.timestamps).zip(of).map(
            |((nonce, timestamp), (consumer, token))| {
                Nonce::new(consumer, token, UnixTime::from_seconds(*timestamp), nonce)
            },
        )
    }
}

fn store() -> MemoryNonceStore {
    let window = Window::new(PAST as u32, FUTURE as u32);
    let limits = NonceLimits::default();
    let key = FingerprintKey::from_bytes([7; 16]);
    MemoryNonceStore::with_limits(key, window, Start::FirstStart, limits)
}

fn wanted(name: &str) -> bool {
    let mut words = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .peekable();
    words.peek().is_none() || words.any(|word| name.contains(&word))
}

#[expect(clippy::disallowed_methods, reason = "measuring time is the purpose")]
fn clock() -> Instant {
    Instant::now()
}

fn verdict(ok: bool) -> &'static str {
    if ok { "ok" } else { "MISSED" }
}

fn best_and_median(mut times: Vec<f64>) -> (f64, f64) {
    times.sort_by(f64::total_cmp);
    (times[0], times[times.len() / 2])
}

fn steady(name: &str, rate: usize, stamps: Stamps) -> bool {
    if !wanted(name) {
        return true;
    }
    let mut batch = Batch::new(AT_ONCE);
    let before = HEAP.current_usage();
    let store = store();
    let (mut calls, mut prints) = (Vec::new(), Vec::new());
    let mut bytes = 0.0_f64;
    for second in 0..=PAST + FUTURE + MEASURED {
        let now = UnixTime::from_seconds(START + second);
        let (mut calling, mut printing) = (0.0, 0.0);
        for _ in 0..rate / AT_ONCE {
            batch.fill(START + second, stamps);
            let start = clock();
            for nonce in batch.requests() {
                let done = store.insert_now(black_box(&nonce), now);
                assert!(matches!(done, Ok(Insertion::New)), "{done:?}");
            }
            calling += start.elapsed().as_secs_f64();
            // After the calls, for which it must not warm anything.
            let start = clock();
            for nonce in batch.requests() {
                black_box(store.kept(black_box(&nonce)));
            }
            printing += start.elapsed().as_secs_f64();
        }
        if second > PAST + FUTURE {
            calls.push(calling * 1e9 / rate as f64);
            prints.push(printing * 1e9 / rate as f64);
            let heap = HEAP.current_usage() - before;
            bytes = bytes.max(heap as f64 / store.held() as f64);
        }
    }
    // Machines have slow phases, in which other work takes the core away.
    let [(best, median), (printing, _)] = [calls, prints].map(best_and_median);
    let limit = match stamps {
        Stamps::Ahead | Stamps::Near => NANOSECONDS,
        Stamps::Spread => f64::INFINITY,
    };
    let ok = best <= limit && bytes <= BYTES;
    println!(
        "{name:<16} {best:>6.0} ns a call, {printing:.0} of it fingerprints  median {median:.0}  limit {limit:.0}  {bytes:>5.1} bytes a nonce  limit {BYTES:.0}  held {:>8}  {}",
        store.held(),
        verdict(ok)
    );
    ok
}

/// One second of one timestamp, and the seconds after which its nonces are freed.
fn flood(name: &str) -> bool {
    if !wanted(name) {
        return true;
    }
    const AFTER: usize = 100_000;
    let mut fastest = vec![u32::MAX; FLOOD + AFTER];
    for _ in 0..RUNS {
        // Both are made and kept outside of the calls, whose heap is the store's alone.
        let over = START + FUTURE + PAST + 1;
        let (mut batch, mut after) = (Batch::new(FLOOD), Batch::new(AFTER));
        batch.fill(START, Stamps::Ahead);
        after.fill(over, Stamps::Spread);
        let store = store();
        let mut calls = fastest.iter_mut();
        run(&store, &batch, START, &mut calls);
        run(&store, &after, over, &mut calls);
        assert_eq!(store.held(), AFTER, "the flood is over");
    }
    let longest = fastest.iter().copied().max().unwrap_or(0);
    let longest = f64::from(longest) / 1e6;
    let ok = longest <= LONGEST_MILLISECONDS;
    println!(
        "{name:<16} {longest:>6.3} ms the longest call  limit {LONGEST_MILLISECONDS:.0}  {}",
        verdict(ok)
    );
    ok
}

/// What one look at memory takes that is in no cache: no store of nonces that lie anywhere in a
/// window can do without one.
fn memory(name: &str) -> bool {
    if !wanted(name) {
        return true;
    }
    const LOOKS: usize = 100_000;
    let mut sequence = Sequence(1);
    let mut words = vec![0_u64; 1 << 24];
    words.fill_with(|| sequence.next() & 1);
    let took = [1_usize, 8, 32, 128].map(|mebibytes| {
        let table = &words[..mebibytes << 17];
        let mut at = 0;
        let rounds = (0..9).map(|_| {
            let start = clock();
            for _ in 0..LOOKS {
                // Each look tells where the next one is.
                let next = sequence.next().wrapping_add(at);
                at = table[next as usize % table.len()];
            }
            black_box(at);
            start.elapsed().as_secs_f64() * 1e9 / LOOKS as f64
        });
        format!(
            "{:.0} ns in {mebibytes} MiB",
            best_and_median(rounds.collect()).0
        )
    });
    println!("{name:<16} {} one look at random", took.join(", "));
    true
}

fn run<'a>(
    store: &MemoryNonceStore,
    batch: &Batch,
    now: i64,
    calls: &mut impl Iterator<Item = &'a mut u32>,
) {
    for (nonce, call) in batch.requests().zip(calls) {
        let start = clock();
        let done = store.insert_now(&nonce, UnixTime::from_seconds(now));
        let took = u32::try_from(start.elapsed().as_nanos()).unwrap_or(u32::MAX);
        assert!(matches!(done, Ok(Insertion::New)), "{done:?}");
        *call = took.min(*call);
    }
}

fn main() -> ExitCode {
    let lines = [
        steady("ahead-1k", 1_000, Stamps::Ahead),
        steady("ahead-5k", 5_000, Stamps::Ahead),
        steady("ahead-10k", 10_000, Stamps::Ahead),
        steady("near-1k", 1_000, Stamps::Near),
        steady("near-5k", 5_000, Stamps::Near),
        steady("near-10k", 10_000, Stamps::Near),
        steady("spread-1k", 1_000, Stamps::Spread),
        steady("spread-5k", 5_000, Stamps::Spread),
        steady("spread-10k", 10_000, Stamps::Spread),
        memory("memory"),
        flood("flood-4m"),
    ];
    if lines.iter().all(|ok| *ok) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

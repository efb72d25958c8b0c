//! How long a store of 10,000 connections takes to open and to be read, sealed, and what a renewal
//! costs in it.
//!
//! Prints a line for each and fails if opening takes longer than its limit.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::disallowed_methods,
    reason = "a benchmark has no input from outside, looks at the clock, and may stop at the first fault"
)]
#![expect(clippy::print_stdout, reason = "the figures are the result")]

use core::time::Duration;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use countersign_clock::UnixTime;
use countersign_key::{RandomError, Secret, SecretBytes, SecureRandom};
use countersign_store::seal::{KeyId, SealKey, Sealer};
use countersign_store::testing::block_on;
use countersign_store::{
    Connection, ConnectionChange, ConnectionCommit, ConnectionId, ConnectionStore, Expected,
    LeaseStep, RawAnswer, TokenCredentials, Version,
};
use countersign_store_sqlite::{Options, SqliteConnectionStore};
use countersign_token::{ConnectionState, Expiry, Generation, Intent, IntentId};

const CONNECTIONS: usize = 10_000;
const LONGEST: Duration = Duration::from_millis(200);
const RUNS: usize = 5;
const RENEWALS: u64 = 200;
const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);

/// Different bytes each time.
struct Counter(u64);

impl SecureRandom for Counter {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError> {
        for chunk in out.chunks_mut(8) {
            self.0 += 1;
            let mixed = self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes();
            chunk.copy_from_slice(mixed.get(..chunk.len()).unwrap_or_default());
        }
        Ok(())
    }
}

fn open(path: &Path) -> SqliteConnectionStore {
    let sealer = Sealer::new(KeyId::new(1), SealKey::from_bytes([1; 32]));
    let options = Options::sealed_by(sealer)
        .create_if_missing()
        .with_queue(CONNECTIONS);
    SqliteConnectionStore::open(path, &options, Counter(0)).unwrap()
}

fn row(number: usize, generation: u64) -> Connection {
    let id = ConnectionId::new("consumer", format!("{number:05}"));
    let [token, secret, handle] = ["token", "secret", "handle"]
        .map(|what| Arc::new(Secret::new(format!("{what} of {number:05} {generation}"))));
    let credentials = TokenCredentials::new(token, secret, NOW)
        .with_session_handle(handle)
        .with_expiries(Expiry::after(NOW, 1800), Expiry::NEVER);
    let life = countersign_token::Connection::new(Generation::new(generation));
    Connection::new(id, life, credentials)
}

fn fill(store: &SqliteConnectionStore) {
    std::thread::scope(|scope| {
        for part in 0..16 {
            scope.spawn(move || {
                for number in (part..CONNECTIONS).step_by(16) {
                    let change = ConnectionChange::new(Expected::Absent, row(number, 1));
                    let _ = block_on(store.commit(change)).unwrap();
                }
            });
        }
    });
}

fn renew(store: &SqliteConnectionStore, generation: u64) {
    let version = |number| Expected::Version(Version::from_number(number));
    let mut renewing = row(0, generation);
    let intent = Intent::new(
        IntentId::new(generation),
        Generation::new(generation),
        NOW,
        60,
    );
    renewing.life.state = ConnectionState::Renewing(intent);
    let id = renewing.id.clone();
    let take = LeaseStep::Take {
        now: NOW,
        until: NOW.saturating_add(60),
    };
    let change = ConnectionChange::new(version(2 * generation - 1), renewing).leasing(take);
    let ConnectionCommit::Done { lease, .. } = block_on(store.commit(change)).unwrap() else {
        panic!("the lease is not free");
    };
    let bytes = Arc::new(SecretBytes::new(vec![b'a'; 300]));
    let answer = RawAnswer::new(
        IntentId::new(generation),
        Generation::new(generation),
        NOW,
        bytes,
    );
    block_on(store.keep_answer(&id, answer)).unwrap();
    let free = LeaseStep::Free(lease.unwrap().fence);
    let change = ConnectionChange::new(version(2 * generation), row(0, generation + 1));
    let _ = block_on(store.commit(change.leasing(free))).unwrap();
}

fn main() -> ExitCode {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("connections.db");
    fill(&open(&path));
    let mut opened = Vec::new();
    for _ in 0..RUNS {
        let begin = Instant::now();
        let store = open(&path);
        let unsettled = block_on(store.unsettled(None, CONNECTIONS)).unwrap();
        let ready = begin.elapsed();
        let all = block_on(store.connections(None, CONNECTIONS)).unwrap();
        assert!(unsettled.is_empty() && all.rows.len() == CONNECTIONS);
        opened.push((ready, begin.elapsed()));
    }
    opened.sort_by_key(|(_, whole)| *whole);
    let Some((ready, whole)) = opened.get(RUNS / 2).copied() else {
        return ExitCode::FAILURE;
    };
    println!("open with {CONNECTIONS} connections, and look for what is unsettled: {ready:?}");
    println!("the same and every one read and unsealed: {whole:?}, at most {LONGEST:?}");
    let store = open(&path);
    let begin = Instant::now();
    (1..=RENEWALS).for_each(|generation| renew(&store, generation));
    println!(
        "a renewal, three syncs: {:?}",
        begin.elapsed() / RENEWALS as u32
    );
    if whole <= LONGEST {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

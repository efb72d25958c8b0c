//! A server that is killed: nothing acknowledged is lost, nothing is accepted twice.
//!
//! A kill proves nothing about the disk, as the system keeps what was written; see [`order`] for
//! that.
//!
//! [`order`]: crate::order

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use countersign_store::{Change, Commit, Expected, Insertion, StoreError, TokenStore};
use countersign_store_sqlite::SqliteStore;

use crate::support::{NOW, access, block_on, fingerprint, grant, insert, open};

/// Set for the process that is to be killed: the store.
pub(crate) const PATH: &str = "COUNTERSIGN_KILL_STORE";
/// The number of the round, which makes its nonces its own.
pub(crate) const ROUND: &str = "COUNTERSIGN_KILL_ROUND";
/// Set for one thread, which does one thing after the other, so many times.
pub(crate) const ALONE: &str = "COUNTERSIGN_KILL_ALONE";
/// How many rounds: 20 unless it is set.
pub(crate) const ROUNDS: &str = "COUNTERSIGN_KILL_ROUNDS";

#[expect(
    clippy::disallowed_methods,
    reason = "how a test tells its helper what to do"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

pub(crate) fn acknowledge(what: &str) {
    // One write, so that no line is mixed with another.
    let line = format!("{what}\n");
    std::io::stdout().write_all(line.as_bytes()).unwrap();
}

/// Begins what is run as the process to be killed.
pub(crate) fn helper(path: &Path, round: usize) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["kill::child", "--exact", "--nocapture"])
        .env(PATH, path)
        .env(ROUND, round.to_string());
    command
}

#[test]
fn child() {
    let (Some(path), Some(round)) = (variable(PATH), variable(ROUND)) else {
        return;
    };
    let store = open(Path::new(&path)).unwrap();
    if let Some(times) = variable(ALONE) {
        // Lines of the harness end here.
        acknowledge("begin");
        for number in 0..times.parse().unwrap() {
            let nonce = format!("{round}-{number}");
            match insert(&store, NOW, &nonce) {
                Ok(inserted) => {
                    assert_eq!(inserted, Insertion::New);
                    acknowledge(&format!("nonce {nonce}"));
                }
                Err(StoreError::UnknownOutcome(_)) => acknowledge("unknown"),
                Err(StoreError::Unavailable(_)) => acknowledge("refused"),
                Err(error) => panic!("{error:?}"),
            }
        }
        return;
    }
    std::thread::scope(|scope| {
        for thread in 0..6 {
            let (store, round) = (&store, &round);
            scope.spawn(move || {
                for number in 0.. {
                    insert_one(store, &format!("{round}-{thread}-{number}"));
                }
            });
        }
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    rotate(&store);
                }
            });
        }
    });
}

fn insert_one(store: &SqliteStore, nonce: &str) {
    assert_eq!(insert(store, NOW, nonce).unwrap(), Insertion::New);
    acknowledge(&format!("nonce {nonce}"));
}

/// One renewal: the grant's next generation, and its token.
fn rotate(store: &SqliteStore) {
    let found = block_on(store.grant(grant(1, "a", "o").id))
        .unwrap()
        .unwrap();
    let mut row = found.row.clone();
    row.life = row.life.rotated(NOW).unwrap();
    let generation = row.life.generation;
    let change = Change::new()
        .grant(Expected::Version(found.version), row.clone())
        .access(access(&row, &generation.to_string()));
    if block_on(store.commit(change)).unwrap() == Commit::Done {
        acknowledge(&format!("generation {generation}"));
    }
}

#[test]
fn what_was_acknowledged_survives_kills() {
    let rounds = variable(ROUNDS).and_then(|rounds| rounds.parse().ok());
    let rounds = rounds.unwrap_or(20);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let store = open(&path).unwrap();
    let change = Change::new().grant(Expected::Absent, grant(1, "a", "o"));
    assert_eq!(block_on(store.commit(change)).unwrap(), Commit::Done);
    drop(store);
    let mut nonces = HashMap::new();
    let mut newest = 1_u64;
    let mut moment = 0x2545_f491_4f6c_dd1d_u64;
    for round in 0..rounds {
        let mut child = helper(&path, round).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        moment = moment
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let before_the_kill = usize::try_from(moment >> 56).unwrap();
        let mut read = 0;
        let mut take = |line: String| {
            if let Some(nonce) = line.strip_prefix("nonce ") {
                let before = nonces.insert(nonce.to_owned(), round);
                assert_eq!(before, None, "{nonce} was accepted twice");
            } else if let Some(generation) = line.strip_prefix("generation ") {
                let generation = generation.parse().unwrap();
                newest = newest.max(generation);
            }
        };
        for line in lines.by_ref() {
            take(line.unwrap());
            read += 1;
            if read > before_the_kill {
                break;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What it told before it died counts.
        lines.map_while(Result::ok).for_each(&mut take);
        let store = open(&path).unwrap();
        for (nonce, at) in &nonces {
            let again = insert(&store, NOW, nonce).unwrap();
            assert_eq!(again, Insertion::Used, "{nonce} of round {at} was lost");
        }
        let found = block_on(store.grant(grant(1, "a", "o").id))
            .unwrap()
            .unwrap();
        let stored = found.row.life.generation.get();
        assert!(stored >= newest, "generation {newest} was lost");
        // Whole or not at all: a token for each generation that the grant came to, and none above.
        for generation in 2..=stored.saturating_add(2) {
            let token = fingerprint(&generation.to_string());
            let found = block_on(store.access(token)).unwrap();
            assert_eq!(found.is_some(), generation <= stored, "{generation}");
        }
    }
    assert!(nonces.len() > rounds, "{} acknowledged", nonces.len());
    assert!(newest > 1);
}

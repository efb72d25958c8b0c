//! F08: the power fails. What was not synced is lost, or some of it is, in any order.
//!
//! A process renews under strace. Its trace is played back onto a disk that knows what was synced,
//! and at many moments the disk is written down as it would be found: with nothing of what was not
//! synced, with all of it, or with some sectors of it. From each the store has to open, and to have
//! everything that was told.

mod disk;

use std::path::Path;

use super::syncs::{traced, variable};
use super::{answer, begin, find, keep, open, put, row, settle};
use crate::kill::{ROUNDS, acknowledge};
use disk::{Call, Disk, Left, calls};

/// Set for the process whose system calls are traced: its store.
const PATH: &str = "COUNTERSIGN_POWER_STORE";

/// Enough for the log to be written back twice, and begun anew.
const RENEWALS: u64 = 90;

/// How often the power fails if nobody says.
const FAILURES: usize = 60;

#[test]
fn child() {
    let Some(path) = variable(PATH) else {
        return;
    };
    let store = open(Path::new(&path)).unwrap();
    put(&store, row("a", 1));
    acknowledge("settled 1");
    for generation in 1..=RENEWALS {
        let version = 2 * generation - 1;
        let fence = begin(&store, "a", generation, version).unwrap();
        keep(&store, "a", answer(&text(generation), generation))
            .unwrap()
            .unwrap();
        acknowledge(&format!("kept {generation}"));
        let _ = settle(&store, "a", generation + 1, version + 1, fence).unwrap();
        acknowledge(&format!("settled {}", generation + 1));
    }
}

fn text(generation: u64) -> String {
    format!("the answer to {generation}")
}

/// What a process was told, and so has to be found.
#[derive(Debug, Clone, Copy, Default)]
struct Told {
    settled: u64,
    kept: u64,
}

impl Told {
    fn take(&mut self, said: &str) {
        match said
            .split_once(' ')
            .map(|(word, number)| (word, number.parse()))
        {
            Some(("settled", Ok(generation))) => self.settled = generation,
            Some(("kept", Ok(generation))) => self.kept = generation,
            _ => {}
        }
    }
}

/// A directory that need not outlive anything.
fn in_memory() -> tempfile::TempDir {
    let memory = tempfile::tempdir_in("/dev/shm");
    memory.or_else(|_| tempfile::tempdir()).unwrap()
}

/// What is wrong with a store that was left so.
fn wrong(path: &Path, told: Told) -> Option<String> {
    let store = match open(path) {
        Ok(store) => store,
        Err(error) => return Some(format!("not opened: {error}")),
    };
    let found = std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| find(&store, "a")));
    let found = match found {
        Err(_) => return Some("no row".to_owned()),
        Ok(Err(error)) => return Some(format!("not read: {error}")),
        Ok(Ok(found)) => found,
    };
    let row = &found.row.row;
    let generation = row.life.generation.get();
    if !(told.settled..=told.settled + 1).contains(&generation) {
        return Some(format!("generation {generation}"));
    }
    let token = row.credentials.token.expose_secret();
    if token != format!("canary token {generation} of a") {
        return Some(format!("the token of another generation: {token}"));
    }
    let has_answer = || {
        let mut answers = found.answers.iter();
        answers.any(|kept| kept.answer.bytes.expose_secret() == text(told.kept).as_bytes())
    };
    if told.kept >= generation && !has_answer() {
        return Some(format!("no answer to {}", told.kept));
    }
    if !found.damaged.is_empty() {
        return Some("a damaged answer".to_owned());
    }
    None
}

/// Lets the power fail after some of the calls, and gives what was wrong then, the first thing.
fn failure(calls: &[Call], name: &str, count: usize) -> Option<String> {
    let is_said = |call: &Call| matches!(call, Call::Said(said) if said.starts_with("settled"));
    let first = calls.iter().position(is_said).unwrap();
    // A third right after something was told, a third while the log is written back, a third anywhere.
    let all: Vec<usize> = (first..calls.len()).collect();
    let told = |at: &usize| matches!(calls[*at], Call::Said(_));
    let back = |at: &usize| match &calls[*at] {
        Call::Write { file, .. } | Call::Sync(file) | Call::Truncate { file, .. } => file == name,
        _ => false,
    };
    let kinds = [
        all.iter().copied().filter(told).collect::<Vec<_>>(),
        all.iter().copied().filter(back).collect(),
        all,
    ];
    let mut moments = Vec::new();
    for points in &kinds {
        assert!(points.len() > 10, "{}", points.len());
        let each = (count / kinds.len()).max(1);
        moments.extend((0..each).map(|number| points[number * points.len() / each]));
    }
    moments.sort_unstable();
    let mut disk = Disk::default();
    let mut said = Told::default();
    let mut next = moments.iter().enumerate().peekable();
    for (at, call) in calls.iter().enumerate() {
        disk.take(call);
        if let Call::Said(text) = call {
            said.take(text);
        }
        while let Some((number, _)) = next.next_if(|(_, moment)| **moment == at) {
            let seed = u64::try_from(number).unwrap();
            for left in [Left::Nothing, Left::Some(seed), Left::All] {
                let directory = in_memory();
                disk.write(directory.path(), left);
                if let Some(wrong) = wrong(&directory.path().join(name), said) {
                    return Some(format!("{wrong} after call {at}, {left:?} left, {said:?}"));
                }
            }
        }
    }
    None
}

#[test]
fn f08_what_was_told_outlives_the_power() {
    let directory = tempfile::tempdir().unwrap();
    let stored = directory.path().join("stored");
    std::fs::create_dir(&stored).unwrap();
    let trace = directory.path().join("trace");
    let path = stored.join("connections.db");
    let which = "trace=openat,close,lseek,write,pwrite64,ftruncate,fsync,fdatasync,unlink";
    let whole = ["-f", "-xx", "-s", "300000", "-e", which, "-o"];
    let arguments = [&whole[..], &[trace.to_str().unwrap()]].concat();
    if traced("power::child", PATH, &path, &arguments).is_none() {
        return;
    }
    let trace = std::fs::read_to_string(&trace).unwrap();
    let calls = calls(&trace, &stored);
    let rounds = variable(ROUNDS).and_then(|rounds| rounds.parse().ok());
    let name = "connections.db";
    let wrong = failure(&calls, name, rounds.unwrap_or(FAILURES));
    assert_eq!(wrong, None);

    // What is broken is found out: no syncs of files, or none of their names.
    let without = |is_left_out: fn(&Call) -> bool| -> Vec<Call> {
        calls
            .iter()
            .filter(|call| !is_left_out(call))
            .cloned()
            .collect()
    };
    let no_syncs = without(|call| matches!(call, Call::Sync(_)));
    assert_ne!(failure(&no_syncs, name, 30), None);
    let no_names = without(|call| matches!(call, Call::SyncDirectory));
    assert_ne!(failure(&no_names, name, 30), None);
    // And one sync of many, of the log.
    let log = format!("{name}-wal");
    let mut logs = 0_u32;
    let one_missing: Vec<Call> = calls
        .iter()
        .filter(|call| {
            let is_log = matches!(call, Call::Sync(file) if *file == log);
            logs += u32::from(is_log);
            !is_log || logs % 10 != 9
        })
        .cloned()
        .collect();
    assert_ne!(failure(&one_missing, name, 300), None);
}

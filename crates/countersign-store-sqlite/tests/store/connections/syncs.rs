//! What a renewal costs: three syncs, each before the step that it is for is told; and what becomes
//! of one that fails.

use std::path::Path;
use std::process::{Command, Output};

use countersign_store::StoreError;

use super::{answer, begin, find, keep, open, put, row, settle};
use crate::kill::acknowledge;
use crate::order::written_back;

/// Set for the process whose system calls are counted: its store.
const PATH: &str = "COUNTERSIGN_COUNTED_STORE";
/// Set for the one that only reads.
const READ: &str = "COUNTERSIGN_READ_STORE";
/// Set for the one whose disk fails.
const FAULTY: &str = "COUNTERSIGN_FAULTY_STORE";
/// Fewer than there are between two checkpoints.
const RENEWALS: u64 = 50;
const SYNCS: usize = 3;

#[expect(
    clippy::disallowed_methods,
    reason = "how a test tells its helper what to do"
)]
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[test]
fn child() {
    let Some(path) = variable(PATH) else {
        return;
    };
    let store = open(Path::new(&path)).unwrap();
    put(&store, row("a", 1));
    acknowledge("begin");
    for generation in 1..=RENEWALS {
        let version = 2 * generation - 1;
        let fence = begin(&store, "a", generation, version).unwrap();
        acknowledge("intended");
        keep(&store, "a", answer("an answer", generation))
            .unwrap()
            .unwrap();
        acknowledge("kept");
        let _ = settle(&store, "a", generation + 1, version + 1, fence).unwrap();
        acknowledge("settled");
    }
    acknowledge("end");
}

/// The syncs, the acknowledgements, and those that came without a sync of what was written before.
fn counted(trace: &str) -> (usize, usize, usize) {
    let (mut syncs, mut told, mut early) = (0, 0, 0);
    let mut synced = false;
    let mut counting = false;
    for line in trace.lines() {
        let call = line.split_once(' ').unwrap_or_default().1.trim_start();
        if call.starts_with("write(1") {
            counting |= call.contains("\"begin");
            if call.contains("\"end") {
                return (syncs, told, early);
            }
            if call.contains("\"intended") || call.contains("\"kept") || call.contains("\"settled")
            {
                told += 1;
                early += usize::from(!synced);
                synced = false;
            }
        } else if counting && (call.starts_with("fsync(") || call.starts_with("fdatasync(")) {
            syncs += 1;
            synced = true;
        }
    }
    (syncs, told, early)
}

/// Runs a test of these files under strace; none where that can't be done, which is a failure where
/// everything has to be there.
pub(super) fn traced(
    name: &str,
    variable_name: &str,
    path: &Path,
    arguments: &[&str],
) -> Option<Output> {
    let output = Command::new("strace")
        .args(arguments)
        .arg(std::env::current_exe().unwrap())
        .args([&format!("connections::{name}"), "--exact", "--nocapture"])
        .env(variable_name, path)
        .output();
    match output {
        Ok(output) if output.status.success() => Some(output),
        other => {
            let strict = variable("COUNTERSIGN_STRICT").is_some_and(|value| value == "1");
            assert!(!strict, "no strace: {other:?}");
            acknowledge("SKIP no strace");
            None
        }
    }
}

#[test]
fn a_renewal_costs_three_syncs() {
    let directory = tempfile::tempdir().unwrap();
    let trace = directory.path().join("trace");
    let path = directory.path().join("connections.db");
    let calls = "trace=write,fsync,fdatasync";
    let arguments = ["-f", "-e", calls, "-o", trace.to_str().unwrap()];
    if traced("syncs::child", PATH, &path, &arguments).is_none() {
        return;
    }
    let trace = std::fs::read_to_string(&trace).unwrap();
    let (syncs, told, early) = counted(&trace);
    let steps = usize::try_from(RENEWALS).unwrap() * SYNCS;
    assert_eq!((syncs, told, early), (steps, steps, 0));
    // The check finds it out when there is no sync.
    let broken: Vec<_> = trace
        .lines()
        .filter(|line| !line.contains("sync"))
        .collect();
    assert_eq!(counted(&broken.join("\n")), (0, steps, steps));
}

#[test]
fn reading_child() {
    let Some(path) = variable(READ) else {
        return;
    };
    let store = open(Path::new(&path)).unwrap();
    let _found = find(&store, "a").unwrap();
    drop(store);
    acknowledge("read");
}

/// Every command that only looks opens the store, too.
#[test]
fn what_is_only_read_costs_no_sync() {
    let directory = tempfile::tempdir().unwrap();
    let trace = directory.path().join("trace");
    let path = directory.path().join("connections.db");
    put(&open(&path).unwrap(), row("a", 1));
    let calls = "trace=write,fsync,fdatasync,sync_file_range,msync";
    let arguments = ["-f", "-e", calls, "-o", trace.to_str().unwrap()];
    if traced("syncs::reading_child", READ, &path, &arguments).is_none() {
        return;
    }
    let trace = std::fs::read_to_string(&trace).unwrap();
    assert!(trace.contains("\"read"), "{trace}");
    assert!(!trace.contains("sync("), "{trace}");
}

#[test]
fn faulty_child() {
    let Some(path) = variable(FAULTY) else {
        return;
    };
    let store = open(Path::new(&path)).unwrap();
    put(&store, row("a", 1));
    acknowledge("begin");
    let mut version = 1;
    for generation in 1..=RENEWALS {
        let renewed = begin(&store, "a", generation, version).and_then(|fence| {
            keep(&store, "a", answer("an answer", generation))?;
            settle(&store, "a", generation + 1, version + 1, fence)
        });
        version += 2;
        match renewed {
            Ok(_) => acknowledge(&format!("settled {}", generation + 1)),
            Err(StoreError::UnknownOutcome(_)) => acknowledge("unknown"),
            Err(StoreError::Unavailable(_)) => acknowledge("refused"),
            Err(error) => panic!("{error:?}"),
        }
    }
}

/// F07: whether a change is on the disk is not known, and the next sync would say that all is well.
#[test]
fn f07_after_a_sync_that_failed_nothing_is_written_until_it_is_opened_again() {
    for nth in [20, 21, 22] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("connections.db");
        drop(open(&path).unwrap());
        let trace = directory.path().join("trace");
        let fault = format!("inject=fsync,fdatasync:error=EIO:when={nth}");
        let arguments = ["-f", "-y", "-e", &fault, "-o", trace.to_str().unwrap()];
        let Some(output) = traced("syncs::faulty_child", FAULTY, &path, &arguments) else {
            return;
        };
        let output = String::from_utf8(output.stdout).unwrap();
        let told = output.lines().skip_while(|line| *line != "begin").skip(1);
        let told: Vec<_> = told.take(usize::try_from(RENEWALS).unwrap()).collect();
        let good = told
            .iter()
            .take_while(|line| line.starts_with("settled "))
            .count();
        assert!((1..told.len() - 1).contains(&good), "{output}");
        assert_eq!(told[good], "unknown", "{output}");
        assert!(
            told[good + 1..].iter().all(|line| *line == "refused"),
            "{output}"
        );
        // What was told is there, and the next step is possible.
        let store = open(&path).unwrap();
        let generation = find(&store, "a").unwrap().row.row.life.generation.get();
        let newest = u64::try_from(good).unwrap() + 1;
        assert!(
            [newest, newest + 1].contains(&generation),
            "{generation} after {output}"
        );
        let trace = std::fs::read_to_string(&trace).unwrap();
        assert_eq!(written_back(&trace, "connections.db"), Vec::<&str>::new());
    }
}

#[test]
fn what_ends_in_good_order_is_one_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("connections.db");
    for number in 1..8 {
        let store = open(&path).unwrap();
        put(&store, row(&format!("a{number}"), 1));
        drop(store);
        let log = directory.path().join("connections.db-wal");
        assert!(!log.exists(), "{number}");
    }
}

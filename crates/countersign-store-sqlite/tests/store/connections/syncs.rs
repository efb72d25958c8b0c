//! What a renewal costs: three syncs, each before the step that it is for is told.

use std::path::Path;
use std::process::Command;

use super::{answer, begin, keep, open, put, row, settle};
use crate::kill::acknowledge;

/// Set for the process whose system calls are counted: its store.
const PATH: &str = "COUNTERSIGN_COUNTED_STORE";
/// Fewer than there are between two checkpoints.
const RENEWALS: u64 = 50;
const SYNCS: usize = 3;

#[expect(
    clippy::disallowed_methods,
    reason = "how a test tells its helper what to do"
)]
fn variable(name: &str) -> Option<String> {
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

#[test]
fn a_renewal_costs_three_syncs() {
    let directory = tempfile::tempdir().unwrap();
    let trace = directory.path().join("trace");
    let output = Command::new("strace")
        .args(["-f", "-e", "trace=write,fsync,fdatasync", "-o"])
        .arg(&trace)
        .arg(std::env::current_exe().unwrap())
        .args(["connections::syncs::child", "--exact", "--nocapture"])
        .env(PATH, directory.path().join("connections.db"))
        .output();
    if !output.as_ref().is_ok_and(|output| output.status.success()) {
        let strict = variable("COUNTERSIGN_STRICT").is_some_and(|value| value == "1");
        assert!(!strict, "no strace: {output:?}");
        acknowledge("SKIP no strace");
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

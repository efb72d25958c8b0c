//! No acknowledgement before its sync: the system calls of a server, in their order.
//!
//! It shows that what was written to the log for a change is synced when the change is told. It
//! takes the system's word for what a sync is.

use std::fs;
use std::process::{Command, Stdio};

use crate::kill::{ALONE, helper};

const TIMES: usize = 50;

/// The acknowledgements, and how many came while something in the log was not synced or nothing had
/// been written since the one before.
fn acknowledgements(trace: &str) -> (usize, usize) {
    let (mut seen, mut early) = (0, 0);
    let (mut dirty, mut synced) = (false, false);
    let mut syncing = "";
    for line in trace.lines() {
        let (thread, call) = line.split_once(' ').unwrap_or_default();
        let call = call.trim_start();
        let begins = |names: &[&str]| names.iter().any(|name| call.starts_with(name));
        let done = call.ends_with("= 0");
        if begins(&["pwrite64(", "write("]) && call.contains("-wal>") {
            (dirty, synced) = (true, false);
        } else if begins(&["fsync(", "fdatasync("]) && call.contains("-wal>") {
            syncing = thread;
            synced |= done;
        } else if begins(&["<... fsync resumed", "<... fdatasync resumed"]) {
            synced |= done && syncing == thread;
        } else if call.starts_with("write(1<") && call.contains("\"nonce ") {
            seen += 1;
            if !dirty || !synced {
                early += 1;
            }
            (dirty, synced) = (false, false);
        }
    }
    (seen, early)
}

#[test]
fn no_acknowledgement_before_its_sync() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let trace = directory.path().join("trace");
    let child = helper(&path, 0);
    let mut strace = Command::new("strace");
    strace
        .args([
            "-f",
            "-y",
            "-e",
            "trace=write,pwrite64,fsync,fdatasync",
            "-o",
        ])
        .arg(&trace)
        .arg(child.get_program())
        .args(child.get_args())
        .env(ALONE, TIMES.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for (name, value) in child.get_envs() {
        strace.env(name, value.unwrap_or_default());
    }
    let output = match strace.output() {
        Ok(output) if output.status.success() => output,
        other => {
            // Not installed, or not allowed here.
            crate::kill::acknowledge(&format!("SKIP no strace: {other:?}"));
            return;
        }
    };
    assert!(String::from_utf8_lossy(&output.stdout).contains("begin"));
    let trace = fs::read_to_string(&trace).unwrap();
    assert_eq!(acknowledgements(&trace), (TIMES, 0), "{trace}");
    // The check finds it out when there is no sync.
    let broken: String = trace
        .lines()
        .filter(|line| !line.contains("sync"))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(acknowledgements(&broken), (TIMES, TIMES));
}

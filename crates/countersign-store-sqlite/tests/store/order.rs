//! No acknowledgement before its sync: the system calls of a server, in their order.
//!
//! It shows that what was written to the log for a change is synced when the change is told. It
//! takes the system's word for what a sync is.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use countersign_store::Insertion;

use crate::kill::{ALONE, acknowledge, helper};
use crate::support::{NOW, insert, open};

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

/// Runs the helper under strace; nothing if that is not installed, or not allowed here, which is a
/// failure where everything has to be there.
fn traced(path: &Path, arguments: &[&str]) -> Option<Output> {
    let child = helper(path, 0);
    let mut strace = Command::new("strace");
    strace
        .args(arguments)
        .arg(child.get_program())
        .args(child.get_args())
        .env(ALONE, TIMES.to_string());
    for (name, value) in child.get_envs() {
        strace.env(name, value.unwrap_or_default());
    }
    match strace.output() {
        Ok(output) if output.status.success() => Some(output),
        other => {
            let strict = std::env::var_os("COUNTERSIGN_STRICT").is_some_and(|value| value == "1");
            assert!(!strict, "no strace: {other:?}");
            acknowledge(&format!("SKIP no strace: {other:?}"));
            None
        }
    }
}

#[test]
fn no_acknowledgement_before_its_sync() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let trace = directory.path().join("trace");
    let calls = "trace=write,pwrite64,fsync,fdatasync";
    let arguments = ["-f", "-y", "-e", calls, "-o", trace.to_str().unwrap()];
    if traced(&path, &arguments).is_none() {
        return;
    }
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

/// Whether the change is on the disk is not known; the next sync would say that all is well.
#[test]
fn after_a_sync_that_failed_nothing_more_is_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    drop(open(&path).unwrap());
    let trace = directory.path().join("trace");
    let fault = "inject=fsync,fdatasync:error=EIO:when=20";
    let arguments = ["-f", "-y", "-e", fault, "-o", trace.to_str().unwrap()];
    let Some(output) = traced(&path, &arguments) else {
        return;
    };
    let output = String::from_utf8(output.stdout).unwrap();
    let told: Vec<_> = output
        .lines()
        .skip_while(|line| *line != "begin")
        .skip(1)
        .collect();
    let good = told
        .iter()
        .take_while(|line| line.starts_with("nonce "))
        .count();
    assert!((1..TIMES - 1).contains(&good), "{output}");
    assert_eq!(told[good], "unknown", "{output}");
    assert!(
        told[good + 1..TIMES].iter().all(|line| *line == "refused"),
        "{output}"
    );
    let store = open(&path).unwrap();
    for line in &told[..good] {
        let nonce = line.strip_prefix("nonce ").unwrap();
        assert_eq!(insert(&store, NOW, nonce).unwrap(), Insertion::Used);
    }
    let trace = fs::read_to_string(&trace).unwrap();
    assert_eq!(written_back(&trace, "store.db"), Vec::<&str>::new());
}

/// What became of the database and its log after a sync that failed; the log is what is left to know
/// it by.
pub(crate) fn written_back<'t>(trace: &'t str, name: &str) -> Vec<&'t str> {
    let after: Vec<_> = trace
        .lines()
        .skip_while(|line| !line.contains("(INJECTED)"))
        .collect();
    assert!(!after.is_empty(), "no sync failed");
    let (database, log) = (format!("/{name}>"), format!("/{name}-wal\""));
    let is_of_them = |line: &&str| {
        let call = line.split_once(' ').unwrap_or_default().1.trim_start();
        (call.starts_with("pwrite64(") && call.contains(&database))
            || (call.starts_with("unlink") && call.contains(&log))
    };
    after.into_iter().filter(is_of_them).collect()
}

#[test]
fn what_ends_in_good_order_is_one_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    for number in 0..8 {
        let store = open(&path).unwrap();
        let inserted = insert(&store, NOW, &number.to_string());
        assert_eq!(inserted.unwrap(), Insertion::New);
        drop(store);
        assert!(!directory.path().join("store.db-wal").exists(), "{number}");
    }
}

//! F06: a full file or disk is noticed before a renewal is sent, not when its answer has come.

use core::future::Future;
use core::pin::pin;
use core::task::{Context, Waker};
use std::path::{Path, PathBuf};
use std::process::Command;

use countersign_store::{
    ConnectionChange, ConnectionCommit, ConnectionStore, LeaseStep, RawAnswer, StoreError,
};
use countersign_store_sqlite::{Options, SqliteConnectionStore};
use rusqlite::Connection;

use super::{
    after, answer, begin, find, id, keep, open, open_with, put, renewing, row, settle, version,
};
use crate::kill::acknowledge;
use crate::support::{NOW, block_on};

/// Set for the process that works in a small file system of its own: its directory.
const SMALL: &str = "COUNTERSIGN_SMALL_DISK";

fn longest() -> String {
    "a".repeat(RawAnswer::MOST_BYTES)
}

#[test]
fn f06_a_full_file_refuses_the_lease_and_not_the_answer() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("connections.db");
    let store = open(&path).unwrap();
    for account in ["a", "b"] {
        put(&store, row(account, 1));
    }
    let fence = begin(&store, "a", 1, 1).unwrap();
    drop(store);
    let pages = |name| -> u32 {
        let other = Connection::open(&path).unwrap();
        other
            .pragma_query_value(None, name, |row| row.get(0))
            .unwrap()
    };
    assert_eq!(pages("freelist_count"), 0);
    let full = Options::dangerous_without_seal().with_most_pages(pages("page_count"));
    let store = open_with(&path, &full).unwrap();

    // There is no room for an answer: nothing may be sent.
    let refused = begin(&store, "b", 1, 1);
    assert!(
        matches!(refused, Err(StoreError::Full { .. })),
        "{refused:?}"
    );
    let found = find(&store, "b").unwrap();
    assert_eq!(found.row.row.life, row("b", 1).life);
    assert_eq!(found.lease, None);

    // For one under way there is.
    keep(&store, "a", answer(&longest(), 1)).unwrap().unwrap();
    let done = settle(&store, "a", 2, 2, fence).unwrap();
    assert!(matches!(done, ConnectionCommit::Done { .. }));
    begin(&store, "b", 1, 1).unwrap();
}

/// Changes that wait together are written together, and what one of them finds no room for is not
/// told to the others.
#[test]
fn f06_one_that_finds_no_room_takes_no_other_down() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("connections.db");
    let store = open(&path).unwrap();
    for account in ["a", "b"] {
        put(&store, row(account, 1));
    }
    let fence = begin(&store, "a", 1, 1).unwrap();
    drop(store);
    let other = Connection::open(&path).unwrap();
    let pages: u32 = other
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    let full = Options::dangerous_without_seal().with_most_pages(pages);
    let store = open_with(&path, &full).unwrap();

    // The thread waits for the right to write, and the changes for the thread.
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let leasing = |account| {
        let step = LeaseStep::Take {
            now: NOW,
            until: after(60),
        };
        ConnectionChange::new(version(1), renewing(account, 1)).leasing(step)
    };
    let (a, b) = (id("a"), id("b"));
    let mut first = pin!(store.extend_lease(&a, fence, after(90)));
    let mut extended = pin!(store.extend_lease(&a, fence, after(120)));
    let mut refused = pin!(store.commit(leasing("b")));
    let mut unknown = pin!(store.extend_lease(&b, fence, after(120)));
    let mut kept = pin!(store.keep_answer(&a, answer(&longest(), 1)));
    let mut context = Context::from_waker(Waker::noop());
    assert!(first.as_mut().poll(&mut context).is_pending());
    assert!(extended.as_mut().poll(&mut context).is_pending());
    assert!(refused.as_mut().poll(&mut context).is_pending());
    assert!(unknown.as_mut().poll(&mut context).is_pending());
    assert!(kept.as_mut().poll(&mut context).is_pending());
    other.execute_batch("ROLLBACK").unwrap();

    assert!(block_on(first).unwrap());
    assert!(block_on(extended).unwrap());
    let refused = block_on(refused);
    assert!(
        matches!(refused, Err(StoreError::Full { .. })),
        "{refused:?}"
    );
    assert!(!block_on(unknown).unwrap());
    block_on(kept).unwrap().unwrap();
    let found = find(&store, "a").unwrap();
    assert_eq!(found.lease.unwrap().until, after(120));
    assert_eq!(found.answers.len(), 1);
    assert_eq!(find(&store, "b").unwrap().lease, None);
}

#[expect(
    clippy::disallowed_methods,
    reason = "how a test tells its helper what to do"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// To the last block.
fn fill(directory: &Path) -> PathBuf {
    let filler = directory.join("filler");
    let mut size = 0_usize;
    while std::fs::write(&filler, vec![1; size + 4096]).is_ok() {
        size += 4096;
    }
    std::fs::write(&filler, vec![1; size]).unwrap();
    filler
}

#[test]
fn child() {
    let Some(directory) = variable(SMALL) else {
        return;
    };
    let path = Path::new(&directory).join("connections.db");
    let store = open(&path).unwrap();
    for account in ["a", "b"] {
        put(&store, row(account, 1));
    }
    let fence = begin(&store, "a", 1, 1).unwrap();
    let filler = fill(Path::new(&directory));
    keep(&store, "a", answer(&longest(), 1)).unwrap().unwrap();
    let done = settle(&store, "a", 2, 2, fence).unwrap();
    assert!(matches!(done, ConnectionCommit::Done { .. }));
    assert_eq!(find(&store, "a").unwrap().row.row.life, row("a", 2).life);

    // The log is full at some time: then no lease is given, and nothing is lost.
    let mut from = 1;
    let refused = loop {
        let change = ConnectionChange::new(version(from), renewing("b", 1));
        match block_on(store.commit(change)) {
            Ok(_) => from += 1,
            Err(error) => break error,
        }
        assert!(from < 10_000, "the disk is not full");
    };
    assert!(matches!(refused, StoreError::Full { .. }), "{refused:?}");
    let refused = begin(&store, "b", 1, from);
    assert!(
        matches!(refused, Err(StoreError::Full { .. })),
        "{refused:?}"
    );
    assert_eq!(find(&store, "b").unwrap().row.version.number(), from);
    assert_eq!(find(&store, "a").unwrap().row.row.life, row("a", 2).life);
    std::fs::remove_file(&filler).unwrap();
    begin(&store, "b", 1, from).unwrap();
    acknowledge("room again");
}

/// The log is used up many times over, and the disk has no room for more of it.
#[test]
fn full_child() {
    let Some(directory) = variable(SMALL) else {
        return;
    };
    let path = Path::new(&directory).join("connections.db");
    let renew = |store: &SqliteConnectionStore, generation: u64| {
        let version = 2 * generation - 1;
        let fence = begin(store, "a", generation, version).unwrap();
        keep(store, "a", answer("an answer", generation))
            .unwrap()
            .unwrap();
        let done = settle(store, "a", generation + 1, version + 1, fence).unwrap();
        assert!(matches!(done, ConnectionCommit::Done { .. }));
    };
    let store = open(&path).unwrap();
    put(&store, row("a", 1));
    renew(&store, 1);
    // The file has the length that it will have.
    drop(store);
    let store = open(&path).unwrap();
    fill(Path::new(&directory));
    for generation in 2..=50 {
        renew(&store, generation);
    }
    assert_eq!(find(&store, "a").unwrap().row.row.life, row("a", 51).life);
    acknowledge("renewed on a full disk");
}

#[test]
fn f06_on_a_full_disk_renewals_go_on() {
    on_a_small_disk("full_child", "renewed on a full disk");
}

#[test]
fn f06_a_full_disk_has_room_for_the_answer_of_a_renewal_under_way() {
    on_a_small_disk("child", "room again");
}

/// In a file system of its own, if the system lets us make one.
fn on_a_small_disk(name: &str, end: &str) {
    let directory = tempfile::tempdir().unwrap();
    let run = |script: &str| {
        Command::new("unshare")
            .args(["-rm", "sh", "-c", script, "sh"])
            .arg(directory.path())
            .arg(std::env::current_exe().unwrap())
            .env(SMALL, directory.path())
            .output()
    };
    let mount = "mount -t tmpfs -o size=2m tmpfs \"$1\"";
    if !run(mount).is_ok_and(|output| output.status.success()) {
        acknowledge("SKIP no file system of our own");
        return;
    }
    let script = format!("{mount} && exec \"$2\" connections::full::{name} --exact --nocapture");
    let output = run(&script).unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains(end), "{output:?}");
}

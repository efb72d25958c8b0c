//! What is left when a store closes whose files lost their names in use.

use std::fs;
use std::path::{Path, PathBuf};

use countersign_store::{Commit, ConsumerStore, Expected, Insertion, StoreError};
use countersign_store_sqlite::SqliteStore;

use crate::opening::existing;
use crate::support::{NOW, block_on, consumer, insert, open};

/// What becomes of the log, or of its index, while the store is open.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lost {
    Removed,
    Renamed,
    /// Another stands at its name, into which nobody has written.
    Emptied,
    /// Another stands at its name, of zeros: a store of connections was opened, and nothing written.
    Lengthened,
    /// The index too; who opens the database then finds no trace of the log.
    WithIndex,
    IndexAlone,
}

pub(crate) const ALL: [Lost; 6] = [
    Lost::Removed,
    Lost::Renamed,
    Lost::Emptied,
    Lost::Lengthened,
    Lost::WithIndex,
    Lost::IndexAlone,
];

pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    path.with_extension(format!("db-{suffix}"))
}

pub(crate) fn lose(path: &Path, lost: Lost) {
    let (log, index) = (beside(path, "wal"), beside(path, "shm"));
    match lost {
        Lost::Removed => fs::remove_file(log).unwrap(),
        Lost::Renamed => fs::rename(&log, path.with_extension("moved")).unwrap(),
        Lost::Emptied => replace(&log, b""),
        Lost::Lengthened => replace(&log, &[0; 4096]),
        Lost::WithIndex => {
            fs::remove_file(log).unwrap();
            fs::remove_file(index).unwrap();
        }
        Lost::IndexAlone => fs::remove_file(index).unwrap(),
    }
}

/// How a log begins into which something was written.
pub(crate) const WRITTEN: &[u8] = b"\x37\x7f\x06\x82 another";

/// Another file takes the name.
pub(crate) fn replace(path: &Path, content: &[u8]) {
    let other = path.with_extension("other");
    fs::write(&other, content).unwrap();
    fs::rename(&other, path).unwrap();
}

fn put_all(path: &Path) -> SqliteStore {
    let store = open(path).unwrap();
    let put = store.put_consumer(Expected::Absent, consumer("one", "secret"));
    assert_eq!(block_on(put).unwrap(), Commit::Done);
    for number in 0..20 {
        let inserted = insert(&store, NOW, &number.to_string());
        assert_eq!(inserted.unwrap(), Insertion::New);
    }
    store
}

fn takes_no_more(store: &SqliteStore) {
    let error = insert(store, NOW, "late").unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
}

fn has_all(path: &Path, what: &str) {
    let store = existing(path).unwrap_or_else(|error| panic!("{what}: {error:?}"));
    let found = block_on(store.consumer("one")).unwrap();
    assert!(found.is_some(), "{what}");
    for number in 0..20 {
        let inserted = insert(&store, NOW, &number.to_string()).unwrap();
        assert_eq!(inserted, Insertion::Used, "{what}: {number}");
    }
}

#[test]
fn what_was_acknowledged_outlives_the_name_of_the_log() {
    for lost in ALL {
        for noticed in [true, false] {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("store.db");
            let store = put_all(&path);
            lose(&path, lost);
            if noticed {
                takes_no_more(&store);
            }
            drop(store);
            has_all(&path, &format!("{lost:?}, {noticed}"));
        }
    }
}

/// Others may have written through it: neither is mixed with what the store has.
#[test]
fn a_log_of_others_is_left_alone() {
    // Who goes on by the index that is left writes no head.
    let further_on = [&[0; 100_000], WRITTEN].concat();
    for (noticed, written) in [true, false]
        .into_iter()
        .flat_map(|noticed| [(noticed, WRITTEN), (noticed, &further_on)])
    {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store.db");
        let store = put_all(&path);
        let log = beside(&path, "wal");
        replace(&log, written);
        if noticed {
            takes_no_more(&store);
        }
        let before = fs::read(&path).unwrap();
        drop(store);
        assert!(fs::read(&path).unwrap() == before, "{noticed}");
        assert!(fs::read(&log).unwrap() == written, "{noticed}");
    }
}

/// Through it others may have written into the same log, which keeps what the store has.
#[test]
fn a_log_with_an_index_of_others_is_left_alone() {
    for noticed in [true, false] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store.db");
        let store = put_all(&path);
        let (log, index) = (beside(&path, "wal"), beside(&path, "shm"));
        replace(&index, b"another");
        if noticed {
            takes_no_more(&store);
        }
        let before = [fs::read(&path).unwrap(), fs::read(&log).unwrap()];
        drop(store);
        let after = [fs::read(&path).unwrap(), fs::read(&log).unwrap()];
        assert!(after == before, "{noticed}");
        fs::remove_file(&index).unwrap();
        has_all(&path, &format!("{noticed}"));
    }
}

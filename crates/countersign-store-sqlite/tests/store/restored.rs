//! Files that are not what the server left: vanished, or put back from a copy.

use std::fs;
use std::path::Path;

use countersign_store::{Commit, ConsumerStore, Expected, Insertion};
use countersign_store_sqlite::{OpenError, SqliteStore};
use rusqlite::Connection;

use crate::opening::{alter, existing, made};
use crate::support::{Counter, NOW, block_on, consumer, insert, open, options};

/// Has all of the log in the file itself: a store that was dropped may still be closing.
fn settle(path: &Path) {
    let connection = Connection::open(path).unwrap();
    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    let busy: i64 = connection
        .query_row(checkpoint, [], |row| row.get(0))
        .unwrap();
    assert_eq!(busy, 0);
}

#[test]
fn a_store_that_vanished_is_not_made_anew() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    made(&path);
    fs::remove_file(&path).unwrap();
    let error = open(&path).unwrap_err();
    assert!(matches!(error, OpenError::Vanished { .. }), "{error:?}");
    // Emptied is no better than removed.
    fs::write(&path, b"").unwrap();
    let error = open(&path).unwrap_err();
    assert!(matches!(error, OpenError::Vanished { .. }), "{error:?}");

    let options = options().after_loss(NOW);
    let store = SqliteStore::open(&path, &options, NOW, Counter).unwrap();
    let fenced = insert(&store, NOW, "first").unwrap();
    assert!(matches!(fenced, Insertion::Fenced { .. }), "{fenced:?}");
    drop(store);
    // The fence is in the file: a restart does not take it down.
    let store = existing(&path).unwrap();
    let fenced = insert(&store, NOW, "first").unwrap();
    assert!(matches!(fenced, Insertion::Fenced { .. }), "{fenced:?}");
}

#[test]
fn a_copy_that_was_put_back_is_found_out() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    made(&path);
    settle(&path);
    let copy = fs::read(&path).unwrap();
    let store = existing(&path).unwrap();
    assert_eq!(insert(&store, NOW, "second").unwrap(), Insertion::New);
    drop(store);
    settle(&path);
    fs::write(&path, copy).unwrap();
    let error = existing(&path).unwrap_err();
    let OpenError::Restored {
        expected, found, ..
    } = error
    else {
        panic!("{error:?}");
    };
    assert_eq!((expected, found), (2, 1));
    let options = options().after_loss(NOW);
    let store = SqliteStore::open(&path, &options, NOW, Counter).unwrap();
    let fenced = insert(&store, NOW, "second").unwrap();
    assert!(matches!(fenced, Insertion::Fenced { .. }), "{fenced:?}");
}

/// With the lease of the same start, so that the epochs agree.
#[test]
fn a_copy_made_since_the_last_start_is_found_out() {
    for change in [
        |store: &SqliteStore| assert_eq!(insert(store, NOW, "second").unwrap(), Insertion::New),
        |store: &SqliteStore| {
            let put = store.put_consumer(Expected::Absent, consumer("a", "secret"));
            assert_eq!(block_on(put).unwrap(), Commit::Done);
        },
    ] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store.db");
        let store = open(&path).unwrap();
        assert_eq!(insert(&store, NOW, "first").unwrap(), Insertion::New);
        let copy = directory.path().join("copy.db");
        alter(&path, &format!("VACUUM INTO '{}'", copy.display()));
        change(&store);
        drop(store);
        settle(&path);
        fs::remove_file(&path).unwrap();
        fs::rename(&copy, &path).unwrap();
        let before = fs::read(&path).unwrap();
        for _ in 0..2 {
            let error = existing(&path).unwrap_err();
            let OpenError::Rewound {
                expected, found, ..
            } = error
            else {
                panic!("{error:?}");
            };
            assert_eq!((expected, found), (2, 1));
        }
        settle(&path);
        assert_eq!(fs::read(&path).unwrap()[100..], before[100..]);
        let options = options().after_loss(NOW);
        let store = SqliteStore::open(&path, &options, NOW, Counter).unwrap();
        let fenced = insert(&store, NOW, "second").unwrap();
        assert!(matches!(fenced, Insertion::Fenced { .. }), "{fenced:?}");
        drop(store);
        existing(&path).unwrap();
    }
}

/// A copy made between two notes would not be found out.
#[test]
fn the_last_of_many_commits_is_noted_once_no_other_follows() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let store = open(&path).unwrap();
    let noted = || -> u64 {
        let text = fs::read_to_string(directory.path().join("store.db-lease")).unwrap();
        let commit = text.lines().find_map(|line| line.strip_prefix("commit "));
        commit.unwrap().parse().unwrap()
    };
    for round in 0..5 {
        std::thread::scope(|scope| {
            for thread in 0..64 {
                let store = &store;
                scope.spawn(move || {
                    for number in 0..4 {
                        let nonce = format!("{round}-{thread}-{number}");
                        assert_eq!(insert(store, NOW, &nonce).unwrap(), Insertion::New);
                    }
                });
            }
        });
        wait(1_000);
        let before = noted();
        let alone = insert(&store, NOW, &format!("{round}-alone")).unwrap();
        assert_eq!(alone, Insertion::New);
        // It is noted behind the answer.
        let tries = (0..1_000).take_while(|_| noted() == before);
        tries.for_each(|_| wait(10));
        assert_eq!(noted(), before + 1, "round {round}");
    }
}

#[expect(clippy::disallowed_methods, reason = "time for another thread")]
fn wait(milliseconds: u64) {
    std::thread::sleep(core::time::Duration::from_millis(milliseconds));
}

#[test]
fn a_log_that_was_removed_is_found_out() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let store = open(&path).unwrap();
    assert_eq!(insert(&store, NOW, "first").unwrap(), Insertion::New);
    settle(&path);
    // Keeps the log from being written back at the end.
    let reader = Connection::open(&path).unwrap();
    reader.execute_batch("BEGIN; SELECT * FROM store").unwrap();
    assert_eq!(insert(&store, NOW, "second").unwrap(), Insertion::New);
    drop(store);
    let file = fs::read(&path).unwrap();
    let lease = fs::read(directory.path().join("store.db-lease")).unwrap();
    drop(reader);
    let elsewhere = tempfile::tempdir().unwrap();
    let path = elsewhere.path().join("store.db");
    fs::write(&path, file).unwrap();
    fs::write(elsewhere.path().join("store.db-lease"), lease).unwrap();
    let error = existing(&path).unwrap_err();
    assert!(matches!(error, OpenError::Rewound { .. }), "{error:?}");
}

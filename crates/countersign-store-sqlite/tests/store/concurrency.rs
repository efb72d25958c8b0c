//! Many at once.

use core::time::Duration;

use countersign_store::{
    Change, Commit, ConsumerStore, Expected, Insertion, StoreError, TokenStore, Version,
};
use countersign_store_sqlite::SqliteStore;
use rusqlite::Connection;

use crate::support::{Counter, NOW, block_on, consumer, grant, insert, open, options};

#[test]
fn of_many_copies_of_one_nonce_one_is_new() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory.path().join("store.db")).unwrap();
    for round in 0..10 {
        let nonce = format!("nonce-{round}");
        let new = std::thread::scope(|scope| {
            let copies: Vec<_> = (0..100)
                .map(|_| scope.spawn(|| insert(&store, NOW, &nonce).unwrap()))
                .collect();
            let answers = copies.into_iter().map(|copy| copy.join().unwrap());
            answers.filter(|answer| *answer == Insertion::New).count()
        });
        assert_eq!(new, 1);
    }
}

/// 32 writers raise one grant's version 20 times each: none is lost.
#[test]
fn no_write_is_lost() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory.path().join("store.db")).unwrap();
    let row = grant(1, "a", "organisation");
    let change = Change::new().grant(Expected::Absent, row.clone());
    assert_eq!(block_on(store.commit(change)).unwrap(), Commit::Done);
    std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| {
                let mut made = 0;
                while made < 20 {
                    let found = block_on(store.grant(row.id)).unwrap().unwrap();
                    let expected = Expected::Version(found.version);
                    let change = Change::new().grant(expected, found.row.clone());
                    if block_on(store.commit(change)).unwrap() == Commit::Done {
                        made += 1;
                    }
                }
            });
        }
    });
    let found = block_on(store.grant(row.id)).unwrap().unwrap();
    assert_eq!(found.version, Version::from_number(1 + 32 * 20));
}

/// The log is written back beside the commits, and begins anew while they go on.
#[test]
fn the_log_stays_small_however_long_commits_go_on() {
    const COMMITS: u64 = 2_000;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let store = open(&path).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..2 {
            let store = &store;
            scope.spawn(move || {
                for number in 0..COMMITS / 2 {
                    let nonce = format!("{thread}-{number}");
                    assert_eq!(insert(store, NOW, &nonce).unwrap(), Insertion::New);
                }
            });
        }
    });
    // A commit of one nonce writes a page.
    let log = std::fs::metadata(directory.path().join("store.db-wal")).unwrap();
    assert!(log.len() < COMMITS / 2 * 4_096, "{}", log.len());
}

#[test]
fn a_long_reader_keeps_nobody_from_writing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let store = open(&path).unwrap();
    let reader = Connection::open(&path).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    let count = || -> i64 {
        let sql = "SELECT count(*) FROM consumers";
        reader.query_row(sql, [], |row| row.get(0)).unwrap()
    };
    assert_eq!(count(), 0);
    // More commits than lie between two checkpoints.
    for number in 0..300 {
        let row = consumer(&format!("{number}"), "secret");
        let put = store.put_consumer(Expected::Absent, row);
        assert_eq!(block_on(put).unwrap(), Commit::Done);
    }
    assert_eq!(count(), 0, "the reader keeps its moment");
    assert!(block_on(store.consumer("299")).unwrap().is_some());
}

#[test]
fn a_lock_of_another_process_ends_at_the_deadline_and_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let options = options().with_busy_timeout(Duration::from_millis(20));
    let store = SqliteStore::open(&path, &options, NOW, Counter).unwrap();
    let blocker = Connection::open(&path).unwrap();
    blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
    let put = || block_on(store.put_consumer(Expected::Absent, consumer("a", "secret")));
    let error = put().unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    let error = insert(&store, NOW, "one").unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    // In doubt a nonce is used: nobody else can tell whether the request ran.
    assert_eq!(insert(&store, NOW, "one").unwrap(), Insertion::Used);
    blocker.execute_batch("ROLLBACK").unwrap();
    assert_eq!(put().unwrap(), Commit::Done);
    assert_eq!(insert(&store, NOW, "two").unwrap(), Insertion::New);
}

/// A transaction is begun before all that goes into it has come: it is over when they are answered,
/// whatever they came to, and where it can't be begun nothing of it is new.
#[test]
fn a_transaction_of_many_ends_with_their_answers() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let options = options()
        .with_busy_timeout(Duration::from_millis(50))
        .with_gathering(Duration::from_millis(20));
    let store = SqliteStore::open(&path, &options, NOW, Counter).unwrap();
    let other = Connection::open(&path).unwrap();
    let all = |round: &str| -> Vec<Result<Insertion, StoreError>> {
        let one = |number: i32| insert(&store, NOW, &format!("{round}-{number}"));
        std::thread::scope(|scope| {
            let ones: Vec<_> = (0..20).map(|n| scope.spawn(move || one(n))).collect();
            ones.into_iter().map(|one| one.join().unwrap()).collect()
        })
    };
    let is =
        |wanted: Insertion| move |done: &Result<_, _>| matches!(done, Ok(done) if *done == wanted);
    for (round, wanted) in [
        ("a", Insertion::New),
        ("a", Insertion::Used),
        ("b", Insertion::New),
    ] {
        assert!(all(round).iter().all(is(wanted)), "{round}");
        // Nobody waits here: the lock is free.
        other.busy_timeout(Duration::from_millis(100)).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let locked = all("c");
        other.execute_batch("ROLLBACK").unwrap();
        assert!(!locked.iter().any(is(Insertion::New)), "{locked:?}");
    }
    assert!(all("d").iter().all(is(Insertion::New)));
}

#[test]
fn a_full_queue_refuses_and_burns_no_nonce() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let options = options().with_queue(1);
    let store = SqliteStore::open(&path, &options, NOW, Counter).unwrap();
    let blocker = Connection::open(&path).unwrap();
    blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
    std::thread::scope(|scope| {
        let mut waiting = Vec::new();
        let refused = (0_u32..).find_map(|number| {
            let nonce = format!("{number}");
            let first_poll = {
                let nonce = countersign_store::Nonce::new("consumer", "token", NOW, &nonce);
                let mut insert =
                    Box::pin(countersign_store::NonceStore::insert(&store, nonce, NOW));
                let waker = core::task::Waker::noop();
                insert
                    .as_mut()
                    .poll(&mut core::task::Context::from_waker(waker))
            };
            match first_poll {
                core::task::Poll::Ready(answer) => Some((nonce, answer)),
                core::task::Poll::Pending => {
                    waiting.push(nonce);
                    None
                }
            }
        });
        let (nonce, answer) = refused.unwrap();
        assert!(matches!(answer, Err(StoreError::Full { .. })), "{answer:?}");
        scope.spawn(move || blocker.execute_batch("ROLLBACK").unwrap());
        // Its place comes free when the writer is through.
        let again = core::iter::repeat_with(|| insert(&store, NOW, &nonce))
            .find(|again| !matches!(again, Err(StoreError::Full { .. })));
        assert_eq!(again.unwrap().unwrap(), Insertion::New);
        for nonce in waiting {
            let again = core::iter::repeat_with(|| insert(&store, NOW, &nonce))
                .find(|again| !matches!(again, Err(StoreError::Full { .. })));
            assert_eq!(again.unwrap().unwrap(), Insertion::Used);
        }
    });
}

#[test]
fn a_full_file_refuses_and_keeps_what_it_has() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let options = options().with_most_pages(40);
    let store = SqliteStore::open(&path, &options, NOW, Counter).unwrap();
    let put = |number: u32| {
        let mut row = consumer(&format!("{number}"), "secret");
        row.name = "n".repeat(3000);
        block_on(store.put_consumer(Expected::Absent, row))
    };
    let (full, error) = (0..1000)
        .find_map(|number| put(number).err().map(|error| (number, error)))
        .unwrap();
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    let found = block_on(store.consumers(None, 1000)).unwrap();
    assert_eq!(found.len(), usize::try_from(full).unwrap());
    let remove = store.remove_consumer(Expected::Version(Version::FIRST), "0");
    assert_eq!(block_on(remove).unwrap(), Commit::Done);
    assert_eq!(put(full).unwrap(), Commit::Done);
}

#[test]
fn a_full_file_makes_room_of_nonces_that_are_over() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let options = options().with_most_pages(60);
    let store = SqliteStore::open(&path, &options, NOW, Counter).unwrap();
    let insert = |number: usize, now| {
        let nonce = number.to_string();
        let nonce = countersign_store::Nonce::new("consumer", "token", now, &nonce);
        block_on(countersign_store::NonceStore::insert(&store, nonce, now))
    };
    let put = |number: u32| {
        let mut row = consumer(&format!("{number}"), "secret");
        row.name = "n".repeat(3000);
        block_on(store.put_consumer(Expected::Absent, row))
    };
    let (full, error) = (0..10_000)
        .find_map(|number| insert(number, NOW).err().map(|error| (number, error)))
        .unwrap();
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    assert!(matches!(put(0), Err(StoreError::Full { .. })));
    assert_eq!(insert(0, NOW).unwrap(), Insertion::Used);
    // All of them over; the pages are for whoever asks first.
    let later = NOW.saturating_add(301);
    for number in 0..full / 2 {
        assert_eq!(insert(number, later).unwrap(), Insertion::New);
    }
    for number in 0..8 {
        assert_eq!(put(number).unwrap(), Commit::Done);
    }
    assert_eq!(insert(0, later).unwrap(), Insertion::Used);
}

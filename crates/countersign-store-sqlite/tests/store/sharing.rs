//! Several handles of one file, as several processes have them.

use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use core::task::{Context, Poll, Waker};
use std::sync::Arc;

use countersign_store::{
    Change, Commit, ConsumerStore, Expected, Insertion, Moment, TokenStore, Version,
};
use countersign_store_sqlite::{Administration, Options, SqliteStore};
use countersign_token::SessionState;
use rusqlite::Connection;

use crate::support::{Counter, NOW, access, block_on, consumer, fingerprint, grant, insert, open};

fn administration(path: &std::path::Path) -> SqliteStore<Administration> {
    let options = Options::dangerous_without_seal();
    SqliteStore::open_for_administration(path, &options, Counter).unwrap()
}

#[test]
fn the_server_sees_what_another_process_changed_with_its_next_request() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let server = open(&path).unwrap();
    let admin = administration(&path);
    let seen = |expected: Option<(&str, u64)>| {
        let found = block_on(server.consumer("a")).unwrap();
        let found = found.map(|found| (found.row.name.clone(), found.version.number()));
        let expected = expected.map(|(name, version)| (name.to_owned(), version));
        assert_eq!(found, expected);
    };
    seen(None);
    let mut row = consumer("a", "secret");
    row.name = String::from("one");
    let put = |expected, row| block_on(admin.put_consumer(expected, row)).unwrap();
    assert_eq!(put(Expected::Absent, row.clone()), Commit::Done);
    seen(Some(("one", 1)));
    row.name = String::from("two");
    assert_eq!(
        put(Expected::Version(Version::FIRST), row.clone()),
        Commit::Done
    );
    seen(Some(("two", 2)));
    let remove = admin.remove_consumer(Expected::Version(Version::FIRST.next()), "a");
    assert_eq!(block_on(remove).unwrap(), Commit::Done);
    seen(None);
    row.name = String::from("three");
    assert_eq!(put(Expected::Absent, row), Commit::Done);
    seen(Some(("three", 3)));

    let given = grant(1, "a", "organisation");
    let change = Change::new()
        .grant(Expected::Absent, given.clone())
        .access(access(&given, "t"));
    assert_eq!(block_on(server.commit(change)).unwrap(), Commit::Done);
    let found = || block_on(server.access(fingerprint("t"))).unwrap();
    let (once, again) = (found().unwrap(), found().unwrap());
    assert_eq!(once.1.row.life.state, SessionState::Live);
    assert!(Arc::ptr_eq(&once.0, &again.0), "it is decoded once");
    let mut revoked = given;
    revoked.life.state = SessionState::Revoked;
    let change = Change::new().grant(Expected::Version(Version::FIRST), revoked);
    assert_eq!(
        block_on(admin.commit(change.clone())).unwrap(),
        Commit::Done
    );
    assert_eq!(found().unwrap().1.row.life.state, SessionState::Revoked);
    assert_eq!(block_on(server.commit(change)).unwrap(), Commit::Conflict);
    // Another row in its place, under the same version of the grant.
    let other = "UPDATE access_tokens SET access_secret = CAST('another secret' AS BLOB)";
    let file = Connection::open(&path).unwrap();
    assert_eq!(file.execute(other, []).unwrap(), 1);
    let (token, _) = found().unwrap();
    assert_eq!(token.secret.expose_secret(), "another secret");
    file.execute("DELETE FROM access_tokens", []).unwrap();
    assert!(found().is_none());
}

/// Whether a consumer is found without waiting for a thread that reads. Such a thread may be quicker
/// than this one, and then finds no more than there is.
fn is_known(server: &SqliteStore, key: &str) -> bool {
    let mut read = Box::pin(server.consumer(key));
    let polled = read.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    matches!(polled, Poll::Ready(Ok(Some(_))))
}

#[test]
fn what_nobody_changed_is_not_looked_up_again_and_what_anybody_changed_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let server = open(&path).unwrap();
    let admin = administration(&path);
    let file = Connection::open(&path).unwrap();
    let name = || {
        let found = block_on(server.consumer("a")).unwrap();
        found.map(|found| found.row.name.clone())
    };
    let given = grant(1, "a", "organisation");
    let change = Change::new()
        .grant(Expected::Absent, given.clone())
        .access(access(&given, "t"));
    assert_eq!(block_on(server.commit(change)).unwrap(), Commit::Done);
    let state = || {
        let found = block_on(server.access(fingerprint("t"))).unwrap();
        found.map(|(_, grant)| grant.row.life.state)
    };
    let nonces = AtomicU64::new(0);
    let nonce = || {
        let nonce = nonces.fetch_add(1, Ordering::Relaxed).to_string();
        assert_eq!(insert(&server, NOW, &nonce).unwrap(), Insertion::New);
    };
    let mut row = consumer("a", "secret");
    let mut expected = Expected::Absent;
    for round in 1..=30_u64 {
        // By the server itself, by another process of ours, by anything else.
        row.name = round.to_string();
        let put = match round % 3 {
            0 => block_on(server.put_consumer(expected, row.clone())),
            1 => block_on(admin.put_consumer(expected, row.clone())),
            _ => {
                let put = "UPDATE consumers SET name = ?1, version = version + 1, stamp = -?1";
                assert_eq!(
                    file.execute(put, [i64::try_from(round).unwrap()]).unwrap(),
                    1
                );
                Ok(Commit::Done)
            }
        };
        assert_eq!(put.unwrap(), Commit::Done);
        expected = Expected::Version(Version::from_number(round));
        if round % 2 == 0 {
            nonce();
        }
        assert_eq!(name(), Some(round.to_string()));
        assert_eq!(state(), Some(SessionState::Live));
        nonce();
        assert_eq!(name(), Some(round.to_string()));
        nonce();
        if cfg!(target_os = "linux") {
            assert!(is_known(&server, "a"), "{round}");
        }
        assert_eq!(name(), Some(round.to_string()));
        assert_eq!(state(), Some(SessionState::Live));
    }
    let mut revoked = given;
    revoked.life.state = SessionState::Revoked;
    let change = Change::new().grant(Expected::Version(Version::FIRST), revoked);
    assert_eq!(block_on(admin.commit(change)).unwrap(), Commit::Done);
    assert_eq!(state(), Some(SessionState::Revoked));
    let remove = admin.remove_consumer(expected, "a");
    assert_eq!(block_on(remove).unwrap(), Commit::Done);
    assert!(!is_known(&server, "a"));
    assert_eq!(name(), None);
}

#[test]
fn a_change_is_seen_at_once_while_nonces_are_committed_all_the_time() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let server = open(&path).unwrap();
    let admin = administration(&path);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (server, over) = (&server, &over);
        for thread in 0..2 {
            scope.spawn(move || {
                for number in 0_u64.. {
                    if over.load(Ordering::Relaxed) {
                        return;
                    }
                    let nonce = format!("{thread}-{number}");
                    assert_eq!(insert(server, NOW, &nonce).unwrap(), Insertion::New);
                    // Keeps what it finds.
                    block_on(server.consumer("a")).unwrap();
                }
            });
        }
        let _end = End(over);
        let mut expected = Expected::Absent;
        for round in 1..=300_u64 {
            let mut row = consumer("a", "secret");
            row.name = round.to_string();
            let put = block_on(admin.put_consumer(expected, row)).unwrap();
            assert_eq!(put, Commit::Done);
            let found = block_on(server.consumer("a")).unwrap().unwrap();
            assert_eq!(found.row.name, round.to_string());
            expected = Expected::Version(Version::from_number(round));
        }
    });
}

/// Ends the others also when an assertion fails.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn reads_that_wait_together_see_what_was_committed_before_them() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let server = open(&path).unwrap();
    let admin = administration(&path);
    let mut expected = Expected::Absent;
    for round in 1..=50_u64 {
        let mut row = consumer("a", "secret");
        row.name = round.to_string();
        let put = block_on(admin.put_consumer(expected, row)).unwrap();
        assert_eq!(put, Commit::Done);
        expected = Expected::Version(Version::from_number(round));
        // All of them are asked for before the first is waited for.
        let mut waiting = Vec::new();
        let mut found = Vec::new();
        for _ in 0..40 {
            let mut read = Box::pin(server.consumer("a"));
            match read.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(already) => found.push(already),
                Poll::Pending => waiting.push(read),
            }
        }
        found.extend(waiting.into_iter().map(block_on));
        for found in found {
            assert_eq!(found.unwrap().unwrap().row.name, round.to_string());
        }
    }
}

#[test]
fn a_second_authorisation_replaces_the_first_in_one_change() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory.path().join("store.db")).unwrap();
    let first = grant(1, "a", "organisation");
    let change = Change::new().grant(Expected::Absent, first.clone());
    assert_eq!(block_on(store.commit(change)).unwrap(), Commit::Done);
    let second = grant(2, "a", "organisation");
    let change = Change::new().grant(Expected::Absent, second.clone());
    assert_eq!(block_on(store.commit(change)).unwrap(), Commit::Conflict);
    let mut replaced = first;
    replaced.life.state = SessionState::Replaced;
    // The new one first: only the end of the change is judged.
    let change = Change::new()
        .grant(Expected::Absent, second.clone())
        .grant(Expected::Version(Version::FIRST), replaced);
    assert_eq!(block_on(store.commit(change)).unwrap(), Commit::Done);
    let live = block_on(store.live_grant("a", "organisation")).unwrap();
    assert_eq!(live.unwrap().row.id, second.id);
}

#[test]
fn one_conflict_does_not_fail_the_others_of_its_commit() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let store = open(&path).unwrap();
    // Nothing is written while this is held, so that all of them wait for one commit.
    let blocker = Connection::open(&path).unwrap();
    blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
    let done: Vec<Commit> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8_u8)
            .map(|number| {
                let store = store.clone();
                // Every other one is for the same organisation.
                let row = grant(number, "a", &format!("{}", number / 2));
                scope.spawn(move || {
                    block_on(store.commit(Change::new().grant(Expected::Absent, row))).unwrap()
                })
            })
            .collect();
        blocker.execute_batch("COMMIT").unwrap();
        writers.into_iter().map(|w| w.join().unwrap()).collect()
    });
    let made = done.iter().filter(|done| **done == Commit::Done).count();
    assert_eq!(made, 4, "{done:?}");
}

/// POSIX takes back a process's locks on a file when the process closes it anywhere.
#[cfg(target_os = "linux")]
#[test]
fn a_handle_that_comes_and_goes_leaves_the_locks_of_the_others() {
    use std::os::unix::fs::MetadataExt;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let server = open(&path).unwrap();
    let inode = std::fs::metadata(&path).unwrap().ino();
    let look = || {
        let all = std::fs::read_to_string("/proc/locks").unwrap();
        let (process, file) = (std::process::id().to_string(), format!(":{inode}"));
        let ours = |line: &&str| {
            let words: Vec<_> = line.split_whitespace().collect();
            words.contains(&"POSIX")
                && words.contains(&process.as_str())
                && words.iter().any(|word| word.ends_with(&file))
        };
        all.lines().filter(ours).count()
    };
    // The list is not of one moment: while others come and go, a look may miss what is there. What
    // was lost is seen by none.
    let locks = || (0..20).map(|_| look()).max().unwrap();
    // Of one process they are one set: whoever loses any loses all. A moment's further lock, as of a
    // reader that begins, is none of this test's business.
    assert!(locks() > 0, "the server has a lock on its file");
    for _ in 0..2 {
        let admin = administration(&path);
        assert!(locks() > 0);
        drop(admin);
        assert!(locks() > 0, "lost with the handle that went");
        open(&path).unwrap_err();
        assert!(locks() > 0, "lost with the handle that was refused");
    }
    drop(server);
    open(&path).unwrap();
}

#[test]
fn a_request_sees_what_was_committed_before_its_first_look_up() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let server = open(&path).unwrap();
    let admin = administration(&path);
    let put = server.put_consumer(Expected::Absent, consumer("a", "secret"));
    assert_eq!(block_on(put).unwrap(), Commit::Done);
    let given = grant(1, "a", "organisation");
    let change = Change::new()
        .grant(Expected::Absent, given.clone())
        .access(access(&given, "t"));
    assert_eq!(block_on(server.commit(change)).unwrap(), Commit::Done);
    let moment = || block_on(server.consumer_at("a")).unwrap().1;
    let state = |moment| {
        let found = block_on(server.access_since(fingerprint("t"), moment)).unwrap();
        found.unwrap().1.row.life.state
    };
    let mut expected = Version::FIRST;
    let states = [
        SessionState::Revoked,
        SessionState::Withdrawn,
        SessionState::Live,
    ];
    for (round, next) in states.into_iter().cycle().take(20).enumerate() {
        let before = state(moment());
        let early = moment();
        let mut row = given.clone();
        row.life.state = next;
        let change = Change::new().grant(Expected::Version(expected), row);
        let by_another = round % 4 < 2;
        let done = if by_another {
            block_on(admin.commit(change))
        } else {
            block_on(server.commit(change))
        };
        assert_eq!(done.unwrap(), Commit::Done);
        expected = expected.next();
        let seen = state(early);
        if by_another {
            assert!(seen == before || seen == next, "as it was then, or since");
        } else {
            assert_eq!(seen, next, "its own changes are seen at once");
        }
        assert_eq!(state(moment()), next, "{round}");
        assert_eq!(state(Moment::UNKNOWN), next, "{round}");
        // The moment of another store says nothing.
        let other = Moment::new(u64::MAX, 0);
        assert_eq!(state(other), next, "{round}");
    }
}

//! What is refused, and that a refusal changes nothing.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use countersign_clock::{UnixTime, Window};
use countersign_key::Secret;
use countersign_store::{
    Change, Commit, ConsumerStore, Expected, GrantSelection, Insertion, NonceLimits, StoreError,
    TemporaryCredentials, TokenStore,
};
use countersign_store_sqlite::{Administration, OpenError, Options, SqliteStore};
use countersign_token::TemporaryState;
use rusqlite::Connection;

use crate::support::{Counter, NOW, block_on, consumer, fingerprint, grant, insert, open, options};

pub(crate) fn existing(path: &Path) -> Result<SqliteStore, OpenError> {
    let options = Options::dangerous_without_seal();
    SqliteStore::open(path, &options, NOW, Counter)
}

fn administration(path: &Path) -> Result<SqliteStore<Administration>, OpenError> {
    let options = Options::dangerous_without_seal();
    SqliteStore::open_for_administration(path, &options, Counter)
}

/// Closed, with one nonce in it.
pub(crate) fn made(path: &Path) {
    let store = open(path).unwrap();
    assert_eq!(insert(&store, NOW, "first").unwrap(), Insertion::New);
}

pub(crate) fn alter(path: &Path, sql: &str) {
    Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

/// `file` is refused as `expected`, whoever opens it, and not a byte of it is changed.
fn refused(file: &[u8], expected: fn(&OpenError) -> bool) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    fs::write(&path, file).unwrap();
    for error in [
        open(&path).unwrap_err(),
        administration(&path).map(drop).unwrap_err(),
    ] {
        assert!(expected(&error), "{error:?}");
        assert!(error.to_string().contains("store.db"), "{error}");
    }
    assert_eq!(fs::read(&path).unwrap(), file);
}

#[test]
fn a_missing_file_is_made_only_when_told() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let error = existing(&path).unwrap_err();
    assert!(matches!(error, OpenError::Missing { .. }), "{error:?}");
    let error = administration(&path).unwrap_err();
    assert!(matches!(error, OpenError::Missing { .. }), "{error:?}");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    drop(open(&path).unwrap());
    existing(&path).unwrap();
}

#[test]
fn an_empty_file_is_as_good_as_none() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    fs::write(&path, b"").unwrap();
    let error = existing(&path).unwrap_err();
    assert!(matches!(error, OpenError::Missing { .. }), "{error:?}");
    let wal = directory.path().join("store.db-wal");
    fs::write(&wal, b"what a store left").unwrap();
    let error = open(&path).unwrap_err();
    assert!(matches!(error, OpenError::Vanished { .. }), "{error:?}");
    assert_eq!(fs::read(&wal).unwrap(), b"what a store left");
    fs::remove_file(&wal).unwrap();
    drop(open(&path).unwrap());
}

#[cfg(unix)]
#[test]
fn files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory.path().join("store.db")).unwrap();
    assert_eq!(insert(&store, NOW, "one").unwrap(), Insertion::New);
    let mut seen = 0;
    for entry in fs::read_dir(directory.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", entry.file_name());
        seen += 1;
    }
    assert_eq!(seen, 4, "database, log, index of the log, lease");
}

#[test]
fn other_files_are_refused() {
    refused(b"key,secret\na,b\n", |error| {
        matches!(error, OpenError::NotADatabase { .. })
    });
    let text = b"SQLite format 3\0 and then anything else".repeat(200);
    refused(&text, |error| {
        matches!(
            error,
            OpenError::Foreign { .. } | OpenError::NotADatabase { .. }
        )
    });

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("other.db");
    alter(&path, "CREATE TABLE other (a); PRAGMA application_id = 7;");
    refused(&fs::read(&path).unwrap(), |error| {
        matches!(error, OpenError::Foreign { found: 7, .. })
    });
    // One that claims nothing, and has tables.
    let path = directory.path().join("nameless.db");
    alter(&path, "CREATE TABLE other (a);");
    refused(&fs::read(&path).unwrap(), |error| {
        matches!(error, OpenError::Foreign { found: 0, .. })
    });
}

#[test]
fn a_newer_file_is_refused_and_so_is_another_schema() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("made.db");
    made(&path);
    alter(&path, "PRAGMA user_version = 99;");
    refused(&fs::read(&path).unwrap(), |error| {
        matches!(error, OpenError::Newer { found: 99, .. })
    });

    let path = directory.path().join("altered.db");
    made(&path);
    alter(&path, "DROP INDEX grants_standing;");
    let error = existing(&path).unwrap_err();
    assert!(matches!(error, OpenError::Schema { .. }), "{error:?}");
    assert!(error.to_string().contains("grants_standing"), "{error}");
    let error = administration(&path).unwrap_err();
    assert!(matches!(error, OpenError::Schema { .. }), "{error:?}");
}

#[test]
fn an_older_file_is_not_for_administration() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    fs::write(&path, b"").unwrap();
    let error = administration(&path).unwrap_err();
    assert!(
        matches!(error, OpenError::Older { found: 0, .. }),
        "{error:?}"
    );
}

#[test]
fn damaged_rows_are_told_and_not_served() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let store = open(&path).unwrap();
    let put = store.put_consumer(Expected::Absent, consumer("a", "secret"));
    assert_eq!(block_on(put).unwrap(), Commit::Done);
    alter(
        &path,
        "UPDATE consumers SET kind = 'royal', stamp = stamp + 1",
    );
    let error = block_on(store.consumer("a")).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    assert!(!format!("{error:?} {error}").contains("secret\""));
    drop(store);

    alter(&path, "INSERT INTO nonce_pages (entries) VALUES (x'00')");
    let error = existing(&path).unwrap_err();
    assert!(matches!(error, OpenError::Sqlite { .. }), "{error:?}");
}

#[test]
fn a_second_server_is_refused_and_told_who_holds_the_store() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let first = open(&path).unwrap();
    let error = open(&path).unwrap_err();
    let OpenError::Leased { holder, .. } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(*holder, std::process::id().to_string());
    #[cfg(unix)]
    {
        let other = directory.path().join("other-name.db");
        std::os::unix::fs::symlink(&path, &other).unwrap();
        let error = open(&other).unwrap_err();
        assert!(matches!(error, OpenError::Leased { .. }), "{error:?}");
    }
    drop(first);
    open(&path).unwrap();
}

/// Where locks do not work, or the lease file was removed.
#[test]
fn a_second_server_that_got_through_ends_the_first_one() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let first = open(&path).unwrap();
    assert_eq!(insert(&first, NOW, "one").unwrap(), Insertion::New);
    fs::remove_file(directory.path().join("store.db-lease")).unwrap();
    let second = open(&path).unwrap();
    for _ in 0..2 {
        let error = insert(&first, NOW, "two").err();
        // The first try is refused by the epoch; the nonce then counts as used.
        assert!(error.is_some() || insert(&first, NOW, "two").unwrap() == Insertion::Used);
        assert!(
            insert(&first, NOW, "three")
                .is_err_and(|error| matches!(error, StoreError::Unavailable(_)))
                || insert(&first, NOW, "three").unwrap() == Insertion::Used
        );
    }
    assert_eq!(insert(&second, NOW, "one").unwrap(), Insertion::Used);
    assert_eq!(insert(&second, NOW, "two").unwrap(), Insertion::New);
}

#[cfg(unix)]
#[test]
fn a_file_with_two_names_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    made(&path);
    fs::hard_link(&path, directory.path().join("twin.db")).unwrap();
    let error = existing(&path).unwrap_err();
    assert!(
        matches!(error, OpenError::Linked { found: 2, .. }),
        "{error:?}"
    );
}

#[cfg(unix)]
#[test]
fn a_file_that_is_replaced_takes_no_more_changes() {
    for name in ["store.db", "store.db-wal"] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store.db");
        let store = open(&path).unwrap();
        assert_eq!(insert(&store, NOW, "one").unwrap(), Insertion::New);
        fs::rename(directory.path().join(name), directory.path().join("moved")).unwrap();
        let error = insert(&store, NOW, "two").unwrap_err();
        assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
        assert_eq!(insert(&store, NOW, "one").unwrap(), Insertion::Used);
    }
}

/// What is stored is the timestamp: with another window it ends at another time.
#[test]
fn nonces_outlive_a_restart_with_another_window() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let store = open(&path).unwrap();
    let old = NOW.saturating_sub(200);
    assert_eq!(insert(&store, old, "old").unwrap(), Insertion::New);
    drop(store);
    for window in [
        Window::new(600, 300),
        Window::new(250, 0),
        Window::new(4000, 4000),
    ] {
        let options = options().with_window(window);
        let store = SqliteStore::open(&path, &options, NOW, Counter).unwrap();
        assert_eq!(insert(&store, old, "old").unwrap(), Insertion::Used);
    }
    // Over in a narrow one, and not vouched for from then on.
    let narrow = options().with_window(Window::new(100, 0));
    let store = SqliteStore::open(&path, &narrow, NOW, Counter).unwrap();
    let fenced = insert(&store, old, "old").unwrap();
    assert!(matches!(fenced, Insertion::Fenced { .. }), "{fenced:?}");
}

/// More than the purge takes at once, over and over: the file does not grow, and what was dropped is
/// fenced after a restart with the clock set back.
#[test]
fn what_is_over_is_dropped_and_fenced() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let store = open(&path).unwrap();
    for step in 0..400_i64 {
        let now = NOW.saturating_add(step * 10);
        let nonce = countersign_store::Nonce::new("consumer", "token", now, "same");
        let done = block_on(countersign_store::NonceStore::insert(&store, nonce, now));
        assert_eq!(done.unwrap(), Insertion::New);
    }
    drop(store);
    let size = fs::metadata(&path).unwrap().len();
    assert!(size < 1_000_000, "{size} bytes");
    let store = existing(&path).unwrap();
    let fenced = insert(&store, NOW, "other").unwrap();
    assert!(matches!(fenced, Insertion::Fenced { .. }), "{fenced:?}");
    let last = UnixTime::from_seconds(NOW.seconds() + 3990);
    assert_eq!(insert(&store, last, "same").unwrap(), Insertion::Used);
}

#[test]
fn more_live_nonces_than_memory_may_hold_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let store = open(&path).unwrap();
    for nonce in ["a", "b", "c"] {
        assert_eq!(insert(&store, NOW, nonce).unwrap(), Insertion::New);
    }
    drop(store);
    let options = options().with_nonce_limits(NonceLimits::default().with_nonces(2));
    let error = SqliteStore::open(&path, &options, NOW, Counter).unwrap_err();
    assert!(matches!(error, OpenError::Nonces(_)), "{error:?}");
}

/// A page is as long as it would be without the row, so that who pages does not stop at it.
#[test]
fn a_row_that_cannot_be_read_hides_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let store = open(&path).unwrap();
    for key in ["a", "b", "c", "d"] {
        let put = store.put_consumer(Expected::Absent, consumer(key, "secret"));
        assert_eq!(block_on(put).unwrap(), Commit::Done);
    }
    let mut change = Change::new();
    for (number, organisation) in [(1, "o"), (2, "p"), (3, "q")] {
        let mut credentials = TemporaryCredentials::new(
            fingerprint(organisation),
            "a",
            Arc::new(Secret::new("secret")),
            "oob",
            NOW,
        );
        credentials.state = TemporaryState::Approved;
        credentials.organisation = Some(String::from("o"));
        change = change
            .grant(Expected::Absent, grant(number, "a", organisation))
            .temporary(Expected::Absent, credentials);
    }
    assert_eq!(block_on(store.commit(change)).unwrap(), Commit::Done);
    alter(
        &path,
        "UPDATE consumers SET kind = 'royal', stamp = stamp + 9 WHERE key = 'b';
        UPDATE grants SET version = -1 WHERE organisation = 'p';
        UPDATE temporary_credentials SET version = -1
            WHERE token = (SELECT min(token) FROM temporary_credentials);",
    );
    let named = |damaged: &[StoreError], row: &str| {
        let [error @ StoreError::Damaged { .. }] = damaged else {
            panic!("{damaged:?}");
        };
        assert!(error.to_string().contains(row), "{error}");
    };
    let found = block_on(store.consumers(None, 2)).unwrap();
    let keys: Vec<_> = found.iter().map(|found| found.row.key.as_str()).collect();
    assert_eq!(keys, ["a", "c"]);
    named(&found.damaged, "consumer b: an unknown kind");
    assert!(matches!(found.whole(), Err(StoreError::Damaged { .. })));
    let found = block_on(store.consumers(Some("c"), 2)).unwrap();
    assert_eq!(found.whole().unwrap().len(), 1);
    for selection in [GrantSelection::All, GrantSelection::Consumer("a")] {
        let found = block_on(store.grants(selection, None, 2)).unwrap();
        let ids: Vec<_> = found
            .iter()
            .map(|found| found.row.id.to_bytes()[0])
            .collect();
        assert_eq!(ids, [1, 3]);
        named(&found.damaged, "grant 02020202020202020202020202020202");
    }
    let found = block_on(store.approved("o")).unwrap();
    assert_eq!(found.len(), 2);
    named(&found.damaged, "temporary credentials ");
}

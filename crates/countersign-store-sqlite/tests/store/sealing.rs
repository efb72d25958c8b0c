//! Secrets at rest.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use countersign_key::Secret;
use countersign_store::seal::{KeyId, SealKey, Sealer};
use countersign_store::{
    Change, Commit, ConsumerStore, Credential, Expected, Insertion, Issued, Nonce, NonceStore,
    StoreError, TemporaryCredentials, TokenStore, Version,
};
use countersign_store_sqlite::{OpenError, Options, Resealing, SqliteStore};
use rusqlite::Connection;

use crate::support::{Counter, NOW, access, block_on, consumer, fingerprint, grant};

fn key(number: u8) -> (KeyId, SealKey) {
    (
        KeyId::new(u32::from(number)),
        SealKey::from_bytes([number; 32]),
    )
}

fn sealer(number: u8) -> Sealer {
    let (id, key) = key(number);
    Sealer::new(id, key)
}

fn open_with(path: &Path, sealer: Sealer) -> Result<SqliteStore, OpenError> {
    let options = Options::sealed_by(sealer).create_if_missing();
    SqliteStore::open(path, &options, NOW, Counter)
}

fn open(path: &Path, number: u8) -> Result<SqliteStore, OpenError> {
    open_with(path, sealer(number))
}

const CANARY: &str = "canary-in-the-coal-mine";

/// A row of each table that has a secret.
fn fill(store: &SqliteStore) {
    let secret = || Arc::new(Secret::new(CANARY));
    for key in ["a", "b"] {
        let put = store.put_consumer(Expected::Absent, consumer(key, CANARY));
        assert_eq!(block_on(put).unwrap(), Commit::Done);
    }
    let mut given = grant(1, "a", "o");
    given.issued = Some(Issued::new(NOW, secret(), secret(), secret()));
    let mut token = access(&given, "t");
    token.secret = secret();
    let temporary = TemporaryCredentials::new(fingerprint("r"), "a", secret(), "oob", NOW);
    let change = Change::new()
        .grant(Expected::Absent, given)
        .access(token)
        .temporary(Expected::Absent, temporary);
    assert_eq!(block_on(store.commit(change)).unwrap(), Commit::Done);
}

#[test]
fn no_secret_is_in_the_files_and_each_comes_back() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let store = open(&path, 0x5a).unwrap();
    fill(&store);
    for name in ["store.db", "store.db-wal"] {
        let bytes = fs::read(directory.path().join(name)).unwrap();
        let canary = CANARY.as_bytes();
        let found = bytes.windows(canary.len()).any(|window| window == canary);
        assert!(!found, "{name}");
    }
    assert!(!format!("{store:?}").contains("canary"));
    drop(store);

    let store = open(&path, 0x5a).unwrap();
    let found = block_on(store.consumer("a")).unwrap().unwrap();
    let Credential::Secret(secret) = &found.row.credential else {
        panic!("no secret");
    };
    assert_eq!(secret.expose_secret(), CANARY);
    let (token, of) = block_on(store.access(fingerprint("t"))).unwrap().unwrap();
    assert_eq!(token.secret.expose_secret(), CANARY);
    let issued = of.row.issued.as_ref().unwrap();
    assert_eq!(issued.token.expose_secret(), CANARY);
    assert_eq!(issued.session_handle.expose_secret(), CANARY);
    let temporary = block_on(store.temporary(fingerprint("r")))
        .unwrap()
        .unwrap();
    assert_eq!(temporary.row.secret.expose_secret(), CANARY);
}

#[test]
fn a_secret_opens_in_its_own_row_and_version_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let store = open(&path, 0x5a).unwrap();
    fill(&store);
    let alter = |sql: &str| Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    let damaged = |key: &str| {
        let error = block_on(store.consumer(key)).unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
        assert!(
            error.to_string().contains(&format!("consumer {key}")),
            "{error}"
        );
    };
    alter(
        "UPDATE consumers SET stamp = stamp + 100,
        secret = (SELECT secret FROM consumers WHERE key = 'b') WHERE key = 'a'",
    );
    damaged("a");
    // An old secret behind a newer version.
    alter("UPDATE consumers SET stamp = stamp + 100, version = 2 WHERE key = 'b'");
    damaged("b");
    // It can be written anew.
    let row = consumer("b", "another");
    let put = store.put_consumer(Expected::Version(Version::FIRST.next()), row);
    assert_eq!(block_on(put).unwrap(), Commit::Done);
    assert!(block_on(store.consumer("b")).unwrap().is_some());
}

#[test]
fn another_key_and_no_key_are_refused_and_nothing_is_overwritten() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    fill(&open(&path, 0x5a).unwrap());
    let before = fs::read(&path).unwrap();
    let error = open(&path, 0x33).unwrap_err();
    assert!(matches!(error, OpenError::WrongKey { .. }), "{error:?}");
    let options = Options::dangerous_without_seal();
    let error = SqliteStore::open(&path, &options, NOW, Counter).unwrap_err();
    assert!(matches!(error, OpenError::Seal { .. }), "{error:?}");
    let error = SqliteStore::open_for_administration(&path, &options, Counter).unwrap_err();
    assert!(matches!(error, OpenError::Seal { .. }), "{error:?}");
    assert_eq!(fs::read(&path).unwrap(), before);
    open(&path, 0x5a).unwrap();
}

#[test]
fn rows_of_an_older_key_open_by_its_id() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    fill(&open(&path, 1).unwrap());
    let (id, old) = key(1);
    let both = sealer(2).with_older_key(id, old).unwrap();
    let store = open_with(&path, both).unwrap();
    let put = store.put_consumer(Expected::Absent, consumer("c", CANARY));
    assert_eq!(block_on(put).unwrap(), Commit::Done);
    for key in ["a", "b", "c"] {
        assert!(block_on(store.consumer(key)).unwrap().is_some());
    }
}

fn reseal(store: &SqliteStore, limit: usize) -> Resealing {
    let mut at = Resealing::default();
    for _ in 0..1000 {
        at = block_on(store.reseal(at, limit)).unwrap();
        if at.is_complete() {
            return at;
        }
    }
    panic!("never complete");
}

fn rotated(path: &Path) -> SqliteStore {
    let (id, old) = key(1);
    open_with(path, sealer(2).with_older_key(id, old).unwrap()).unwrap()
}

fn all_open(store: &SqliteStore) {
    let found = block_on(store.consumer("a")).unwrap().unwrap();
    let Credential::Secret(secret) = &found.row.credential else {
        panic!("no secret");
    };
    assert_eq!(secret.expose_secret(), CANARY);
    let (token, of) = block_on(store.access(fingerprint("t"))).unwrap().unwrap();
    assert_eq!(token.secret.expose_secret(), CANARY);
    let issued = of.row.issued.as_ref().unwrap();
    assert_eq!(issued.secret.expose_secret(), CANARY);
    let temporary = block_on(store.temporary(fingerprint("r"))).unwrap();
    assert_eq!(temporary.unwrap().row.secret.expose_secret(), CANARY);
}

#[test]
fn what_is_sealed_again_needs_the_older_key_no_more() {
    for limit in [1, 2, 1000] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store.db");
        let store = open(&path, 1).unwrap();
        fill(&store);
        let nonce = Nonce::new("consumer", "token", NOW, "nonce");
        assert_eq!(block_on(store.insert(nonce, NOW)).unwrap(), Insertion::New);
        drop(store);
        let store = rotated(&path);
        let done = reseal(&store, limit);
        // The key of the fingerprints, two consumers, and one of each other kind.
        assert_eq!(done.resealed(), 6);
        assert!(done.damaged().is_empty(), "{done:?}");
        assert_eq!(reseal(&store, limit).resealed(), 0);
        all_open(&store);
        drop(store);
        let store = open(&path, 2).unwrap();
        all_open(&store);
        assert_eq!(block_on(store.insert(nonce, NOW)).unwrap(), Insertion::Used);
        drop(store);
        let error = open(&path, 1).unwrap_err();
        assert!(matches!(error, OpenError::WrongKey { .. }), "{error:?}");
    }
}

#[test]
fn sealing_again_goes_on_after_a_restart_and_passes_over_what_does_not_open() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    fill(&open(&path, 1).unwrap());
    let alter = |sql: &str| Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    alter("UPDATE consumers SET version = 7, stamp = stamp + 100 WHERE key = 'b'");
    let store = rotated(&path);
    let at = block_on(store.reseal(Resealing::default(), 2)).unwrap();
    assert!(!at.is_complete());
    assert_eq!(at.resealed(), 2);
    drop(store);
    let store = rotated(&path);
    let done = reseal(&store, 2);
    assert_eq!(done.resealed(), 3);
    let [damaged] = done.damaged() else {
        panic!("{done:?}");
    };
    assert!(damaged.starts_with("consumers b: "), "{damaged}");
    drop(store);
    all_open(&open(&path, 2).unwrap());
}

/// A row that a process with the older key writes behind the place that was come to.
#[test]
fn what_is_written_behind_is_found_in_another_round() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    fill(&open(&path, 1).unwrap());
    let (id, new) = key(2);
    let options = Options::sealed_by(sealer(1).with_older_key(id, new).unwrap());
    let store = rotated(&path);
    let at = block_on(store.reseal(Resealing::default(), 4)).unwrap();
    let behind = SqliteStore::open_for_administration(&path, &options, Counter).unwrap();
    let put = behind.put_consumer(Expected::Absent, consumer("A", CANARY));
    assert_eq!(block_on(put).unwrap(), Commit::Done);
    let mut at = at;
    while !at.is_complete() {
        at = block_on(store.reseal(at, 4)).unwrap();
    }
    assert_eq!(at.resealed(), 7);
    drop((store, behind));
    let store = open(&path, 2).unwrap();
    assert!(block_on(store.consumer("A")).unwrap().is_some());
}

//! Secrets at rest, with a seal that shows what the store asks of it and hides nothing from a
//! cryptographer.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use countersign_key::{Secret, SecureRandom};
use countersign_store::{
    Change, Commit, ConsumerStore, Credential, Expected, Issued, StoreError, TemporaryCredentials,
    TokenStore, Version,
};
use countersign_store_sqlite::{OpenError, Options, SecretSeal, SqliteStore};
use rusqlite::Connection;
use zeroize::Zeroizing;

use crate::support::{Counter, NOW, access, block_on, consumer, fingerprint, grant};

#[derive(Debug)]
struct Toy(u8);

impl SecretSeal for Toy {
    fn seal(&self, place: &[u8], secret: &[u8], random: &mut dyn SecureRandom) -> Option<Vec<u8>> {
        let mut nonce = [0];
        random.fill(&mut nonce).ok()?;
        let hidden = secret.iter().map(|byte| byte ^ self.0);
        let length = u8::try_from(place.len()).unwrap();
        let head = [nonce[0], self.0, length];
        Some(
            head.into_iter()
                .chain(place.iter().copied())
                .chain(hidden)
                .collect(),
        )
    }

    fn open(&self, place: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let ([_, key, length], rest) = sealed.split_first_chunk()?;
        let (of, hidden) = rest.split_at_checked(usize::from(*length))?;
        let opened = hidden.iter().map(|byte| byte ^ self.0).collect();
        (*key == self.0 && of == place).then(|| Zeroizing::new(opened))
    }
}

fn open(path: &Path, key: u8) -> Result<SqliteStore, OpenError> {
    let options = Options::sealed_by(Arc::new(Toy(key))).create_if_missing();
    SqliteStore::open(path, &options, NOW, Counter)
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

//! Secrets at rest.

use std::fs;

use countersign_store::seal::{KeyId, SealKey, Sealer};
use countersign_store::{ConnectionChange, ConnectionStore, StoreError};
use countersign_store_sqlite::{OpenError, Options, Resealing, SqliteConnectionStore};
use countersign_token::Generation;
use rusqlite::Connection;

use super::{answer, begin, find, keep, open_with, put, row, version};
use crate::support::block_on;

fn key(number: u8) -> (KeyId, SealKey) {
    (KeyId::new(number.into()), SealKey::from_bytes([number; 32]))
}

fn sealer(number: u8) -> Sealer {
    let (id, key) = key(number);
    Sealer::new(id, key)
}

/// A connection with everything that is secret.
fn fill(store: &SqliteConnectionStore) {
    put(store, row("a", 1));
    put(store, row("b", 1));
    let mut second = row("a", 2);
    second.life.previous = Some(Generation::new(1));
    second.previous = Some(row("a", 1).credentials);
    let change = ConnectionChange::new(version(1), second);
    let _ = block_on(store.commit(change)).unwrap();
    begin(store, "b", 1, 1).unwrap();
    keep(store, "b", answer("a canary in an answer", 1)).unwrap();
}

fn secrets(store: &SqliteConnectionStore) -> Vec<String> {
    let found = find(store, "a").unwrap();
    let row = &found.row.row;
    let answered = find(store, "b").unwrap();
    let mut texts = Vec::new();
    for credentials in [Some(&row.credentials), row.previous.as_ref()] {
        texts.push(credentials.unwrap().token.expose_secret().to_owned());
    }
    for kept in &answered.answers {
        let bytes = kept.answer.bytes.expose_secret();
        texts.push(String::from_utf8_lossy(bytes).into_owned());
    }
    texts
}

const SECRETS: [&str; 3] = [
    "canary token 2 of a",
    "canary token 1 of a",
    "a canary in an answer",
];

#[test]
fn no_secret_of_a_connection_is_in_the_files_and_each_comes_back() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("connections.db");
    let store = open_with(&path, &Options::sealed_by(sealer(1))).unwrap();
    fill(&store);
    assert!(!format!("{store:?} {:?}", find(&store, "a")).contains("canary"));
    for name in ["connections.db", "connections.db-wal"] {
        let bytes = fs::read(directory.path().join(name)).unwrap();
        let found = bytes.windows(6).any(|window| window == b"canary");
        assert!(!found, "{name}");
    }
    assert_eq!(secrets(&store), SECRETS);
}

#[test]
fn secrets_of_another_row_or_generation_do_not_open() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("connections.db");
    let store = open_with(&path, &Options::sealed_by(sealer(1))).unwrap();
    fill(&store);
    let other = Connection::open(&path).unwrap();
    let change = |set: &str| {
        other.execute("SAVEPOINT one", []).unwrap();
        let changed = other.execute(
            &format!("UPDATE connections SET {set} WHERE account = 'a'"),
            [],
        );
        assert_eq!(changed.unwrap(), 1);
        other.execute("RELEASE one", []).unwrap();
    };
    let save = "CREATE TABLE saved AS SELECT * FROM connections";
    other.execute(save, []).unwrap();
    for set in [
        "secrets = (SELECT secrets FROM saved WHERE account = 'b')",
        "secrets = (SELECT previous_secrets FROM saved WHERE account = 'a')",
        "previous_secrets = (SELECT secrets FROM saved WHERE account = 'a')",
        "generation = 1",
        "generation = 3",
        "previous_generation = 0",
    ] {
        change(set);
        let found = find(&store, "a");
        let all = block_on(store.connections(None, 9)).unwrap();
        if set.starts_with("previous") {
            // The one before is as if it was not there, and hides the newest from nobody.
            let found = found.unwrap();
            let row = &found.row.row;
            assert_eq!(row.credentials.token.expose_secret(), SECRETS[0], "{set}");
            assert_eq!(row.life.previous, None, "{set}");
            assert!(row.previous.is_none(), "{set}");
            assert_eq!((all.rows.len(), all.damaged.len()), (2, 0));
        } else {
            assert!(
                matches!(found, Err(StoreError::Damaged { .. })),
                "{set}: {found:?}"
            );
            // One that can't be read hides no other.
            assert_eq!((all.rows.len(), all.damaged.len()), (1, 1));
        }
        for column in [
            "secrets",
            "previous_secrets",
            "generation",
            "previous_generation",
        ] {
            change(&format!(
                "{column} = (SELECT {column} FROM saved WHERE account = 'a')"
            ));
        }
        assert_eq!(secrets(&store), SECRETS);
    }
}

#[test]
fn keys_of_connections_rotate() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("connections.db");
    let store = open_with(&path, &Options::sealed_by(sealer(1))).unwrap();
    fill(&store);
    drop(store);
    let (id, older) = key(1);
    let both = sealer(2).with_older_key(id, older).unwrap();
    let store = open_with(&path, &Options::sealed_by(both)).unwrap();
    let mut at = Resealing::default();
    while !at.is_complete() {
        at = block_on(store.reseal(at, 2)).unwrap();
    }
    // The probe, two rows, the credentials before, and an answer.
    assert_eq!((at.resealed(), at.damaged().len()), (5, 0));
    drop(store);
    let error = open_with(&path, &Options::sealed_by(sealer(1))).unwrap_err();
    assert!(matches!(error, OpenError::WrongKey { .. }), "{error}");
    let store = open_with(&path, &Options::sealed_by(sealer(2))).unwrap();
    assert_eq!(secrets(&store), SECRETS);
}

//! What is refused when a file is opened.

use countersign_store::seal::{KeyId, SealKey, Sealer};
use countersign_store_sqlite::{OpenError, Options, SqliteConnectionStore, SqliteStore};
use rusqlite::Connection;

use super::{begin, find, open, open_with, put, row};
use crate::support::{Counter, NOW};

fn sealed(number: u8) -> Options {
    let key = SealKey::from_bytes([number; 32]);
    Options::sealed_by(Sealer::new(KeyId::new(number.into()), key))
}

#[test]
fn files_of_others_are_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let [provider, client, text] =
        ["provider.db", "client.db", "text"].map(|name| directory.path().join(name));
    let options = Options::dangerous_without_seal().create_if_missing();
    drop(SqliteStore::open(&provider, &options, NOW, Counter).unwrap());
    drop(open(&client).unwrap());
    std::fs::write(&text, "a text".repeat(100)).unwrap();
    for (path, before) in [(&provider, "Foreign"), (&text, "NotADatabase")] {
        let bytes = std::fs::read(path).unwrap();
        let error = format!("{:?}", open(path).unwrap_err());
        assert!(error.starts_with(before), "{error}");
        assert_eq!(std::fs::read(path).unwrap(), bytes);
    }
    let error = SqliteStore::open(&client, &options, NOW, Counter).unwrap_err();
    assert!(matches!(error, OpenError::Foreign { .. }), "{error}");
}

#[test]
fn a_newer_or_altered_file_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("connections.db");
    drop(open(&path).unwrap());
    let other = Connection::open(&path).unwrap();
    other.pragma_update(None, "user_version", 2).unwrap();
    let error = open(&path).unwrap_err();
    assert!(
        matches!(error, OpenError::Newer { found: 2, .. }),
        "{error}"
    );
    other.pragma_update(None, "user_version", 1).unwrap();
    other.execute("DROP TABLE rooms", []).unwrap();
    let error = open(&path).unwrap_err();
    assert!(matches!(error, OpenError::Schema { .. }), "{error}");
}

#[test]
fn a_missing_or_vanished_file_is_not_made_in_silence() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("connections.db");
    let options = Options::dangerous_without_seal();
    let error = SqliteConnectionStore::open(&path, &options, Counter).unwrap_err();
    assert!(matches!(error, OpenError::Missing { .. }), "{error}");
    let store = open(&path).unwrap();
    put(&store, row("a", 1));
    std::fs::remove_file(&path).unwrap();
    let refused = begin(&store, "a", 1, 1).unwrap_err();
    let text = format!("{refused:?}");
    assert!(text.contains("replaced or removed"), "{text}");
    let error = open(&path).unwrap_err();
    assert!(matches!(error, OpenError::Vanished { .. }), "{error}");
}

#[test]
fn another_key_or_none_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("connections.db");
    let store = open_with(&path, &sealed(1)).unwrap();
    put(&store, row("a", 1));
    drop(store);
    let error = open_with(&path, &sealed(2)).unwrap_err();
    assert!(matches!(error, OpenError::WrongKey { .. }), "{error}");
    let error = open(&path).unwrap_err();
    assert!(matches!(error, OpenError::Seal { .. }), "{error}");
    let store = open_with(&path, &sealed(1)).unwrap();
    assert_eq!(find(&store, "a").unwrap().row.row.life, row("a", 1).life);
}

#[test]
fn many_who_open_a_new_file_at_once_all_get_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("connections.db");
    std::thread::scope(|scope| {
        for number in 0..8 {
            let path = &path;
            scope.spawn(move || {
                let store = open(path).unwrap();
                put(&store, row(&number.to_string(), 1));
            });
        }
    });
    let store = open(&path).unwrap();
    for number in 0..8 {
        find(&store, &number.to_string()).unwrap();
    }
}

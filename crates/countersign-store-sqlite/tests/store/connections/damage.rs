//! F09: an answer that was damaged is never taken for one.

use countersign_store::seal::{KeyId, SealKey, Sealer};
use countersign_store::{ConnectionStore, StoreError};
use countersign_store_sqlite::{Options, SqliteConnectionStore};
use countersign_token::Generation;
use rusqlite::Connection;

use super::{answer, begin, find, id, keep, open_with, put, row};
use crate::support::block_on;

const ANSWER: &str = "oauth_token=t2&oauth_token_secret=s2";

fn options() -> [Options; 2] {
    let sealer = Sealer::new(KeyId::new(1), SealKey::from_bytes([1; 32]));
    [
        Options::dangerous_without_seal(),
        Options::sealed_by(sealer),
    ]
}

/// The answers that are read, and how many can't be.
fn read(store: &SqliteConnectionStore) -> (Vec<String>, usize) {
    let found = find(store, "a").unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let texts = found
        .answers
        .iter()
        .map(|kept| text(kept.answer.bytes.expose_secret()));
    (texts.collect(), found.damaged.len())
}

#[test]
fn f09_a_torn_or_flipped_answer_is_not_read_at_any_offset() {
    for options in options() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("connections.db");
        let store = open_with(&path, &options).unwrap();
        put(&store, row("a", 1));
        keep(&store, "a", answer("an earlier one", 1)).unwrap();
        keep(&store, "a", answer(ANSWER, 1)).unwrap();
        let both = (vec!["an earlier one".to_owned(), ANSWER.to_owned()], 0);
        assert_eq!(read(&store), both);

        let other = Connection::open(&path).unwrap();
        let last = "slot = (SELECT slot FROM answers ORDER BY number DESC LIMIT 1)";
        let whole: Vec<u8> = other
            .query_row(
                &format!("SELECT answer FROM answers WHERE {last}"),
                [],
                |row| row.get(0),
            )
            .unwrap();
        let write = |bytes: &[u8]| {
            let update = format!("UPDATE answers SET answer = ?1 WHERE {last}");
            assert_eq!(other.execute(&update, [bytes]).unwrap(), 1);
        };
        // The earlier one is still read, and the damaged one is named.
        let earlier = (vec!["an earlier one".to_owned()], 1);
        for offset in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[offset] ^= 1;
            write(&flipped);
            assert_eq!(read(&store), earlier, "flipped at {offset}");
            write(&whole[..offset]);
            assert_eq!(read(&store), earlier, "cut at {offset}");
        }
        for column in ["intent", "received"] {
            write(&whole);
            let change = format!("UPDATE answers SET {column} = {column} + 1 WHERE {last}");
            other.execute(&change, []).unwrap();
            assert_eq!(read(&store), earlier, "{column}");
            let back = format!("UPDATE answers SET {column} = {column} - 1 WHERE {last}");
            other.execute(&back, []).unwrap();
        }
        assert_eq!(read(&store), both);
    }
}

#[test]
fn an_answer_of_another_connection_is_none_of_this() {
    for options in options() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("connections.db");
        let store = open_with(&path, &options).unwrap();
        put(&store, row("a", 1));
        put(&store, row("b", 1));
        begin(&store, "b", 1, 1).unwrap();
        keep(&store, "b", answer(ANSWER, 1)).unwrap();
        let other = Connection::open(&path).unwrap();
        let moved = "UPDATE answers SET identity = (SELECT identity FROM connections
            WHERE account = 'a')";
        other.execute(moved, []).unwrap();
        assert_eq!(read(&store), (vec![], 1));
    }
}

/// The newest token is not lost with the one before.
#[test]
fn damage_of_the_token_before_does_not_hide_the_newest() {
    for options in options() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("connections.db");
        let store = open_with(&path, &options).unwrap();
        let mut both = row("a", 2);
        both.life.previous = Some(Generation::new(1));
        both.previous = Some(row("a", 1).credentials);
        put(&store, both);
        let read = |store: &SqliteConnectionStore| {
            let row = find(store, "a")?.row.row.clone();
            let token = row.credentials.token.expose_secret().to_owned();
            Ok::<_, StoreError>((token, row.life.previous, row.previous.is_some()))
        };
        let newest = "canary token 2 of a".to_owned();
        let whole = (newest.clone(), Some(Generation::new(1)), true);
        assert_eq!(read(&store).unwrap(), whole);

        let other = Connection::open(&path).unwrap();
        let cut = |column: &str| {
            let update = format!("UPDATE connections SET {column} = substr({column}, 1, 3)");
            assert_eq!(other.execute(&update, []).unwrap(), 1);
        };
        cut("previous_secrets");
        assert_eq!(read(&store).unwrap(), (newest, None, false));
        let listed = block_on(store.connections(None, 10)).unwrap();
        assert_eq!((listed.rows.len(), listed.damaged.len()), (1, 0));
        // Of the newest itself it is told.
        cut("secrets");
        let error = read(&store).unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    }
}

/// What can't be read can be named and removed, and goes on above itself like any other.
#[test]
fn a_connection_that_can_not_be_read_can_be_removed() {
    for options in options() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("connections.db");
        let store = open_with(&path, &options).unwrap();
        put(&store, row("a", 7));
        put(&store, row("b", 1));
        keep(&store, "a", answer(ANSWER, 7)).unwrap();
        assert!(block_on(store.damaged()).unwrap().is_empty());
        assert!(!block_on(store.remove_damaged(&id("a"))).unwrap());
        assert!(!block_on(store.remove_damaged(&id("c"))).unwrap());
        let other = Connection::open(&path).unwrap();
        let update = "UPDATE connections SET secrets = substr(secrets, 1, 3) WHERE account = 'a'";
        assert_eq!(other.execute(update, []).unwrap(), 1);
        assert_eq!(block_on(store.damaged()).unwrap(), [id("a")]);
        assert!(block_on(store.remove_damaged(&id("a"))).unwrap());
        assert!(block_on(store.connection(&id("a"))).unwrap().is_none());
        assert!(block_on(store.damaged()).unwrap().is_empty());
        assert!(find(&store, "b").is_ok());
        put(&store, row("a", 1));
        let again = find(&store, "a").unwrap();
        assert!(again.row.row.life.generation > Generation::new(7));
        assert!(again.answers.is_empty());
    }
}

//! F09: an answer that was damaged is never taken for one.

use countersign_store::seal::{KeyId, SealKey, Sealer};
use countersign_store_sqlite::{Options, SqliteConnectionStore};
use rusqlite::Connection;

use super::{answer, begin, find, keep, open_with, put, row};

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

//! Files of earlier versions.

use std::fs;

use countersign_store::{Commit, ConsumerStore, Expected, Insertion, TokenStore, Version};
use rusqlite::Connection;

use crate::support::{NOW, block_on, consumer, fingerprint, insert, open};

/// Written by the version of the time, with nonces of single and of several commits.
const VERSION_3: &str = include_str!("version-3.sql");

#[test]
fn a_file_of_schema_3_is_brought_to_now_with_all_that_it_knew() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    Connection::open(&path)
        .unwrap()
        .execute_batch(VERSION_3)
        .unwrap();
    fs::write(
        directory.path().join("store.db-lease"),
        "epoch 1\nprocess 7\n",
    )
    .unwrap();
    for _ in 0..2 {
        let store = open(&path).unwrap();
        for nonce in ["first", "second", "third"] {
            assert_eq!(insert(&store, NOW, nonce).unwrap(), Insertion::Used);
        }
        for number in 0..20 {
            let (at, nonce) = (NOW.saturating_add(100), format!("many-{number}"));
            assert_eq!(insert(&store, at, &nonce).unwrap(), Insertion::Used);
        }
        let found = block_on(store.consumer("a")).unwrap().unwrap();
        assert_eq!(found.version, Version::FIRST);
        assert!(block_on(store.access(fingerprint("t"))).unwrap().is_some());
    }
    let store = open(&path).unwrap();
    assert_eq!(insert(&store, NOW, "new").unwrap(), Insertion::New);
    let remove = store.remove_consumer(Expected::Version(Version::FIRST), "a");
    assert_eq!(block_on(remove).unwrap(), Commit::Done);
    let put = store.put_consumer(Expected::Absent, consumer("a", "secret"));
    assert_eq!(block_on(put).unwrap(), Commit::Done);
    let found = block_on(store.consumer("a")).unwrap().unwrap();
    assert_eq!(found.version, Version::FIRST.next());
}

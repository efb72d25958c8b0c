//! What is left when a store closes whose files lost their names in use.

use std::fs;

use countersign_store::{ConnectionCommit, ConnectionStore, StoreError};

use super::{begin, id, open, put, row, settle};
use crate::closing::{ALL, beside, lose, replace};
use crate::support::block_on;

#[test]
fn what_was_acknowledged_outlives_the_name_of_the_log() {
    for lost in ALL {
        for noticed in [true, false] {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("connections.db");
            let store = open(&path).unwrap();
            put(&store, row("a", 1));
            let fence = begin(&store, "a", 1, 1).unwrap();
            let settled = settle(&store, "a", 2, 2, fence).unwrap();
            assert!(
                matches!(settled, ConnectionCommit::Done { .. }),
                "{settled:?}"
            );
            lose(&path, lost);
            if noticed {
                let error = begin(&store, "a", 2, 3).unwrap_err();
                assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
            }
            drop(store);
            let what = format!("{lost:?}, {noticed}");
            let store = open(&path).unwrap_or_else(|error| panic!("{what}: {error:?}"));
            let found = block_on(store.connection(&id("a"))).unwrap();
            let found = found.unwrap_or_else(|| panic!("{what}"));
            assert_eq!(found.row.row.life, row("a", 2).life, "{what}");
        }
    }
}

#[test]
fn a_log_of_others_is_left_alone() {
    for noticed in [true, false] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("connections.db");
        let store = open(&path).unwrap();
        put(&store, row("a", 1));
        let log = beside(&path, "wal");
        replace(&log, b"another");
        if noticed {
            begin(&store, "a", 1, 1).unwrap_err();
        }
        let before = fs::read(&path).unwrap();
        drop(store);
        assert!(fs::read(&path).unwrap() == before, "{noticed}");
        assert_eq!(fs::read(&log).unwrap(), b"another", "{noticed}");
    }
}

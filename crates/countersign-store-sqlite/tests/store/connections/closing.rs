//! What is left when a store closes whose files lost their names in use.

use std::fs;
use std::path::Path;
use std::process::Command;

use countersign_store::{ConnectionCommit, ConnectionStore, StoreError};
use countersign_store_sqlite::SqliteConnectionStore;

use super::syncs::variable;
use super::{begin, find, id, open, put, row, settle};
use crate::closing::{ALL, Lost, WRITTEN, beside, lose, replace};
use crate::support::block_on;

/// Set for the process that looks into a store that another one has open.
const PATH: &str = "COUNTERSIGN_LOOKED_AT_STORE";

#[test]
fn child() {
    let Some(path) = variable(PATH) else {
        return;
    };
    let store = open(Path::new(&path)).unwrap();
    let _ = block_on(store.connection(&id("a"))).unwrap();
}

fn renewed(path: &Path) -> SqliteConnectionStore {
    let store = open(path).unwrap();
    put(&store, row("a", 1));
    let fence = begin(&store, "a", 1, 1).unwrap();
    let settled = settle(&store, "a", 2, 2, fence).unwrap();
    assert!(
        matches!(settled, ConnectionCommit::Done { .. }),
        "{settled:?}"
    );
    store
}

#[test]
fn what_was_acknowledged_outlives_the_name_of_the_log() {
    for lost in ALL {
        for noticed in [true, false] {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("connections.db");
            let store = renewed(&path);
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

/// To open a store makes a log, and lengthens it.
#[test]
fn what_was_acknowledged_outlives_a_look_by_another_process() {
    for (is_new, noticed) in [(true, true), (true, false), (false, true), (false, false)] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("connections.db");
        if !is_new {
            drop(open(&path).unwrap());
        }
        let store = renewed(&path);
        lose(&path, Lost::WithIndex);
        let looked = Command::new(std::env::current_exe().unwrap())
            .args(["connections::closing::child", "--exact"])
            .env(PATH, &path)
            .status();
        assert!(looked.unwrap().success());
        assert!(fs::metadata(beside(&path, "wal")).unwrap().len() > 0);
        if noticed {
            begin(&store, "a", 2, 3).unwrap_err();
        }
        drop(store);
        let found = find(&open(&path).unwrap(), "a").unwrap();
        let life = found.row.row.life;
        assert_eq!(life, row("a", 2).life, "{is_new}, {noticed}");
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
        replace(&log, WRITTEN);
        if noticed {
            begin(&store, "a", 1, 1).unwrap_err();
        }
        let before = fs::read(&path).unwrap();
        drop(store);
        assert!(fs::read(&path).unwrap() == before, "{noticed}");
        assert_eq!(fs::read(&log).unwrap(), WRITTEN, "{noticed}");
    }
}

//! The contracts of the traits, as the suite of `countersign-store` checks them.

use core::sync::atomic::{AtomicU64, Ordering};

use countersign_clock::UnixTime;
use countersign_store::testing::conformance::{
    Factory, Promises, Settings, consumers, nonces, tokens,
};
use countersign_store::{NonceLimits, StoreError};
use countersign_store_sqlite::{Administration, Options, SqliteStore};
use tempfile::TempDir;

use crate::support::{Counter, NOW};

/// Makes files in a directory of its own.
struct Files {
    directory: TempDir,
    next: AtomicU64,
}

impl Files {
    fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
            next: AtomicU64::new(0),
        }
    }

    fn next(&self) -> std::path::PathBuf {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.directory.path().join(format!("{number}.db"))
    }
}

fn options(settings: &Settings) -> Options {
    let limits = NonceLimits::default()
        .with_nonces(settings.nonces)
        .with_per_consumer(settings.per_consumer);
    Options::dangerous_without_seal()
        .create_if_missing()
        .with_window(settings.window)
        .with_nonce_limits(limits)
}

struct Server {
    files: Files,
    promises: Promises,
}

impl Factory for Server {
    type Store = SqliteStore;

    fn promises(&self) -> Promises {
        self.promises
    }

    fn fresh(&self, settings: &Settings) -> Result<SqliteStore, StoreError> {
        SqliteStore::open(self.files.next(), &options(settings), NOW, Counter)
            .map_err(StoreError::unavailable)
    }

    fn reopen(
        &self,
        store: SqliteStore,
        settings: &Settings,
        at: UnixTime,
    ) -> Result<Option<SqliteStore>, StoreError> {
        let path = store.path().to_owned();
        drop(store);
        SqliteStore::open(path, &options(settings), at, Counter)
            .map(Some)
            .map_err(StoreError::unavailable)
    }
}

/// Handles of one file that know nothing of each other.
struct Beside(Files);

impl Factory for Beside {
    type Store = SqliteStore<Administration>;

    fn promises(&self) -> Promises {
        Promises::durable().with_handles()
    }

    fn fresh(&self, settings: &Settings) -> Result<Self::Store, StoreError> {
        let path = self.0.next();
        SqliteStore::open(&path, &options(settings), NOW, Counter)
            .map_err(StoreError::unavailable)?;
        SqliteStore::open_for_administration(path, &options(settings), Counter)
            .map_err(StoreError::unavailable)
    }

    fn reopen(
        &self,
        store: Self::Store,
        settings: &Settings,
        _: UnixTime,
    ) -> Result<Option<Self::Store>, StoreError> {
        let path = store.path().to_owned();
        drop(store);
        SqliteStore::open_for_administration(path, &options(settings), Counter)
            .map(Some)
            .map_err(StoreError::unavailable)
    }

    fn another(&self, store: &Self::Store) -> Result<Option<Self::Store>, StoreError> {
        let settings = Settings::default();
        SqliteStore::open_for_administration(store.path(), &options(&settings), Counter)
            .map(Some)
            .map_err(StoreError::unavailable)
    }
}

#[test]
fn a_server_keeps_the_contracts() {
    // Rows are bounded by the size of the file and not by number.
    let rows = Server {
        files: Files::new(),
        promises: Promises::durable(),
    };
    consumers(&rows).unwrap();
    tokens(&rows).unwrap();
    let bounded = Server {
        files: Files::new(),
        promises: Promises::durable().with_limits(),
    };
    nonces(&bounded).unwrap();
}

#[test]
fn handles_beside_each_other_keep_the_contracts() {
    let beside = Beside(Files::new());
    consumers(&beside).unwrap();
    tokens(&beside).unwrap();
}

use core::sync::atomic::{AtomicU64, Ordering};
use std::path::PathBuf;

use countersign_clock::UnixTime;
use countersign_store::StoreError;
use countersign_store::seal::{KeyId, SealKey, Sealer};
use countersign_store::testing::conformance::{Factory, Promises, Settings, connections};
use countersign_store_sqlite::{Options, SqliteConnectionStore};
use tempfile::TempDir;

use super::open_with;

struct Files {
    directory: TempDir,
    next: AtomicU64,
    options: Options,
}

impl Files {
    fn new(options: Options) -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
            next: AtomicU64::new(0),
            options,
        }
    }

    fn next(&self) -> PathBuf {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.directory.path().join(format!("{number}.db"))
    }
}

impl Factory for Files {
    type Store = SqliteConnectionStore;

    fn promises(&self) -> Promises {
        Promises::durable().with_handles()
    }

    fn fresh(&self, _: &Settings) -> Result<Self::Store, StoreError> {
        open_with(&self.next(), &self.options).map_err(StoreError::unavailable)
    }

    fn reopen(
        &self,
        store: Self::Store,
        _: &Settings,
        _: UnixTime,
    ) -> Result<Option<Self::Store>, StoreError> {
        let path = store.path().to_owned();
        drop(store);
        let opened = open_with(&path, &self.options);
        opened.map(Some).map_err(StoreError::unavailable)
    }

    fn another(&self, store: &Self::Store) -> Result<Option<Self::Store>, StoreError> {
        let opened = open_with(store.path(), &self.options);
        opened.map(Some).map_err(StoreError::unavailable)
    }
}

#[test]
fn a_file_of_connections_keeps_the_contract() {
    let sealed = Options::sealed_by(Sealer::new(KeyId::new(1), SealKey::from_bytes([1; 32])));
    for options in [Options::dangerous_without_seal(), sealed] {
        let report = connections(&Files::new(options)).unwrap();
        assert_eq!(report.skipped(), ["connections.full_refuses_new_rows"]);
        assert_eq!(report.passed().len(), 20);
    }
}

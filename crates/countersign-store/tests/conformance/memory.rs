//! Our own stores in memory.

use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_store::testing::conformance::{
    Factory, Promises, Settings, connections, consumers, nonces, tokens,
};
use countersign_store::{
    DynConnectionStore, DynConsumerStore, DynNonceStore, DynTokenStore, FingerprintKey,
    MemoryConnectionStore, MemoryConsumerStore, MemoryNonceStore, MemoryTokenStore, NonceLimits,
    Start, StoreError, TokenLimits,
};

fn nonce_store(settings: &Settings, start: Start) -> MemoryNonceStore {
    let limits = NonceLimits::default()
        .with_nonces(settings.nonces)
        .with_per_consumer(settings.per_consumer);
    let key = FingerprintKey::from_bytes([7; 16]);
    MemoryNonceStore::with_limits(key, settings.window, start, limits)
}

/// Behind `dyn`, so that the twins are checked as well.
struct Nonces;

impl Factory for Nonces {
    type Store = Arc<dyn DynNonceStore>;

    fn promises(&self) -> Promises {
        Promises::volatile().with_limits().with_handles()
    }

    fn fresh(&self, settings: &Settings) -> Result<Self::Store, StoreError> {
        Ok(Arc::new(nonce_store(settings, Start::FirstStart)))
    }

    fn reopen(
        &self,
        _: Self::Store,
        settings: &Settings,
        at: UnixTime,
    ) -> Result<Option<Self::Store>, StoreError> {
        Ok(Some(Arc::new(nonce_store(
            settings,
            Start::AfterLoss { at },
        ))))
    }

    fn another(&self, store: &Self::Store) -> Result<Option<Self::Store>, StoreError> {
        Ok(Some(Arc::clone(store)))
    }
}

struct Consumers;

impl Factory for Consumers {
    type Store = Arc<dyn DynConsumerStore>;

    fn promises(&self) -> Promises {
        Promises::volatile().with_limits().with_handles()
    }

    fn fresh(&self, settings: &Settings) -> Result<Self::Store, StoreError> {
        Ok(Arc::new(MemoryConsumerStore::with_limit(settings.rows)))
    }

    fn another(&self, store: &Self::Store) -> Result<Option<Self::Store>, StoreError> {
        Ok(Some(Arc::clone(store)))
    }
}

struct Tokens;

impl Factory for Tokens {
    type Store = Arc<dyn DynTokenStore>;

    fn promises(&self) -> Promises {
        Promises::volatile().with_limits().with_handles()
    }

    fn fresh(&self, settings: &Settings) -> Result<Self::Store, StoreError> {
        let limits = TokenLimits::default()
            .with_temporary(settings.rows)
            .with_grants(settings.rows)
            .with_access(settings.rows);
        Ok(Arc::new(MemoryTokenStore::with_limits(limits)))
    }

    fn another(&self, store: &Self::Store) -> Result<Option<Self::Store>, StoreError> {
        Ok(Some(Arc::clone(store)))
    }
}

struct Connections;

impl Factory for Connections {
    type Store = Arc<dyn DynConnectionStore>;

    fn promises(&self) -> Promises {
        Promises::volatile().with_limits().with_handles()
    }

    fn fresh(&self, settings: &Settings) -> Result<Self::Store, StoreError> {
        Ok(Arc::new(MemoryConnectionStore::with_limit(settings.rows)))
    }

    fn another(&self, store: &Self::Store) -> Result<Option<Self::Store>, StoreError> {
        Ok(Some(Arc::clone(store)))
    }
}

#[test]
fn nonces_in_memory() {
    let report = nonces(&Nonces).unwrap();
    assert!(report.skipped().is_empty(), "{report:?}");
    assert_eq!(report.passed().len(), 15);
}

#[test]
fn consumers_in_memory() {
    let report = consumers(&Consumers).unwrap();
    assert_eq!(report.skipped(), ["consumers.restart"]);
    assert_eq!(report.passed().len(), 11);
}

#[test]
fn tokens_in_memory() {
    let report = tokens(&Tokens).unwrap();
    assert_eq!(report.skipped(), ["tokens.restart"]);
    assert_eq!(report.passed().len(), 17);
}

#[test]
fn connections_in_memory() {
    let report = connections(&Connections).unwrap();
    assert_eq!(report.skipped(), ["connections.restart"]);
    assert_eq!(report.passed().len(), 20);
}

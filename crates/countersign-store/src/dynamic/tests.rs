use std::sync::Arc;

use countersign_clock::{UnixTime, Window};
use countersign_key::Secret;

use crate::{
    Commit, Consumer, ConsumerKind, ConsumerStore, Credential, DynConsumerStore, DynNonceStore,
    DynTokenStore, Expected, FingerprintKey, GrantId, Insertion, MemoryConsumerStore,
    MemoryNonceStore, MemoryTokenStore, Nonce, NonceStore, NullNonceStore, Start, StoreError,
    TokenStore, Version,
};

/// Stores in memory never wait.
fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut context = core::task::Context::from_waker(core::task::Waker::noop());
    match core::pin::pin!(future).poll(&mut context) {
        core::task::Poll::Ready(value) => value,
        core::task::Poll::Pending => panic!("it waits"),
    }
}

async fn generic(store: impl NonceStore, now: UnixTime) -> Result<Insertion, StoreError> {
    store.insert(Nonce::new("c", "t", now, "n"), now).await
}

#[test]
fn pointers_to_stores_are_stores() {
    let now = UnixTime::from_seconds(1_700_000_000);
    let key = FingerprintKey::from_bytes([7; 16]);
    let store = Arc::new(MemoryNonceStore::new(
        key,
        Window::default(),
        Start::FirstStart,
    ));
    let dynamic: Arc<dyn DynNonceStore> = store.clone();
    assert_eq!(ready(generic(store, now)).unwrap(), Insertion::New);
    assert_eq!(ready(generic(dynamic, now)).unwrap(), Insertion::Used);

    let consumers: Arc<dyn DynConsumerStore> = Arc::new(MemoryConsumerStore::new());
    let secret = Credential::Secret(Arc::new(Secret::new("s")));
    let consumer = Consumer::new("c", ConsumerKind::Public, secret);
    let put = ready(consumers.put_consumer(Expected::Absent, consumer)).unwrap();
    assert_eq!(put, Commit::Done);
    assert!(ready(consumers.consumer("c")).unwrap().is_some());
    assert_eq!(ready(consumers.consumers(None, 9)).unwrap().len(), 1);
    let expected = Expected::Version(Version::FIRST);
    let removed = ready(consumers.remove_consumer(expected, "c")).unwrap();
    assert_eq!(removed, Commit::Done);

    let tokens: Arc<dyn DynTokenStore> = Arc::new(MemoryTokenStore::new());
    let id = GrantId::from_bytes([1; 16]);
    assert!(ready(tokens.grant(id)).unwrap().is_none());
    assert_eq!(ready(tokens.forget(now, 9)).unwrap(), 0);
}

#[test]
fn no_store_accepts_nothing() {
    let now = UnixTime::from_seconds(1_700_000_000);
    let refused = ready(generic(NullNonceStore::new(), now));
    assert!(matches!(refused, Err(StoreError::Unavailable(Some(_)))));
}

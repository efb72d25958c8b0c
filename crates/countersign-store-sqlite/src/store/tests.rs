use core::num::NonZeroUsize;
use core::pin::pin;
use core::task::{Context, Waker};
use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_key::{RandomError, Secret, SecureRandom};
use countersign_store::testing::block_on;
use countersign_store::{
    AccessToken, Change, Commit, Consumer, ConsumerKind, ConsumerStore as _, Credential, Expected,
    Fingerprint, Grant, GrantId, StoreError, TokenStore as _,
};
use countersign_token::Expiry;

use super::SqliteStore;
use crate::Options;

const NOW: UnixTime = UnixTime::from_seconds(1_790_000_000);

struct Zeros;

impl SecureRandom for Zeros {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomError> {
        bytes.fill(0);
        Ok(())
    }
}

const TOKEN: Fingerprint = Fingerprint::from_bytes([1; 16]);
const UNKNOWN: Fingerprint = Fingerprint::from_bytes([2; 16]);

/// A store with one consumer and one token.
fn store(directory: &tempfile::TempDir) -> SqliteStore {
    let options = Options::dangerous_without_seal()
        .create_if_missing()
        .with_readers(NonZeroUsize::MIN);
    let path = directory.path().join("store.db");
    let store = SqliteStore::open(path, &options, NOW, Zeros).unwrap();
    let secret = Arc::new(Secret::new("secret"));
    let credential = Credential::Secret(Arc::clone(&secret));
    let consumer = Consumer::new("known", ConsumerKind::Public, credential);
    let put = block_on(store.put_consumer(Expected::Absent, consumer));
    assert_eq!(put.unwrap(), Commit::Done);
    let id = GrantId::from_bytes([1; 16]);
    let grant = Grant::new(id, "known", "Acme", "ann", NOW, Expiry::NEVER);
    let token = AccessToken::new(TOKEN, &grant, secret, NOW, Expiry::after(NOW, 1_800));
    let change = Change::new().grant(Expected::Absent, grant).access(token);
    assert_eq!(block_on(store.commit(change)).unwrap(), Commit::Done);
    store
}

/// Whether it is answered without a reader.
fn is_known<T>(lookup: impl Future<Output = Result<Option<T>, StoreError>>) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    pin!(lookup).poll(&mut context).is_ready()
}

#[test]
fn a_look_that_is_even_asks_the_file_whatever_was_found_before() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(&directory);
    for _ in 0..2 {
        assert!(block_on(store.consumer("known")).unwrap().is_some());
        assert!(block_on(store.access(TOKEN)).unwrap().is_some());
        assert!(block_on(store.consumer_evenly("known")).unwrap().is_some());
        assert!(block_on(store.access_evenly(TOKEN)).unwrap().is_some());
        assert!(block_on(store.consumer_evenly("none")).unwrap().is_none());
        assert!(block_on(store.access_evenly(UNKNOWN)).unwrap().is_none());
    }
    // The one reader is busy from here on, until the test is over.
    let (over, wait) = std::sync::mpsc::channel::<()>();
    let busy = store.shared.readers.ask(move |_| {
        let _over = wait.recv();
        Ok(())
    });
    for (key, token) in [("known", TOKEN), ("none", UNKNOWN)] {
        assert!(!is_known(store.consumer_evenly(key)), "{key}");
        assert!(!is_known(store.access_evenly(token)), "{key}");
    }
    if cfg!(target_os = "linux") {
        assert!(is_known(store.consumer("known")));
        assert!(is_known(store.access(TOKEN)));
    }
    assert!(!is_known(store.consumer("none")));
    assert!(!is_known(store.access(UNKNOWN)));
    drop(over);
    block_on(busy.unwrap().read()).unwrap();
}

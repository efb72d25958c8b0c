//! What the tests have in common.

use core::future::Future;
use core::pin::pin;
use core::sync::atomic::{AtomicU64, Ordering};
use core::task::{Context, Poll, Waker};
use std::path::Path;
use std::sync::Arc;
use std::task::Wake;
use std::thread::Thread;

use countersign_clock::UnixTime;
use countersign_key::{RandomError, Secret, SecureRandom};
use countersign_store::{
    AccessToken, Consumer, ConsumerKind, Credential, Domain, Fingerprint, FingerprintKey, Grant,
    GrantId, Insertion, Nonce, NonceStore, StoreError,
};
use countersign_store_sqlite::{OpenError, Options, SqliteStore};
use countersign_token::Expiry;

pub(crate) const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);

/// Different bytes each time, the same in each run.
#[derive(Debug, Default)]
pub(crate) struct Counter;

static COUNT: AtomicU64 = AtomicU64::new(1);

impl SecureRandom for Counter {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError> {
        for chunk in out.chunks_mut(8) {
            let number = COUNT.fetch_add(1, Ordering::Relaxed);
            let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes();
            chunk.copy_from_slice(&mixed[..chunk.len()]);
        }
        Ok(())
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs a future on this thread: the store needs no runtime.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}

pub(crate) fn options() -> Options {
    Options::dangerous_without_seal().create_if_missing()
}

pub(crate) fn open(path: &Path) -> Result<SqliteStore, OpenError> {
    SqliteStore::open(path, &options(), NOW, Counter)
}

pub(crate) fn insert(
    store: &SqliteStore,
    timestamp: UnixTime,
    nonce: &str,
) -> Result<Insertion, StoreError> {
    block_on(store.insert(Nonce::new("consumer", "token", timestamp, nonce), NOW))
}

pub(crate) fn consumer(key: &str, secret: &str) -> Consumer {
    let secret = Credential::Secret(Arc::new(Secret::new(secret)));
    Consumer::new(key, ConsumerKind::Public, secret)
}

pub(crate) fn fingerprint(text: &str) -> Fingerprint {
    FingerprintKey::from_bytes([3; 16]).of(Domain::Token, &[text.as_bytes()])
}

pub(crate) fn grant(id: u8, consumer: &str, organisation: &str) -> Grant {
    let id = GrantId::from_bytes([id; 16]);
    Grant::new(id, consumer, organisation, "user", NOW, Expiry::NEVER)
}

pub(crate) fn access(grant: &Grant, token: &str) -> AccessToken {
    let secret = Arc::new(Secret::new(format!("secret of {token}")));
    AccessToken::new(fingerprint(token), grant, secret, NOW, Expiry::NEVER)
}

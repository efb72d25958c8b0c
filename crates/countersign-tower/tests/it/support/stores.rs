//! Stores that fail.

use countersign_clock::UnixTime;
use countersign_store::{Insertion, Nonce, NonceStore, StoreError};

/// A store of nonces that can't be reached.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct FailingNonces;

impl NonceStore for FailingNonces {
    async fn insert(&self, _: Nonce<'_>, _: UnixTime) -> Result<Insertion, StoreError> {
        Err(StoreError::unavailable("connection refused"))
    }
}

//! No store of nonces at all.

use countersign_clock::UnixTime;

use crate::error::StoreError;
use crate::nonce::{Insertion, Nonce, NonceStore};

/// Refuses every request: what stands in where no store of nonces was configured.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct NullNonceStore;

impl NullNonceStore {
    /// The store that refuses.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl NonceStore for NullNonceStore {
    async fn insert(&self, _nonce: Nonce<'_>, _now: UnixTime) -> Result<Insertion, StoreError> {
        Err(StoreError::unavailable("there is no store of nonces"))
    }
}

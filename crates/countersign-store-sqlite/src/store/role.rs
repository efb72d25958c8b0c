//! What a process does with the store.

use core::fmt;
use std::sync::Arc;

use countersign_store::MemoryNonceStore;

use crate::lease::Lease;

/// What a process does with the store: [`Serving`] or [`Administration`].
pub trait Role: sealed::Sealed + fmt::Debug + Send + Sync + 'static {}

mod sealed {
    #[expect(unnameable_types, reason = "nobody else is to implement a role")]
    pub trait Sealed {}
}

/// Answers requests. One process at a time: it owns the nonces.
#[derive(Debug)]
pub struct Serving {
    nonces: Arc<MemoryNonceStore>,
    _lease: Lease,
}

impl Serving {
    pub(super) const fn new(nonces: Arc<MemoryNonceStore>, lease: Lease) -> Self {
        Self {
            nonces,
            _lease: lease,
        }
    }

    pub(super) fn nonces(&self) -> &MemoryNonceStore {
        &self.nonces
    }
}

/// Changes consumers and grants beside a server, and knows nothing of nonces.
#[derive(Debug)]
#[non_exhaustive]
pub struct Administration;

impl sealed::Sealed for Serving {}
impl sealed::Sealed for Administration {}
impl Role for Serving {}
impl Role for Administration {}

use std::sync::Arc;

use countersign_clock::UnixTime;

use crate::dynamic::BoxFuture;
use crate::error::StoreError;
use crate::nonce::{Insertion, Nonce, NonceStore};

/// [`NonceStore`] for use behind a pointer; every store has it.
///
/// `Arc<dyn DynNonceStore>` is a [`NonceStore`] again.
pub trait DynNonceStore: Send + Sync {
    /// [`NonceStore::insert`].
    fn insert_boxed<'a>(
        &'a self,
        nonce: Nonce<'a>,
        now: UnixTime,
    ) -> BoxFuture<'a, Result<Insertion, StoreError>>;
}

impl<T: NonceStore> DynNonceStore for T {
    fn insert_boxed<'a>(
        &'a self,
        nonce: Nonce<'a>,
        now: UnixTime,
    ) -> BoxFuture<'a, Result<Insertion, StoreError>> {
        Box::pin(self.insert(nonce, now))
    }
}

impl NonceStore for dyn DynNonceStore + '_ {
    async fn insert(&self, nonce: Nonce<'_>, now: UnixTime) -> Result<Insertion, StoreError> {
        self.insert_boxed(nonce, now).await
    }
}

impl<T: NonceStore + ?Sized> NonceStore for Arc<T> {
    async fn insert(&self, nonce: Nonce<'_>, now: UnixTime) -> Result<Insertion, StoreError> {
        (**self).insert(nonce, now).await
    }
}

use std::sync::Arc;

use crate::consumer::{Consumer, ConsumerStore};
use crate::dynamic::BoxFuture;
use crate::error::StoreError;
use crate::listing::Listing;
use crate::version::{Commit, Expected, Versioned};

/// [`ConsumerStore`] for use behind a pointer; every store has it.
///
/// `Arc<dyn DynConsumerStore>` is a [`ConsumerStore`] again.
pub trait DynConsumerStore: Send + Sync {
    /// [`ConsumerStore::consumer`].
    fn consumer_boxed<'a>(
        &'a self,
        key: &'a str,
    ) -> BoxFuture<'a, Result<Option<Arc<Versioned<Consumer>>>, StoreError>>;

    /// [`ConsumerStore::consumer_evenly`].
    fn consumer_evenly_boxed<'a>(
        &'a self,
        key: &'a str,
    ) -> BoxFuture<'a, Result<Option<Arc<Versioned<Consumer>>>, StoreError>>;

    /// [`ConsumerStore::put_consumer`].
    fn put_consumer_boxed(
        &self,
        expected: Expected,
        consumer: Consumer,
    ) -> BoxFuture<'_, Result<Commit, StoreError>>;

    /// [`ConsumerStore::remove_consumer`].
    fn remove_consumer_boxed<'a>(
        &'a self,
        expected: Expected,
        key: &'a str,
    ) -> BoxFuture<'a, Result<Commit, StoreError>>;

    /// [`ConsumerStore::consumers`].
    fn consumers_boxed<'a>(
        &'a self,
        after: Option<&'a str>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Listing<Consumer>, StoreError>>;
}

impl<T: ConsumerStore> DynConsumerStore for T {
    fn consumer_boxed<'a>(
        &'a self,
        key: &'a str,
    ) -> BoxFuture<'a, Result<Option<Arc<Versioned<Consumer>>>, StoreError>> {
        Box::pin(self.consumer(key))
    }

    fn consumer_evenly_boxed<'a>(
        &'a self,
        key: &'a str,
    ) -> BoxFuture<'a, Result<Option<Arc<Versioned<Consumer>>>, StoreError>> {
        Box::pin(self.consumer_evenly(key))
    }

    fn put_consumer_boxed(
        &self,
        expected: Expected,
        consumer: Consumer,
    ) -> BoxFuture<'_, Result<Commit, StoreError>> {
        Box::pin(self.put_consumer(expected, consumer))
    }

    fn remove_consumer_boxed<'a>(
        &'a self,
        expected: Expected,
        key: &'a str,
    ) -> BoxFuture<'a, Result<Commit, StoreError>> {
        Box::pin(self.remove_consumer(expected, key))
    }

    fn consumers_boxed<'a>(
        &'a self,
        after: Option<&'a str>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Listing<Consumer>, StoreError>> {
        Box::pin(self.consumers(after, limit))
    }
}

impl ConsumerStore for dyn DynConsumerStore + '_ {
    async fn consumer(&self, key: &str) -> Result<Option<Arc<Versioned<Consumer>>>, StoreError> {
        self.consumer_boxed(key).await
    }

    async fn consumer_evenly(
        &self,
        key: &str,
    ) -> Result<Option<Arc<Versioned<Consumer>>>, StoreError> {
        self.consumer_evenly_boxed(key).await
    }

    async fn put_consumer(
        &self,
        expected: Expected,
        consumer: Consumer,
    ) -> Result<Commit, StoreError> {
        self.put_consumer_boxed(expected, consumer).await
    }

    async fn remove_consumer(&self, expected: Expected, key: &str) -> Result<Commit, StoreError> {
        self.remove_consumer_boxed(expected, key).await
    }

    async fn consumers(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Listing<Consumer>, StoreError> {
        self.consumers_boxed(after, limit).await
    }
}

impl<T: ConsumerStore + ?Sized> ConsumerStore for Arc<T> {
    async fn consumer(&self, key: &str) -> Result<Option<Arc<Versioned<Consumer>>>, StoreError> {
        (**self).consumer(key).await
    }

    async fn consumer_evenly(
        &self,
        key: &str,
    ) -> Result<Option<Arc<Versioned<Consumer>>>, StoreError> {
        (**self).consumer_evenly(key).await
    }

    async fn put_consumer(
        &self,
        expected: Expected,
        consumer: Consumer,
    ) -> Result<Commit, StoreError> {
        (**self).put_consumer(expected, consumer).await
    }

    async fn remove_consumer(&self, expected: Expected, key: &str) -> Result<Commit, StoreError> {
        (**self).remove_consumer(expected, key).await
    }

    async fn consumers(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Listing<Consumer>, StoreError> {
        (**self).consumers(after, limit).await
    }
}

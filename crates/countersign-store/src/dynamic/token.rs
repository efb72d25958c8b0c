use std::sync::Arc;

use countersign_clock::UnixTime;

use crate::dynamic::BoxFuture;
use crate::error::StoreError;
use crate::fingerprint::Fingerprint;
use crate::listing::Listing;
use crate::token::{
    Change, Grant, GrantId, GrantSelection, TemporaryCredentials, TokenAndGrant, TokenStore,
};
use crate::version::{Commit, Versioned};

/// [`TokenStore`] for use behind a pointer; every store has it.
///
/// `Arc<dyn DynTokenStore>` is a [`TokenStore`] again.
pub trait DynTokenStore: Send + Sync {
    /// [`TokenStore::temporary`].
    fn temporary_boxed(
        &self,
        token: Fingerprint,
    ) -> BoxFuture<'_, Result<Option<Arc<Versioned<TemporaryCredentials>>>, StoreError>>;

    /// [`TokenStore::approved`].
    fn approved_boxed<'a>(
        &'a self,
        organisation: &'a str,
    ) -> BoxFuture<'a, Result<Listing<TemporaryCredentials>, StoreError>>;

    /// [`TokenStore::temporary_count`].
    fn temporary_count_boxed<'a>(
        &'a self,
        consumer_key: &'a str,
        most: usize,
    ) -> BoxFuture<'a, Result<usize, StoreError>>;

    /// [`TokenStore::access`].
    fn access_boxed(
        &self,
        token: Fingerprint,
    ) -> BoxFuture<'_, Result<Option<TokenAndGrant>, StoreError>>;

    /// [`TokenStore::access_evenly`].
    fn access_evenly_boxed(
        &self,
        token: Fingerprint,
    ) -> BoxFuture<'_, Result<Option<TokenAndGrant>, StoreError>>;

    /// [`TokenStore::grant`].
    fn grant_boxed(
        &self,
        id: GrantId,
    ) -> BoxFuture<'_, Result<Option<Arc<Versioned<Grant>>>, StoreError>>;

    /// [`TokenStore::live_grant`].
    fn live_grant_boxed<'a>(
        &'a self,
        consumer_key: &'a str,
        organisation: &'a str,
    ) -> BoxFuture<'a, Result<Option<Arc<Versioned<Grant>>>, StoreError>>;

    /// [`TokenStore::grants`].
    fn grants_boxed<'a>(
        &'a self,
        selection: GrantSelection<'a>,
        after: Option<GrantId>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Listing<Grant>, StoreError>>;

    /// [`TokenStore::commit`].
    fn commit_boxed(&self, change: Change) -> BoxFuture<'_, Result<Commit, StoreError>>;

    /// [`TokenStore::forget`].
    fn forget_boxed(&self, now: UnixTime, limit: usize)
    -> BoxFuture<'_, Result<usize, StoreError>>;
}

impl<T: TokenStore> DynTokenStore for T {
    fn temporary_boxed(
        &self,
        token: Fingerprint,
    ) -> BoxFuture<'_, Result<Option<Arc<Versioned<TemporaryCredentials>>>, StoreError>> {
        Box::pin(self.temporary(token))
    }

    fn approved_boxed<'a>(
        &'a self,
        organisation: &'a str,
    ) -> BoxFuture<'a, Result<Listing<TemporaryCredentials>, StoreError>> {
        Box::pin(self.approved(organisation))
    }

    fn temporary_count_boxed<'a>(
        &'a self,
        consumer_key: &'a str,
        most: usize,
    ) -> BoxFuture<'a, Result<usize, StoreError>> {
        Box::pin(self.temporary_count(consumer_key, most))
    }

    fn access_boxed(
        &self,
        token: Fingerprint,
    ) -> BoxFuture<'_, Result<Option<TokenAndGrant>, StoreError>> {
        Box::pin(self.access(token))
    }

    fn access_evenly_boxed(
        &self,
        token: Fingerprint,
    ) -> BoxFuture<'_, Result<Option<TokenAndGrant>, StoreError>> {
        Box::pin(self.access_evenly(token))
    }

    fn grant_boxed(
        &self,
        id: GrantId,
    ) -> BoxFuture<'_, Result<Option<Arc<Versioned<Grant>>>, StoreError>> {
        Box::pin(self.grant(id))
    }

    fn live_grant_boxed<'a>(
        &'a self,
        consumer_key: &'a str,
        organisation: &'a str,
    ) -> BoxFuture<'a, Result<Option<Arc<Versioned<Grant>>>, StoreError>> {
        Box::pin(self.live_grant(consumer_key, organisation))
    }

    fn grants_boxed<'a>(
        &'a self,
        selection: GrantSelection<'a>,
        after: Option<GrantId>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Listing<Grant>, StoreError>> {
        Box::pin(self.grants(selection, after, limit))
    }

    fn commit_boxed(&self, change: Change) -> BoxFuture<'_, Result<Commit, StoreError>> {
        Box::pin(self.commit(change))
    }

    fn forget_boxed(
        &self,
        now: UnixTime,
        limit: usize,
    ) -> BoxFuture<'_, Result<usize, StoreError>> {
        Box::pin(self.forget(now, limit))
    }
}

impl TokenStore for dyn DynTokenStore + '_ {
    async fn temporary(
        &self,
        token: Fingerprint,
    ) -> Result<Option<Arc<Versioned<TemporaryCredentials>>>, StoreError> {
        self.temporary_boxed(token).await
    }

    async fn approved(
        &self,
        organisation: &str,
    ) -> Result<Listing<TemporaryCredentials>, StoreError> {
        self.approved_boxed(organisation).await
    }

    async fn temporary_count(&self, consumer_key: &str, most: usize) -> Result<usize, StoreError> {
        self.temporary_count_boxed(consumer_key, most).await
    }

    async fn access(&self, token: Fingerprint) -> Result<Option<TokenAndGrant>, StoreError> {
        self.access_boxed(token).await
    }

    async fn access_evenly(&self, token: Fingerprint) -> Result<Option<TokenAndGrant>, StoreError> {
        self.access_evenly_boxed(token).await
    }

    async fn grant(&self, id: GrantId) -> Result<Option<Arc<Versioned<Grant>>>, StoreError> {
        self.grant_boxed(id).await
    }

    async fn live_grant(
        &self,
        consumer_key: &str,
        organisation: &str,
    ) -> Result<Option<Arc<Versioned<Grant>>>, StoreError> {
        self.live_grant_boxed(consumer_key, organisation).await
    }

    async fn grants(
        &self,
        selection: GrantSelection<'_>,
        after: Option<GrantId>,
        limit: usize,
    ) -> Result<Listing<Grant>, StoreError> {
        self.grants_boxed(selection, after, limit).await
    }

    async fn commit(&self, change: Change) -> Result<Commit, StoreError> {
        self.commit_boxed(change).await
    }

    async fn forget(&self, now: UnixTime, limit: usize) -> Result<usize, StoreError> {
        self.forget_boxed(now, limit).await
    }
}

impl<T: TokenStore + ?Sized> TokenStore for Arc<T> {
    async fn temporary(
        &self,
        token: Fingerprint,
    ) -> Result<Option<Arc<Versioned<TemporaryCredentials>>>, StoreError> {
        (**self).temporary(token).await
    }

    async fn approved(
        &self,
        organisation: &str,
    ) -> Result<Listing<TemporaryCredentials>, StoreError> {
        (**self).approved(organisation).await
    }

    async fn temporary_count(&self, consumer_key: &str, most: usize) -> Result<usize, StoreError> {
        (**self).temporary_count(consumer_key, most).await
    }

    async fn access(&self, token: Fingerprint) -> Result<Option<TokenAndGrant>, StoreError> {
        (**self).access(token).await
    }

    async fn access_evenly(&self, token: Fingerprint) -> Result<Option<TokenAndGrant>, StoreError> {
        (**self).access_evenly(token).await
    }

    async fn grant(&self, id: GrantId) -> Result<Option<Arc<Versioned<Grant>>>, StoreError> {
        (**self).grant(id).await
    }

    async fn live_grant(
        &self,
        consumer_key: &str,
        organisation: &str,
    ) -> Result<Option<Arc<Versioned<Grant>>>, StoreError> {
        (**self).live_grant(consumer_key, organisation).await
    }

    async fn grants(
        &self,
        selection: GrantSelection<'_>,
        after: Option<GrantId>,
        limit: usize,
    ) -> Result<Listing<Grant>, StoreError> {
        (**self).grants(selection, after, limit).await
    }

    async fn commit(&self, change: Change) -> Result<Commit, StoreError> {
        (**self).commit(change).await
    }

    async fn forget(&self, now: UnixTime, limit: usize) -> Result<usize, StoreError> {
        (**self).forget(now, limit).await
    }
}

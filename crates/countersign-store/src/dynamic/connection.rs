use std::sync::Arc;

use countersign_clock::UnixTime;

use crate::connection::{
    AnswerNumber, Connection, ConnectionChange, ConnectionCommit, ConnectionId, ConnectionStore,
    Fence, FoundConnection, HistoryEntry, RawAnswer,
};
use crate::dynamic::BoxFuture;
use crate::error::StoreError;
use crate::listing::Listing;
use crate::version::{Commit, Expected};

/// [`ConnectionStore`] for use behind a pointer; every store has it.
///
/// `Arc<dyn DynConnectionStore>` is a [`ConnectionStore`] again.
pub trait DynConnectionStore: Send + Sync {
    /// [`ConnectionStore::connection`].
    fn connection_boxed<'a>(
        &'a self,
        id: &'a ConnectionId,
    ) -> BoxFuture<'a, Result<Option<FoundConnection>, StoreError>>;

    /// [`ConnectionStore::connections`].
    fn connections_boxed<'a>(
        &'a self,
        after: Option<&'a ConnectionId>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Listing<Connection>, StoreError>>;

    /// [`ConnectionStore::unsettled`].
    fn unsettled_boxed<'a>(
        &'a self,
        after: Option<&'a ConnectionId>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<ConnectionId>, StoreError>>;

    /// [`ConnectionStore::commit`].
    fn commit_connection_boxed(
        &self,
        change: ConnectionChange,
    ) -> BoxFuture<'_, Result<ConnectionCommit, StoreError>>;

    /// [`ConnectionStore::extend_lease`].
    fn extend_lease_boxed<'a>(
        &'a self,
        id: &'a ConnectionId,
        fence: Fence,
        until: UnixTime,
    ) -> BoxFuture<'a, Result<bool, StoreError>>;

    /// [`ConnectionStore::keep_answer`].
    fn keep_answer_boxed<'a>(
        &'a self,
        id: &'a ConnectionId,
        answer: RawAnswer,
    ) -> BoxFuture<'a, Result<Option<AnswerNumber>, StoreError>>;

    /// [`ConnectionStore::history`].
    fn history_boxed<'a>(
        &'a self,
        id: &'a ConnectionId,
    ) -> BoxFuture<'a, Result<Vec<HistoryEntry>, StoreError>>;

    /// [`ConnectionStore::remove_connection`].
    fn remove_connection_boxed<'a>(
        &'a self,
        expected: Expected,
        id: &'a ConnectionId,
    ) -> BoxFuture<'a, Result<Commit, StoreError>>;
}

impl<T: ConnectionStore> DynConnectionStore for T {
    fn connection_boxed<'a>(
        &'a self,
        id: &'a ConnectionId,
    ) -> BoxFuture<'a, Result<Option<FoundConnection>, StoreError>> {
        Box::pin(self.connection(id))
    }

    fn connections_boxed<'a>(
        &'a self,
        after: Option<&'a ConnectionId>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Listing<Connection>, StoreError>> {
        Box::pin(self.connections(after, limit))
    }

    fn unsettled_boxed<'a>(
        &'a self,
        after: Option<&'a ConnectionId>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<ConnectionId>, StoreError>> {
        Box::pin(self.unsettled(after, limit))
    }

    fn commit_connection_boxed(
        &self,
        change: ConnectionChange,
    ) -> BoxFuture<'_, Result<ConnectionCommit, StoreError>> {
        Box::pin(self.commit(change))
    }

    fn extend_lease_boxed<'a>(
        &'a self,
        id: &'a ConnectionId,
        fence: Fence,
        until: UnixTime,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(self.extend_lease(id, fence, until))
    }

    fn keep_answer_boxed<'a>(
        &'a self,
        id: &'a ConnectionId,
        answer: RawAnswer,
    ) -> BoxFuture<'a, Result<Option<AnswerNumber>, StoreError>> {
        Box::pin(self.keep_answer(id, answer))
    }

    fn history_boxed<'a>(
        &'a self,
        id: &'a ConnectionId,
    ) -> BoxFuture<'a, Result<Vec<HistoryEntry>, StoreError>> {
        Box::pin(self.history(id))
    }

    fn remove_connection_boxed<'a>(
        &'a self,
        expected: Expected,
        id: &'a ConnectionId,
    ) -> BoxFuture<'a, Result<Commit, StoreError>> {
        Box::pin(self.remove_connection(expected, id))
    }
}

impl ConnectionStore for dyn DynConnectionStore + '_ {
    async fn connection(&self, id: &ConnectionId) -> Result<Option<FoundConnection>, StoreError> {
        self.connection_boxed(id).await
    }

    async fn connections(
        &self,
        after: Option<&ConnectionId>,
        limit: usize,
    ) -> Result<Listing<Connection>, StoreError> {
        self.connections_boxed(after, limit).await
    }

    async fn unsettled(
        &self,
        after: Option<&ConnectionId>,
        limit: usize,
    ) -> Result<Vec<ConnectionId>, StoreError> {
        self.unsettled_boxed(after, limit).await
    }

    async fn commit(&self, change: ConnectionChange) -> Result<ConnectionCommit, StoreError> {
        self.commit_connection_boxed(change).await
    }

    async fn extend_lease(
        &self,
        id: &ConnectionId,
        fence: Fence,
        until: UnixTime,
    ) -> Result<bool, StoreError> {
        self.extend_lease_boxed(id, fence, until).await
    }

    async fn keep_answer(
        &self,
        id: &ConnectionId,
        answer: RawAnswer,
    ) -> Result<Option<AnswerNumber>, StoreError> {
        self.keep_answer_boxed(id, answer).await
    }

    async fn history(&self, id: &ConnectionId) -> Result<Vec<HistoryEntry>, StoreError> {
        self.history_boxed(id).await
    }

    async fn remove_connection(
        &self,
        expected: Expected,
        id: &ConnectionId,
    ) -> Result<Commit, StoreError> {
        self.remove_connection_boxed(expected, id).await
    }
}

impl<T: ConnectionStore + ?Sized> ConnectionStore for Arc<T> {
    async fn connection(&self, id: &ConnectionId) -> Result<Option<FoundConnection>, StoreError> {
        (**self).connection(id).await
    }

    async fn connections(
        &self,
        after: Option<&ConnectionId>,
        limit: usize,
    ) -> Result<Listing<Connection>, StoreError> {
        (**self).connections(after, limit).await
    }

    async fn unsettled(
        &self,
        after: Option<&ConnectionId>,
        limit: usize,
    ) -> Result<Vec<ConnectionId>, StoreError> {
        (**self).unsettled(after, limit).await
    }

    async fn commit(&self, change: ConnectionChange) -> Result<ConnectionCommit, StoreError> {
        (**self).commit(change).await
    }

    async fn extend_lease(
        &self,
        id: &ConnectionId,
        fence: Fence,
        until: UnixTime,
    ) -> Result<bool, StoreError> {
        (**self).extend_lease(id, fence, until).await
    }

    async fn keep_answer(
        &self,
        id: &ConnectionId,
        answer: RawAnswer,
    ) -> Result<Option<AnswerNumber>, StoreError> {
        (**self).keep_answer(id, answer).await
    }

    async fn history(&self, id: &ConnectionId) -> Result<Vec<HistoryEntry>, StoreError> {
        (**self).history(id).await
    }

    async fn remove_connection(
        &self,
        expected: Expected,
        id: &ConnectionId,
    ) -> Result<Commit, StoreError> {
        (**self).remove_connection(expected, id).await
    }
}

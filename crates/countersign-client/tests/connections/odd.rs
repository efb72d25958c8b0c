//! A store that fails, or sleeps.

use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, RwLock};

use countersign_clock::UnixTime;
use countersign_store::{
    AnswerNumber, Commit, Connection, ConnectionChange, ConnectionCommit, ConnectionId,
    ConnectionStore, DynConnectionStore, Expected, Fence, FoundConnection, HistoryEntry, Listing,
    RawAnswer, StoreError,
};

use crate::support::Clock;

pub(crate) struct Odd {
    inner: RwLock<Arc<dyn DynConnectionStore>>,
    clock: Clock,
    /// So many commits work, whatever comes after.
    pub(crate) good: AtomicUsize,
    /// Then so many do not.
    pub(crate) failing: AtomicUsize,
    /// Whether no answer can be kept.
    pub(crate) keeps_fail: bool,
    /// So many commits take longer than a lease.
    pub(crate) sleeps: AtomicUsize,
    unreadable: Mutex<Option<ConnectionId>>,
}

impl Odd {
    pub(crate) fn new(inner: impl ConnectionStore + 'static, clock: &Clock) -> Self {
        Self {
            inner: RwLock::new(Arc::new(inner)),
            clock: clock.clone(),
            good: AtomicUsize::new(0),
            failing: AtomicUsize::new(0),
            keeps_fail: false,
            sleeps: AtomicUsize::new(0),
            unreadable: Mutex::new(None),
        }
    }

    /// From now on this one can't be read.
    pub(crate) fn set_unreadable(&self, id: Option<ConnectionId>) {
        *self.unreadable.lock().unwrap() = id;
    }

    /// Has another store in its place.
    pub(crate) fn switch(&self, other: impl ConnectionStore + 'static) {
        *self.inner.write().unwrap() = Arc::new(other);
    }

    fn inner(&self) -> Arc<dyn DynConnectionStore> {
        Arc::clone(&self.inner.read().unwrap())
    }
}

/// One of so many.
fn take(left: &AtomicUsize) -> bool {
    let less = |left: usize| left.checked_sub(1);
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less)
        .is_ok()
}

const fn full() -> StoreError {
    StoreError::Full {
        limit: 1,
        what: "pages",
    }
}

impl ConnectionStore for Odd {
    async fn connection(&self, id: &ConnectionId) -> Result<Option<FoundConnection>, StoreError> {
        if self.unreadable.lock().unwrap().as_ref() == Some(id) {
            let what = "a row".to_owned();
            return Err(StoreError::Damaged { what });
        }
        self.inner().connection(id).await
    }

    async fn connections(
        &self,
        after: Option<&ConnectionId>,
        limit: usize,
    ) -> Result<Listing<Connection>, StoreError> {
        self.inner().connections(after, limit).await
    }

    async fn unsettled(
        &self,
        after: Option<&ConnectionId>,
        limit: usize,
    ) -> Result<Vec<ConnectionId>, StoreError> {
        self.inner().unsettled(after, limit).await
    }

    async fn commit(&self, change: ConnectionChange) -> Result<ConnectionCommit, StoreError> {
        if !take(&self.good) && take(&self.failing) {
            return Err(full());
        }
        let done = self.inner().commit(change).await;
        if take(&self.sleeps) {
            self.clock.pass(600);
        }
        done
    }

    async fn extend_lease(
        &self,
        id: &ConnectionId,
        fence: Fence,
        until: UnixTime,
    ) -> Result<bool, StoreError> {
        self.inner().extend_lease(id, fence, until).await
    }

    async fn keep_answer(
        &self,
        id: &ConnectionId,
        answer: RawAnswer,
    ) -> Result<Option<AnswerNumber>, StoreError> {
        if self.keeps_fail {
            return Err(full());
        }
        self.inner().keep_answer(id, answer).await
    }

    async fn history(&self, id: &ConnectionId) -> Result<Vec<HistoryEntry>, StoreError> {
        self.inner().history(id).await
    }

    async fn remove_connection(
        &self,
        expected: Expected,
        id: &ConnectionId,
    ) -> Result<Commit, StoreError> {
        self.inner().remove_connection(expected, id).await
    }
}

//! The store as its users see it.

pub(crate) mod open;
mod role;
#[cfg(test)]
mod tests;

pub use role::{Administration, Role, Serving};

use std::path::{Path, PathBuf};
use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_store::{
    Change, Commit, Consumer, ConsumerAt, ConsumerStore, Expected, Fingerprint, FingerprintKey,
    Grant, GrantId, GrantSelection, Insertion, Listing, Moment, Nonce, NonceStore, StoreError,
    TemporaryCredentials, TokenAndGrant, TokenStore, Versioned,
};

use crate::commits::Commits;
use crate::fault::Fault;
use crate::nonces::Entry;
use crate::oneshot::Receiver;
use crate::reader::{Answer, Readers};
use crate::registry::Held;
use crate::tokens::access;
use crate::tokens::grants::Selection;
use crate::writer::{Lookup, Write, WriterThread};
use crate::{Resealing, consumers, tokens, writer};

/// Consumers, tokens and, if it is [`Serving`], nonces, in one SQLite file.
///
/// A handle; clones share the store. When the last one is dropped, what waits is written, the
/// threads end, and the lease with them.
#[derive(Debug)]
pub struct SqliteStore<R = Serving> {
    shared: Arc<Shared<R>>,
}

impl<R> Clone for SqliteStore<R> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

/// In the order in which they are dropped: who writes closes last, and decides about the log; the
/// lease, in the role, outlives the writer, and the claim on the file all connections.
#[derive(Debug)]
struct Shared<R> {
    readers: Readers,
    writer: WriterThread,
    commits: Arc<Commits>,
    fingerprint_key: FingerprintKey,
    path: PathBuf,
    role: R,
    _held: Held,
}

impl<R: Role> SqliteStore<R> {
    /// The key of this store's fingerprints, drawn when the file was made: what tokens and verifiers
    /// are to be looked up by, for as long as the file lives.
    #[must_use]
    pub fn fingerprint_key(&self) -> FingerprintKey {
        self.shared.fingerprint_key.clone()
    }

    /// Goes on to seal again, with the key of now, what an older one sealed, and looks at `limit` rows
    /// for it in one commit. What it answers is where to go on; when that
    /// [is complete](Resealing::is_complete), the older keys may be dropped from the options of every
    /// process.
    ///
    /// Everyone else goes on meanwhile. Have no process seal with the older key any more before it
    /// begins: what is written behind its back is found, but as long as that goes on it is never
    /// complete.
    ///
    /// ```
    /// # use countersign_store::StoreError;
    /// # use countersign_store_sqlite::{Resealing, SqliteStore};
    /// # async fn all(store: &SqliteStore) -> Result<(), StoreError> {
    /// let mut at = Resealing::default();
    /// while !at.is_complete() {
    ///     at = store.reseal(at, 500).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`StoreError`] as for every change; what was answered before stays done. Rows that no key
    /// opens are no error but [listed](Resealing::damaged).
    pub async fn reseal(&self, from: Resealing, limit: usize) -> Result<Resealing, StoreError> {
        self.shared
            .writer
            .write(self.shared.writer.place()?, |reply| {
                Write::Reseal(Box::new(from), limit, reply)
            })
            .await
    }

    /// The file, by the one name that it has.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.shared.path
    }
}

/// A change that was handed over, or what is answered at once.
type Asked<T> = Result<Receiver<Result<T, StoreError>>, Result<T, StoreError>>;

impl SqliteStore {
    fn ask(&self, nonce: &Nonce<'_>, now: UnixTime) -> Asked<Insertion> {
        let shared = &*self.shared;
        // Before the memory changes: a nonce is not burnt because the writer is behind.
        let place = shared.writer.place().map_err(Err)?;
        let memory = shared.role.nonces();
        let kept = memory.kept(nonce);
        let entry = Entry {
            fingerprint: kept.fingerprint,
            consumer: kept.consumer,
            timestamp: nonce.timestamp,
        };
        // A writer that waits looks it up by itself, while the next caller comes.
        let lookup = if shared.writer.is_busy() {
            match memory.insert_kept(&kept, now) {
                Ok(Insertion::New) => Lookup::Done,
                known => return Err(known),
            }
        } else {
            Lookup::Due
        };
        // An error leaves the nonce used in memory: that refuses an honest request at worst.
        Ok(writer::ask(place, |reply| {
            Write::Nonce(entry, now, lookup, reply)
        }))
    }
}

impl NonceStore for SqliteStore {
    async fn insert(&self, nonce: Nonce<'_>, now: UnixTime) -> Result<Insertion, StoreError> {
        match self.ask(&nonce, now) {
            Ok(asked) => writer::answer(asked).await,
            Err(known) => known,
        }
    }
}

/// Whether what was looked up before is given again without a look at the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    IfNeedBe,
    /// What is not there was never looked up before: to be quicker would tell it apart.
    EachTime,
}

impl<R> Shared<R> {
    /// What was looked up before, or who looks it up now.
    fn find_consumer(
        &self,
        key: &str,
        look: Look,
        age: Option<u64>,
    ) -> Found<Arc<Versioned<Consumer>>> {
        let known = || self.readers.caches().consumers.since(age, key);
        if look == Look::IfNeedBe
            && let Some(found) = known()
        {
            return Err(Ok(Some(found)));
        }
        let key = key.to_owned();
        self.readers
            .ask(move |r| consumers::read(&r.connection, &r.seal, &r.caches.consumers, age, &key))
            .map_err(Err)
    }

    fn find_access(
        &self,
        token: Fingerprint,
        look: Look,
        age: Option<u64>,
    ) -> Found<TokenAndGrant> {
        let known = || self.readers.caches().access.since(age, &token);
        if look == Look::IfNeedBe
            && let Some(found) = known()
        {
            return Err(Ok(Some(found)));
        }
        self.readers
            .ask(move |r| access::read(&r.connection, &r.seal, &r.caches.access, age, token))
            .map_err(Err)
    }
}

/// Who looks something up, or what is known already.
type Found<T> = Result<Answer<Option<T>>, Result<Option<T>, StoreError>>;

impl<R: Role> ConsumerStore for SqliteStore<R> {
    async fn consumer(&self, key: &str) -> Result<Option<Arc<Versioned<Consumer>>>, StoreError> {
        self.consumer_at(key).await.map(|(found, _)| found)
    }

    async fn consumer_evenly(
        &self,
        key: &str,
    ) -> Result<Option<Arc<Versioned<Consumer>>>, StoreError> {
        let age = self.shared.commits.age();
        match self.shared.find_consumer(key, Look::EachTime, age) {
            Ok(asked) => asked.read().await,
            Err(known) => known,
        }
    }

    async fn consumer_at(&self, key: &str) -> Result<ConsumerAt, StoreError> {
        let commits = &self.shared.commits;
        let age = commits.age();
        let found = match self.shared.find_consumer(key, Look::IfNeedBe, age) {
            Ok(asked) => asked.read().await,
            Err(known) => known,
        };
        found.map(|found| (found, commits.moment(age)))
    }

    async fn put_consumer(
        &self,
        expected: Expected,
        consumer: Consumer,
    ) -> Result<Commit, StoreError> {
        self.shared
            .writer
            .write(self.shared.writer.place()?, |reply| {
                Write::PutConsumer(expected, Box::new(consumer), reply)
            })
            .await
    }

    async fn remove_consumer(&self, expected: Expected, key: &str) -> Result<Commit, StoreError> {
        self.shared
            .writer
            .write(self.shared.writer.place()?, |reply| {
                Write::RemoveConsumer(expected, key.to_owned(), reply)
            })
            .await
    }

    async fn consumers(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Listing<Consumer>, StoreError> {
        let after = after.map(str::to_owned);
        self.shared
            .readers
            .read(move |r| consumers::list(&r.connection, &r.seal, after.as_deref(), limit))
            .await
    }
}

impl<R: Role> TokenStore for SqliteStore<R> {
    async fn temporary(
        &self,
        token: Fingerprint,
    ) -> Result<Option<Arc<Versioned<TemporaryCredentials>>>, StoreError> {
        self.shared
            .readers
            .read(move |r| tokens::temporary::read(&r.connection, &r.seal, token))
            .await
    }

    async fn approved(
        &self,
        organisation: &str,
    ) -> Result<Listing<TemporaryCredentials>, StoreError> {
        let organisation = organisation.to_owned();
        self.shared
            .readers
            .read(move |r| tokens::temporary::approved(&r.connection, &r.seal, &organisation))
            .await
    }

    async fn temporary_count(&self, consumer_key: &str, most: usize) -> Result<usize, StoreError> {
        let key = consumer_key.to_owned();
        self.shared
            .readers
            .read(move |r| tokens::temporary::count(&r.connection, &key, most))
            .await
    }

    async fn access(&self, token: Fingerprint) -> Result<Option<TokenAndGrant>, StoreError> {
        self.access_since(token, Moment::UNKNOWN).await
    }

    async fn access_evenly(&self, token: Fingerprint) -> Result<Option<TokenAndGrant>, StoreError> {
        let age = self.shared.commits.age();
        match self.shared.find_access(token, Look::EachTime, age) {
            Ok(asked) => asked.read().await,
            Err(known) => known,
        }
    }

    async fn access_since(
        &self,
        token: Fingerprint,
        moment: Moment,
    ) -> Result<Option<TokenAndGrant>, StoreError> {
        let age = self.shared.commits.age_since(moment);
        match self.shared.find_access(token, Look::IfNeedBe, age) {
            Ok(asked) => asked.read().await,
            Err(known) => known,
        }
    }

    async fn grant(&self, id: GrantId) -> Result<Option<Arc<Versioned<Grant>>>, StoreError> {
        self.shared
            .readers
            .read(move |r| tokens::grants::read(&r.connection, &r.seal, id))
            .await
    }

    async fn live_grant(
        &self,
        consumer_key: &str,
        organisation: &str,
    ) -> Result<Option<Arc<Versioned<Grant>>>, StoreError> {
        let (key, organisation) = (consumer_key.to_owned(), organisation.to_owned());
        self.shared
            .readers
            .read(move |r| tokens::grants::standing(&r.connection, &r.seal, &key, &organisation))
            .await
    }

    async fn grants(
        &self,
        selection: GrantSelection<'_>,
        after: Option<GrantId>,
        limit: usize,
    ) -> Result<Listing<Grant>, StoreError> {
        let selection = Selection::of(selection).map_err(Fault::into_error)?;
        self.shared
            .readers
            .read(move |r| tokens::grants::list(&r.connection, &r.seal, &selection, after, limit))
            .await
    }

    async fn commit(&self, change: Change) -> Result<Commit, StoreError> {
        self.shared
            .writer
            .write(self.shared.writer.place()?, |reply| {
                Write::Change(change, reply)
            })
            .await
    }

    async fn forget(&self, now: UnixTime, limit: usize) -> Result<usize, StoreError> {
        self.shared
            .writer
            .write(self.shared.writer.place()?, |reply| {
                Write::Forget(now, limit, reply)
            })
            .await
    }
}

//! The store of a client's connections: a file of its own, shared by many processes.

mod answers;
mod change;
mod founding;
mod history;
mod open;
mod place;
mod row;
mod schema;
mod worker;

use core::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_store::{
    AnswerNumber, Commit, Connection, ConnectionChange, ConnectionCommit, ConnectionId,
    ConnectionStore, Expected, Fence, FoundConnection, HistoryEntry, Listing, RawAnswer,
    StoreError,
};

use crate::Resealing;
use crate::connections::worker::Worker;
use crate::reader::Readers;
use crate::registry::Held;

/// A client's connections in one SQLite file: tokens, leases, raw answers to renewals, histories.
///
/// Any number of processes may share the file; leases keep them from renewing one connection twice.
/// A handle; clones share the store. When the last one is dropped, what waits is written.
///
/// # The answers
///
/// An answer to a renewal is a row of its own, in a commit of its own, with a checksum over all of it,
/// sealed like the tokens. In a database rather than in a file beside it: the log of a
/// database already is an append-only file with checksums, it is synced once for each commit, every
/// process sees what another one kept, and what was kept goes in the same commit in which its token
/// is taken. A renewal costs three syncs: lease and intent, answer, token.
///
/// Room for it is set aside twice: pages in the file when the lease is taken, and bytes on the disk
/// for the log when the store is opened. They are enough for two renewals. When the log has used
/// them up and the disk has no more, it is written back into the file and begins anew; that goes on as
/// long as the file need not grow, and where it grew since it was last written back, the disk must
/// have room for that.
#[derive(Clone)]
pub struct SqliteConnectionStore {
    shared: Arc<Shared>,
}

/// In the order in which they are dropped: who writes closes last, and decides about the log; the
/// claim on the file outlives all connections.
struct Shared {
    readers: Readers,
    worker: Worker,
    path: PathBuf,
    _held: Held,
}

impl fmt::Debug for SqliteConnectionStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteConnectionStore")
            .field("path", &self.shared.path)
            .finish_non_exhaustive()
    }
}

impl SqliteConnectionStore {
    /// The file, by the one name that it has.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// The connections that can't be read.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the file can't be read at all.
    pub async fn damaged(&self) -> Result<Vec<ConnectionId>, StoreError> {
        self.shared
            .readers
            .read(|reader| row::damaged(&reader.connection, &reader.seal))
            .await
    }

    /// Removes a connection that can't be read, with all that belongs to it, so that another can take
    /// its place. False if it can be read, or there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as for every change.
    pub async fn remove_damaged(&self, id: &ConnectionId) -> Result<bool, StoreError> {
        let id = id.clone();
        self.shared
            .worker
            .write(move |connection, tools| change::remove_damaged(connection, &tools.seal, &id))
            .await
    }

    /// Goes on to seal again, with the key of now, what an older one sealed: as
    /// [`SqliteStore::reseal`](crate::SqliteStore::reseal).
    ///
    /// # Errors
    ///
    /// [`StoreError`] as for every change; what was answered before stays done.
    pub async fn reseal(&self, from: Resealing, limit: usize) -> Result<Resealing, StoreError> {
        self.shared
            .worker
            .write(move |connection, tools| {
                let (seal, random) = (&tools.seal, &mut *tools.random);
                from.clone()
                    .go_on(schema::SEALED, connection, seal, random, limit)
            })
            .await
    }
}

impl ConnectionStore for SqliteConnectionStore {
    async fn connection(&self, id: &ConnectionId) -> Result<Option<FoundConnection>, StoreError> {
        let id = id.clone();
        self.shared
            .readers
            .read(move |reader| {
                row::find(&reader.connection, &reader.seal, &id)
                    .map_err(|fault| fault.of("connection", &id))
            })
            .await
    }

    async fn connections(
        &self,
        after: Option<&ConnectionId>,
        limit: usize,
    ) -> Result<Listing<Connection>, StoreError> {
        let after = after.cloned();
        self.shared
            .readers
            .read(move |reader| row::list(&reader.connection, &reader.seal, after.as_ref(), limit))
            .await
    }

    async fn unsettled(
        &self,
        after: Option<&ConnectionId>,
        limit: usize,
    ) -> Result<Vec<ConnectionId>, StoreError> {
        let after = after.cloned();
        self.shared
            .readers
            .read(move |reader| row::unsettled(&reader.connection, after.as_ref(), limit))
            .await
    }

    async fn commit(&self, change: ConnectionChange) -> Result<ConnectionCommit, StoreError> {
        self.shared
            .worker
            .write(move |connection, tools| change::commit(connection, tools, &change))
            .await
    }

    async fn extend_lease(
        &self,
        id: &ConnectionId,
        fence: Fence,
        until: UnixTime,
    ) -> Result<bool, StoreError> {
        let id = id.clone();
        self.shared
            .worker
            .write(move |connection, _| change::extend(connection, &id, fence, until))
            .await
    }

    async fn keep_answer(
        &self,
        id: &ConnectionId,
        answer: RawAnswer,
    ) -> Result<Option<AnswerNumber>, StoreError> {
        let id = id.clone();
        self.shared
            .worker
            .write(move |connection, tools| answers::keep(connection, tools, &id, &answer))
            .await
    }

    async fn history(&self, id: &ConnectionId) -> Result<Vec<HistoryEntry>, StoreError> {
        let id = id.clone();
        self.shared
            .readers
            .read(move |reader| history::read(&reader.connection, &id))
            .await
    }

    async fn remove_connection(
        &self,
        expected: Expected,
        id: &ConnectionId,
    ) -> Result<Commit, StoreError> {
        let id = id.clone();
        self.shared
            .worker
            .write(move |connection, _| change::remove(connection, expected, &id))
            .await
    }
}

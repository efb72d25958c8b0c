//! The store of all profiles' connections, and the key beside it.

use core::num::NonZeroUsize;
use core::time::Duration;
use std::path::{Path, PathBuf};

use countersign_signature::OsRandom;
use countersign_store::seal::Sealer;
use countersign_store::{
    Commit, Connection, ConnectionId, ConnectionStore as _, Expected, FoundConnection,
    HistoryEntry, StoreError,
};
use countersign_store_sqlite::{Options, SqliteConnectionStore};

use super::wait;
use crate::exit::Failure;
use crate::profile::{Name, files};
use crate::seal_keys::KeyFile;

/// Below the configuration directory, for the owner alone.
const DIRECTORY: &str = "connections";
const STORE: &str = "store.db";

/// As long as a renewal by another process may hold the file, and longer: so many processes may open
/// it at once.
const PATIENCE: Duration = Duration::from_secs(30);

/// Rows read at once.
const PAGE: usize = 100;

/// The store of connections, opened.
#[derive(Debug)]
pub(crate) struct Shelf {
    store: SqliteConnectionStore,
}

/// What the store has of a connection.
pub(crate) enum Row {
    Absent,
    Found(FoundConnection),
    /// It can't be read, for this reason.
    Damaged(String),
}

struct Place {
    directory: PathBuf,
    store: PathBuf,
}

impl Place {
    fn below(home: &Path) -> Self {
        let directory = home.join(DIRECTORY);
        Self {
            store: directory.join(STORE),
            directory,
        }
    }

    /// Whether there is a store. One that is empty is being made, or was when its process ended.
    fn is_made(&self) -> Result<bool, Failure> {
        if !files::is_there(&self.directory)? {
            return Ok(false);
        }
        files::check_directory(&self.directory)?;
        match std::fs::metadata(&self.store) {
            Ok(found) => Ok(found.len() > 0),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(Failure::File {
                path: self.store.clone(),
                source,
            }),
        }
    }

    fn open(&self, sealer: Sealer, makes: bool) -> Result<Shelf, Failure> {
        let mut options = Options::sealed_by(sealer)
            .with_busy_timeout(PATIENCE)
            .with_readers(NonZeroUsize::MIN);
        if makes {
            options = options.create_if_missing();
        }
        let store = SqliteConnectionStore::open(&self.store, &options, OsRandom::new())
            .map_err(|error| Failure::work(&error))?;
        Ok(Shelf { store })
    }
}

impl Shelf {
    /// The store, if there is one; `sealer` gives what it is sealed by.
    pub(crate) fn open(
        home: &Path,
        sealer: impl FnOnce() -> Result<Option<Sealer>, Failure>,
    ) -> Result<Option<Self>, Failure> {
        let place = Place::below(home);
        if !place.is_made()? {
            return Ok(None);
        }
        let Some(sealer) = sealer()? else {
            return Err(Failure::Input {
                what: KeyFile::below(home).path().display().to_string(),
                reason: format!(
                    "the key is gone that the tokens in {} are sealed by; put it back, or remove that directory and authorise again: countersign token authorize",
                    place.directory.display()
                ),
            });
        };
        place.open(sealer, false).map(Some)
    }

    /// Makes the store; `sealer` gives what it is to be sealed by. The caller holds the lock.
    pub(crate) fn make(
        home: &Path,
        sealer: impl FnOnce() -> Result<Sealer, Failure>,
    ) -> Result<Self, Failure> {
        let place = Place::below(home);
        files::make_directory(&place.directory)?;
        // Whoever made it may have been stopped before it was durable that it is there.
        files::sync_directory_of(&place.directory)?;
        files::check_directory(&place.directory)?;
        place.open(sealer()?, true)
    }

    pub(crate) fn store(&self) -> &SqliteConnectionStore {
        &self.store
    }

    /// A connection as it is now.
    pub(crate) fn look(&self, id: &ConnectionId) -> Result<Row, Failure> {
        match wait(self.store.connection(id)) {
            Ok(Some(found)) => Ok(Row::Found(found)),
            Ok(None) => Ok(Row::Absent),
            Err(StoreError::Damaged { what }) => Ok(Row::Damaged(what)),
            Err(error) => Err(failed(error)),
        }
    }

    /// Removes a connection that can't be read, if it is one.
    pub(crate) fn remove_damaged(&self, id: &ConnectionId) -> Result<(), Failure> {
        if let Row::Damaged(_) = self.look(id)? {
            wait(self.store.remove_damaged(id)).map_err(failed)?;
        }
        Ok(())
    }

    pub(crate) fn history(&self, id: &ConnectionId) -> Result<Vec<HistoryEntry>, Failure> {
        wait(self.store.history(id)).map_err(failed)
    }

    /// Removes the connections of a profile, of whichever consumers it had.
    pub(crate) fn forget(&self, name: &Name) -> Result<(), Failure> {
        for id in wait(self.store.damaged()).map_err(failed)? {
            if id.account() == name.as_str() {
                self.remove_damaged(&id)?;
            }
        }
        let mut after = None;
        loop {
            let page = wait(self.store.connections(after.as_ref(), PAGE)).map_err(failed)?;
            let Some(last) = page.rows.last() else {
                return Ok(());
            };
            after = Some(last.row.id.clone());
            let all = page.rows.iter().map(|row| &row.row);
            for Connection { id, .. } in all.filter(|row| row.id.account() == name.as_str()) {
                self.remove(id)?;
            }
        }
    }

    fn remove(&self, id: &ConnectionId) -> Result<(), Failure> {
        while let Row::Found(found) = self.look(id)? {
            let expected = Expected::Version(found.row.version);
            let removed = wait(self.store.remove_connection(expected, id)).map_err(failed)?;
            if removed == Commit::Done {
                return Ok(());
            }
        }
        Ok(())
    }
}

pub(super) fn failed(error: StoreError) -> Failure {
    Failure::work(&error)
}

//! How a store of connections is opened.

use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use countersign_key::SecureRandom;
use rusqlite::Connection;

use crate::connection::{self, Result};
use crate::connections::schema::CONNECTIONS;
use crate::connections::worker::{Desk, Tools, Worker};
use crate::connections::{Shared, SqliteConnectionStore, founding};
use crate::error::OpenError;
use crate::fault::Fault;
use crate::file::{self, Identity};
use crate::options::Options;
use crate::reader::Readers;
use crate::registry;
use crate::store::open::reading;
use crate::transaction::Transaction;

/// The log is made this long, so that a disk that fills up while a renewal is under way has room for
/// its answer: two renewals, after which the log is written back and begins anew.
const LOG_BYTES: u64 = 262_144;

impl SqliteConnectionStore {
    /// Opens a store of connections; any number of processes may.
    ///
    /// Of the options those about nonces have no meaning here. `random` must be a secure generator:
    /// the nonces of seals come from it.
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what was expected, what was found and where.
    pub fn open(
        path: impl AsRef<Path>,
        options: &Options,
        random: impl SecureRandom + Send + 'static,
    ) -> Result<Self> {
        let mut random: Box<dyn SecureRandom + Send> = Box::new(random);
        let path = file::resolve(path.as_ref())?;
        make_if_missing(&path, options)?;
        let held = registry::hold(&path, CONNECTIONS.application_id)?;
        let connection = connection::open(&path, options.busy_timeout())?;
        let version = CONNECTIONS.version(&connection, &path)?;
        connection::set(&connection, &path)?;
        CONNECTIONS.migrate(&connection, &path, &mut || {})?;
        founding::found(&connection, &path, &options.seal, &mut *random)?;
        if version < CONNECTIONS.newest() {
            write_back(&connection, &path)?;
        }
        lengthen_log(&connection, &path)?;
        connection
            .pragma_update(None, "max_page_count", options.most_pages)
            .map_err(connection::failed("set up", &path))?;
        let readers: Result<Vec<_>> = (0..options.readers.get())
            .map(|_| reading(&path, options, &CONNECTIONS))
            .collect();
        let spawning = file::failed("start a thread for", &path);
        let readers = Readers::start(readers?, &options.seal, options.queue).map_err(spawning)?;
        let desk = Desk {
            connection,
            identity: Identity::of(&path)?,
            tools: Tools {
                seal: options.seal.clone(),
                random,
            },
            most_pages: options.most_pages,
        };
        let spawning = file::failed("start a thread for", &path);
        let worker = Worker::start(desk, options.queue).map_err(spawning)?;
        Ok(Self {
            shared: Arc::new(Shared {
                worker,
                readers,
                path,
                _held: held,
            }),
        })
    }
}

fn make_if_missing(path: &Path, options: &Options) -> Result<()> {
    let exists = path.exists();
    if exists && !file::is_empty(path)? {
        return Ok(());
    }
    if !options.create {
        return Err(OpenError::Missing {
            path: path.to_owned(),
        });
    }
    let left = file::beside(path, "-wal");
    // An empty file may be one that another process is making.
    if !exists && left.exists() {
        return Err(OpenError::Vanished {
            path: path.to_owned(),
            left,
        });
    }
    match file::create(path) {
        Err(OpenError::Io { source, .. }) if source.kind() == std::io::ErrorKind::AlreadyExists => {
            Ok(())
        }
        made => made,
    }
}

/// Has the tables of a new file in the file itself: should the log lose its name, whoever opens the store
/// finds them, and makes none anew, into another log.
fn write_back(connection: &Connection, path: &Path) -> Result<()> {
    connection
        .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
        .map_err(connection::failed("write back the log of", path))
}

/// Appends zeros to the log: SQLite writes over them, and reads no further than its last commit.
/// While this has the right to write, nobody else appends. The first commit syncs them, before anything
/// is sent; who only reads need not wait for that.
fn lengthen_log(connection: &Connection, path: &Path) -> Result<()> {
    let log = file::beside(path, "-wal");
    let lengthen = || -> std::io::Result<()> {
        let mut file = std::fs::OpenOptions::new().write(true).open(&log)?;
        let length = file.seek(SeekFrom::End(0))?;
        let missing = usize::try_from(LOG_BYTES.saturating_sub(length)).unwrap_or(0);
        if missing > 0 {
            file.write_all(&vec![0; missing])?;
        }
        Ok(())
    };
    let failed = |fault: Fault| OpenError::Sqlite {
        doing: "lock",
        path: path.to_owned(),
        source: fault.into(),
    };
    let transaction = Transaction::begin(connection).map_err(failed)?;
    lengthen().map_err(file::failed("lengthen", &log))?;
    drop(transaction);
    Ok(())
}

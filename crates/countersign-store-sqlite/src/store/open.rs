//! How a store is opened: everything that can be refused is refused before anything is served.

use core::time::Duration;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_key::SecureRandom;
use countersign_store::{MemoryNonceStore, Start};
use rusqlite::Connection;

use crate::commits::Commits;
use crate::connection::Result;
use crate::error::OpenError;
use crate::fault::Fault;
use crate::file::Identity;
use crate::founding::Founding;
use crate::lease::Lease;
use crate::nonces::Ring;
use crate::options::Options;
use crate::reader::Readers;
use crate::registry::Held;
use crate::schema::{PROVIDER, Schema};
use crate::store::{Administration, Serving, Shared, SqliteStore};
use crate::transaction::{Failure, Transaction};
use crate::writer::{Checkpoints, Owner, Writer, WriterThread};
use crate::{connection, file, founding, lease, nonces, registry};

impl SqliteStore {
    /// Opens a store as its one server.
    ///
    /// `now` is the server's time. `random` must be a secure generator: the key of the fingerprints
    /// and the nonces of seals come from it.
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what was expected, what was found and where.
    pub fn open(
        path: impl AsRef<Path>,
        options: &Options,
        now: UnixTime,
        random: impl SecureRandom + Send + 'static,
    ) -> Result<Self> {
        let mut random: Box<dyn SecureRandom + Send> = Box::new(random);
        let path = file::resolve(path.as_ref())?;
        make_if_missing(&path, options)?;
        let held = registry::hold(&path, PROVIDER.application_id)?;
        let mut lease = Lease::take(&path)?;
        let connection = connection::open(&path, options.busy_timeout())?;
        let version = PROVIDER.version(&connection, &path)?;
        if version == 0 && lease.epoch() > 0 && options.loss.is_none() {
            return Err(OpenError::Vanished {
                left: lease::path(&path),
                path,
            });
        }
        connection::set(&connection, &path)?;
        PROVIDER.migrate(&connection, &path, &mut || {})?;
        founding::found(&connection, &path, &options.seal, &mut *random)?;
        let founding = founding::read(&connection, &path, &options.seal)?;
        let begun = begin(&connection, &path, options, &founding, &lease, now)?;
        let commits = Arc::new(Commits::of(&path, &held)?);
        let owner = Owner {
            commits: Arc::clone(&commits),
            epoch: begun.epoch,
            memory: Arc::clone(&begun.nonces),
            ring: begun.ring,
            serial: begun.serial,
            noted: begun.serial,
            lease: lease.note(begun.epoch, begun.serial)?,
        };
        let opened = Opened {
            path,
            connection,
            founding,
            random,
            held,
            serving: Some(owner),
            commits,
        };
        opened.start(options, Serving::new(begun.nonces, lease))
    }
}

impl SqliteStore<Administration> {
    /// Opens a store beside its server, or without one, to change consumers and grants.
    ///
    /// The server sees every change with its next request.
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what was expected, what was found and where. A file that awaits a
    /// migration is refused: its server makes it.
    pub fn open_for_administration(
        path: impl AsRef<Path>,
        options: &Options,
        random: impl SecureRandom + Send + 'static,
    ) -> Result<Self> {
        let path = file::resolve(path.as_ref())?;
        if !path.exists() {
            return Err(OpenError::Missing { path });
        }
        let held = registry::hold(&path, PROVIDER.application_id)?;
        let connection = connection::open(&path, options.busy_timeout_of_administration())?;
        let found = PROVIDER.version(&connection, &path)?;
        if found < PROVIDER.newest() {
            return Err(OpenError::Older {
                path,
                expected: PROVIDER.newest(),
                found,
            });
        }
        connection::set(&connection, &path)?;
        PROVIDER.check(&connection, &path, found)?;
        let founding = founding::read(&connection, &path, &options.seal)?;
        let opened = Opened {
            path,
            connection,
            founding,
            random: Box::new(random),
            held,
            serving: None,
            commits: Arc::default(),
        };
        opened.start(options, Administration)
    }
}

fn make_if_missing(path: &Path, options: &Options) -> Result<()> {
    let exists = path.exists();
    if exists && !file::is_empty(path)? {
        return Ok(());
    }
    // An empty file is as good as none: a new volume, a copy that failed.
    if !options.create {
        return Err(OpenError::Missing {
            path: path.to_owned(),
        });
    }
    let wal = file::beside(path, "-wal");
    // A first start that was cut short leaves a lease beside an empty file; what the lease says is
    // looked at when it is taken.
    let traces = if exists {
        vec![wal]
    } else {
        vec![wal, lease::path(path)]
    };
    let left = traces.into_iter().find(|left| left.exists());
    match left {
        Some(left) if options.loss.is_none() => Err(OpenError::Vanished {
            path: path.to_owned(),
            left,
        }),
        _ if exists => Ok(()),
        _ => file::create(path),
    }
}

/// What a server begins with.
struct Begun {
    epoch: u64,
    serial: u64,
    nonces: Arc<MemoryNonceStore>,
    ring: Ring,
}

/// Begins an epoch and loads the nonces in one transaction: what a server before this one, should
/// it still run, accepts later is refused, and what it accepted earlier is loaded.
fn begin(
    connection: &Connection,
    path: &Path,
    options: &Options,
    founding: &Founding,
    lease: &Lease,
    now: UnixTime,
) -> Result<Begun> {
    if founding.epoch < lease.epoch() && options.loss.is_none() {
        return Err(OpenError::Restored {
            path: path.to_owned(),
            expected: lease.epoch(),
            found: founding.epoch,
        });
    }
    let lost = options.loss.map_or(UnixTime::from_seconds(i64::MIN), |at| {
        at.saturating_add(i64::from(options.window.future()))
    });
    let key = founding.fingerprint_key.clone();
    let memory =
        MemoryNonceStore::with_limits(key, options.window, Start::FirstStart, options.limits);
    let work = || {
        let transaction = Transaction::begin(connection)?;
        // As it is now: where the lease locks nothing, another server may have begun one.
        let found = founding::epoch(connection)?;
        let epoch = found.max(lease.epoch()).saturating_add(1);
        let lost = founding::begin_epoch(connection, epoch, lost)?;
        let ring = nonces::load(connection, &memory, options.window, lost, now)?;
        let serial = founding::serial(connection)?.max(ring.serial());
        if serial < lease.serial() && options.loss.is_none() {
            return Ok(Err(serial));
        }
        let serial = serial.max(lease.serial());
        founding::set_serial(connection, serial)?;
        transaction.commit().map_err(Failure::into_fault)?;
        Ok(Ok((epoch, serial, ring)))
    };
    match work() {
        Ok(Ok((epoch, serial, ring))) => Ok(Begun {
            epoch,
            serial,
            nonces: Arc::new(memory),
            ring,
        }),
        Ok(Err(found)) => Err(OpenError::Rewound {
            path: path.to_owned(),
            expected: lease.serial(),
            found,
        }),
        Err(Fault::Memory(error)) => Err(OpenError::Nonces(error)),
        Err(fault) => Err(OpenError::Sqlite {
            doing: "begin an epoch of",
            path: path.to_owned(),
            source: fault.into(),
        }),
    }
}

/// A file that was found to be right.
struct Opened {
    path: PathBuf,
    connection: Connection,
    founding: Founding,
    random: Box<dyn SecureRandom + Send>,
    held: Held,
    serving: Option<Owner>,
    commits: Arc<Commits>,
}

impl Opened {
    fn start<R>(self, options: &Options, role: R) -> Result<SqliteStore<R>> {
        let path = &self.path;
        self.connection
            .pragma_update(None, "max_page_count", options.most_pages)
            .map_err(connection::failed("set up", path))?;
        let connections: Result<Vec<_>> = (0..options.readers.get())
            .map(|_| reading(path, options, &PROVIDER))
            .collect();
        let connections = connections?;
        let spawning = file::failed("start a thread for", path);
        let readers =
            Readers::start(connections, &options.seal, options.queue).map_err(spawning)?;
        let checkpoints = match &self.serving {
            Some(_) => {
                let spawning = file::failed("start a thread for", path);
                let connection = reading(path, options, &PROVIDER)?;
                Some(Checkpoints::start(connection).map_err(spawning)?)
            }
            None => None,
        };
        let writer = Writer {
            identity: Identity::of(path)?,
            connection: self.connection,
            seal: options.seal.clone(),
            random: self.random,
            serving: self.serving,
            now: None,
            gathering: options.gathering,
            most_pages: options.most_pages,
            commits: 0,
            took: Duration::ZERO,
            checkpoints,
            poisoned: None,
            unfit: None,
            begun: None,
        };
        let spawning = file::failed("start a thread for", path);
        let writer = WriterThread::start(writer, options.queue).map_err(spawning)?;
        Ok(SqliteStore {
            shared: Arc::new(Shared {
                writer,
                readers,
                commits: self.commits,
                fingerprint_key: self.founding.fingerprint_key,
                path: self.path,
                role,
                _held: self.held,
            }),
        })
    }
}

/// A connection that can't write, and leaves the log to who does. It is opened for writing all the
/// same: reading a log needs the right to lock.
pub(crate) fn reading(path: &Path, options: &Options, schema: &Schema) -> Result<Connection> {
    let connection = connection::open(path, options.busy_timeout())?;
    connection::set(&connection, path)?;
    connection
        .pragma_update(None, "query_only", true)
        .and_then(|()| connection::leave_log(&connection))
        .map_err(connection::failed("set up", path))?;
    // Takes note of the log, so that the first request need not.
    schema.version(&connection, path)?;
    Ok(connection)
}

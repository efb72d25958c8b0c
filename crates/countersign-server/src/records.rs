//! What the service keeps beside the provider's store: users, and what was refused.
//!
//! One SQLite file, one connection that takes turns. It is changed by administrators while the
//! service runs; SQLite shows each change to the next read.

mod belonging;
mod marks;
mod refusals;
mod users;

pub(crate) use belonging::StoreMark;
pub(crate) use marks::{Mark, prepare};
pub use refusals::{
    Explanation, KeptRefusals, RecordedEvidence, RecordedFinding, RefusalReader, RefusalRecord,
};
pub(crate) use refusals::{Retention, write as write_refusals};
pub use users::{User, UserError, hash as hash_password};

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

/// "CSrv" in ASCII.
const APPLICATION_ID: i32 = 0x4353_7276;

/// One statement list for each version of the schema, never changed once it is out.
const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE user (
        name TEXT PRIMARY KEY NOT NULL,
        password_hash TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE membership (
        user TEXT NOT NULL REFERENCES user(name) ON DELETE CASCADE,
        organisation TEXT NOT NULL,
        role TEXT NOT NULL,
        PRIMARY KEY (user, organisation)
    ) STRICT, WITHOUT ROWID;
",
    refusals::MIGRATION,
    belonging::MIGRATION,
];

/// The service's own file can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordsError {
    /// It belongs to another application.
    #[error("expected a file of this service, found another database in {}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// There is no such file.
    #[error("expected the file of users and refusals of a service, found none: {}", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// It belongs to another store: its users did not give the grants that are there.
    #[error("expected the file of users that belongs to the store, found that of another store: {}", path.display())]
    OtherStore {
        /// The file.
        path: PathBuf,
    },
    /// An older version of the service wrote it, and what is asked for is not in it.
    #[error("expected a newer schema in {}: the service brings it up to date when it starts", path.display())]
    Older {
        /// The file.
        path: PathBuf,
    },
    /// A newer version of the service wrote it.
    #[error("expected a schema of version {supported} at most, found version {found} in {}", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The newest version known here.
        supported: usize,
        /// The version found.
        found: usize,
    },
    /// SQLite failed.
    #[error("can't {doing} {}", path.display())]
    Sqlite {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: Box<dyn core::error::Error + Send + Sync>,
    },
    /// The task that worked on the file ended early.
    #[error("the task that worked on the file ended early")]
    Ended,
}

/// The file; clones share it.
#[derive(Clone)]
pub struct Records {
    connection: Arc<Mutex<Connection>>,
    path: Arc<Path>,
}

impl core::fmt::Debug for Records {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Records")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl Records {
    /// Opens the file.
    ///
    /// # Errors
    ///
    /// [`RecordsError`]; one that is not there is not made.
    pub fn open(path: &Path) -> Result<Self, RecordsError> {
        // An empty one is what is left of a lost one, or of a start that was cut short.
        if std::fs::metadata(path).is_ok_and(|file| file.len() > 0) {
            return Self::open_or_fill(path, false);
        }
        Err(RecordsError::Missing {
            path: path.to_owned(),
        })
    }

    /// Opens the file, or makes it: for a first start, and for one that was told of a loss.
    pub(crate) fn create(path: &Path) -> Result<Self, RecordsError> {
        make_private(path).map_err(|source| RecordsError::Sqlite {
            doing: "create",
            path: path.to_owned(),
            source: source.into(),
        })?;
        Self::open_or_fill(path, true)
    }

    fn open_or_fill(path: &Path, may_be_empty: bool) -> Result<Self, RecordsError> {
        let failed = |doing: &'static str| {
            move |source: rusqlite::Error| RecordsError::Sqlite {
                doing,
                path: path.to_owned(),
                source: source.into(),
            }
        };
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(failed("open"))?;
        connection
            .busy_timeout(core::time::Duration::from_secs(2))
            .map_err(failed("set up"))?;
        // Whoever begins by reading and then writes is refused at once where another process wrote
        // in between; who begins by writing waits.
        connection.set_transaction_behavior(TransactionBehavior::Immediate);
        let number =
            |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
        let found = number("application_id").map_err(failed("read"))?;
        let version = number("user_version").map_err(failed("read"))?;
        let version = usize::try_from(version).unwrap_or(usize::MAX);
        let is_empty = || {
            let sql = "SELECT count(*) FROM sqlite_schema";
            connection.query_row(sql, [], |row| row.get::<_, i64>(0))
        };
        let is_new =
            may_be_empty && (found, version) == (0, 0) && is_empty().map_err(failed("read"))? == 0;
        if found != APPLICATION_ID && !is_new {
            return Err(RecordsError::Foreign {
                path: path.to_owned(),
            });
        }
        if version > MIGRATIONS.len() {
            return Err(RecordsError::Newer {
                path: path.to_owned(),
                supported: MIGRATIONS.len(),
                found: version,
            });
        }
        // Not `?` on each: they fail for one reason.
        set_up(&mut connection, version).map_err(failed("set up"))?;
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
            path: path.into(),
        })
    }

    /// Works on the connection, away from the threads that serve.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, RecordsError> {
        let this = self.clone();
        tokio::task::spawn_blocking(move || this.work_here(doing, work))
            .await
            .map_err(|_| RecordsError::Ended)?
    }

    /// The same on this thread.
    pub(crate) fn work_here<T>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T, RecordsError> {
        // A transaction that was cut short by a panic is rolled back by the next one's begin.
        let mut connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        work(&mut connection).map_err(|source| RecordsError::Sqlite {
            doing,
            path: self.path.to_path_buf(),
            source: source.into(),
        })
    }
}

fn set_up(connection: &mut Connection, version: usize) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    for (number, statements) in (1_i32..).zip(MIGRATIONS).skip(version) {
        let change = connection.transaction()?;
        change.execute_batch(statements)?;
        change.pragma_update(None, "application_id", APPLICATION_ID)?;
        change.pragma_update(None, "user_version", number)?;
        change.commit()?;
    }
    Ok(())
}

#[cfg(unix)]
fn make_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    options.open(path).map(drop)
}

#[cfg(not(unix))]
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    options.open(path).map(drop)
}

//! Why a file was not opened.

use std::io;
use std::path::PathBuf;

use countersign_store::StoreError;

/// Why a file was not opened. Nothing in it was changed, except that a migration that was done
/// stays done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The file belongs to another application.
    #[error(
        "expected a store of Countersign (application_id {expected:#010x}), found application_id {found:#010x} in {}",
        path.display()
    )]
    Foreign {
        /// The database.
        path: PathBuf,
        /// Our `application_id`.
        expected: u32,
        /// The one found.
        found: u32,
    },
    /// The operating system refused.
    #[error("can't {doing} {}", path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Another process serves from this file. One process owns the nonces: two that each remember
    /// their own would each accept a replay of the other's.
    #[error(
        "expected to be the only server of this store, found {} held by {holder}",
        path.display()
    )]
    Leased {
        /// The lease file.
        path: PathBuf,
        /// What the holder wrote into it.
        holder: String,
    },
    /// The file has several names. SQLite finds its log by the name of the file, so that two names
    /// are two databases over one file, and destroy it.
    #[error("expected a file with one name, found {found} hard links to {}", path.display())]
    Linked {
        /// The database.
        path: PathBuf,
        /// The number of names.
        found: u64,
    },
    /// There is no file, and none was to be created.
    #[error("expected a store, found no file {}", path.display())]
    Missing {
        /// The database.
        path: PathBuf,
    },
    /// A newer version of this crate wrote the file.
    #[error(
        "expected a schema of version {supported} at most, found version {found} in {}",
        path.display()
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// The newest version known here.
        supported: u32,
        /// The version found.
        found: u32,
    },
    /// The live nonces can't be held in memory.
    #[error("the live nonces can't be loaded")]
    Nonces(#[source] StoreError),
    /// The file is no SQLite database.
    #[error("expected an SQLite database, found other bytes at byte 0 of {}", path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The file awaits a migration, which only the server makes.
    #[error(
        "expected a schema of version {expected}, found version {found} in {}: start the server once",
        path.display()
    )]
    Older {
        /// The database.
        path: PathBuf,
        /// The version needed.
        expected: u32,
        /// The version found.
        found: u32,
    },
    /// The random source failed.
    #[error("the source of random bytes failed")]
    Random,
    /// The database is older than its lease file: a copy was put back, and the nonces accepted
    /// since then are lost. See [`Options::after_loss`](crate::Options::after_loss).
    #[error(
        "expected epoch {expected} or later, as the lease file says, found epoch {found} in {}: an older copy was put back",
        path.display()
    )]
    Restored {
        /// The database.
        path: PathBuf,
        /// The epoch of the last start.
        expected: u64,
        /// The epoch in the database.
        found: u64,
    },
    /// The database has not come to the commit that its lease file names: a copy made since the last
    /// start was put back, or the log with the last commits was removed. The nonces accepted since
    /// then are lost. See [`Options::after_loss`](crate::Options::after_loss).
    #[error(
        "expected commit {expected} or later, as the lease file says, found commit {found} in {}: an older copy was put back, or its log is gone",
        path.display()
    )]
    Rewound {
        /// The database.
        path: PathBuf,
        /// The last commit noted.
        expected: u64,
        /// The last one in the database.
        found: u64,
    },
    /// The tables are not those of the version that the file claims.
    #[error("expected the schema of version {version}, found {found} in {}", path.display())]
    Schema {
        /// The database.
        path: PathBuf,
        /// The version claimed.
        version: u32,
        /// What differs.
        found: String,
    },
    /// The secrets are sealed and no key was given, or the other way round.
    #[error("expected {expected}, found {found} in {}", path.display())]
    Seal {
        /// The database.
        path: PathBuf,
        /// What the options say.
        expected: &'static str,
        /// What the database says.
        found: &'static str,
    },
    /// SQLite does not keep to a setting that durability depends on.
    #[error("expected PRAGMA {name} = {expected}, found {found}")]
    Setting {
        /// The setting.
        name: &'static str,
        /// What it must be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// SQLite failed.
    #[error("can't {doing} {}", path.display())]
    Sqlite {
        /// What was being done.
        doing: &'static str,
        /// With which database.
        path: PathBuf,
        /// Why not.
        source: Box<dyn core::error::Error + Send + Sync>,
    },
    /// The database is gone and something that belongs to it is left. A new one would not know what
    /// was accepted and issued. See [`Options::after_loss`](crate::Options::after_loss).
    #[error("expected a store beside {}, found no file {}", left.display(), path.display())]
    Vanished {
        /// The database.
        path: PathBuf,
        /// What is left of it.
        left: PathBuf,
    },
    /// The key does not open what the file holds.
    #[error("expected the key that sealed {}, found another one", path.display())]
    WrongKey {
        /// The database.
        path: PathBuf,
    },
}

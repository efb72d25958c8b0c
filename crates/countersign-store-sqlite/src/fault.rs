//! What goes wrong with one row or one transaction, and what is told of it.

use countersign_key::RandomError;
use countersign_store::StoreError;
use rusqlite::{Error as SqliteError, ErrorCode};

/// Texts of SQLite name tables, columns and statements; values, which may be secrets, never.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("a row was not as expected")]
    Conflict,
    #[error("{0}")]
    Damaged(String),
    #[error("{0}")]
    Memory(StoreError),
    #[error("another server has begun a later epoch of this store")]
    Outdated,
    #[error("the source of random bytes failed")]
    Random,
    #[error("{0}")]
    Sqlite(SqliteError),
    #[error("a value is longer than a column takes")]
    TooLong,
    #[error("a {0} is not known to this version")]
    Unknown(&'static str),
}

impl Fault {
    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged(what.into())
    }

    /// Says which row it was about.
    #[must_use]
    pub(crate) fn of(self, table: &str, row: impl core::fmt::Display) -> Self {
        match self {
            Self::Damaged(what) => Self::Damaged(format!("{table} {row}: {what}")),
            other => other,
        }
    }

    /// Whether a row was not as expected, or would stand in the place of another.
    pub(crate) fn is_a_conflict(&self) -> bool {
        match self {
            Self::Conflict => true,
            Self::Sqlite(error) => code(error) == Some(ErrorCode::ConstraintViolation),
            _ => false,
        }
    }

    /// Whether the rest of the transaction is sound: the fault lies in one change alone.
    pub(crate) fn is_of_one_change(&self) -> bool {
        self.is_a_conflict() || !matches!(self, Self::Sqlite(_) | Self::Outdated)
    }

    /// Whether trying again can't help: the disk is not to be trusted, or the store is another's.
    pub(crate) fn is_lasting(&self) -> bool {
        match self {
            Self::Outdated => true,
            Self::Sqlite(error) => matches!(
                code(error),
                Some(
                    ErrorCode::SystemIoFailure
                        | ErrorCode::DatabaseCorrupt
                        | ErrorCode::NotADatabase
                )
            ),
            _ => false,
        }
    }

    /// The error, when nothing was changed.
    pub(crate) fn into_error(self) -> StoreError {
        match self {
            Self::Damaged(what) => StoreError::Damaged { what },
            Self::Memory(error) => error,
            other => StoreError::unavailable(other),
        }
    }
}

pub(crate) fn code(error: &SqliteError) -> Option<ErrorCode> {
    error.sqlite_error_code()
}

// The crate's own type: nothing of rusqlite becomes visible.
impl From<SqliteError> for Fault {
    fn from(error: SqliteError) -> Self {
        Self::Sqlite(error)
    }
}

impl From<RandomError> for Fault {
    fn from(_: RandomError) -> Self {
        Self::Random
    }
}

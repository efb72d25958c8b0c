//! Transactions: what is certain when one fails.

use countersign_store::StoreError;
use rusqlite::{Connection, ErrorCode};

use crate::fault::{Fault, code};

/// A transaction that takes the right to write at once, so that nothing read in it can be outdated
/// when it writes. Rolled back unless it is committed.
#[derive(Debug)]
pub(crate) struct Transaction<'c> {
    connection: &'c Connection,
    open: bool,
}

/// How a transaction failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Nothing was changed.
    RolledBack(Fault),
    /// The commit may be on the disk, whole or in part.
    Unknown(Fault),
}

impl Failure {
    pub(crate) const fn fault(&self) -> &Fault {
        match self {
            Self::RolledBack(fault) | Self::Unknown(fault) => fault,
        }
    }

    /// Whether nothing may be written until the store is opened again. After a sync that failed
    /// the pages count as written, and the next sync would say so.
    pub(crate) fn is_lasting(&self) -> bool {
        matches!(self, Self::Unknown(_)) || self.fault().is_lasting()
    }

    /// Whether nothing was changed as the file, or the disk, is full.
    pub(crate) fn is_for_want_of_room(&self) -> bool {
        let Self::RolledBack(Fault::Sqlite(error)) = self else {
            return false;
        };
        code(error) == Some(ErrorCode::DiskFull)
    }

    pub(crate) fn into_fault(self) -> Fault {
        match self {
            Self::RolledBack(fault) | Self::Unknown(fault) => fault,
        }
    }

    /// The answer to one of those whose change it was.
    pub(crate) fn error(&self, pages: u32) -> StoreError {
        match self {
            _ if self.is_for_want_of_room() => StoreError::Full {
                limit: usize::try_from(pages).unwrap_or(usize::MAX),
                what: "pages, or as much as the disk has room for",
            },
            Self::RolledBack(fault) => StoreError::unavailable(fault.to_string()),
            Self::Unknown(fault) => StoreError::UnknownOutcome(Some(fault.to_string().into())),
        }
    }
}

impl<'c> Transaction<'c> {
    pub(crate) fn begin(connection: &'c Connection) -> Result<Self, Fault> {
        execute(connection, "BEGIN IMMEDIATE")?;
        Ok(Self::go_on(connection))
    }

    /// Leaves it open for another call to [go on](Self::go_on) with: until then nothing ends it.
    pub(crate) fn leave_open(mut self) {
        self.open = false;
    }

    /// Goes on with what was left open.
    pub(crate) const fn go_on(connection: &'c Connection) -> Self {
        Self {
            connection,
            open: true,
        }
    }

    pub(crate) fn commit(mut self) -> Result<(), Failure> {
        let Err(error) = execute(self.connection, "COMMIT") else {
            self.open = false;
            return Ok(());
        };
        // These are told before the frame that commits is written.
        let before_the_frame = matches!(
            code(&error),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::DiskFull)
        );
        let fault = Fault::Sqlite(error);
        Err(if before_the_frame {
            Failure::RolledBack(fault)
        } else {
            Failure::Unknown(fault)
        })
    }

    /// Does something whole or not at all. The outer error ends the transaction; the inner one is
    /// of this change alone.
    pub(crate) fn nested<T>(
        &self,
        work: impl FnOnce() -> Result<T, Fault>,
    ) -> Result<Result<T, Fault>, Fault> {
        execute(self.connection, "SAVEPOINT one")?;
        let done = work();
        if let Err(fault) = done {
            if !fault.is_of_one_change() {
                return Err(fault);
            }
            execute(self.connection, "ROLLBACK TO one")?;
            execute(self.connection, "RELEASE one")?;
            return Ok(Err(fault));
        }
        execute(self.connection, "RELEASE one")?;
        Ok(done)
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        // SQLite may have rolled back by itself.
        if self.open && !self.connection.is_autocommit() {
            let _ = execute(self.connection, "ROLLBACK");
        }
    }
}

fn execute(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(drop)
}

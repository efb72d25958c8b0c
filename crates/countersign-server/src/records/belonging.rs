//! Which store the file belongs to: the grants there were given by the users here.

use countersign_store::{Domain, FingerprintKey};
use rusqlite::OptionalExtension as _;

use super::{Records, RecordsError};

/// Files of before belong to the store that they are first opened with.
pub(super) const MIGRATION: &str = "
    CREATE TABLE belonging (
        number INTEGER PRIMARY KEY NOT NULL CHECK (number = 1),
        store TEXT NOT NULL
    ) STRICT;
";

/// What a store is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoreMark(String);

impl StoreMark {
    /// By its key, which is drawn with it, goes with its copies and is never changed.
    pub(crate) fn of(store: &FingerprintKey) -> Self {
        // No consumer key has two parts.
        let mark = store.of(Domain::Consumer, &[b"", b"the file of users"]);
        Self(mark.to_string())
    }
}

impl Records {
    /// Refuses a file of another store.
    ///
    /// With `anew` it belongs to this store from now on: the one before was lost.
    pub(crate) fn belong_to(&self, store: &StoreMark, anew: bool) -> Result<(), RecordsError> {
        let belongs = self.work_here("read", |connection| {
            let change = connection.transaction()?;
            let known: Option<String> = change
                .query_row("SELECT store FROM belonging", [], |row| row.get(0))
                .optional()?;
            match known {
                Some(known) if known == store.0 => return Ok(true),
                Some(_) if !anew => return Ok(false),
                Some(_) | None => {}
            }
            let sql = "INSERT OR REPLACE INTO belonging (number, store) VALUES (1, ?1)";
            change.execute(sql, [&store.0])?;
            change.commit()?;
            Ok(true)
        })?;
        if belongs {
            return Ok(());
        }
        Err(RecordsError::OtherStore {
            path: self.path.to_path_buf(),
        })
    }
}

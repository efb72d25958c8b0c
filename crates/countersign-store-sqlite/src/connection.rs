//! Connections, and the settings that durability depends on.

use core::time::Duration;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::error::OpenError;

pub(crate) type Result<T> = core::result::Result<T, OpenError>;

/// More than there are in this crate, so that each is compiled once.
const STATEMENTS: usize = 64;

/// A setting, what it is set to, and what it is when read.
///
/// `FULL` syncs the log on every commit; `NORMAL` may roll back acknowledged commits on power loss.
/// Checkpoints are the writer's own, so that their faults are seen.
const SETTINGS: &[(&str, &str, &str)] = &[
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", "2"),
    // Elsewhere than on macOS this one changes nothing.
    ("fullfsync", "ON", "1"),
    ("foreign_keys", "OFF", "0"),
    ("locking_mode", "NORMAL", "normal"),
    ("wal_autocheckpoint", "0", "0"),
    ("trusted_schema", "OFF", "0"),
    ("cell_size_check", "ON", "1"),
];

pub(crate) fn failed(
    doing: &'static str,
    path: &Path,
) -> impl FnOnce(rusqlite::Error) -> OpenError {
    move |source| OpenError::Sqlite {
        doing,
        path: path.to_owned(),
        source: source.into(),
    }
}

/// Opens a file that is there.
pub(crate) fn open(path: &Path, busy_timeout: Duration) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection = Connection::open_with_flags(path, flags).map_err(failed("open", path))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Plans do not depend on what is bound: otherwise some statements are compiled again for each
    // value, which takes longer than to run them.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(failed("open", path))?;
    connection
        .busy_timeout(busy_timeout)
        .map_err(failed("open", path))?;
    Ok(connection)
}

/// Leaves the log as it is when this connection is the last one that closes. Otherwise SQLite writes
/// it back then, and removes it: all that is left to know by what a disk lost.
pub(crate) fn leave_log(connection: &Connection) -> rusqlite::Result<()> {
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
        .map(drop)
}

/// So often a setting is tried while others open or close the same file, and how long is waited
/// before each try but the first: SQLite does not wait by itself for the change into a log.
const TRIES: u32 = 200;
const PAUSE: Duration = Duration::from_millis(10);

#[expect(
    clippy::disallowed_methods,
    reason = "SQLite waits for locks in the same way, but not for this one; nobody is served yet"
)]
pub(crate) fn set(connection: &Connection, path: &Path) -> Result<()> {
    for (name, value, _) in SETTINGS {
        let mut tries = 1;
        loop {
            match connection.pragma_update(None, name, value) {
                Err(error) if tries < TRIES && is_busy(&error) => {
                    tries = tries.saturating_add(1);
                    std::thread::sleep(PAUSE);
                }
                done => break done.map_err(failed("set up", path))?,
            }
        }
    }
    check(connection, path)
}

fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy)
}

/// Asks SQLite whether it took the settings on: journal_mode, for one, may stay as it is without
/// an error.
pub(crate) fn check(connection: &Connection, path: &Path) -> Result<()> {
    for (name, _, expected) in SETTINGS {
        let found = setting(connection, name).map_err(failed("read the settings of", path))?;
        if found.as_deref().is_some_and(|found| found != *expected) {
            return Err(OpenError::Setting {
                name,
                expected,
                found: found.unwrap_or_default(),
            });
        }
    }
    Ok(())
}

/// Nothing for a setting that this build of SQLite does not have.
fn setting(connection: &Connection, name: &str) -> rusqlite::Result<Option<String>> {
    let mut found = None;
    connection.pragma_query(None, name, |row| {
        let value: rusqlite::types::Value = row.get(0)?;
        found = Some(match value {
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            other => format!("{other:?}"),
        });
        Ok(())
    })?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_that_does_not_sync_is_found_out() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store.db");
        crate::file::create(&path).unwrap();
        let connection = open(&path, Duration::ZERO).unwrap();
        set(&connection, &path).unwrap();
        for (name, value) in [
            ("synchronous", "OFF"),
            ("synchronous", "NORMAL"),
            ("journal_mode", "DELETE"),
            ("wal_autocheckpoint", "1000"),
        ] {
            connection.pragma_update(None, name, value).unwrap();
            let error = check(&connection, &path).unwrap_err();
            assert!(
                matches!(&error, OpenError::Setting { name: found, .. } if *found == name),
                "{name} = {value}: {error}"
            );
            set(&connection, &path).unwrap();
        }
    }

    #[test]
    fn a_database_in_memory_has_no_log_to_sync() {
        let connection = Connection::open_in_memory().unwrap();
        let error = set(&connection, Path::new(":memory:")).unwrap_err();
        assert!(matches!(
            error,
            OpenError::Setting {
                name: "journal_mode",
                ..
            }
        ));
    }
}

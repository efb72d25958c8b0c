//! The tables of a kind of file, and how files of earlier versions come to them.

use std::path::Path;

use rusqlite::Connection;

use crate::connection::{Result, failed};
use crate::error::OpenError;
use crate::fault::Fault;
use crate::transaction::{Failure, Transaction};
use crate::{consumers, founding, nonces, tokens};

/// A kind of file.
#[derive(Debug)]
pub(crate) struct Schema {
    /// Marks a file as of this kind, in its header.
    pub(crate) application_id: u32,
    /// What brings a file from one version to the next. Never changed once released: a new version
    /// is a new row.
    pub(crate) migrations: &'static [&'static [Step]],
}

/// The store of a provider: "CSN1".
pub(crate) const PROVIDER: Schema = Schema {
    application_id: 0x4353_4e31,
    migrations: MIGRATIONS,
};

/// One step of a migration.
#[derive(Debug)]
pub(crate) enum Step {
    Code(fn(&Connection) -> core::result::Result<(), Fault>),
    Sql(&'static str),
}

use Step::{Code, Sql};

const MIGRATIONS: &[&[Step]] = &[
    &[Sql(founding::TABLE), Sql(nonces::repack::OLD_TABLE)],
    &[Sql(consumers::TABLE)],
    &[
        Sql(tokens::temporary::TABLE),
        Sql(tokens::temporary::BY_END),
        Sql(tokens::grants::TABLE),
        Sql(tokens::grants::STANDING),
        Sql(tokens::grants::BY_CONSUMER),
        Sql(tokens::grants::BY_USER),
        Sql(tokens::grants::BY_ORGANISATION),
        Sql(tokens::grants::BY_END),
        Sql(tokens::access::TABLE),
        Sql(tokens::access::BY_END),
        Sql(tokens::access::BY_GRANT),
    ],
    &[
        Sql(nonces::TABLE),
        Sql(nonces::forgotten::TABLE),
        Code(nonces::repack::repack),
        Sql("DROP TABLE nonces"),
    ],
    &[Sql(founding::REMOVED)],
    &[Sql(founding::SERIAL)],
    &[Sql(tokens::temporary::BY_CONSUMER)],
    // Rows may be `withdrawn`, which earlier versions would take for damage: they are to refuse the
    // file.
    &[],
];

impl Step {
    fn make(&self, connection: &Connection) -> core::result::Result<(), Fault> {
        match self {
            Code(make) => make(connection),
            Sql(statement) => Ok(connection.execute(statement, []).map(drop)?),
        }
    }
}

impl Schema {
    /// The version of this crate.
    pub(crate) fn newest(&self) -> u32 {
        u32::try_from(self.migrations.len()).unwrap_or(u32::MAX)
    }

    /// Looks at whose file it is and of what version, and changes nothing. A new file has version
    /// 0.
    pub(crate) fn version(&self, connection: &Connection, path: &Path) -> Result<u32> {
        // All of one moment: another process may be making the file.
        let alone = connection.is_autocommit();
        let _snapshot = alone
            .then(|| connection.unchecked_transaction())
            .transpose()
            .map_err(failed("read the schema of", path))?;
        let read = |name| number(connection, name).map_err(|error| not_a_database(error, path));
        let (application, version) = (read("application_id")?, read("user_version")?);
        let tables: i64 = connection
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
            .map_err(|error| not_a_database(error, path))?;
        let new = application == 0 && version == 0 && tables == 0;
        if application != self.application_id && !new {
            return Err(OpenError::Foreign {
                path: path.to_owned(),
                expected: self.application_id,
                found: application,
            });
        }
        if version > self.newest() {
            return Err(OpenError::Newer {
                path: path.to_owned(),
                supported: self.newest(),
                found: version,
            });
        }
        Ok(version)
    }

    /// Brings a file to the newest version, one transaction for each. `before` is called before
    /// each statement and each commit.
    pub(crate) fn migrate(
        &self,
        connection: &Connection,
        path: &Path,
        before: &mut dyn FnMut(),
    ) -> Result<()> {
        let found = self.version(connection, path)?;
        let mut number = 0_u32;
        for steps in self.migrations {
            number = number.saturating_add(1);
            if number > found {
                self.one(connection, number, steps, before)
                    .map_err(|fault| OpenError::Sqlite {
                        doing: "migrate",
                        path: path.to_owned(),
                        source: fault.into(),
                    })?;
            }
        }
        self.check(connection, path, self.newest())
    }

    fn one(
        &self,
        connection: &Connection,
        version: u32,
        steps: &[Step],
        before: &mut dyn FnMut(),
    ) -> core::result::Result<(), Fault> {
        before();
        let transaction = Transaction::begin(connection)?;
        // Another process may have made it meanwhile.
        if number(connection, "user_version")? >= version {
            return Ok(());
        }
        for step in steps {
            before();
            step.make(connection)?;
        }
        before();
        connection.pragma_update(None, "application_id", self.application_id)?;
        connection.pragma_update(None, "user_version", version)?;
        before();
        transaction.commit().map_err(Failure::into_fault)?;
        before();
        Ok(())
    }

    /// Compares the tables with those that the migrations make.
    pub(crate) fn check(&self, connection: &Connection, path: &Path, version: u32) -> Result<()> {
        let expected = self.model(version).map_err(|fault| OpenError::Sqlite {
            doing: "model the schema of",
            path: path.to_owned(),
            source: fault.into(),
        })?;
        let found = tables(connection).map_err(failed("read the schema of", path))?;
        let mut differences = expected
            .iter()
            .filter(|row| !found.contains(row))
            .map(|(name, _)| format!("no {name} as it should be"))
            .chain(
                found
                    .iter()
                    .filter(|row| !expected.contains(row))
                    .map(|(name, _)| format!("another {name}")),
            );
        match differences.next() {
            None => Ok(()),
            Some(found) => Err(OpenError::Schema {
                path: path.to_owned(),
                version,
                found,
            }),
        }
    }

    /// What the migrations make.
    fn model(&self, version: u32) -> core::result::Result<Vec<(String, String)>, Fault> {
        let model = Connection::open_in_memory()?;
        let wanted = usize::try_from(version).unwrap_or(usize::MAX);
        for step in self.migrations.iter().take(wanted).copied().flatten() {
            step.make(&model)?;
        }
        Ok(tables(&model)?)
    }
}

/// A number in the header of the file.
fn number(connection: &Connection, name: &str) -> rusqlite::Result<u32> {
    connection
        .pragma_query_value(None, name, |row| row.get::<_, i32>(0))
        .map(i32::cast_unsigned)
}

fn not_a_database(error: rusqlite::Error, path: &Path) -> OpenError {
    if error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) {
        OpenError::NotADatabase {
            path: path.to_owned(),
        }
    } else {
        failed("read", path)(error)
    }
}

/// The tables and indices by name, each as it was made. SQLite's own, such as statistics, are left
/// out.
fn tables(connection: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    connection
        .prepare("SELECT name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite%'")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

#[cfg(test)]
mod tests;

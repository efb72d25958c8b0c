//! The one row about the store itself: whether it is sealed, and the numbers it has given.

use std::path::Path;

use countersign_key::SecureRandom;
use countersign_store::Version;
use countersign_store::seal::Place;
use countersign_token::Generation;
use rusqlite::{Connection, OptionalExtension};

use crate::connection::{Result, failed};
use crate::error::OpenError;
use crate::fault::Fault;
use crate::seal::Seal;
use crate::tokens::column::{version, version_column};
use crate::transaction::{Failure, Transaction};

const SELECT: &str = "SELECT sealed, probe FROM store";

const INSERT: &str = "
INSERT INTO store (id, sealed, probe, given, removed) VALUES (1, ?1, ?2, 0, 0)";

const GIVE: &str = "UPDATE store SET given = given + 1 RETURNING given";

const LAST_REMOVED: &str = "SELECT removed FROM store";

const REMOVE: &str = "UPDATE store SET removed = max(removed, ?1)";

/// What is sealed to find out whether another key is the right one.
const PROBE: &[u8] = b"connections of a client";

const fn place() -> Place<'static> {
    Place::new("store", b"probe", 0)
}

/// Writes the row into a file that has none yet, and finds out whether the seal is the one that the
/// file was made with.
pub(super) fn found(
    connection: &Connection,
    path: &Path,
    seal: &Seal,
    random: &mut (dyn SecureRandom + Send),
) -> Result<()> {
    let read = |connection: &Connection| {
        connection
            .query_row(SELECT, [], |row| {
                let row: (bool, Vec<u8>) = row.try_into()?;
                Ok(row)
            })
            .optional()
    };
    let mut make = || {
        let transaction = Transaction::begin(connection)?;
        if read(connection)?.is_none() {
            let probe = seal.seal(place(), PROBE, random)?;
            connection.execute(INSERT, (seal.is_some(), probe))?;
        }
        transaction.commit().map_err(Failure::into_fault)
    };
    if read(connection).map_err(failed("read", path))?.is_none() {
        make().map_err(|fault: Fault| OpenError::Sqlite {
            doing: "found",
            path: path.to_owned(),
            source: fault.into(),
        })?;
    }
    let row = read(connection).map_err(failed("read", path))?;
    let (sealed, probe) = row.ok_or_else(|| OpenError::Missing {
        path: path.to_owned(),
    })?;
    let say = |sealed: bool| {
        if sealed {
            "sealed secrets"
        } else {
            "secrets without a seal"
        }
    };
    if sealed != seal.is_some() {
        return Err(OpenError::Seal {
            path: path.to_owned(),
            expected: say(seal.is_some()),
            found: say(sealed),
        });
    }
    match seal.open(place(), &probe) {
        Ok(opened) if opened.expose_secret() == PROBE => Ok(()),
        _ => Err(OpenError::WrongKey {
            path: path.to_owned(),
        }),
    }
}

/// A number that was never given: for leases and answers.
pub(super) fn give(connection: &Connection) -> core::result::Result<u64, Fault> {
    let given: i64 = connection
        .prepare_cached(GIVE)?
        .query_row([], |row| row.get(0))?;
    Ok(given.cast_unsigned())
}

/// The version of a new connection: above every version and generation of those removed.
pub(super) fn first_version(connection: &Connection) -> core::result::Result<Version, Fault> {
    let removed: i64 = connection
        .prepare_cached(LAST_REMOVED)?
        .query_row([], |row| row.get(0))?;
    Ok(version(removed)?.next())
}

/// Notes that a connection of this version and generation is gone.
pub(super) fn remove(
    connection: &Connection,
    version: Version,
    generation: Generation,
) -> core::result::Result<(), Fault> {
    let removed = version.or_generation(generation);
    connection
        .prepare_cached(REMOVE)?
        .execute([version_column(removed)?])?;
    Ok(())
}

//! The one row about the store itself: its key, its epoch, what it may have forgotten.

use std::path::Path;

use countersign_clock::UnixTime;
use countersign_key::SecureRandom;
use countersign_store::seal::Place;
use countersign_store::{FingerprintKey, Version};
use rusqlite::{Connection, OptionalExtension};
use zeroize::Zeroizing;

use crate::connection::Result;
use crate::error::OpenError;
use crate::fault::Fault;
use crate::seal::Seal;
use crate::tokens::column::{version, version_column};
use crate::transaction::{Failure, Transaction};

pub(crate) const TABLE: &str = "
CREATE TABLE store (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    sealed INTEGER NOT NULL,
    fingerprint_key BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    forgotten INTEGER NOT NULL,
    stamp INTEGER NOT NULL
) STRICT";

/// Since schema 5: the highest version of a consumer that was removed.
pub(crate) const REMOVED: &str = "ALTER TABLE store ADD COLUMN removed INTEGER NOT NULL DEFAULT 0";

const INSERT: &str = "
INSERT INTO store (id, sealed, fingerprint_key, epoch, forgotten, stamp)
VALUES (1, ?1, ?2, 0, ?3, 0)";

const SELECT: &str = "SELECT sealed, fingerprint_key, epoch FROM store";

const LAST_SERIAL: &str = "SELECT serial FROM store";

const SET_SERIAL: &str = "UPDATE store SET serial = ?1";

const EPOCH: &str = "SELECT epoch FROM store";

const BEGIN_EPOCH: &str = "
UPDATE store SET epoch = ?1, forgotten = max(forgotten, ?2) RETURNING forgotten";

const STAMP: &str = "UPDATE store SET stamp = stamp + 1 RETURNING stamp";

/// Since schema 6: the number of the last commit that wrote no nonces; pages of nonces have their
/// own.
pub(crate) const SERIAL: &str = "ALTER TABLE store ADD COLUMN serial INTEGER NOT NULL DEFAULT 0";

const LAST_REMOVED: &str = "SELECT removed FROM store";

const REMOVE: &str = "UPDATE store SET removed = max(removed, ?1)";

/// What of the row stays the same while the store is open.
#[derive(Debug, Clone)]
pub(crate) struct Founding {
    pub(crate) fingerprint_key: FingerprintKey,
    pub(crate) epoch: u64,
}

const fn place() -> Place<'static> {
    Place::new("store", b"fingerprint_key", 0)
}

/// Draws the key of the fingerprints for a file that has none yet.
pub(crate) fn found(
    connection: &Connection,
    path: &Path,
    seal: &Seal,
    random: &mut (dyn SecureRandom + Send),
) -> Result<()> {
    let mut bytes = Zeroizing::new([0; 16]);
    random.fill(&mut *bytes).map_err(|_| OpenError::Random)?;
    let mut make = || {
        let transaction = Transaction::begin(connection)?;
        let there = connection.query_row(EPOCH, [], |_| Ok(())).optional()?;
        if there.is_none() {
            let sealed = seal.seal(place(), &*bytes, random)?;
            let nothing = i64::MIN;
            connection.execute(INSERT, (seal.is_some(), sealed, nothing))?;
        }
        transaction.commit().map_err(Failure::into_fault)
    };
    make().map_err(|fault: Fault| OpenError::Sqlite {
        doing: "found",
        path: path.to_owned(),
        source: fault.into(),
    })
}

/// Reads the row, and finds out whether the seal is the one it was made with.
pub(crate) fn read(connection: &Connection, path: &Path, seal: &Seal) -> Result<Founding> {
    let (sealed, key, epoch) = connection
        .query_row(SELECT, [], |row| {
            let row: (bool, Vec<u8>, i64) = row.try_into()?;
            Ok(row)
        })
        .map_err(crate::connection::failed("read", path))?;
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
    let wrong = || OpenError::WrongKey {
        path: path.to_owned(),
    };
    let opened = seal.open(place(), &key).map_err(|_| wrong())?;
    let bytes: &[u8; 16] = opened.expose_secret().try_into().map_err(|_| wrong())?;
    Ok(Founding {
        fingerprint_key: FingerprintKey::from_bytes(*bytes),
        epoch: epoch.cast_unsigned(),
    })
}

/// Begins an epoch: whoever served before is out. Gives the newest timestamp of which nonces may
/// have been lost, with a file or before schema 4.
pub(crate) fn begin_epoch(
    connection: &Connection,
    epoch: u64,
    forgotten: UnixTime,
) -> core::result::Result<UnixTime, Fault> {
    let values = (epoch.cast_signed(), forgotten.seconds());
    let forgotten = connection.query_row(BEGIN_EPOCH, values, |row| row.get(0))?;
    Ok(UnixTime::from_seconds(forgotten))
}

/// The epoch now, which another server may have begun.
pub(crate) fn epoch(connection: &Connection) -> core::result::Result<u64, Fault> {
    let epoch: i64 = connection
        .prepare_cached(EPOCH)?
        .query_row([], |row| row.get(0))?;
    Ok(epoch.cast_unsigned())
}

/// The number of the last commit that wrote no nonces.
pub(crate) fn serial(connection: &Connection) -> core::result::Result<u64, Fault> {
    let serial: i64 = connection.query_row(LAST_SERIAL, [], |row| row.get(0))?;
    Ok(serial.cast_unsigned())
}

pub(crate) fn set_serial(connection: &Connection, serial: u64) -> core::result::Result<(), Fault> {
    connection
        .prepare_cached(SET_SERIAL)?
        .execute([serial.cast_signed()])?;
    Ok(())
}

/// A number that no row has been given before.
pub(crate) fn stamp(connection: &Connection) -> core::result::Result<i64, Fault> {
    Ok(connection
        .prepare_cached(STAMP)?
        .query_row([], |row| row.get(0))?)
}

/// The version of a new consumer: above every version of those removed, whatever their key was.
pub(crate) fn first_version(connection: &Connection) -> core::result::Result<Version, Fault> {
    let removed = connection
        .prepare_cached(LAST_REMOVED)?
        .query_row([], |row| row.get(0))?;
    Ok(version(removed)?.next())
}

/// Notes that a consumer of this version is gone.
pub(crate) fn remove(connection: &Connection, removed: Version) -> core::result::Result<(), Fault> {
    connection
        .prepare_cached(REMOVE)?
        .execute([version_column(removed)?])?;
    Ok(())
}

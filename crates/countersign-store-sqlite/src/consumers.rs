//! Consumers.

mod row;

use std::sync::Arc;

use countersign_key::SecureRandom;
use countersign_store::{Consumer, Expected, Listing, Version, Versioned};
use rusqlite::{Connection, OptionalExtension};

use crate::fault::Fault;
use crate::founding;
use crate::listing::listed;
use crate::seal::Seal;
use crate::tokens::column::{expect, version};

/// `stamp` is unique over all rows that ever were, so that a row that was taken out and written
/// again is not mistaken for the one before.
pub(crate) const TABLE: &str = "
CREATE TABLE consumers (
    key TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    stamp INTEGER NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    standing TEXT NOT NULL,
    organisation TEXT,
    may_use_xauth INTEGER NOT NULL,
    may_use_two_legged INTEGER NOT NULL,
    methods BLOB NOT NULL,
    callbacks BLOB NOT NULL,
    secret BLOB,
    certificates BLOB
) STRICT, WITHOUT ROWID";

const STAMP: &str = "SELECT stamp FROM consumers WHERE key = ?1";

const SELECT: &str = "SELECT * FROM consumers WHERE key = ?1";

const LIST: &str = "
SELECT * FROM consumers WHERE ?1 IS NULL OR key > ?1 ORDER BY key";

const VERSION: &str = "SELECT version FROM consumers WHERE key = ?1";

const PUT: &str = "
INSERT OR REPLACE INTO consumers
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";

const REMOVE: &str = "DELETE FROM consumers WHERE key = ?1";

type Found = Arc<Versioned<Consumer>>;

/// Consumers by key and stamp.
pub(crate) type Cache = crate::cache::Cache<String, i64, Found>;

/// Reads one consumer; `age` is the one of the commits before.
pub(crate) fn read(
    connection: &Connection,
    seal: &Seal,
    cache: &Cache,
    age: Option<u64>,
    key: &str,
) -> Result<Option<Found>, Fault> {
    let stamp: Option<i64> = connection
        .prepare_cached(STAMP)?
        .query_row([key], |row| row.get(0))
        .optional()?;
    let Some(stamp) = stamp else {
        cache.forget(key);
        return Ok(None);
    };
    if let Some(consumer) = cache.get(age, key, |known| *known == stamp) {
        return Ok(Some(consumer));
    }
    let mut statement = connection.prepare_cached(SELECT)?;
    let mut rows = statement.query([key])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let (stamp, consumer) = row::decode(row, seal)?;
    cache.put(age, key.to_owned(), stamp, &consumer);
    Ok(Some(consumer))
}

pub(crate) fn list(
    connection: &Connection,
    seal: &Seal,
    after: Option<&str>,
    limit: usize,
) -> Result<Listing<Consumer>, Fault> {
    let mut statement = connection.prepare_cached(LIST)?;
    let rows = statement.query([after])?;
    listed(rows, limit, |row| Ok(row::decode(row, seal)?.1))
}

pub(crate) fn put(
    connection: &Connection,
    seal: &Seal,
    random: &mut (dyn SecureRandom + Send),
    expected: Expected,
    consumer: &Consumer,
) -> Result<(), Fault> {
    let found = current(connection, &consumer.key)?;
    let next = match (expect(expected, found)?, found) {
        (next, Some(_)) => next,
        (_, None) => founding::first_version(connection)?,
    };
    let stamp = founding::stamp(connection)?;
    let encoded = row::Encoded::of(consumer, next, seal, random)?;
    encoded.write(connection.prepare_cached(PUT)?, stamp)
}

pub(crate) fn remove(connection: &Connection, expected: Expected, key: &str) -> Result<(), Fault> {
    let found = current(connection, key)?;
    expect(expected, found)?;
    if let Some(version) = found {
        connection.prepare_cached(REMOVE)?.execute([key])?;
        founding::remove(connection, version)?;
    }
    Ok(())
}

fn current(connection: &Connection, key: &str) -> Result<Option<Version>, Fault> {
    let found = connection
        .prepare_cached(VERSION)?
        .query_row([key], |row| row.get(0))
        .optional()?;
    found.map(version).transpose()
}

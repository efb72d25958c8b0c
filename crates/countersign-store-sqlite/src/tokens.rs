//! Temporary credentials, grants and access tokens.

pub(crate) mod access;
pub(crate) mod column;
pub(crate) mod grants;
pub(crate) mod temporary;

use countersign_clock::UnixTime;
use countersign_key::SecureRandom;
use countersign_store::Change;
use rusqlite::Connection;

use crate::fault::Fault;
use crate::seal::Seal;

/// Makes a change. Everything expected is looked at before anything is written.
pub(crate) fn change(
    connection: &Connection,
    seal: &Seal,
    random: &mut (dyn SecureRandom + Send),
    change: &Change,
) -> Result<(), Fault> {
    let mut temporary = Vec::new();
    for (expected, row) in change.temporary_rows() {
        let found = temporary::current(connection, row.token)?;
        temporary.push((column::expect(*expected, found)?, row));
    }
    let mut grants = Vec::new();
    for (expected, row) in change.grant_rows() {
        let found = grants::current(connection, row.id)?;
        grants.push((column::expect(*expected, found)?, row));
    }
    // All go before any comes: that a grant stands in the place of another is judged at the end.
    for (_, row) in &temporary {
        temporary::delete(connection, row.token)?;
    }
    for (_, row) in &grants {
        grants::delete(connection, row.id)?;
    }
    for (version, row) in temporary {
        temporary::insert(connection, seal, random, version, row)?;
    }
    for (version, row) in grants {
        grants::insert(connection, seal, random, version, row)?;
    }
    for row in change.access_rows() {
        access::insert(connection, seal, random, row)?;
    }
    Ok(())
}

/// Drops rows that are due, at most `limit`.
pub(crate) fn forget(connection: &Connection, now: UnixTime, limit: usize) -> Result<usize, Fault> {
    let mut dropped = 0_usize;
    // Tokens before their grants.
    for statement in [temporary::FORGET, access::FORGET, grants::FORGET] {
        let left = limit.saturating_sub(dropped);
        let left = i64::try_from(left).unwrap_or(i64::MAX);
        let gone = connection
            .prepare_cached(statement)?
            .execute((now.seconds(), left))?;
        dropped = dropped.saturating_add(gone);
    }
    Ok(dropped)
}

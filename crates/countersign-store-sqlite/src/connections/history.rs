//! What happened to connections.

use countersign_store::{ConnectionId, Happening, HistoryEntry};
use countersign_token::Generation;
use rusqlite::Connection;

use crate::connections::founding;
use crate::connections::place::identity;
use crate::fault::Fault;
use crate::tokens::column;

const SELECT: &str = "
SELECT at, generation, event, cause FROM history WHERE identity = ?1 ORDER BY number";

const INSERT: &str = "INSERT INTO history VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

const CUT: &str = "
DELETE FROM history WHERE identity = ?1 AND number <= (
    SELECT number FROM history WHERE identity = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)";

const FORGET: &str = "DELETE FROM history WHERE identity = ?1";

pub(super) fn read(connection: &Connection, id: &ConnectionId) -> Result<Vec<HistoryEntry>, Fault> {
    type Columns = (i64, i64, String, Option<String>);
    let mut statement = connection.prepare_cached(SELECT)?;
    let rows = statement.query_map([identity(id)?], |row| {
        let row: Columns = row.try_into()?;
        Ok(row)
    })?;
    let mut entries = Vec::new();
    for row in rows {
        let (at, generation, event, cause) = row?;
        // What a later version may have noted is passed over.
        if let Ok(Some(what)) = Happening::from_strs(&event, cause.as_deref()) {
            let generation = Generation::new(generation.cast_unsigned());
            entries.push(HistoryEntry::new(column::time(at), generation, what));
        }
    }
    Ok(entries)
}

pub(super) fn add(
    connection: &Connection,
    identity: &[u8],
    entries: &[HistoryEntry],
) -> Result<(), Fault> {
    for entry in entries {
        let (event, cause) = entry.what.as_strs();
        connection.prepare_cached(INSERT)?.execute((
            identity,
            founding::give(connection)?.cast_signed(),
            entry.at.seconds(),
            entry.generation.get().cast_signed(),
            event,
            cause,
        ))?;
    }
    if !entries.is_empty() {
        let kept = i64::try_from(HistoryEntry::KEPT).unwrap_or(i64::MAX);
        connection.prepare_cached(CUT)?.execute((identity, kept))?;
    }
    Ok(())
}

pub(super) fn forget(connection: &Connection, identity: &[u8]) -> Result<(), Fault> {
    connection.prepare_cached(FORGET)?.execute([identity])?;
    Ok(())
}

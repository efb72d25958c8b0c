//! Nonces: answered from memory, kept as packed rows, one for each commit.

use countersign_clock::{UnixTime, Window};
use countersign_store::{Fingerprint, KeptNonce, MemoryNonceStore, Start};
use rusqlite::Connection;

use crate::fault::Fault;
use crate::founding;

/// `newest` is the newest timestamp in `entries`: when that is over, the whole row is. It stands
/// before the entries, so that they are not read to find out.
pub(crate) const TABLE: &str = "
CREATE TABLE nonces (
    number INTEGER PRIMARY KEY,
    newest INTEGER NOT NULL,
    entries BLOB NOT NULL
) STRICT";

const INSERT: &str = "INSERT INTO nonces (newest, entries) VALUES (?1, ?2)";

const SELECT: &str = "SELECT entries FROM nonces";

/// The oldest rows; more than one commit adds.
const OLDEST: &str = "SELECT number, newest FROM nonces ORDER BY number LIMIT 32";

const DELETE: &str = "DELETE FROM nonces WHERE number <= ?1";

/// One nonce: two fingerprints and a timestamp.
const ENTRY: usize = 40;

/// What is kept of a nonce. The timestamp and not its end: the window may be another one after a
/// restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) fingerprint: Fingerprint,
    pub(crate) consumer: Fingerprint,
    pub(crate) timestamp: UnixTime,
}

impl Entry {
    fn pack(&self, packed: &mut Vec<u8>) {
        packed.extend_from_slice(&self.fingerprint.to_bytes());
        packed.extend_from_slice(&self.consumer.to_bytes());
        packed.extend_from_slice(&self.timestamp.seconds().to_le_bytes());
    }

    fn unpack(packed: &[u8; ENTRY]) -> Option<Self> {
        let (fingerprint, rest) = packed.split_first_chunk()?;
        let (consumer, rest) = rest.split_first_chunk()?;
        let timestamp = i64::from_le_bytes(rest.try_into().ok()?);
        Some(Self {
            fingerprint: Fingerprint::from_bytes(*fingerprint),
            consumer: Fingerprint::from_bytes(*consumer),
            timestamp: UnixTime::from_seconds(timestamp),
        })
    }
}

/// The first moment at which a timestamp is no longer accepted.
fn end(timestamp: UnixTime, window: Window) -> UnixTime {
    timestamp
        .saturating_add(i64::from(window.past()))
        .saturating_add(1)
}

/// Writes the nonces of one commit.
pub(crate) fn insert(connection: &Connection, entries: &[Entry]) -> Result<(), Fault> {
    let Some(newest) = entries.iter().map(|entry| entry.timestamp).max() else {
        return Ok(());
    };
    let mut packed = Vec::with_capacity(entries.len().saturating_mul(ENTRY));
    for entry in entries {
        entry.pack(&mut packed);
    }
    connection
        .prepare_cached(INSERT)?
        .execute((newest.seconds(), packed))?;
    Ok(())
}

/// Deletes the oldest rows that are over, and notes up to which timestamp nonces are gone.
pub(crate) fn purge(connection: &Connection, window: Window, now: UnixTime) -> Result<(), Fault> {
    let mut over = None;
    {
        let mut statement = connection.prepare_cached(OLDEST)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (number, newest): (i64, i64) = row.try_into()?;
            let newest = UnixTime::from_seconds(newest);
            if end(newest, window) > now {
                break;
            }
            over = Some(over.map_or((number, newest), |(_, before)| (number, newest.max(before))));
        }
    }
    if let Some((number, newest)) = over {
        connection.prepare_cached(DELETE)?.execute([number])?;
        founding::forget(connection, newest)?;
    }
    Ok(())
}

/// Builds the memory from the rows.
pub(crate) fn load(
    connection: &Connection,
    memory: impl FnOnce(Start) -> MemoryNonceStore,
    window: Window,
    forgotten: UnixTime,
    now: UnixTime,
) -> Result<MemoryNonceStore, Fault> {
    let mut live = Vec::new();
    let mut forgotten = forgotten;
    let mut statement = connection.prepare(SELECT)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let packed: Vec<u8> = row.get(0)?;
        let (entries, rest) = packed.as_chunks::<ENTRY>();
        if !rest.is_empty() {
            return Err(Fault::damaged("a row of nonces is cut off"));
        }
        for entry in entries.iter().filter_map(Entry::unpack) {
            if end(entry.timestamp, window) > now {
                live.push(entry);
            } else {
                // If the clock is wrong now and is set back later, they are not vouched for.
                forgotten = forgotten.max(entry.timestamp);
            }
        }
    }
    let memory = memory(Start::AfterLossBelow { ceiling: forgotten });
    for entry in live {
        let ends = end(entry.timestamp, window);
        memory
            .load(&KeptNonce::new(entry.fingerprint, entry.consumer, ends))
            .map_err(Fault::Memory)?;
    }
    Ok(memory)
}

#[cfg(test)]
mod tests;

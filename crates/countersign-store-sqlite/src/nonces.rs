//! Nonces: answered from memory, kept in pages.

pub(crate) mod forgotten;
mod page;
pub(crate) mod repack;
mod ring;

pub(crate) use page::Entry;
pub(crate) use ring::{Draft, Ring};

use countersign_clock::{UnixTime, Window};
use countersign_store::{Forgotten, KeptNonce, MemoryNonceStore};
use rusqlite::Connection;

use crate::fault::Fault;
use crate::nonces::page::Page;

/// Every blob is of one length, so that it is written over in its place.
pub(crate) const TABLE: &str = "
CREATE TABLE nonce_pages (
    number INTEGER PRIMARY KEY,
    entries BLOB NOT NULL
) STRICT";

const SELECT: &str = "SELECT number, entries FROM nonce_pages ORDER BY number";

/// The first moment at which a timestamp is no longer accepted.
fn end(timestamp: UnixTime, window: Window) -> UnixTime {
    timestamp
        .saturating_add(i64::from(window.past()))
        .saturating_add(1)
}

/// Fills the memory from the pages; `lost` is up to which timestamp nonces may have been lost.
pub(crate) fn load(
    connection: &Connection,
    memory: &MemoryNonceStore,
    window: Window,
    lost: UnixTime,
    now: UnixTime,
) -> Result<Ring, Fault> {
    let mut durable = Forgotten::nothing(window);
    durable.add(UnixTime::from_seconds(i64::MIN), lost);
    forgotten::read(connection, &mut durable)?;
    let mut ring = Ring::new(window, durable.clone());
    let mut statement = connection.prepare(SELECT)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let number = row.get(0)?;
        let page = Page::read(row.get(1)?).map_err(|fault| fault.of("nonces", number))?;
        for entry in page.entries() {
            let ends = end(entry.timestamp, window);
            if ends > now {
                let kept = KeptNonce::new(entry.fingerprint, entry.consumer, ends);
                memory.load(&kept).map_err(Fault::Memory)?;
            } else {
                // If the clock is wrong now and is set back later, they are not vouched for.
                durable.add(entry.timestamp, entry.timestamp);
            }
        }
        ring.load(number, page);
    }
    for (first, last) in durable.ranges() {
        memory.forget(first, last);
    }
    Ok(ring)
}

#[cfg(test)]
mod tests;

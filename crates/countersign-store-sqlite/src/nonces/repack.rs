//! From the rows of schema 3, one for each commit, to pages.

use rusqlite::Connection;

use crate::fault::Fault;
use crate::nonces::page::{ENTRY, Entry, Page};

/// Packed entries, one after the other, of no fixed number.
pub(crate) const OLD_TABLE: &str = "
CREATE TABLE nonces (
    number INTEGER PRIMARY KEY,
    newest INTEGER NOT NULL,
    entries BLOB NOT NULL
) STRICT";

const SELECT: &str = "SELECT entries FROM nonces ORDER BY number";

const INSERT: &str = "INSERT INTO nonce_pages (entries) VALUES (?1)";

/// All of them, whether they are over or not: when that is, is not known here.
pub(crate) fn repack(connection: &Connection) -> Result<(), Fault> {
    let mut statement = connection.prepare(SELECT)?;
    let mut rows = statement.query([])?;
    let mut page = Page::empty();
    let write = |page: &mut Page| -> Result<(), Fault> {
        connection
            .prepare_cached(INSERT)?
            .execute([page.bytes(0)])?;
        *page = Page::empty();
        Ok(())
    };
    while let Some(row) = rows.next()? {
        let packed: Vec<u8> = row.get(0)?;
        let (entries, rest) = packed.as_chunks::<ENTRY>();
        if !rest.is_empty() {
            return Err(Fault::damaged("a row of nonces is cut off"));
        }
        for entry in entries.iter().filter_map(Entry::unpack) {
            page.fill(&[entry]);
            if page.room() == 0 {
                write(&mut page)?;
            }
        }
    }
    match page.span() {
        Some(_) => write(&mut page),
        None => Ok(()),
    }
}

//! Of which timestamps nonces may be gone, as it is in the file.

use countersign_clock::UnixTime;
use countersign_store::Forgotten;
use rusqlite::Connection;

use crate::fault::Fault;

pub(crate) const TABLE: &str = "
CREATE TABLE forgotten (
    first INTEGER PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT";

const SELECT: &str = "SELECT first, last FROM forgotten ORDER BY first";

const CLEAR: &str = "DELETE FROM forgotten";

const INSERT: &str = "INSERT INTO forgotten VALUES (?1, ?2)";

pub(super) fn read(connection: &Connection, forgotten: &mut Forgotten) -> Result<(), Fault> {
    let mut statement = connection.prepare(SELECT)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (first, last): (i64, i64) = row.try_into()?;
        forgotten.add(UnixTime::from_seconds(first), UnixTime::from_seconds(last));
    }
    Ok(())
}

pub(super) fn write(connection: &Connection, forgotten: &Forgotten) -> Result<(), Fault> {
    connection.prepare_cached(CLEAR)?.execute([])?;
    for (first, last) in forgotten.ranges() {
        connection
            .prepare_cached(INSERT)?
            .execute((first.seconds(), last.seconds()))?;
    }
    Ok(())
}

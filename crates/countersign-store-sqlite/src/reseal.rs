//! Sealing again, with the key of now, what an older one sealed.

use countersign_key::SecureRandom;
use countersign_store::seal::Place;
use rusqlite::Connection;
use rusqlite::types::{Value, ValueRef};

use crate::fault::Fault;
use crate::seal::Seal;

/// A column of secrets: its table as a [`Place`] names it, and how it is read from behind a row,
/// with row and generation, and written.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) table: &'static str,
    pub(crate) select: &'static str,
    pub(crate) update: &'static str,
}

/// Those of a provider's store.
pub(crate) const PROVIDER: &[Column] = &[
    Column {
        table: "store",
        select: "
SELECT 'fingerprint_key', 0, fingerprint_key FROM store WHERE ?1 IS NULL LIMIT ?2",
        update: "UPDATE store SET fingerprint_key = ?2 WHERE ?1 = 'fingerprint_key'",
    },
    Column {
        table: "consumers",
        select: "
SELECT key, version, secret FROM consumers WHERE ?1 IS NULL OR key > ?1 ORDER BY key LIMIT ?2",
        update: "UPDATE consumers SET secret = ?2 WHERE key = ?1",
    },
    Column {
        table: "temporary_credentials",
        select: "
SELECT token, version, secret FROM temporary_credentials
WHERE ?1 IS NULL OR token > ?1 ORDER BY token LIMIT ?2",
        update: "UPDATE temporary_credentials SET secret = ?2 WHERE token = ?1",
    },
    Column {
        table: "grants",
        select: "
SELECT id, version, renewal FROM grants WHERE ?1 IS NULL OR id > ?1 ORDER BY id LIMIT ?2",
        update: "UPDATE grants SET renewal = ?2 WHERE id = ?1",
    },
    Column {
        table: "access_tokens",
        select: "
SELECT access_token, access_generation, access_secret FROM access_tokens
WHERE ?1 IS NULL OR access_token > ?1 ORDER BY access_token LIMIT ?2",
        update: "UPDATE access_tokens SET access_secret = ?2 WHERE access_token = ?1",
    },
];

/// How far sealing again has come: where [`SqliteStore::reseal`](crate::SqliteStore::reseal) goes
/// on. The default begins; after a crash begin anew, as what is done stays done.
#[derive(Debug, Clone, Default)]
pub struct Resealing {
    column: usize,
    after: Option<Value>,
    /// Whether this round has sealed anything: others may have written behind it.
    found: bool,
    resealed: usize,
    damaged: Vec<String>,
    complete: bool,
}

impl Resealing {
    /// Whether a whole round found nothing that an older key sealed and that opens: no row needs
    /// an older key any more, as long as no process seals with it.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.complete
    }

    /// How many secrets were sealed again.
    #[must_use]
    pub const fn resealed(&self) -> usize {
        self.resealed
    }

    /// The rows that no key at hand opens, and what is wrong with them; left as they are.
    #[must_use]
    pub fn damaged(&self) -> &[String] {
        &self.damaged
    }

    /// Looks at the next `limit` rows.
    pub(crate) fn go_on(
        mut self,
        columns: &[Column],
        connection: &Connection,
        seal: &Seal,
        random: &mut (dyn SecureRandom + Send),
        limit: usize,
    ) -> Result<Self, Fault> {
        let mut left = limit.max(1);
        while left > 0 && !self.complete {
            let Some(column) = columns.get(self.column) else {
                self.end_round();
                continue;
            };
            let rows = read(connection, column, self.after.as_ref(), left)?;
            left = left.saturating_sub(rows.len());
            let ended = left > 0;
            for row in rows {
                self.one(connection, seal, random, column, &row)?;
                self.after = Some(row.key);
            }
            if ended {
                self.column = self.column.saturating_add(1);
                self.after = None;
            }
        }
        Ok(self)
    }

    fn end_round(&mut self) {
        self.complete = !self.found;
        if self.found {
            self.column = 0;
            self.found = false;
            self.damaged.clear();
        }
    }

    fn one(
        &mut self,
        connection: &Connection,
        seal: &Seal,
        random: &mut (dyn SecureRandom + Send),
        column: &Column,
        row: &Row,
    ) -> Result<(), Fault> {
        let Some(sealed) = &row.sealed else {
            return Ok(());
        };
        let place = Place::new(column.table, bytes(&row.key), row.generation);
        if seal.is_current(sealed) {
            return Ok(());
        }
        let opened = match seal.open(place, sealed) {
            Ok(opened) => opened,
            Err(fault) => {
                let row = bytes(&row.key).escape_ascii();
                self.damaged
                    .push(format!("{} {row}: {fault}", column.table));
                return Ok(());
            }
        };
        let again = seal.seal(place, opened.expose_secret(), random)?;
        connection
            .prepare_cached(column.update)?
            .execute((&row.key, again))?;
        self.found = true;
        self.resealed = self.resealed.saturating_add(1);
        Ok(())
    }
}

struct Row {
    key: Value,
    generation: u64,
    sealed: Option<Vec<u8>>,
}

fn read(
    connection: &Connection,
    column: &Column,
    after: Option<&Value>,
    limit: usize,
) -> Result<Vec<Row>, Fault> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(column.select)?;
    let rows = statement.query_map((after, limit), |row| {
        Ok(Row {
            key: row.get(0)?,
            generation: row.get::<_, i64>(1)?.cast_unsigned(),
            sealed: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn bytes(key: &Value) -> &[u8] {
    match ValueRef::from(key) {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes,
        _ => &[],
    }
}

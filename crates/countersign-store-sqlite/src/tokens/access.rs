//! Access tokens: added and dropped, never changed.

use std::sync::Arc;

use countersign_key::SecureRandom;
use countersign_store::seal::Place;
use countersign_store::{AccessToken, Fingerprint, Grant, TokenAndGrant};
use countersign_token::Generation;
use rusqlite::{Connection, Row};

use crate::fault::Fault;
use crate::seal::Seal;
use crate::tokens::{column, grants};

pub(crate) const TABLE: &str = "
CREATE TABLE access_tokens (
    access_token BLOB PRIMARY KEY,
    access_grant BLOB NOT NULL,
    access_generation INTEGER NOT NULL,
    access_consumer_key TEXT NOT NULL,
    access_secret BLOB NOT NULL,
    access_issued INTEGER NOT NULL,
    access_expires INTEGER,
    access_session_handle BLOB,
    access_forget_after INTEGER NOT NULL
) STRICT, WITHOUT ROWID";

pub(crate) const BY_END: &str = "CREATE INDEX access_by_end ON access_tokens (access_forget_after)";

/// A grant is kept as long as a token of it.
pub(crate) const BY_GRANT: &str = "CREATE INDEX access_by_grant ON access_tokens (access_grant)";

/// One statement, so that both are read at the same moment.
const SELECT: &str = "
SELECT * FROM access_tokens JOIN grants ON id = access_grant WHERE access_token = ?1";

/// What a token and its grant are known by: a row is changed under another version, and no secret
/// is sealed twice into the same bytes.
const STAMP: &str = "
SELECT version, access_secret
FROM access_tokens JOIN grants ON id = access_grant WHERE access_token = ?1";

const INSERT: &str = "INSERT INTO access_tokens VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

pub(super) const FORGET: &str = "
DELETE FROM access_tokens WHERE access_token IN (
    SELECT access_token FROM access_tokens WHERE access_forget_after < ?1 LIMIT ?2)";

const fn place(token: &[u8; 16], generation: Generation) -> Place<'_> {
    Place::new("access_tokens", token, generation.get())
}

/// Tokens by fingerprint; version and sealed secret of what was decoded.
pub(crate) type Cache = crate::cache::Cache<Fingerprint, (i64, Vec<u8>), TokenAndGrant>;

/// Reads a token and its grant; `age` is the one of the commits before.
pub(crate) fn read(
    connection: &Connection,
    seal: &Seal,
    cache: &Cache,
    age: Option<u64>,
    token: Fingerprint,
) -> Result<Option<TokenAndGrant>, Fault> {
    match cached(connection, cache, age, token)? {
        Stamped::Same(found) => return Ok(Some(found)),
        // One statement, as for a token that is there and known: two would take longer.
        Stamped::Absent => {
            cache.forget(&token);
            return Ok(None);
        }
        Stamped::Other => {}
    }
    let mut statement = connection.prepare_cached(SELECT)?;
    let mut rows = statement.query([token.to_bytes()])?;
    let Some(row) = rows.next()? else {
        cache.forget(&token);
        return Ok(None);
    };
    let grant = grants::decode(row, seal)?;
    let access =
        decode(row, seal, token, &grant.row).map_err(|fault| fault.of("access token", token))?;
    let found = (Arc::new(access), grant);
    let stamp = (row.get("version")?, row.get("access_secret")?);
    cache.put(age, token, stamp, &found);
    Ok(Some(found))
}

/// What the file has, beside what was decoded before.
enum Stamped {
    Absent,
    Same(TokenAndGrant),
    Other,
}

/// What was decoded before, if both rows are the same in the file.
fn cached(
    connection: &Connection,
    cache: &Cache,
    age: Option<u64>,
    token: Fingerprint,
) -> Result<Stamped, Fault> {
    let mut statement = connection.prepare_cached(STAMP)?;
    let mut rows = statement.query([token.to_bytes()])?;
    let Some(row) = rows.next()? else {
        return Ok(Stamped::Absent);
    };
    let version: i64 = row.get(0)?;
    let sealed = row.get_ref(1)?.as_blob().unwrap_or_default();
    let is_same = |(known, secret): &(i64, Vec<u8>)| *known == version && secret == sealed;
    Ok(match cache.get(age, &token, is_same) {
        Some(found) => Stamped::Same(found),
        None => Stamped::Other,
    })
}

fn decode(
    row: &Row<'_>,
    seal: &Seal,
    token: Fingerprint,
    grant: &Grant,
) -> Result<AccessToken, Fault> {
    let generation: i64 = row.get("access_generation")?;
    let generation = Generation::new(generation.cast_unsigned());
    let sealed: Vec<u8> = row.get("access_secret")?;
    let opened = seal.open(place(&token.to_bytes(), generation), &sealed)?;
    let mut access = AccessToken::new(
        token,
        grant,
        column::secret(opened.expose_secret())?,
        column::time(row.get("access_issued")?),
        column::expiry(row.get("access_expires")?),
    );
    access.generation = generation;
    access.consumer_key = row.get("access_consumer_key")?;
    access.forget_after = column::time(row.get("access_forget_after")?);
    access.session_handle = column::fingerprint(row.get("access_session_handle")?);
    Ok(access)
}

pub(super) fn insert(
    connection: &Connection,
    seal: &Seal,
    random: &mut (dyn SecureRandom + Send),
    row: &AccessToken,
) -> Result<(), Fault> {
    if grants::current(connection, row.grant)?.is_none() {
        return Err(Fault::Conflict);
    }
    let token = row.token.to_bytes();
    let secret = row.secret.expose_secret().as_bytes();
    let sealed = seal.seal(place(&token, row.generation), secret, random)?;
    connection.prepare_cached(INSERT)?.execute((
        token,
        row.grant.to_bytes(),
        row.generation.get().cast_signed(),
        &row.consumer_key,
        sealed,
        row.issued.seconds(),
        column::expiry_column(row.expires),
        column::fingerprint_column(row.session_handle),
        row.forget_after.seconds(),
    ))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use rusqlite::StatementStatus;

    use super::*;
    use crate::tokens::temporary;

    #[test]
    fn a_look_up_is_compiled_once_for_all_tokens() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store.db");
        crate::file::create(&path).unwrap();
        let connection = crate::connection::open(&path, Duration::ZERO).unwrap();
        for table in [TABLE, grants::TABLE, grants::STANDING, temporary::TABLE] {
            connection.execute_batch(table).unwrap();
        }
        for sql in [SELECT, STAMP] {
            for token in 0_u8..4 {
                let mut statement = connection.prepare_cached(sql).unwrap();
                assert!(!statement.exists([[token; 16]]).unwrap());
                let again = statement.get_status(StatementStatus::RePrepare);
                assert_eq!(again, 0, "{sql}");
            }
        }
    }
}

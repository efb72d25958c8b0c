//! Temporary credentials.

use std::sync::Arc;

use countersign_key::SecureRandom;
use countersign_store::seal::Place;
use countersign_store::{Fingerprint, Listing, TemporaryCredentials, Version, Versioned};
use countersign_token::TemporaryState;
use rusqlite::{Connection, OptionalExtension, Row};

use crate::fault::Fault;
use crate::listing::listed;
use crate::seal::Seal;
use crate::tokens::column;

pub(crate) const TABLE: &str = "
CREATE TABLE temporary_credentials (
    token BLOB PRIMARY KEY,
    version INTEGER NOT NULL,
    consumer_key TEXT NOT NULL,
    secret BLOB NOT NULL,
    callback TEXT NOT NULL,
    expires INTEGER NOT NULL,
    state TEXT NOT NULL,
    verifier BLOB,
    wrong_verifiers INTEGER NOT NULL,
    user TEXT,
    organisation TEXT,
    role TEXT,
    forget_after INTEGER NOT NULL
) STRICT, WITHOUT ROWID";

pub(crate) const BY_END: &str =
    "CREATE INDEX temporary_by_end ON temporary_credentials (forget_after)";

pub(crate) const BY_CONSUMER: &str =
    "CREATE INDEX temporary_by_consumer ON temporary_credentials (consumer_key)";

const SELECT: &str = "SELECT * FROM temporary_credentials WHERE token = ?1";

const APPROVED: &str = "
SELECT * FROM temporary_credentials WHERE state = 'approved' AND organisation = ?1";

const COUNT: &str = "
SELECT count(*) FROM (
    SELECT 1 FROM temporary_credentials WHERE consumer_key = ?1 LIMIT ?2)";

const VERSION: &str = "SELECT version FROM temporary_credentials WHERE token = ?1";

const INSERT: &str = "
INSERT INTO temporary_credentials
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";

const DELETE: &str = "DELETE FROM temporary_credentials WHERE token = ?1";

pub(super) const FORGET: &str = "
DELETE FROM temporary_credentials WHERE token IN (
    SELECT token FROM temporary_credentials WHERE forget_after < ?1 LIMIT ?2)";

const fn place(token: &[u8; 16], version: Version) -> Place<'_> {
    Place::new("temporary_credentials", token, version.number())
}

pub(crate) fn read(
    connection: &Connection,
    seal: &Seal,
    token: Fingerprint,
) -> Result<Option<Arc<Versioned<TemporaryCredentials>>>, Fault> {
    let mut statement = connection.prepare_cached(SELECT)?;
    let mut rows = statement.query([token.to_bytes()])?;
    rows.next()?
        .map(|row| decode(row, seal, token))
        .transpose()
        .map(|found| found.map(Arc::new))
        .map_err(|fault| fault.of("temporary credentials", token))
}

pub(crate) fn approved(
    connection: &Connection,
    seal: &Seal,
    organisation: &str,
) -> Result<Listing<TemporaryCredentials>, Fault> {
    let mut statement = connection.prepare_cached(APPROVED)?;
    let rows = statement.query([organisation])?;
    listed(rows, usize::MAX, |row| {
        let token = Fingerprint::from_bytes(row.get("token")?);
        decode(row, seal, token)
            .map(Arc::new)
            .map_err(|fault| fault.of("temporary credentials", token))
    })
}

pub(crate) fn count(
    connection: &Connection,
    consumer_key: &str,
    most: usize,
) -> Result<usize, Fault> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let count: i64 = connection
        .prepare_cached(COUNT)?
        .query_row((consumer_key, most), |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or(0))
}

fn decode(
    row: &Row<'_>,
    seal: &Seal,
    token: Fingerprint,
) -> Result<Versioned<TemporaryCredentials>, Fault> {
    let version = column::version(row.get("version")?)?;
    let sealed: Vec<u8> = row.get("secret")?;
    let opened = seal.open(place(&token.to_bytes(), version), &sealed)?;
    let mut credentials = TemporaryCredentials::new(
        token,
        row.get::<_, String>("consumer_key")?,
        column::secret(opened.expose_secret())?,
        row.get::<_, String>("callback")?,
        column::time(row.get("expires")?),
    );
    credentials.state = TemporaryState::parse(row.get_ref("state")?.as_str().unwrap_or_default())
        .map_err(|_| Fault::damaged("an unknown state"))?;
    credentials.verifier = column::fingerprint(row.get("verifier")?);
    credentials.wrong_verifiers = row.get("wrong_verifiers")?;
    credentials.user = row.get("user")?;
    credentials.organisation = row.get("organisation")?;
    credentials.role = row.get("role")?;
    credentials.forget_after = column::time(row.get("forget_after")?);
    Ok(Versioned::new(version, credentials))
}

pub(super) fn current(
    connection: &Connection,
    token: Fingerprint,
) -> Result<Option<Version>, Fault> {
    connection
        .prepare_cached(VERSION)?
        .query_row([token.to_bytes()], |row| row.get(0))
        .optional()?
        .map(column::version)
        .transpose()
}

pub(super) fn delete(connection: &Connection, token: Fingerprint) -> Result<(), Fault> {
    connection
        .prepare_cached(DELETE)?
        .execute([token.to_bytes()])?;
    Ok(())
}

pub(super) fn insert(
    connection: &Connection,
    seal: &Seal,
    random: &mut (dyn SecureRandom + Send),
    version: Version,
    row: &TemporaryCredentials,
) -> Result<(), Fault> {
    let token = row.token.to_bytes();
    let secret = row.secret.expose_secret().as_bytes();
    let sealed = seal.seal(place(&token, version), secret, random)?;
    connection.prepare_cached(INSERT)?.execute((
        token,
        column::version_column(version)?,
        &row.consumer_key,
        sealed,
        &row.callback,
        row.expires.seconds(),
        row.state.as_str(),
        column::fingerprint_column(row.verifier),
        row.wrong_verifiers,
        &row.user,
        &row.organisation,
        &row.role,
        row.forget_after.seconds(),
    ))?;
    Ok(())
}

//! Grants.

use std::sync::Arc;

use countersign_key::SecureRandom;
use countersign_store::seal::Place;
use countersign_store::{Grant, GrantId, GrantSelection, Issued, Listing, Version, Versioned};
use countersign_token as life;
use countersign_token::{AuthorizationNumber, Generation, SessionState};
use rusqlite::{Connection, OptionalExtension, Params, Row};
use zeroize::Zeroizing;

use crate::codec::{pack, unpack};
use crate::fault::Fault;
use crate::listing::listed;
use crate::seal::Seal;
use crate::tokens::column;

pub(crate) const TABLE: &str = "
CREATE TABLE grants (
    id BLOB PRIMARY KEY,
    version INTEGER NOT NULL,
    consumer_key TEXT NOT NULL,
    organisation TEXT NOT NULL,
    user TEXT NOT NULL,
    role TEXT NOT NULL,
    authorization INTEGER NOT NULL,
    state TEXT NOT NULL,
    expiry INTEGER,
    generation INTEGER NOT NULL,
    newest_issued INTEGER NOT NULL,
    newest_used INTEGER NOT NULL,
    renewable INTEGER NOT NULL,
    given INTEGER NOT NULL,
    ended INTEGER,
    renewal_at INTEGER,
    renewal BLOB,
    forget_after INTEGER NOT NULL
) STRICT, WITHOUT ROWID";

/// As [`Grant::is_standing`].
pub(crate) const STANDING: &str = "
CREATE UNIQUE INDEX grants_standing ON grants (consumer_key, organisation)
WHERE state IN ('live', 'lapsed')";

pub(crate) const BY_CONSUMER: &str = "CREATE INDEX grants_by_consumer ON grants (consumer_key, id)";

pub(crate) const BY_USER: &str = "CREATE INDEX grants_by_user ON grants (user, id)";

pub(crate) const BY_ORGANISATION: &str =
    "CREATE INDEX grants_by_organisation ON grants (organisation, id)";

pub(crate) const BY_END: &str = "CREATE INDEX grants_by_end ON grants (forget_after)";

const SELECT: &str = "SELECT * FROM grants WHERE id = ?1";

const SELECT_STANDING: &str = "
SELECT * FROM grants
WHERE consumer_key = ?1 AND organisation = ?2 AND state IN ('live', 'lapsed')";

const LIST: &str = "SELECT * FROM grants WHERE id > ?1 ORDER BY id";

const LIST_OF_CONSUMER: &str = "
SELECT * FROM grants WHERE id > ?1 AND consumer_key = ?2 ORDER BY id";

const LIST_OF_USER: &str = "
SELECT * FROM grants WHERE id > ?1 AND user = ?2 ORDER BY id";

const LIST_OF_ORGANISATION: &str = "
SELECT * FROM grants WHERE id > ?1 AND organisation = ?2 ORDER BY id";

const VERSION: &str = "SELECT version FROM grants WHERE id = ?1";

const INSERT: &str = "
INSERT INTO grants VALUES (
    :id, :version, :consumer_key, :organisation, :user, :role, :authorization, :state, :expiry,
    :generation, :newest_issued, :newest_used, :renewable, :given, :ended, :renewal_at, :renewal,
    :forget_after)";

const DELETE: &str = "DELETE FROM grants WHERE id = ?1";

pub(super) const FORGET: &str = "
DELETE FROM grants WHERE id IN (
    SELECT id FROM grants
    WHERE forget_after < ?1
        AND NOT EXISTS (SELECT 1 FROM access_tokens WHERE access_grant = id)
    LIMIT ?2)";

type Found = Arc<Versioned<Grant>>;

const fn place(id: &[u8; 16], version: Version) -> Place<'_> {
    Place::new("grants", id, version.number())
}

pub(crate) fn read(
    connection: &Connection,
    seal: &Seal,
    id: GrantId,
) -> Result<Option<Found>, Fault> {
    one(connection, seal, SELECT, [id.to_bytes()])
}

pub(crate) fn standing(
    connection: &Connection,
    seal: &Seal,
    consumer_key: &str,
    organisation: &str,
) -> Result<Option<Found>, Fault> {
    let pair = (consumer_key, organisation);
    one(connection, seal, SELECT_STANDING, pair)
}

/// A selection that can be sent to another thread.
#[derive(Debug)]
pub(crate) enum Selection {
    All,
    Consumer(String),
    User(String),
    Organisation(String),
}

impl Selection {
    pub(crate) fn of(selection: GrantSelection<'_>) -> Result<Self, Fault> {
        match selection {
            GrantSelection::All => Ok(Self::All),
            GrantSelection::Consumer(key) => Ok(Self::Consumer(key.to_owned())),
            GrantSelection::User(user) => Ok(Self::User(user.to_owned())),
            GrantSelection::Organisation(name) => Ok(Self::Organisation(name.to_owned())),
            _ => Err(Fault::Unknown("selection of grants")),
        }
    }
}

pub(crate) fn list(
    connection: &Connection,
    seal: &Seal,
    selection: &Selection,
    after: Option<GrantId>,
    limit: usize,
) -> Result<Listing<Grant>, Fault> {
    // An empty blob comes before every id.
    let after = after.map_or(Vec::new(), |id| id.to_bytes().to_vec());
    let (sql, of) = match selection {
        Selection::All => return query(connection, seal, LIST, [after], limit),
        Selection::Consumer(key) => (LIST_OF_CONSUMER, key),
        Selection::User(user) => (LIST_OF_USER, user),
        Selection::Organisation(name) => (LIST_OF_ORGANISATION, name),
    };
    query(connection, seal, sql, (after, of), limit)
}

fn query(
    connection: &Connection,
    seal: &Seal,
    sql: &str,
    values: impl Params,
    limit: usize,
) -> Result<Listing<Grant>, Fault> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query(values)?;
    listed(rows, limit, |row| decode(row, seal))
}

fn one(
    connection: &Connection,
    seal: &Seal,
    sql: &str,
    values: impl Params,
) -> Result<Option<Found>, Fault> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(values)?;
    rows.next()?.map(|row| decode(row, seal)).transpose()
}

pub(super) fn decode(row: &Row<'_>, seal: &Seal) -> Result<Found, Fault> {
    let id = GrantId::from_bytes(row.get("id")?);
    decode_as(row, seal, id)
        .map(Arc::new)
        .map_err(|fault| fault.of("grant", id))
}

fn decode_as(row: &Row<'_>, seal: &Seal, id: GrantId) -> Result<Versioned<Grant>, Fault> {
    let version = column::version(row.get("version")?)?;
    let given = column::time(row.get("given")?);
    let ends = column::expiry(row.get("expiry")?);
    let mut grant = Grant::new(
        id,
        row.get::<_, String>("consumer_key")?,
        row.get::<_, String>("organisation")?,
        row.get::<_, String>("user")?,
        given,
        ends,
    );
    grant.role = row.get("role")?;
    grant.life = life::Grant {
        authorization: AuthorizationNumber::new(
            row.get::<_, i64>("authorization")?.cast_unsigned(),
        ),
        state: SessionState::parse(row.get_ref("state")?.as_str().unwrap_or_default())
            .map_err(|_| Fault::damaged("an unknown state"))?,
        expiry: ends,
        generation: Generation::new(row.get::<_, i64>("generation")?.cast_unsigned()),
        issued: column::time(row.get("newest_issued")?),
        used: row.get("newest_used")?,
    };
    grant.renewable = row.get("renewable")?;
    grant.ended = row.get::<_, Option<i64>>("ended")?.map(column::time);
    grant.issued = match (row.get("renewal_at")?, row.get("renewal")?) {
        (Some(at), Some(sealed)) => Some(open(seal, id, version, at, sealed)?),
        (None, None) => None,
        _ => return Err(Fault::damaged("half of a renewal")),
    };
    grant.forget_after = column::time(row.get("forget_after")?);
    Ok(Versioned::new(version, grant))
}

fn open(
    seal: &Seal,
    id: GrantId,
    version: Version,
    at: i64,
    sealed: Vec<u8>,
) -> Result<Issued, Fault> {
    let opened = seal.open(place(&id.to_bytes(), version), &sealed)?;
    let parts: [&[u8]; 3] = unpack(opened.expose_secret())?
        .try_into()
        .map_err(|_| Fault::damaged("a renewal that is not three texts"))?;
    let [token, secret, handle] = parts;
    Ok(Issued::new(
        column::time(at),
        column::secret(token)?,
        column::secret(secret)?,
        column::secret(handle)?,
    ))
}

pub(super) fn current(connection: &Connection, id: GrantId) -> Result<Option<Version>, Fault> {
    connection
        .prepare_cached(VERSION)?
        .query_row([id.to_bytes()], |row| row.get(0))
        .optional()?
        .map(column::version)
        .transpose()
}

pub(super) fn delete(connection: &Connection, id: GrantId) -> Result<(), Fault> {
    connection
        .prepare_cached(DELETE)?
        .execute([id.to_bytes()])?;
    Ok(())
}

pub(super) fn insert(
    connection: &Connection,
    seal: &Seal,
    random: &mut (dyn SecureRandom + Send),
    version: Version,
    row: &Grant,
) -> Result<(), Fault> {
    let id = row.id.to_bytes();
    let renewal = match &row.issued {
        Some(issued) => {
            let parts = [&issued.token, &issued.secret, &issued.session_handle];
            let parts = parts.map(|secret| secret.expose_secret().as_bytes());
            let packed = Zeroizing::new(pack(parts)?);
            Some(seal.seal(place(&id, version), &packed, random)?)
        }
        None => None,
    };
    connection
        .prepare_cached(INSERT)?
        .execute(rusqlite::named_params! {
            ":id": id,
            ":version": column::version_column(version)?,
            ":consumer_key": row.consumer_key,
            ":organisation": row.organisation,
            ":user": row.user,
            ":role": row.role,
            ":authorization": row.life.authorization.get().cast_signed(),
            ":state": row.life.state.as_str(),
            ":expiry": column::expiry_column(row.life.expiry),
            ":generation": row.life.generation.get().cast_signed(),
            ":newest_issued": row.life.issued.seconds(),
            ":newest_used": row.life.used,
            ":renewable": row.renewable,
            ":given": row.given.seconds(),
            ":ended": row.ended.map(countersign_clock::UnixTime::seconds),
            ":renewal_at": row.issued.as_ref().map(|issued| issued.at.seconds()),
            ":renewal": renewal,
            ":forget_after": row.forget_after.seconds(),
        })?;
    Ok(())
}

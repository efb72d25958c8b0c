//! Rows of connections.

mod intent;
mod secrets;

use std::sync::Arc;

use countersign_store::{
    Connection, ConnectionId, Fence, FoundConnection, Lease, Listing, Version, Versioned,
};
use countersign_token as life;
use countersign_token::{ConnectionPhase, ConnectionState, Generation, ReauthorisationCause};
use rusqlite::{Connection as Sqlite, OptionalExtension, Row, named_params};

use crate::connections::answers;
use crate::connections::place::identity;
use crate::connections::worker::Tools;
use crate::fault::Fault;
use crate::listing::listed;
use crate::seal::Seal;
use crate::tokens::column;

const SELECT: &str = "SELECT * FROM connections WHERE identity = ?1";

const LIST: &str = "
SELECT * FROM connections WHERE (consumer_key, account) > (?1, ?2)
ORDER BY consumer_key, account LIMIT -1";

const LIST_ALL: &str = "
SELECT * FROM connections ORDER BY consumer_key, account LIMIT -1";

const LIST_UNSETTLED: &str = "
SELECT consumer_key, account FROM connections
WHERE (phase IN ('renewing', 'renewal_unknown') OR identity IN (SELECT identity FROM answers))
AND (NOT ?1 OR (consumer_key, account) > (?2, ?3))
ORDER BY consumer_key, account LIMIT ?4";

const CURRENT: &str = "
SELECT version, generation, fence, leased_until FROM connections WHERE identity = ?1";

const WRITE: &str = "
INSERT OR REPLACE INTO connections VALUES (
    :identity, :consumer_key, :account, :version, :generation, :phase, :cause, :intent,
    :expires, :authorization_expires, :received, :secrets,
    :previous_generation, :previous_expires, :previous_authorization_expires,
    :previous_received, :previous_secrets, :fence, :leased_until)";

/// What decides on a change.
pub(super) struct Current {
    pub(super) version: Version,
    pub(super) generation: Generation,
    pub(super) lease: Option<Lease>,
}

pub(super) fn current(connection: &Sqlite, identity: &[u8]) -> Result<Option<Current>, Fault> {
    let row = connection
        .prepare_cached(CURRENT)?
        .query_row([identity], |row| {
            let row: (i64, i64, Option<i64>, Option<i64>) = row.try_into()?;
            Ok(row)
        })
        .optional()?;
    row.map(|(version, generation, fence, until)| {
        Ok(Current {
            version: column::version(version)?,
            generation: Generation::new(generation.cast_unsigned()),
            lease: lease(fence, until),
        })
    })
    .transpose()
}

fn lease(fence: Option<i64>, until: Option<i64>) -> Option<Lease> {
    let fence = Fence::new(fence?.cast_unsigned());
    Some(Lease::new(fence, column::time(until?)))
}

/// A row with lease and answers, all of one moment.
pub(super) fn find(
    connection: &Sqlite,
    seal: &Seal,
    id: &ConnectionId,
) -> Result<Option<FoundConnection>, Fault> {
    let identity = identity(id)?;
    // Reads that waited together have a transaction already.
    let alone = connection.is_autocommit();
    let _snapshot = alone
        .then(|| connection.unchecked_transaction())
        .transpose()?;
    let found = {
        let mut statement = connection.prepare_cached(SELECT)?;
        let mut rows = statement.query([&identity])?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        let lease = lease(row.get("fence")?, row.get("leased_until")?);
        FoundConnection::new(decode(row, seal)?).with_lease(lease)
    };
    let generation = found.row.row.life.generation;
    let (answers, damaged) = answers::of(connection, seal, &identity, generation)?;
    Ok(Some(found.with_answers(answers).with_damaged(damaged)))
}

pub(super) fn list(
    connection: &Sqlite,
    seal: &Seal,
    after: Option<&ConnectionId>,
    limit: usize,
) -> Result<Listing<Connection>, Fault> {
    let decode = |row: &Row<'_>| {
        let name: (String, String) = (row.get("consumer_key")?, row.get("account")?);
        let id = ConnectionId::new(name.0, name.1);
        decode(row, seal).map_err(|fault| fault.of("connection", id))
    };
    match after {
        None => listed(
            connection.prepare_cached(LIST_ALL)?.query([])?,
            limit,
            decode,
        ),
        Some(after) => {
            let behind = [after.consumer_key(), after.account()];
            listed(
                connection.prepare_cached(LIST)?.query(behind)?,
                limit,
                decode,
            )
        }
    }
}

/// Those that can't be read.
pub(super) fn damaged(connection: &Sqlite, seal: &Seal) -> Result<Vec<ConnectionId>, Fault> {
    let mut found = Vec::new();
    let mut statement = connection.prepare_cached(LIST_ALL)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        match decode(row, seal) {
            Ok(_) => {}
            Err(Fault::Damaged(_)) => found.push(ConnectionId::new(
                row.get::<_, String>("consumer_key")?,
                row.get::<_, String>("account")?,
            )),
            Err(fault) => return Err(fault),
        }
    }
    Ok(found)
}

pub(super) fn unsettled(
    connection: &Sqlite,
    after: Option<&ConnectionId>,
    limit: usize,
) -> Result<Vec<ConnectionId>, Fault> {
    let (key, account) = after.map_or(("", ""), |id| (id.consumer_key(), id.account()));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(LIST_UNSETTLED)?;
    let rows = statement.query_map((after.is_some(), key, account, limit), |row| {
        let (key, account): (String, String) = row.try_into()?;
        Ok(ConnectionId::new(key, account))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn decode(row: &Row<'_>, seal: &Seal) -> Result<Arc<Versioned<Connection>>, Fault> {
    let id = ConnectionId::new(
        row.get::<_, String>("consumer_key")?,
        row.get::<_, String>("account")?,
    );
    let place = identity(&id)?;
    let number = |name| -> Result<Option<Generation>, Fault> {
        let number: Option<i64> = row.get(name)?;
        Ok(number.map(|number| Generation::new(number.cast_unsigned())))
    };
    let generation = number("generation")?.ok_or_else(|| Fault::damaged("no generation"))?;
    let life = life::Connection {
        generation,
        previous: number("previous_generation")?,
        state: state(row)?,
    };
    let credentials = secrets::decode(row, seal, &secrets::CURRENT, &place, generation)?;
    let mut connection = Connection::new(
        id,
        life,
        credentials.ok_or_else(|| Fault::damaged("no credentials"))?,
    );
    if let Some(previous) = life.previous {
        match secrets::decode(row, seal, &secrets::PREVIOUS, &place, previous) {
            Ok(before) => connection.previous = before,
            // The newest token is whole, and is not to be lost with the one before.
            Err(Fault::Damaged(_)) => connection.life.previous = None,
            Err(fault) => return Err(fault),
        }
    }
    let version = column::version(row.get("version")?)?;
    Ok(Arc::new(Versioned::new(version, connection)))
}

fn state(row: &Row<'_>) -> Result<ConnectionState, Fault> {
    let phase: String = row.get("phase")?;
    let phase =
        ConnectionPhase::parse(&phase).map_err(|error| Fault::damaged(error.to_string()))?;
    let intent: Option<Vec<u8>> = row.get("intent")?;
    let intent = intent.as_deref().map(intent::decode).transpose()?;
    let due = || intent.ok_or_else(|| Fault::damaged("no intent"));
    Ok(match phase {
        ConnectionPhase::Active => ConnectionState::Active,
        ConnectionPhase::Renewing => ConnectionState::Renewing(due()?),
        ConnectionPhase::RenewalUnknown => ConnectionState::RenewalUnknown(due()?),
        ConnectionPhase::NeedsReauthorisation => {
            let cause: String = row.get("cause")?;
            let cause = ReauthorisationCause::parse(&cause)
                .map_err(|error| Fault::damaged(error.to_string()))?;
            ConnectionState::NeedsReauthorisation { cause, intent }
        }
    })
}

pub(super) fn write(
    connection: &Sqlite,
    tools: &mut Tools,
    identity: &[u8],
    row: &Versioned<Connection>,
    lease: Option<Lease>,
) -> Result<(), Fault> {
    let Connection {
        id,
        life,
        credentials,
        previous,
        ..
    } = &row.row;
    let cause = match life.state {
        ConnectionState::NeedsReauthorisation { cause, .. } => Some(cause.as_str()),
        ConnectionState::Active
        | ConnectionState::Renewing(_)
        | ConnectionState::RenewalUnknown(_) => None,
    };
    let sealed = secrets::seal(
        tools,
        &secrets::CURRENT,
        identity,
        life.generation,
        credentials,
    )?;
    // The number without the credentials would be of no use, and the other way round.
    let before = life.previous.zip(previous.as_ref());
    let sealed_before = before
        .map(|(generation, before)| {
            secrets::seal(tools, &secrets::PREVIOUS, identity, generation, before)
        })
        .transpose()?;
    let before_expires = before.and_then(|(_, before)| column::expiry_column(before.expiry));
    let before_authorization =
        before.and_then(|(_, before)| column::expiry_column(before.authorization_expiry));
    connection.prepare_cached(WRITE)?.execute(named_params! {
        ":identity": identity,
        ":consumer_key": id.consumer_key(),
        ":account": id.account(),
        ":version": column::version_column(row.version)?,
        ":generation": life.generation.get().cast_signed(),
        ":phase": life.state.phase().as_str(),
        ":cause": cause,
        ":intent": life.state.intent().map(intent::encode),
        ":expires": column::expiry_column(credentials.expiry),
        ":authorization_expires": column::expiry_column(credentials.authorization_expiry),
        ":received": credentials.received.seconds(),
        ":secrets": sealed,
        ":previous_generation": before.map(|(number, _)| number.get().cast_signed()),
        ":previous_expires": before_expires,
        ":previous_authorization_expires": before_authorization,
        ":previous_received": before.map(|(_, before)| before.received.seconds()),
        ":previous_secrets": sealed_before,
        ":fence": lease.map(|lease| lease.fence.number().cast_signed()),
        ":leased_until": lease.map(|lease| lease.until.seconds()),
    })?;
    Ok(())
}

//! Changes of connections, each within the transaction of its batch.

use countersign_clock::UnixTime;
use countersign_store::{
    Commit, ConnectionChange, ConnectionCommit, ConnectionId, Expected, Fence, Lease, LeaseStep,
    Version, Versioned,
};
use countersign_token::Generation;
use rusqlite::Connection;

use crate::connections::place::identity;
use crate::connections::row::Current;
use crate::connections::worker::Tools;
use crate::connections::{answers, founding, history, row};
use crate::fault::Fault;
use crate::seal::Seal;
use crate::tokens::column::version_column;

const EXTEND: &str = "
UPDATE connections SET leased_until = ?3 WHERE identity = ?1 AND fence = ?2";

const REMOVE: &str = "DELETE FROM connections WHERE identity = ?1 AND version = ?2";

pub(super) fn commit(
    connection: &Connection,
    tools: &mut Tools,
    change: &ConnectionChange,
) -> Result<ConnectionCommit, Fault> {
    let row = change.row();
    let identity = identity(&row.id)?;
    let current = row::current(connection, &identity)?;
    let found = current.as_ref().map(|current| current.version);
    let rises = current
        .as_ref()
        .is_none_or(|current| row.life.generation >= current.generation);
    if !change.expected().holds(found) || !rises {
        return Ok(ConnectionCommit::Conflict);
    }
    let lease = match step(connection, &identity, current.as_ref(), change.lease())? {
        Ok(lease) => lease,
        Err(refused) => return Ok(refused),
    };
    let version = match found {
        Some(version) => version.next(),
        None => founding::first_version(connection)?,
    };
    let founded = (found.is_none() && version > Version::FIRST)
        .then(|| change.clone().founded_at(Generation::new(version.number())));
    let change = founded.as_ref().unwrap_or(change);
    let row = change.row();
    let versioned = Versioned::new(version, row.clone());
    row::write(connection, tools, &identity, &versioned, lease)?;
    answers::drop_some(connection, &identity, row.life.generation, change.dropped())?;
    if lease.is_none() {
        answers::use_room(connection, &identity)?;
    }
    history::add(connection, &identity, change.notes())?;
    Ok(ConnectionCommit::Done { version, lease })
}

/// The lease after a step, or what stands in the way.
fn step(
    connection: &Connection,
    identity: &[u8],
    current: Option<&Current>,
    step: LeaseStep,
) -> Result<Result<Option<Lease>, ConnectionCommit>, Fault> {
    let held = current.and_then(|current| current.lease);
    Ok(match (step, held) {
        (LeaseStep::Leave, held) => Ok(held),
        (LeaseStep::Take { now, .. }, Some(held)) if !held.is_over(now) => {
            Err(ConnectionCommit::Leased(held))
        }
        (LeaseStep::Take { until, .. }, _) => {
            answers::set_aside(connection, identity)?;
            Ok(Some(Lease::new(
                Fence::new(founding::give(connection)?),
                until,
            )))
        }
        (LeaseStep::Keep { fence, until }, Some(held)) if held.fence == fence => {
            answers::set_aside(connection, identity)?;
            Ok(Some(Lease::new(fence, until)))
        }
        (LeaseStep::Keep { .. }, _) => Err(ConnectionCommit::LeaseLost),
        (LeaseStep::Free(fence), Some(held)) if held.fence == fence => Ok(None),
        (LeaseStep::Free(_), held) => Ok(held),
    })
}

pub(super) fn extend(
    connection: &Connection,
    id: &ConnectionId,
    fence: Fence,
    until: UnixTime,
) -> Result<bool, Fault> {
    let values = (identity(id)?, fence.number().cast_signed(), until.seconds());
    let changed = connection.prepare_cached(EXTEND)?.execute(values)?;
    Ok(changed > 0)
}

pub(super) fn remove(
    connection: &Connection,
    expected: Expected,
    id: &ConnectionId,
) -> Result<Commit, Fault> {
    let identity = identity(id)?;
    let found = row::current(connection, &identity)?;
    if !expected.holds(found.as_ref().map(|current| current.version)) {
        return Ok(Commit::Conflict);
    }
    if let Some(current) = found {
        gone(connection, &identity, &current)?;
    }
    Ok(Commit::Done)
}

pub(super) fn remove_damaged(
    connection: &Connection,
    seal: &Seal,
    id: &ConnectionId,
) -> Result<bool, Fault> {
    let Err(fault) = row::find(connection, seal, id) else {
        return Ok(false);
    };
    if !matches!(fault, Fault::Damaged(_)) {
        return Err(fault);
    }
    let identity = identity(id)?;
    if let Some(current) = row::current(connection, &identity)? {
        gone(connection, &identity, &current)?;
    }
    Ok(true)
}

fn gone(connection: &Connection, identity: &[u8], current: &Current) -> Result<(), Fault> {
    let (version, generation) = (current.version, current.generation);
    connection
        .prepare_cached(REMOVE)?
        .execute((identity, version_column(version)?))?;
    answers::drop_all(connection, identity)?;
    history::forget(connection, identity)?;
    founding::remove(connection, version, generation)
}

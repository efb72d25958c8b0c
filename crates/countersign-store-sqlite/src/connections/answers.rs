//! Raw answers: durable before anything is made of them.

use std::sync::Arc;

use countersign_key::SecretBytes;
use countersign_store::seal::Place;
use countersign_store::{
    AnswerNumber, ConnectionId, Domain, FingerprintKey, KeptAnswer, RawAnswer, StoreError,
};
use countersign_token::{Generation, IntentId};
use rusqlite::{Connection, Row};
use zeroize::Zeroizing;

use crate::connections::place::{identity, slot};
use crate::connections::worker::Tools;
use crate::connections::{founding, row};
use crate::fault::Fault;
use crate::seal::Seal;
use crate::tokens::column;

const COUNT: &str = "SELECT count(*) FROM answers WHERE identity = ?1";

const SET_ASIDE: &str = "INSERT OR IGNORE INTO rooms (identity, room) VALUES (?1, zeroblob(?2))";

const USE_ROOM: &str = "DELETE FROM rooms WHERE identity = ?1";

const INSERT: &str = "
INSERT INTO answers (slot, identity, number, generation, intent, received, answer)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

const SELECT: &str = "
SELECT number, generation, intent, received, answer FROM answers
WHERE identity = ?1 ORDER BY number";

const GENERATIONS: &str = "SELECT number, generation FROM answers WHERE identity = ?1";

const DROP: &str = "DELETE FROM answers WHERE identity = ?1 AND number = ?2";

const DROP_ALL: &str = "DELETE FROM answers WHERE identity = ?1";

/// Of the checksum, which finds damage and not forgery: that is what the seal is for.
const CHECKSUM_KEY: [u8; 16] = *b"answer/checksum/";
const CHECKSUM_BYTES: usize = 16;

/// More than what sealing and the other columns add.
const OVERHEAD: usize = 512;

/// Refuses what no answer could be kept for, and sets pages aside for one.
pub(super) fn set_aside(connection: &Connection, identity: &[u8]) -> Result<(), Fault> {
    check_room(connection, identity)?;
    let room = RawAnswer::MOST_BYTES.saturating_add(OVERHEAD);
    connection
        .prepare_cached(SET_ASIDE)?
        .execute((identity, i64::try_from(room).unwrap_or(i64::MAX)))?;
    Ok(())
}

fn check_room(connection: &Connection, identity: &[u8]) -> Result<(), Fault> {
    let kept: i64 = connection
        .prepare_cached(COUNT)?
        .query_row([identity], |row| row.get(0))?;
    if usize::try_from(kept).is_ok_and(|kept| kept < RawAnswer::MOST) {
        return Ok(());
    }
    Err(Fault::Memory(StoreError::Full {
        limit: RawAnswer::MOST,
        what: "answers to one connection",
    }))
}

/// Gives the pages back, to an answer or to anyone.
pub(super) fn use_room(connection: &Connection, identity: &[u8]) -> Result<(), Fault> {
    connection.prepare_cached(USE_ROOM)?.execute([identity])?;
    Ok(())
}

pub(super) fn keep(
    connection: &Connection,
    tools: &mut Tools,
    id: &ConnectionId,
    answer: &RawAnswer,
) -> Result<Option<AnswerNumber>, Fault> {
    let bytes = answer.bytes.expose_secret();
    if bytes.len() > RawAnswer::MOST_BYTES {
        return Err(Fault::Memory(StoreError::Full {
            limit: RawAnswer::MOST_BYTES,
            what: "bytes of one answer",
        }));
    }
    let identity = identity(id)?;
    let current = row::current(connection, &identity)?;
    if current.is_none_or(|current| answer.renewed < current.generation) {
        return Ok(None);
    }
    check_room(connection, &identity)?;
    use_room(connection, &identity)?;
    let number = AnswerNumber::new(founding::give(connection)?);
    let slot = slot(&identity, number);
    let sum = checksum(&slot, answer);
    let plain: Vec<u8> = sum.into_iter().chain(bytes.iter().copied()).collect();
    let plain = Zeroizing::new(plain);
    let place = Place::new("answers", &slot, answer.renewed.get());
    let sealed = tools.seal.seal(place, &plain, &mut *tools.random)?;
    connection.prepare_cached(INSERT)?.execute((
        &slot,
        &identity,
        number.number().cast_signed(),
        answer.renewed.get().cast_signed(),
        answer.intent.get().cast_signed(),
        answer.received.seconds(),
        sealed,
    ))?;
    Ok(Some(number))
}

/// Over everything that is known of an answer.
fn checksum(slot: &[u8], answer: &RawAnswer) -> [u8; CHECKSUM_BYTES] {
    let parts = [
        slot,
        &answer.renewed.get().to_be_bytes(),
        &answer.intent.get().to_be_bytes(),
        &answer.received.seconds().to_be_bytes(),
        answer.bytes.expose_secret(),
    ];
    FingerprintKey::from_bytes(CHECKSUM_KEY)
        .of(Domain::Answer, &parts)
        .to_bytes()
}

type Found = (Vec<Arc<KeptAnswer>>, Vec<AnswerNumber>);

/// The answers to a generation, and the numbers of those that can't be read.
pub(super) fn of(
    connection: &Connection,
    seal: &Seal,
    identity: &[u8],
    generation: Generation,
) -> Result<Found, Fault> {
    let mut statement = connection.prepare_cached(SELECT)?;
    let mut rows = statement.query([identity])?;
    let (mut answers, mut damaged) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let number: i64 = row.get(0)?;
        let number = AnswerNumber::new(number.cast_unsigned());
        match decode(row, seal, identity, number) {
            Ok(answer) if answer.renewed == generation => {
                answers.push(Arc::new(KeptAnswer::new(number, answer)));
            }
            Ok(_) => {}
            Err(Fault::Damaged(_)) => damaged.push(number),
            Err(fault) => return Err(fault),
        }
    }
    Ok((answers, damaged))
}

fn decode(
    row: &Row<'_>,
    seal: &Seal,
    identity: &[u8],
    number: AnswerNumber,
) -> Result<RawAnswer, Fault> {
    let (generation, intent): (i64, i64) = (row.get(1)?, row.get(2)?);
    let received = column::time(row.get(3)?);
    let sealed: Vec<u8> = row.get(4)?;
    let generation = Generation::new(generation.cast_unsigned());
    let slot = slot(identity, number);
    let opened = seal.open(Place::new("answers", &slot, generation.get()), &sealed)?;
    let damaged = || Fault::damaged("an answer does not have its checksum");
    let (sum, bytes) = opened
        .expose_secret()
        .split_first_chunk::<CHECKSUM_BYTES>()
        .ok_or_else(damaged)?;
    let bytes = Arc::new(SecretBytes::new(bytes.to_vec()));
    let intent = IntentId::new(intent.cast_unsigned());
    let answer = RawAnswer::new(intent, generation, received, bytes);
    if checksum(&slot, &answer) == *sum {
        Ok(answer)
    } else {
        Err(damaged())
    }
}

/// Drops what a change drops, and what nobody needs at this generation.
pub(super) fn drop_some(
    connection: &Connection,
    identity: &[u8],
    generation: Generation,
    dropped: &[AnswerNumber],
) -> Result<(), Fault> {
    let kept: Vec<(i64, i64)> = connection
        .prepare_cached(GENERATIONS)?
        .query_map([identity], |row| row.try_into())?
        .collect::<rusqlite::Result<_>>()?;
    for (number, renewed) in kept {
        let over = Generation::new(renewed.cast_unsigned()) < generation;
        if over || dropped.contains(&AnswerNumber::new(number.cast_unsigned())) {
            connection
                .prepare_cached(DROP)?
                .execute((identity, number))?;
        }
    }
    Ok(())
}

pub(super) fn drop_all(connection: &Connection, identity: &[u8]) -> Result<(), Fault> {
    connection.prepare_cached(DROP_ALL)?.execute([identity])?;
    use_room(connection, identity)
}

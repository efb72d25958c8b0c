//! What is written in one transaction.

use core::iter::repeat_with;
use core::task::Waker;
use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_store::{Change, Commit, Consumer, Expected, Insertion, StoreError};
use rusqlite::Connection;

use crate::Resealing;
use crate::commits::{Begun, End};
use crate::fault::Fault;
use crate::nonces::{Draft, Entry};
use crate::oneshot::Chain;
use crate::transaction::{Failure, Transaction};
use crate::writer::{Owner, Writer};
use crate::{consumers, founding, oneshot, reseal, tokens};

pub(crate) type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// Something to write, and whom to answer.
pub(crate) enum Write {
    Change(Change, Reply<Commit>),
    Forget(UnixTime, usize, Reply<usize>),
    Nonce(Entry, UnixTime, Lookup, Reply<Insertion>),
    PutConsumer(Expected, Box<Consumer>, Reply<Commit>),
    RemoveConsumer(Expected, String, Reply<Commit>),
    Reseal(Box<Resealing>, usize, Reply<Resealing>),
}

/// Whether the memory has taken a nonce in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lookup {
    Done,
    Due,
}

/// What was made of one of them, should the transaction be committed.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    commit: Commit,
    forgotten: usize,
    resealing: Option<Box<Resealing>>,
}

impl Outcome {
    const DONE: Self = Self {
        commit: Commit::Done,
        forgotten: 0,
        resealing: None,
    };
    const CONFLICT: Self = Self {
        commit: Commit::Conflict,
        ..Self::DONE
    };
}

/// The outcomes of the first of a batch; the others were not tried. A conflict or a fault of one
/// change alone stays what it is when the transaction fails: that change was not made either way.
pub(super) type Outcomes = Vec<Result<Outcome, Fault>>;

impl Write {
    /// Gives whom to wake.
    fn answer(self, done: Result<Outcome, StoreError>, chain: &Arc<Chain>) -> Option<Waker> {
        match self {
            Self::Change(_, reply)
            | Self::PutConsumer(_, _, reply)
            | Self::RemoveConsumer(_, _, reply) => {
                reply.send_in(chain, done.map(|done| done.commit))
            }
            Self::Forget(_, _, reply) => reply.send_in(chain, done.map(|done| done.forgotten)),
            Self::Nonce(_, _, _, reply) => reply.send_in(chain, done.map(|_| Insertion::New)),
            Self::Reseal(_, _, reply) => {
                let at = done.map(|done| done.resealing.map(|at| *at).unwrap_or_default());
                reply.send_in(chain, at)
            }
        }
    }
}

/// So many are told before anyone is woken; the others are while those wake up.
const TOLD_FIRST: usize = 4;

fn tell(mut answers: impl Iterator<Item = (Write, Result<Outcome, StoreError>)>) {
    let tell = |few: &mut dyn Iterator<Item = (Write, Result<Outcome, StoreError>)>| {
        let chain = Arc::new(Chain::default());
        let wakers = few.filter_map(|(write, done)| write.answer(done, &chain));
        chain.start(wakers.collect());
        chain
    };
    let first = tell(&mut answers.by_ref().take(TOLD_FIRST));
    let others = tell(&mut answers);
    first.finish();
    others.finish();
}

/// After the commit.
pub(super) fn deliver(batch: Vec<Write>, outcomes: Outcomes) {
    let outcomes = outcomes.into_iter();
    let answers = outcomes.map(|done| done.map_err(Fault::into_error));
    tell(batch.into_iter().zip(answers));
}

/// After the transaction failed.
pub(super) fn fail(batch: Vec<Write>, outcomes: Outcomes, failure: &Failure, pages: u32) {
    let tried = outcomes.into_iter().map(|done| match done {
        Ok(done) if done.commit == Commit::Conflict => Ok(done),
        Ok(_) => Err(failure.error(pages)),
        Err(fault) => Err(fault.into_error()),
    });
    let untried = || Err(StoreError::unavailable(failure.fault().to_string()));
    tell(batch.into_iter().zip(tried.chain(repeat_with(untried))));
}

/// Nothing of this was begun.
pub(super) fn refuse(batch: Vec<Write>, why: &str) {
    let untried = || Err(StoreError::unavailable(why.to_owned()));
    tell(batch.into_iter().zip(repeat_with(untried)));
}

impl Writer {
    /// Keeps what is to be written. Nonces that their callers did not look up are looked up here;
    /// one that is not new is answered from memory.
    pub(super) fn admit(&self, arrived: &mut Vec<Write>, batch: &mut Vec<Write>) {
        let Some(owner) = &self.serving else {
            batch.append(arrived);
            return;
        };
        for write in arrived.drain(..) {
            match write {
                Write::Nonce(entry, now, Lookup::Due, reply) => {
                    match owner.memory.insert_kept(&owner.ring.kept(&entry), now) {
                        Ok(Insertion::New) => {
                            batch.push(Write::Nonce(entry, now, Lookup::Done, reply));
                        }
                        known => reply.send(known),
                    }
                }
                write => batch.push(write),
            }
        }
    }

    /// Begins the transaction of a batch before all of it has come.
    pub(super) fn begin_ahead(&mut self) {
        self.begun = Some(begin(&self.connection, self.serving.as_ref()));
    }

    /// Writes all of it in one transaction.
    pub(super) fn transact(
        &mut self,
        batch: &[Write],
        outcomes: &mut Outcomes,
    ) -> Result<(), Failure> {
        let mut draft = Draft::default();
        let done = self.write_all(batch, outcomes, &mut draft);
        self.settle(draft, done.is_ok());
        done
    }

    /// Gives pages that nothing needs back to a file that is full; whether there were any.
    pub(super) fn make_room(&mut self) -> Result<bool, Failure> {
        let Some(owner) = &mut self.serving else {
            return Ok(false);
        };
        let mut draft = Draft::default();
        let mut shrink = || {
            let transaction = Transaction::begin(&self.connection).map_err(Failure::RolledBack)?;
            check(&self.connection, owner.epoch)
                .and_then(|()| owner.ring.shrink(&self.connection, &mut draft, self.now))
                .map_err(Failure::RolledBack)
                .and_then(|freed| transaction.commit().map(|()| freed))
        };
        let done = shrink();
        self.settle(draft, done.is_ok());
        Ok(done? > 0)
    }

    fn settle(&mut self, draft: Draft, done: bool) {
        if let Some(owner) = &mut self.serving {
            if done {
                owner.serial = draft.serial.unwrap_or(owner.serial);
                owner.ring.apply(draft);
            } else {
                owner.ring.undo(draft);
            }
        }
    }

    fn write_all(
        &mut self,
        batch: &[Write],
        outcomes: &mut Outcomes,
        draft: &mut Draft,
    ) -> Result<(), Failure> {
        let connection = &self.connection;
        let begun = self.begun.take();
        let begun = begun.unwrap_or_else(|| begin(connection, self.serving.as_ref()));
        let begun = begun.map_err(Failure::RolledBack)?;
        let transaction = Transaction::go_on(connection);
        let mut nonces = Vec::with_capacity(batch.len());
        let mut now = None;
        let mut work = || {
            for write in batch {
                let (seal, random) = (&self.seal, &mut *self.random);
                let done = match write {
                    Write::Nonce(entry, at, _, _) => {
                        nonces.push(*entry);
                        now = now.max(Some(*at));
                        Ok(Outcome::DONE)
                    }
                    Write::Forget(at, limit, _) => {
                        let forget = || tokens::forget(connection, *at, *limit);
                        let forgotten = transaction.nested(forget);
                        outcome(forgotten, outcomes)?.map(|forgotten| Outcome {
                            forgotten,
                            ..Outcome::DONE
                        })
                    }
                    Write::Change(change, _) => {
                        let change = || tokens::change(connection, seal, random, change);
                        made(outcome(transaction.nested(change), outcomes)?)
                    }
                    Write::PutConsumer(expected, consumer, _) => {
                        let put = || consumers::put(connection, seal, random, *expected, consumer);
                        made(outcome(transaction.nested(put), outcomes)?)
                    }
                    Write::Reseal(from, limit, _) => {
                        let go_on = || {
                            Resealing::clone(from).go_on(
                                reseal::PROVIDER,
                                connection,
                                seal,
                                random,
                                *limit,
                            )
                        };
                        outcome(transaction.nested(go_on), outcomes)?.map(|at| Outcome {
                            resealing: Some(Box::new(at)),
                            ..Outcome::DONE
                        })
                    }
                    Write::RemoveConsumer(expected, key, _) => {
                        let remove = || consumers::remove(connection, *expected, key);
                        made(outcome(transaction.nested(remove), outcomes)?)
                    }
                };
                outcomes.push(done);
            }
            let changed = |done: &Result<Outcome, _>| {
                done.as_ref().is_ok_and(|done| done.commit == Commit::Done)
            };
            let Some(owner) = &mut self.serving else {
                return Ok(());
            };
            let serial = owner.serial.saturating_add(1);
            if let Some(now) = now {
                self.now = Some(now);
                let at = (serial, now);
                owner
                    .ring
                    .write(connection, draft, &nonces, at, self.most_pages)
            } else if outcomes.iter().any(changed) {
                draft.serial = Some(serial);
                founding::set_serial(connection, serial)
            } else {
                Ok(())
            }
        };
        let worked = work().map_err(Failure::RolledBack);
        let done = worked.and_then(|()| transaction.commit());
        if let Some((begun, owner)) = begun.zip(self.serving.as_ref()) {
            let is_nonce = |write: &Write| matches!(write, Write::Nonce(..));
            owner.commits.end(
                begun,
                match done {
                    Ok(()) if batch.is_empty() => End::Nothing,
                    Ok(()) if batch.iter().all(is_nonce) => End::NoncesAlone,
                    Ok(()) => End::Changed,
                    Err(_) => End::Unknown,
                },
            );
        }
        done
    }
}

/// Begins a transaction, in which nobody else owns the nonces, and ends it if that failed.
fn begin(connection: &Connection, owner: Option<&Owner>) -> Result<Option<Begun>, Fault> {
    let transaction = Transaction::begin(connection)?;
    let begun = owner
        .map(|owner| check(connection, owner.epoch).map(|()| owner.commits.begin()))
        .transpose()?;
    transaction.leave_open();
    Ok(begun)
}

/// Nobody else owns the nonces.
fn check(connection: &Connection, epoch: u64) -> Result<(), Fault> {
    match founding::epoch(connection)? {
        found if found == epoch => Ok(()),
        _ => Err(Fault::Outdated),
    }
}

/// A fault of the transaction is one of the change that it came up in as well.
fn outcome<T>(
    done: Result<Result<T, Fault>, Fault>,
    outcomes: &mut Outcomes,
) -> Result<Result<T, Fault>, Fault> {
    if done.is_err() {
        outcomes.push(Ok(Outcome::DONE));
    }
    done
}

fn made(done: Result<(), Fault>) -> Result<Outcome, Fault> {
    match done {
        Ok(()) => Ok(Outcome::DONE),
        Err(fault) if fault.is_a_conflict() => Ok(Outcome::CONFLICT),
        Err(fault) => Err(fault),
    }
}

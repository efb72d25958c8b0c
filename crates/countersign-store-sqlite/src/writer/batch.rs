//! What is written in one transaction.

use countersign_clock::UnixTime;
use countersign_store::{Change, Commit, Consumer, Expected, StoreError};

use crate::fault::Fault;
use crate::nonces::Entry;
use crate::transaction::{Failure, Transaction};
use crate::writer::Writer;
use crate::{consumers, founding, oneshot, tokens};

pub(crate) type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// Something to write, and whom to answer.
pub(crate) enum Write {
    Change(Change, Reply<Commit>),
    Forget(UnixTime, usize, Reply<usize>),
    Nonce(Entry, UnixTime, Reply<()>),
    PutConsumer(Expected, Box<Consumer>, Reply<Commit>),
    RemoveConsumer(Expected, String, Reply<Commit>),
}

/// The nonces of one transaction.
#[derive(Debug, Default)]
pub(super) struct Nonces {
    pub(super) entries: Vec<Entry>,
    /// The latest time that a caller gave.
    pub(super) now: Option<UnixTime>,
}

/// What is told after the commit.
#[derive(Default)]
pub(super) struct Answers {
    nonces: Vec<Reply<()>>,
    commits: Vec<(Reply<Commit>, Result<Commit, Fault>)>,
    forgotten: Vec<(Reply<usize>, Result<usize, Fault>)>,
    /// What could not be tried any more.
    untried: Vec<Write>,
}

impl Answers {
    pub(super) fn deliver(self) {
        for reply in self.nonces {
            reply.send(Ok(()));
        }
        for (reply, done) in self.commits {
            reply.send(done.map_err(Fault::into_error));
        }
        for (reply, done) in self.forgotten {
            reply.send(done.map_err(Fault::into_error));
        }
    }

    /// The transaction failed. A conflict or a fault of one change alone stays what it was: that
    /// change was not made either way.
    pub(super) fn fail(self, failure: &Failure, pages: u32) {
        for reply in self.nonces {
            reply.send(Err(failure.error(pages)));
        }
        for (reply, done) in self.commits {
            reply.send(match done {
                Ok(Commit::Done) => Err(failure.error(pages)),
                Ok(Commit::Conflict) => Ok(Commit::Conflict),
                Err(fault) => Err(fault.into_error()),
            });
        }
        for (reply, done) in self.forgotten {
            reply.send(match done {
                Ok(_) => Err(failure.error(pages)),
                Err(fault) => Err(fault.into_error()),
            });
        }
        let why = failure.fault().to_string();
        refuse(self.untried, &why);
    }
}

/// Nothing of this was begun.
pub(super) fn refuse(batch: Vec<Write>, why: &str) {
    let error = || StoreError::unavailable(why.to_owned());
    for write in batch {
        match write {
            Write::Change(_, reply)
            | Write::PutConsumer(_, _, reply)
            | Write::RemoveConsumer(_, _, reply) => reply.send(Err(error())),
            Write::Forget(_, _, reply) => reply.send(Err(error())),
            Write::Nonce(_, _, reply) => reply.send(Err(error())),
        }
    }
}

impl Writer {
    /// Writes all of it in one transaction.
    pub(super) fn transact(
        &mut self,
        batch: Vec<Write>,
        answers: &mut Answers,
    ) -> Result<(), Failure> {
        let mut batch = batch.into_iter();
        let done = self.write_all(&mut batch, answers);
        answers.untried.extend(batch);
        done
    }

    fn write_all(
        &mut self,
        batch: &mut impl Iterator<Item = Write>,
        answers: &mut Answers,
    ) -> Result<(), Failure> {
        let connection = &self.connection;
        let transaction = Transaction::begin(connection).map_err(Failure::RolledBack)?;
        let mut nonces = Nonces::default();
        let work = || {
            if let Some(epoch) = self.epoch
                && founding::epoch(connection)? != epoch
            {
                return Err(Fault::Outdated);
            }
            for write in batch {
                let (seal, random) = (&self.seal, &mut *self.random);
                let (reply, done) = match write {
                    Write::Nonce(entry, now, reply) => {
                        nonces.entries.push(entry);
                        nonces.now = nonces.now.max(Some(now));
                        answers.nonces.push(reply);
                        continue;
                    }
                    Write::Forget(now, limit, reply) => {
                        answers.forgotten.push((reply, Ok(0)));
                        let done = transaction.nested(|| tokens::forget(connection, now, limit))?;
                        if let Some((_, last)) = answers.forgotten.last_mut() {
                            *last = done;
                        }
                        continue;
                    }
                    Write::Change(change, reply) => (
                        reply,
                        transaction.nested(|| tokens::change(connection, seal, random, &change)),
                    ),
                    Write::PutConsumer(expected, consumer, reply) => (
                        reply,
                        transaction.nested(|| {
                            consumers::put(connection, seal, random, expected, &consumer)
                        }),
                    ),
                    Write::RemoveConsumer(expected, key, reply) => (
                        reply,
                        transaction.nested(|| consumers::remove(connection, expected, &key)),
                    ),
                };
                answers.commits.push((reply, Ok(Commit::Done)));
                if let (Err(fault), Some((_, last))) = (done?, answers.commits.last_mut()) {
                    *last = if fault.is_a_conflict() {
                        Ok(Commit::Conflict)
                    } else {
                        Err(fault)
                    };
                }
            }
            Ok(())
        };
        work().map_err(Failure::RolledBack)?;
        self.write_nonces(&nonces).map_err(Failure::RolledBack)?;
        transaction.commit()
    }
}

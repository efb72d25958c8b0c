//! The thread that writes: what waits goes into one transaction, and is answered when that is on
//! the disk.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use countersign_key::SecureRandom;
use countersign_store::StoreError;
use rusqlite::Connection;

use crate::fault::Fault;
use crate::file::Identity;
use crate::oneshot;
use crate::poison::{self, Poison};
use crate::seal::Seal;
use crate::transaction::{Failure, Transaction};

/// The log is written back into the database after so many commits, when nobody waits for it.
const COMMITS_BETWEEN_CHECKPOINTS: u32 = 256;

/// Those that came first are not kept waiting by those that keep coming.
const MOST_AT_ONCE: usize = 256;

/// What changes are made with.
pub(super) struct Tools {
    pub(super) seal: Seal,
    pub(super) random: Box<dyn SecureRandom + Send>,
}

/// A change that waits.
trait Job: Send {
    /// Makes it, again if the transaction before was rolled back. A fault of this change alone is
    /// kept for its answer.
    fn run(&mut self, connection: &Connection, tools: &mut Tools) -> Result<(), Fault>;

    /// Answers, when the transaction is over.
    fn answer(self: Box<Self>, done: Result<(), StoreError>);
}

struct One<T, W> {
    work: W,
    done: Option<T>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, W> Job for One<T, W>
where
    T: Send,
    W: Fn(&Connection, &mut Tools) -> Result<T, Fault> + Send,
{
    fn run(&mut self, connection: &Connection, tools: &mut Tools) -> Result<(), Fault> {
        self.done = None;
        self.done = Some((self.work)(connection, tools)?);
        Ok(())
    }

    fn answer(self: Box<Self>, done: Result<(), StoreError>) {
        let Self {
            done: made, reply, ..
        } = *self;
        reply.send(done.and_then(|()| made.ok_or(StoreError::Unavailable(None))));
    }
}

pub(super) struct Worker {
    jobs: Option<SyncSender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
    capacity: usize,
}

/// What the thread has.
pub(super) struct Desk {
    pub(super) connection: Connection,
    pub(super) identity: Identity,
    pub(super) tools: Tools,
    pub(super) most_pages: u32,
}

impl Worker {
    pub(super) fn start(desk: Desk, capacity: usize) -> std::io::Result<Self> {
        let (jobs, waiting) = sync_channel(capacity);
        let mut thread = Thread {
            desk,
            commits: 0,
            poisoned: None,
        };
        let thread = std::thread::Builder::new()
            .name(String::from("countersign-connections"))
            .spawn(move || thread.serve(&waiting))?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
            capacity,
        })
    }

    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&Connection, &mut Tools) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, receiver) = oneshot::channel();
        let job = Box::new(One {
            work,
            done: None,
            reply,
        });
        let jobs = self.jobs.as_ref().ok_or(StoreError::Unavailable(None))?;
        match jobs.try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => {
                return Err(StoreError::Full {
                    limit: self.capacity,
                    what: "changes that wait",
                });
            }
            Err(TrySendError::Disconnected(_)) => return Err(StoreError::Unavailable(None)),
        }
        // Without an answer the thread may have died after the commit.
        receiver
            .await
            .unwrap_or(Err(StoreError::UnknownOutcome(None)))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Thread {
    desk: Desk,
    commits: u32,
    poisoned: Option<Poison>,
}

impl Drop for Thread {
    fn drop(&mut self) {
        let Desk {
            connection,
            identity,
            ..
        } = &self.desk;
        poison::close(connection, identity, self.poisoned.as_ref());
    }
}

/// A change that was tried, and the fault that was its own.
type Tried = (Box<dyn Job>, Option<Fault>);

impl Thread {
    fn serve(&mut self, waiting: &Receiver<Box<dyn Job>>) {
        while let Ok(first) = waiting.recv() {
            let others = waiting.try_iter().take(MOST_AT_ONCE);
            let batch = core::iter::once(first).chain(others).collect();
            self.run(batch);
        }
    }

    fn run(&mut self, batch: Vec<Box<dyn Job>>) {
        if let Some(why) = self.look() {
            let why = format!("the store takes no changes until it is opened again: {why}");
            for job in batch {
                job.answer(Err(StoreError::unavailable(why.clone())));
            }
            return;
        }
        let mut batch: Vec<Tried> = batch.into_iter().map(|job| (job, None)).collect();
        let mut done = self.transact(&mut batch);
        if done.as_ref().is_err_and(Failure::is_for_want_of_room) {
            // One that finds no room takes no other down with it.
            if batch.len() > 1 {
                for (job, _) in batch {
                    self.run(vec![job]);
                }
                return;
            }
            // It may be the log that is used up: written back, it begins anew in the room it has.
            self.checkpoint();
            if self.poisoned.is_none() {
                done = self.transact(&mut batch);
            }
        }
        if let Err(failure) = &done {
            self.poisoned = Poison::of_failure(failure).or_else(|| self.poisoned.take());
        }
        for (job, fault) in batch {
            job.answer(match (fault, &done) {
                (Some(fault), _) => Err(fault.into_error()),
                (None, Ok(())) => Ok(()),
                (None, Err(failure)) => Err(failure.error(self.desk.most_pages)),
            });
        }
        self.commits = self.commits.wrapping_add(1);
        if self.commits.is_multiple_of(COMMITS_BETWEEN_CHECKPOINTS) {
            self.checkpoint();
        }
    }

    fn transact(&mut self, batch: &mut [Tried]) -> Result<(), Failure> {
        let Desk {
            connection, tools, ..
        } = &mut self.desk;
        let transaction = Transaction::begin(connection).map_err(Failure::RolledBack)?;
        for (job, own) in batch {
            let made = transaction.nested(|| job.run(connection, tools));
            *own = made.map_err(Failure::RolledBack)?.err();
        }
        transaction.commit()
    }

    /// Why nothing may be written any more.
    fn look(&mut self) -> Option<String> {
        if self.poisoned.is_none() {
            self.poisoned = Poison::of_names(&mut self.desk.identity);
        }
        self.poisoned.as_ref().map(|poison| poison.why().to_owned())
    }

    /// A fault here is one of the disk that no commit would tell of.
    fn checkpoint(&mut self) {
        let done = self
            .desk
            .connection
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        if let Err(error) = done {
            self.poisoned =
                Poison::of_fault(&Fault::Sqlite(error)).or_else(|| self.poisoned.take());
        }
    }
}

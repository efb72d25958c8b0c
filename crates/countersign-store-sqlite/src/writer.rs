//! The thread that writes: all that waits goes into one transaction, and is answered when that is
//! on the disk.

mod batch;
mod checkpoints;

pub(crate) use batch::{Lookup, Reply, Write};
pub(crate) use checkpoints::Checkpoints;

use core::fmt;
use core::time::Duration;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

use countersign_clock::UnixTime;
use countersign_key::SecureRandom;
use countersign_store::{MemoryNonceStore, StoreError};
use rusqlite::Connection;

use crate::commits::{Begun, Commits};
use crate::fault::Fault;
use crate::file::Identity;
use crate::lease::Notes;
use crate::nonces::Ring;
use crate::oneshot::{self, Receiver};
use crate::poison::{self, Poison};
use crate::queue::{Place, Queue};
use crate::seal::Seal;
use crate::transaction::Failure;

/// The log is written back into the database after so many commits.
const COMMITS_BETWEEN_CHECKPOINTS: u32 = 256;

/// A commit is gathered for no longer than so many times what the last one took: as long as others
/// come quickly it is worth to wait for them, and of what a commit takes this leaves a small part.
/// Beyond, those who came first would wait, and nobody could work while it is synced.
const COMMITS_GATHERED: u32 = 4;

/// Of commits of as many changes, which others follow at once, the lease is told of one in so many,
/// and of the last when no other follows.
const MANY: usize = 16;
const COMMITS_BETWEEN_NOTES: u64 = 16;

/// How many arrive before their nonces are looked up, while others still come.
const LOOKED_UP_AT_ONCE: usize = 8;

/// When so many wait, callers look up their nonces themselves. To have the writer do it saves a
/// caller the time, and the table of nonces the way from one processor to another, but while it
/// syncs nobody would be told of a replay.
const SPARED_FROM: usize = 32;

/// What the process that owns the nonces has beyond the others.
pub(crate) struct Owner {
    pub(crate) commits: Arc<Commits>,
    pub(crate) epoch: u64,
    /// What is live, also what was not written yet.
    pub(crate) memory: Arc<MemoryNonceStore>,
    pub(crate) ring: Ring,
    /// The number of the last commit.
    pub(crate) serial: u64,
    /// The number of the last commit that the lease was told of.
    pub(crate) noted: u64,
    pub(crate) lease: Notes,
}

impl Owner {
    /// Notes which commit the database has come to. Nobody waits for it, and to note less than what is
    /// on the disk is no harm.
    fn note(&mut self, answered: usize) {
        let since = self.serial.saturating_sub(self.noted);
        if answered < MANY || since >= COMMITS_BETWEEN_NOTES {
            self.note_all();
        }
    }

    const fn is_noted(&self) -> bool {
        self.noted == self.serial
    }

    fn note_all(&mut self) {
        self.lease.note(self.epoch, self.serial);
        self.noted = self.serial;
    }
}

/// What the thread works with.
pub(crate) struct Writer {
    pub(crate) connection: Connection,
    pub(crate) identity: Identity,
    pub(crate) seal: Seal,
    pub(crate) random: Box<dyn SecureRandom + Send>,
    pub(crate) serving: Option<Owner>,
    /// The time that callers gave with the nonces of the last commit.
    pub(crate) now: Option<UnixTime>,
    pub(crate) gathering: Duration,
    pub(crate) most_pages: u32,
    pub(crate) commits: u32,
    /// How long the last one took.
    pub(crate) took: Duration,
    /// Of who serves. Administration has so few commits that it writes them back itself.
    pub(crate) checkpoints: Option<Checkpoints>,
    pub(crate) poisoned: Option<Poison>,
    /// Why the batch at hand is refused.
    pub(crate) unfit: Option<String>,
    /// How the transaction of the batch at hand was begun.
    pub(crate) begun: Option<Result<Option<Begun>, Fault>>,
}

pub(crate) struct WriterThread {
    queue: Arc<Queue<Write>>,
    thread: Option<JoinHandle<()>>,
}

impl fmt::Debug for WriterThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriterThread").finish_non_exhaustive()
    }
}

impl WriterThread {
    pub(crate) fn start(mut writer: Writer, capacity: usize) -> std::io::Result<Self> {
        let queue = Arc::new(Queue::new(capacity));
        let waiting = Arc::clone(&queue);
        let thread = std::thread::Builder::new()
            .name(String::from("countersign-write"))
            .spawn(move || {
                let _abandoned = Abandon(&waiting);
                writer.serve(&waiting);
            })?;
        Ok(Self {
            queue,
            thread: Some(thread),
        })
    }

    /// A place for a change; the error is for the caller.
    pub(crate) fn place(&self) -> Result<Place<'_, Write>, StoreError> {
        self.queue.reserve().ok_or_else(|| StoreError::Full {
            limit: self.queue.capacity(),
            what: "changes that wait",
        })
    }

    /// Whether so much waits that the writer is better spared.
    pub(crate) fn is_busy(&self) -> bool {
        self.queue.arrived() >= SPARED_FROM
    }

    /// Writes, and waits for the answer.
    pub(crate) async fn write<T>(
        &self,
        place: Place<'_, Write>,
        write: impl FnOnce(Reply<T>) -> Write,
    ) -> Result<T, StoreError> {
        answer(ask(place, write)).await
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long callers are waited for is a matter of real time alone"
)]
fn clock() -> Instant {
    Instant::now()
}

/// Hands over a change; its [answer] is waited for apart, by a future that holds no more than that.
pub(crate) fn ask<T>(
    place: Place<'_, Write>,
    write: impl FnOnce(Reply<T>) -> Write,
) -> Receiver<Result<T, StoreError>> {
    let (sender, receiver) = oneshot::channel();
    place.fill(write(sender));
    receiver
}

pub(crate) async fn answer<T>(asked: Receiver<Result<T, StoreError>>) -> Result<T, StoreError> {
    asked.await.unwrap_or(Err(StoreError::UnknownOutcome(None)))
}

impl Drop for WriterThread {
    fn drop(&mut self) {
        self.queue.close();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Whoever waits is told, should the thread end by a panic.
struct Abandon<'q>(&'q Queue<Write>);

impl Drop for Abandon<'_> {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let mut checkpoints = self.checkpoints.take();
        if let Some(checkpoints) = &mut checkpoints {
            checkpoints.end();
        }
        let failed = checkpoints.and_then(|it| it.fault()).map(Poison::Disk);
        let poison = failed.or_else(|| self.poisoned.take());
        poison::close(&self.connection, &self.identity, poison.as_ref());
    }
}

impl Writer {
    fn serve(&mut self, waiting: &Queue<Write>) {
        let mut target = 1;
        loop {
            if target > 1 {
                // Those answered last tend to ask again.
                waiting.expect_one(self.gathering);
            }
            let unnoted = self.serving.as_mut().filter(|owner| !owner.is_noted());
            if !waiting.sleep(unnoted.map(|owner| || owner.note_all())) {
                return;
            }
            let batch = self.gather(waiting, target);
            let answered = batch.len();
            // All that are in flight: those who wait already, and those answered now. To look for
            // the latter alone would keep two halves from ever becoming one.
            let committed = || target = answered.saturating_add(waiting.filled());
            match self.unfit.take() {
                None => self.run(batch, committed),
                Some(why) => batch::refuse(batch, &why),
            }
        }
    }

    /// Takes what waits, a few at a time, so that nonces are looked up while others still come.
    fn gather(&mut self, waiting: &Queue<Write>, target: usize) -> Vec<Write> {
        let longest = self.took.saturating_mul(COMMITS_GATHERED);
        let begun = clock();
        let mut batch = Vec::with_capacity(target);
        let mut arrived = Vec::with_capacity(target);
        let mut seen = 0_usize;
        let mut wanted = 1;
        loop {
            let complete = waiting.take(wanted, self.gathering, &mut arrived);
            let first = seen == 0;
            seen = seen.saturating_add(arrived.len());
            self.admit(&mut arrived, &mut batch);
            if first {
                self.unfit = self.look();
                if self.unfit.is_none() && seen < target {
                    // While the others come.
                    self.begin_ahead();
                }
            }
            if seen >= target || !complete || begun.elapsed() >= longest {
                return batch;
            }
            wanted = target.saturating_sub(seen).min(LOOKED_UP_AT_ONCE);
        }
    }

    /// `committed` is called before anyone is answered.
    fn run(&mut self, batch: Vec<Write>, committed: impl FnOnce()) {
        let begun = clock();
        let mut outcomes = Vec::with_capacity(batch.len());
        let mut done = self.transact(&batch, &mut outcomes);
        self.took = begun.elapsed();
        if done.as_ref().is_err_and(Failure::is_for_want_of_room) {
            match self.make_room() {
                Ok(false) => {}
                Ok(true) => {
                    outcomes.clear();
                    done = self.transact(&batch, &mut outcomes);
                }
                Err(failure) => done = Err(failure),
            }
        }
        committed();
        match done {
            Ok(()) => {
                let answered = batch.len();
                batch::deliver(batch, outcomes);
                if let Some(owner) = &mut self.serving {
                    owner.note(answered);
                }
            }
            Err(failure) => {
                self.poisoned = Poison::of_failure(&failure).or_else(|| self.poisoned.take());
                batch::fail(batch, outcomes, &failure, self.most_pages);
            }
        }
        self.commits = self.commits.wrapping_add(1);
        let is_due = self.commits.is_multiple_of(COMMITS_BETWEEN_CHECKPOINTS);
        match &self.checkpoints {
            Some(beside) if is_due => beside.begin(),
            Some(beside) if beside.is_over() => self.write_back(),
            None if is_due => self.write_back(),
            _ => {}
        }
    }

    /// Why nothing may be written any more.
    fn look(&mut self) -> Option<String> {
        if self.poisoned.is_none() {
            let failed = self.checkpoints.as_ref().and_then(Checkpoints::fault);
            self.poisoned = failed
                .map(Poison::Disk)
                .or_else(|| Poison::of_names(&mut self.identity));
        }
        self.poisoned.as_ref().map(|poison| {
            let why = poison.why();
            format!("the store takes no changes until it is opened again: {why}")
        })
    }

    fn write_back(&mut self) {
        if let Err(fault) = checkpoints::write_back(&self.connection) {
            self.poisoned = Poison::of_fault(&fault).or_else(|| self.poisoned.take());
        }
    }
}

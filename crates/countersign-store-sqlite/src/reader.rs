//! The threads that read, each with a connection of its own.
//!
//! Every read begins after it was asked for, so that it sees every commit that was answered before,
//! by whichever process. Reads that wait at the same time share a transaction: to begin one takes
//! system calls, and pages from before the last commit are read anew.

use core::fmt;
use core::task::Waker;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use countersign_store::StoreError;
use rusqlite::Connection;

use crate::fault::Fault;
use crate::oneshot::Chain;
use crate::seal::Seal;
use crate::tokens::access;
use crate::{consumers, oneshot};

/// What a read has at hand.
pub(crate) struct Reader {
    pub(crate) connection: Connection,
    pub(crate) seal: Seal,
    pub(crate) caches: Arc<Caches>,
}

/// What all readers of a store share.
#[derive(Debug, Default)]
pub(crate) struct Caches {
    pub(crate) consumers: consumers::Cache,
    pub(crate) access: access::Cache,
}

/// Gives whom to wake.
type Job = Box<dyn FnOnce(&Reader, &Arc<Chain>) -> Option<Waker> + Send>;

/// How many more a thread takes along with one: to hand over each of them alone takes longer than
/// most reads do. Few, so that none waits long for those before it.
const TAKEN_ALONG: usize = 15;

pub(crate) struct Readers {
    jobs: Option<SyncSender<Job>>,
    threads: Vec<JoinHandle<()>>,
    caches: Arc<Caches>,
    capacity: usize,
}

impl fmt::Debug for Readers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readers")
            .field("threads", &self.threads.len())
            .finish_non_exhaustive()
    }
}

impl Readers {
    pub(crate) fn start(
        connections: Vec<Connection>,
        seal: &Seal,
        capacity: usize,
    ) -> std::io::Result<Self> {
        let (jobs, waiting) = sync_channel(capacity);
        let waiting = Arc::new(Mutex::new(waiting));
        let caches = Arc::new(Caches::default());
        let start = |connection| {
            let reader = Reader {
                connection,
                seal: seal.clone(),
                caches: Arc::clone(&caches),
            };
            let waiting = Arc::clone(&waiting);
            std::thread::Builder::new()
                .name(String::from("countersign-read"))
                .spawn(move || work(&reader, &waiting))
        };
        let threads: std::io::Result<_> = connections.into_iter().map(start).collect();
        Ok(Self {
            jobs: Some(jobs),
            threads: threads?,
            caches,
            capacity,
        })
    }

    pub(crate) fn caches(&self) -> &Caches {
        &self.caches
    }

    /// Asks; what is answered is [read](Answer::read).
    ///
    /// Apart from the future that waits, so that this holds no more than it needs: it becomes a part
    /// of the one that verifies a request.
    pub(crate) fn ask<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Reader) -> Result<T, Fault> + Send + 'static,
    ) -> Result<Answer<T>, StoreError> {
        let (sender, receiver) = oneshot::channel();
        let job: Job = Box::new(move |reader, chain| sender.send_in(chain, query(reader)));
        let jobs = self.jobs.as_ref().ok_or(StoreError::Unavailable(None))?;
        match jobs.try_send(job) {
            Ok(()) => Ok(Answer(receiver)),
            Err(TrySendError::Full(_)) => Err(StoreError::Full {
                limit: self.capacity,
                what: "reads that wait",
            }),
            Err(TrySendError::Disconnected(_)) => Err(StoreError::Unavailable(None)),
        }
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Reader) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.ask(query)?.read().await
    }
}

/// What a thread will answer.
pub(crate) struct Answer<T>(oneshot::Receiver<Result<T, Fault>>);

impl<T> Answer<T> {
    pub(crate) async fn read(self) -> Result<T, StoreError> {
        match self.0.await {
            Some(found) => found.map_err(Fault::into_error),
            None => Err(StoreError::Unavailable(None)),
        }
    }
}

fn work(reader: &Reader, waiting: &Mutex<Receiver<Job>>) {
    loop {
        let jobs = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let Ok(first) = jobs.recv() else {
            return;
        };
        let more: Vec<Job> = jobs.try_iter().take(TAKEN_ALONG).collect();
        drop(jobs);
        // All of them were asked for by now.
        let connection = &reader.connection;
        if !more.is_empty() {
            // Without one, each read is a transaction of its own.
            let _alone = run(connection, "BEGIN");
        }
        let chain = Arc::new(Chain::default());
        let taken = core::iter::once(first).chain(more);
        let wakers = taken.filter_map(|job| job(reader, &chain)).collect();
        if !connection.is_autocommit() && run(connection, "COMMIT").is_err() {
            let _over = run(connection, "ROLLBACK");
        }
        chain.start(wakers);
        chain.finish();
    }
}

fn run(connection: &Connection, statement: &str) -> rusqlite::Result<usize> {
    connection.prepare_cached(statement)?.execute([])
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

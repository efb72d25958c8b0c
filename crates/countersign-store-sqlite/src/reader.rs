//! The threads that read, each with a connection of its own.
//!
//! Every read is a transaction of its own and begins after it was asked for, so that it sees every
//! commit that was answered before, by whichever process.

use core::fmt;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use countersign_store::StoreError;
use rusqlite::Connection;

use crate::consumers::Cache;
use crate::fault::Fault;
use crate::oneshot;
use crate::seal::Seal;

/// What a read has at hand.
pub(crate) struct Reader {
    pub(crate) connection: Connection,
    pub(crate) seal: Seal,
    pub(crate) consumers: Arc<Cache>,
}

type Job = Box<dyn FnOnce(&Reader) + Send>;

pub(crate) struct Readers {
    jobs: Option<SyncSender<Job>>,
    threads: Vec<JoinHandle<()>>,
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
        let consumers = Arc::new(Cache::default());
        let start = |connection| {
            let reader = Reader {
                connection,
                seal: seal.clone(),
                consumers: Arc::clone(&consumers),
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
            capacity,
        })
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Reader) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, receiver) = oneshot::channel();
        let job: Job = Box::new(move |reader| sender.send(query(reader)));
        let jobs = self.jobs.as_ref().ok_or(StoreError::Unavailable(None))?;
        match jobs.try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => {
                return Err(StoreError::Full {
                    limit: self.capacity,
                    what: "reads that wait",
                });
            }
            Err(TrySendError::Disconnected(_)) => return Err(StoreError::Unavailable(None)),
        }
        match receiver.await {
            Some(found) => found.map_err(Fault::into_error),
            None => Err(StoreError::Unavailable(None)),
        }
    }
}

fn work(reader: &Reader, waiting: &Mutex<Receiver<Job>>) {
    loop {
        let next = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(job) = next else {
            return;
        };
        job(reader);
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

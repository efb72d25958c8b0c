//! Writing the log back into the database beside the commits, so that nobody waits for it.
//!
//! Commits go on meanwhile, and what they add to the log is left. While anything is, the log can't
//! begin anew: so the writer writes back that little itself, once the thread is done with the rest.

use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;

use crate::fault::Fault;

/// Writes back what the log has by now, but for what others still read. A fault here is one of the
/// disk that no commit would tell of.
pub(crate) fn write_back(connection: &Connection) -> Result<(), Fault> {
    let done = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    Ok(done?)
}

#[derive(Debug, Default)]
struct Shared {
    over: AtomicBool,
    failed: AtomicBool,
    fault: Mutex<Option<String>>,
}

/// The thread that writes back.
#[derive(Debug)]
pub(crate) struct Checkpoints {
    due: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    shared: Arc<Shared>,
}

impl Checkpoints {
    pub(crate) fn start(connection: Connection) -> std::io::Result<Self> {
        let (due, waiting) = sync_channel(1);
        let shared = Arc::<Shared>::default();
        let known = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name(String::from("countersign-log"))
            .spawn(move || known.serve(&connection, &waiting))?;
        Ok(Self {
            due: Some(due),
            thread: Some(thread),
            shared,
        })
    }

    /// Has the log written back, unless that is under way.
    pub(super) fn begin(&self) {
        if let Some(due) = &self.due {
            let _under_way = due.try_send(());
        }
    }

    /// Whether it was written back since this was asked last.
    pub(super) fn is_over(&self) -> bool {
        self.shared.over.load(Ordering::Relaxed) && self.shared.over.swap(false, Ordering::Relaxed)
    }

    /// Waits for what is under way, and closes its connection.
    pub(super) fn end(&mut self) {
        self.due = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }

    /// Why the disk is not to be trusted any more.
    pub(super) fn fault(&self) -> Option<String> {
        if !self.shared.failed.load(Ordering::Acquire) {
            return None;
        }
        let fault = self.shared.fault.lock();
        fault.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Shared {
    fn serve(&self, connection: &Connection, waiting: &Receiver<()>) {
        while waiting.recv().is_ok() {
            match write_back(connection) {
                Err(fault) if fault.is_lasting() => {
                    let mut known = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
                    *known = Some(fault.to_string());
                    self.failed.store(true, Ordering::Release);
                    // What a disk could not write counts as written when it is asked again.
                    return;
                }
                _ => self.over.store(true, Ordering::Relaxed),
            }
        }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "waits for another thread")]
mod tests {
    use core::time::Duration;
    use std::fs::OpenOptions;
    use std::time::Instant;

    use super::*;
    use crate::{connection, file};

    const PATIENCE: Duration = Duration::from_secs(60);

    fn wait(what: impl Fn() -> bool) {
        let start = Instant::now();
        while !what() {
            assert!(start.elapsed() < PATIENCE);
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn it_is_told_when_the_log_was_written_back_and_when_it_can_not_be() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store.db");
        file::create(&path).unwrap();
        let open = || {
            let connection = connection::open(&path, Duration::ZERO).unwrap();
            connection::set(&connection, &path).unwrap();
            connection
        };
        let writer = open();
        writer.execute_batch("CREATE TABLE numbers (n)").unwrap();
        let checkpoints = Checkpoints::start(open()).unwrap();
        assert!(!checkpoints.is_over());
        checkpoints.begin();
        wait(|| checkpoints.is_over());
        assert!(!checkpoints.is_over(), "it is told once");
        assert_eq!(checkpoints.fault(), None);

        writer
            .execute_batch("INSERT INTO numbers VALUES (1)")
            .unwrap();
        let log = OpenOptions::new()
            .write(true)
            .open(file::beside(&path, "-wal"));
        log.unwrap().set_len(0).unwrap();
        checkpoints.begin();
        wait(|| checkpoints.fault().is_some());
        assert!(!checkpoints.is_over());
    }
}

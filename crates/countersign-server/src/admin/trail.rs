//! The audit trail of an administrator: the service's file, with who did it.

use core::fmt::{self, Write as _};
use core::future::Future;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_provider::{Audit, AuditUnavailable, Event};

use super::AdminError;
use crate::audit_file::AuditFile;

const BY: &str = " by=\"administrator\"\n";

/// Appends to the service's file; every line waits for its sync, as the process ends soon after.
#[derive(Clone)]
pub(super) struct Trail {
    file: AuditFile,
    failed: Arc<AtomicBool>,
    /// A line was written to try it, and nothing was changed since.
    tried: Arc<AtomicBool>,
}

/// A change that the provider knows nothing of.
pub(super) struct Note<'a> {
    what: &'static str,
    fields: Vec<(&'static str, &'a str)>,
}

impl<'a> Note<'a> {
    pub(super) const fn new(what: &'static str) -> Self {
        Self {
            what,
            fields: Vec::new(),
        }
    }

    pub(super) fn with(mut self, name: &'static str, value: &'a str) -> Self {
        self.fields.push((name, value));
        self
    }
}

/// In the columns of the provider's lines.
impl fmt::Display for Note<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, " {} granted 200", self.what)?;
        self.fields
            .iter()
            .try_for_each(|(name, value)| write!(f, " {name}=\"{}\"", value.escape_default()))
    }
}

impl Trail {
    pub(super) fn new(file: AuditFile) -> Self {
        Self {
            file,
            failed: Arc::default(),
            tried: Arc::default(),
        }
    }

    /// Before a change: whether the file takes a line. What ends a grant does not ask: it is done
    /// also on a disk that is full.
    pub(super) async fn ready(&self) -> Result<(), AdminError> {
        self.try_line().await.map_err(|_| AdminError::Audit)?;
        self.tried.store(true, Ordering::Release);
        Ok(())
    }

    /// To write nothing always succeeds.
    async fn try_line(&self) -> Result<(), AuditUnavailable> {
        self.file.write("\n".to_owned()).await
    }

    /// After a change: its line, and whether all lines of it were written.
    pub(super) async fn note(&self, now: UnixTime, note: Note<'_>) -> Result<(), AdminError> {
        let mut line = now.rfc3339();
        // Writing to a string does not fail.
        let _ignored = write!(line, "{note}{BY}");
        self.append(line).await.map_err(|_| AdminError::Untold)?;
        self.is_whole()
    }

    /// After a change that others follow from: its line. Whether it was written is told by
    /// [`is_whole`](Self::is_whole), when they are made too.
    pub(super) async fn leave(&self, now: UnixTime, note: Note<'_>) {
        let _told_at_the_end = self.note(now, note).await;
    }

    /// After a change whose line the provider wrote.
    pub(super) fn is_whole(&self) -> Result<(), AdminError> {
        if self.failed.load(Ordering::Acquire) {
            Err(AdminError::Untold)
        } else {
            Ok(())
        }
    }

    async fn append(&self, line: String) -> Result<(), AuditUnavailable> {
        let written = self.file.write(line).await;
        if written.is_err() {
            self.failed.store(true, Ordering::Release);
        }
        written
    }
}

impl Audit for Trail {
    fn ready<'a>(
        &'a self,
    ) -> Pin<Box<dyn Future<Output = Result<(), AuditUnavailable>> + Send + 'a>> {
        Box::pin(async {
            if self.tried.swap(false, Ordering::AcqRel) {
                return Ok(());
            }
            self.try_line().await
        })
    }

    fn record<'a>(
        &'a self,
        event: &'a Event,
    ) -> Pin<Box<dyn Future<Output = Result<(), AuditUnavailable>> + Send + 'a>> {
        Box::pin(self.append(format!("{event}{BY}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a full disk: nothing can be written there as well as anywhere, and is synced.
    #[tokio::test]
    async fn a_trail_that_takes_no_line_is_not_ready() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("audit.log");
        std::fs::write(&path, "").unwrap();
        let closed = std::fs::File::open(&path).unwrap();
        let trail = Trail::new(AuditFile::over(closed, &path).unwrap());
        assert!(trail.file.write(String::new()).await.is_ok());
        assert!(matches!(trail.ready().await, Err(AdminError::Audit)));
        assert!(Audit::ready(&trail).await.is_err(), "so hears the provider");

        let trail = Trail::new(AuditFile::open(&path).unwrap());
        trail.ready().await.unwrap();
        Audit::ready(&trail).await.unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"\n", "tried once a change");
        Audit::ready(&trail).await.unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"\n\n");
    }
}

//! The audit trail of an administrator: the service's file, with who did it.

use core::fmt::{self, Write as _};
use core::future::Future;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
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
    /// How many lines could not be written.
    failed: Arc<AtomicU64>,
    /// A line was written to try it, and nothing was changed since.
    tried: Arc<AtomicBool>,
}

/// How many lines could not be written when a change began: more of them later are the change's,
/// or of one that was made beside it.
#[derive(Debug, Clone, Copy)]
#[must_use = "a line that can't be written is told"]
pub(super) struct Begun(u64);

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

    /// Before a change: whether the file takes a line.
    pub(super) async fn ready(&self) -> Result<Begun, AdminError> {
        self.try_line().await.map_err(|_| AdminError::Audit)?;
        self.tried.store(true, Ordering::Release);
        Ok(self.begin())
    }

    /// Before a change that takes something away: it is done also where the trail can't be
    /// written. On a disk that is full the store can't be either, unless it lies on another.
    pub(super) fn begin(&self) -> Begun {
        Begun(self.failed.load(Ordering::Acquire))
    }

    /// To write nothing always succeeds.
    async fn try_line(&self) -> Result<(), AuditUnavailable> {
        self.file.write("\n".to_owned()).await
    }

    /// After a change: its line, and whether all lines of it were written.
    pub(super) async fn note(
        &self,
        begun: Begun,
        now: UnixTime,
        note: Note<'_>,
    ) -> Result<(), AdminError> {
        self.leave(now, note).await;
        self.is_whole(begun)
    }

    /// After a change that others follow from: its line. Whether it was written is told by
    /// [`is_whole`](Self::is_whole), when they are made too.
    pub(super) async fn leave(&self, now: UnixTime, note: Note<'_>) {
        let mut line = now.rfc3339();
        // Writing to a string does not fail.
        let _ignored = write!(line, "{note}{BY}");
        let _told_at_the_end = self.append(line).await;
    }

    /// After a change whose line the provider wrote.
    pub(super) fn is_whole(&self, begun: Begun) -> Result<(), AdminError> {
        if self.failed.load(Ordering::Acquire) == begun.0 {
            Ok(())
        } else {
            Err(AdminError::Untold)
        }
    }

    async fn append(&self, line: String) -> Result<(), AuditUnavailable> {
        let written = self.file.write(line).await;
        if written.is_err() {
            self.failed.fetch_add(1, Ordering::AcqRel);
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
        let _begun = trail.ready().await.unwrap();
        Audit::ready(&trail).await.unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"\n", "tried once a change");
        Audit::ready(&trail).await.unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"\n\n");
    }

    /// One administrator may make many changes, and a disk has room again some day.
    #[tokio::test]
    async fn a_line_that_is_missing_is_told_once() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("audit.log");
        std::fs::write(&path, "").unwrap();
        let closed = std::fs::File::open(&path).unwrap();
        let trail = Trail::new(AuditFile::open(&path).unwrap());
        let full = Trail {
            file: AuditFile::over(closed, &path).unwrap(),
            ..trail.clone()
        };
        let now = UnixTime::from_seconds(0);
        let (begun, note) = (full.begin(), Note::new("user_remove"));
        let missing = full.note(begun, now, note).await;
        assert!(matches!(missing, Err(AdminError::Untold)));
        let begun = trail.ready().await.unwrap();
        let added = trail.note(begun, now, Note::new("user_add"));
        added.await.unwrap();
        let (begun, note) = (trail.begin(), Note::new("user_remove"));
        trail.note(begun, now, note).await.unwrap();
    }
}

//! How a store is opened.

use core::num::NonZeroUsize;
use core::time::Duration;
use std::sync::Arc;

use countersign_clock::{UnixTime, Window};
use countersign_store::NonceLimits;
use countersign_store::seal::Sealer;

use crate::seal::Seal;

/// How a store is opened. Secrets are sealed by a key unless the constructor says otherwise.
#[derive(Debug, Clone)]
#[must_use]
pub struct Options {
    pub(crate) seal: Seal,
    pub(crate) create: bool,
    pub(crate) loss: Option<UnixTime>,
    pub(crate) window: Window,
    pub(crate) limits: NonceLimits,
    pub(crate) queue: usize,
    pub(crate) gathering: Duration,
    busy_timeout: Option<Duration>,
    pub(crate) readers: NonZeroUsize,
    pub(crate) most_pages: u32,
}

/// A page has 4096 bytes: 16 GiB.
const MOST_PAGES: u32 = 4_194_304;
const PATIENCE: Duration = Duration::from_secs(2);
const PATIENCE_OF_ADMINISTRATION: Duration = Duration::from_secs(10);
const QUEUE: usize = 8192;
const READERS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1);

impl Options {
    /// Secrets are sealed, each bound to its table, its row and the version or generation of that.
    pub fn sealed_by(sealer: Sealer) -> Self {
        Self::with(Seal::By(Arc::new(sealer)))
    }

    /// Secrets stand in the file as they are: whoever reads the file, or a copy of it, can sign as
    /// every consumer. For tests and demonstrations.
    pub fn dangerous_without_seal() -> Self {
        Self::with(Seal::None)
    }

    fn with(seal: Seal) -> Self {
        Self {
            seal,
            create: false,
            loss: None,
            window: Window::default(),
            limits: NonceLimits::default(),
            queue: QUEUE,
            gathering: Duration::from_micros(100),
            busy_timeout: None,
            readers: READERS,
            most_pages: MOST_PAGES,
        }
    }

    /// Makes a new store if there is no file.
    ///
    /// # Background
    ///
    /// A path that is wrong, or a volume that is not mounted, looks like a first start: the new
    /// store would know neither the nonces that were accepted nor the grants that were revoked.
    pub fn create_if_missing(mut self) -> Self {
        self.create = true;
        self
    }

    /// Opens a copy that was put back, or makes a new store in place of one that was lost. Nonces
    /// of timestamps that were acceptable at `at`, the time of this start, are
    /// [`Fenced`](countersign_store::Insertion::Fenced).
    pub fn after_loss(mut self, at: UnixTime) -> Self {
        self.loss = Some(at);
        self.create = true;
        self
    }

    /// The acceptance window of the timestamps that will be inserted. It may differ from the one of
    /// the last start: timestamps are stored, and not when they end.
    pub fn with_window(mut self, window: Window) -> Self {
        self.window = window;
        self
    }

    /// How many live nonces there may be.
    pub fn with_nonce_limits(mut self, limits: NonceLimits) -> Self {
        self.limits = limits;
        self
    }

    /// How many changes may wait for the writer, and reads for the readers; beyond, they are
    /// refused as [`Full`](countersign_store::StoreError::Full). 8192 by default.
    pub fn with_queue(mut self, capacity: usize) -> Self {
        self.queue = capacity;
        self
    }

    /// How long a commit waits for those that asked last time, who tend to ask again. 100 us by
    /// default. A single caller never waits, and nobody longer than four times what the last commit took.
    pub fn with_gathering(mut self, time: Duration) -> Self {
        self.gathering = time;
        self
    }

    /// How long a change waits for another process that is writing. 2 s by default, and 10 s for
    /// administration, beside which a server may write all the time.
    pub fn with_busy_timeout(mut self, time: Duration) -> Self {
        self.busy_timeout = Some(time);
        self
    }

    pub(crate) fn busy_timeout(&self) -> Duration {
        self.busy_timeout.unwrap_or(PATIENCE)
    }

    pub(crate) fn busy_timeout_of_administration(&self) -> Duration {
        self.busy_timeout.unwrap_or(PATIENCE_OF_ADMINISTRATION)
    }

    /// How many threads read. 2 by default.
    pub fn with_readers(mut self, threads: NonZeroUsize) -> Self {
        self.readers = threads;
        self
    }

    /// How many pages of 4096 bytes the file may have; a full file refuses new rows. 4,194,304 by
    /// default, which are 16 GiB.
    pub fn with_most_pages(mut self, pages: u32) -> Self {
        self.most_pages = pages;
        self
    }
}

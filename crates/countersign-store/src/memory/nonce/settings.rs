//! How much a store of nonces may hold, and what it may have forgotten when it starts.

use countersign_clock::{UnixTime, Window};

use crate::memory::nonce::forgotten::Forgotten;

/// How much a [`MemoryNonceStore`](crate::MemoryNonceStore) may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NonceLimits {
    nonces: usize,
    per_consumer: u32,
    consumers: usize,
}

impl Default for NonceLimits {
    /// 8,000,000 nonces, of which 1,000,000 for each consumer, and 65,536 consumers.
    ///
    /// A window of 600 seconds at 10,000 requests a second holds at most 6,010,000; a full store
    /// takes some 150 MiB.
    fn default() -> Self {
        Self {
            nonces: 8_000_000,
            per_consumer: 1_000_000,
            consumers: 65_536,
        }
    }
}

impl NonceLimits {
    /// At most so many live nonces in all; beyond, the store is
    /// [`Full`](crate::StoreError::Full).
    #[must_use]
    pub const fn with_nonces(mut self, nonces: usize) -> Self {
        self.nonces = nonces;
        self
    }

    /// At most so many live nonces for each consumer; beyond, it is
    /// [`OverQuota`](crate::Insertion::OverQuota).
    #[must_use]
    pub const fn with_per_consumer(mut self, nonces: u32) -> Self {
        self.per_consumer = nonces;
        self
    }

    /// At most so many consumers that have live nonces at the same time.
    #[must_use]
    pub const fn with_consumers(mut self, consumers: usize) -> Self {
        self.consumers = consumers;
        self
    }

    /// The most live nonces in all.
    #[must_use]
    pub const fn nonces(&self) -> usize {
        self.nonces
    }

    /// The most live nonces of one consumer.
    #[must_use]
    pub const fn per_consumer(&self) -> u32 {
        self.per_consumer
    }

    /// The most consumers with live nonces.
    #[must_use]
    pub const fn consumers(&self) -> usize {
        self.consumers
    }
}

/// What a store that starts empty may have forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Start {
    /// Nothing: no request was ever accepted with these keys, or every live nonce is about to be
    /// loaded.
    FirstStart,
    /// All nonces accepted before `at`: the moment of this start, by the clock that gives `now`.
    ///
    /// Costs honest clients the future side of the window.
    AfterLoss {
        /// When the memory was lost, or any time after.
        at: UnixTime,
    },
    /// Nonces of timestamps up to a ceiling that was made durable *before* any timestamp above it
    /// was accepted. Costs honest clients as long as the ceiling lies ahead.
    AfterLossBelow {
        /// The ceiling.
        ceiling: UnixTime,
    },
}

impl Start {
    pub(super) fn forgotten(self, window: Window) -> Forgotten {
        let mut forgotten = Forgotten::nothing(window);
        let ceiling = match self {
            Self::FirstStart => return forgotten,
            Self::AfterLoss { at } => at.saturating_add(i64::from(window.future())),
            Self::AfterLossBelow { ceiling } => ceiling,
        };
        forgotten.add(UnixTime::from_seconds(i64::MIN), ceiling);
        forgotten
    }
}

//! How much all parts of the store hold together.

use core::sync::atomic::{AtomicUsize, Ordering};

use crate::error::StoreError;
use crate::memory::nonce::settings::NonceLimits;

#[derive(Debug)]
pub(super) struct Room {
    pub(super) limits: NonceLimits,
    nonces: AtomicUsize,
    consumers: AtomicUsize,
}

impl Room {
    pub(super) const fn new(limits: NonceLimits) -> Self {
        Self {
            limits,
            nonces: AtomicUsize::new(0),
            consumers: AtomicUsize::new(0),
        }
    }

    pub(super) fn nonces(&self) -> usize {
        self.nonces.load(Ordering::Relaxed)
    }

    /// Room for one more nonce.
    pub(super) fn reserve(&self) -> bool {
        one_more(&self.nonces, self.limits.nonces())
    }

    pub(super) fn release(&self, nonces: usize) {
        less(&self.nonces, nonces);
    }

    /// Room for one more consumer.
    pub(super) fn admit(&self) -> bool {
        one_more(&self.consumers, self.limits.consumers())
    }

    /// One more, whether there is room or not.
    pub(super) fn admit_at_any_rate(&self) {
        self.consumers.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn dismiss(&self, consumers: usize) {
        less(&self.consumers, consumers);
    }

    pub(super) fn full_of_nonces(&self) -> StoreError {
        StoreError::Full {
            limit: self.limits.nonces(),
            what: "live nonces",
        }
    }

    pub(super) fn full_of_consumers(&self) -> StoreError {
        StoreError::Full {
            limit: self.limits.consumers(),
            what: "consumers with live nonces",
        }
    }
}

fn one_more(held: &AtomicUsize, limit: usize) -> bool {
    let more = |held: usize| (held < limit).then(|| held.saturating_add(1));
    held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more)
        .is_ok()
}

fn less(held: &AtomicUsize, count: usize) {
    if count > 0 {
        held.fetch_sub(count, Ordering::Relaxed);
    }
}

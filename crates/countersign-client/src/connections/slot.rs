//! What this process has of one connection.

use core::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use countersign_clock::UnixTime;
use countersign_store::{ConnectionId, Fence, TokenCredentials};
use countersign_token::Generation;

use crate::connections::Current;
use crate::connections::flight::Flight;
use crate::connections::run::Landing;

/// A token that came, and is not in the store yet.
#[derive(Debug, Clone)]
pub(super) struct Hand {
    pub(super) generation: Generation,
    pub(super) credentials: TokenCredentials,
    /// The lease under which it was sent for, if this process did.
    pub(super) fence: Option<Fence>,
}

impl Hand {
    /// A token that came for the one `before` it. Who says nothing of a session handle has not
    /// replaced it.
    pub(super) fn new(
        generation: Generation,
        mut credentials: TokenCredentials,
        before: &TokenCredentials,
    ) -> Self {
        if credentials.session_handle.is_none() {
            credentials
                .session_handle
                .clone_from(&before.session_handle);
        }
        Self {
            generation,
            credentials,
            fence: None,
        }
    }

    pub(super) const fn under(mut self, fence: Option<Fence>) -> Self {
        self.fence = fence;
        self
    }
}

pub(super) struct Slot {
    pub(super) id: ConnectionId,
    /// Locked only to put another pointer in: a renewal keeps nobody from the token.
    current: RwLock<Option<Arc<Current>>>,
    pub(super) hand: Mutex<Option<Hand>>,
    pub(super) flight: Mutex<Option<Arc<Flight<Landing>>>>,
    /// After a fault: nothing ahead of time before this.
    not_before: AtomicI64,
    /// Whether it was asked for since room was last made.
    used: AtomicBool,
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Slot {
    pub(super) const fn new(id: ConnectionId) -> Self {
        Self {
            id,
            current: RwLock::new(None),
            hand: Mutex::new(None),
            flight: Mutex::new(None),
            not_before: AtomicI64::new(i64::MIN),
            used: AtomicBool::new(false),
        }
    }

    pub(super) fn use_it(&self) {
        // Seldom written, so that those who ask at the same time share the line.
        if !self.used.load(Ordering::Relaxed) {
            self.used.store(true, Ordering::Relaxed);
        }
    }

    /// Whether it was used since this was asked last.
    pub(super) fn was_used(&self) -> bool {
        self.used.swap(false, Ordering::Relaxed)
    }

    /// Whether there is nothing in it that is not in the store, and nothing under way.
    pub(super) fn is_at_rest(&self) -> bool {
        let flight = lock(&self.flight);
        flight.as_ref().is_none_or(|flight| flight.is_done()) && lock(&self.hand).is_none()
    }

    pub(super) fn current(&self) -> Option<Arc<Current>> {
        self.current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Of the tokens that this process has, stored or not.
    pub(super) fn newest_generation(&self) -> Option<Generation> {
        let current = self.current().map(|current| current.generation);
        let hand = lock(&self.hand).as_ref().map(|hand| hand.generation);
        current.max(hand)
    }

    /// Takes in what was read or written, unless something newer is known: a row that was read
    /// before another was written may come after it.
    pub(super) fn publish(&self, newer: Current) -> Arc<Current> {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let counts = |known: &Current| {
            let versions = newer.version.cmp(&known.version);
            let generations = newer.generation.cmp(&known.generation);
            // A higher version of a lower generation was removed and made anew, a lower version of a
            // higher one set back and renewed. Within a version, what is in hand is ahead of the row.
            versions.is_gt() || generations.is_gt() || versions.is_eq() && generations.is_eq()
        };
        match &*current {
            Some(known) if !counts(known) => Arc::clone(known),
            _ => {
                let newer = Arc::new(newer);
                *current = Some(Arc::clone(&newer));
                newer
            }
        }
    }

    pub(super) fn forget(&self) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = None;
        *lock(&self.hand) = None;
    }

    pub(super) fn leave_alone_until(&self, time: UnixTime) {
        self.not_before.store(time.seconds(), Ordering::Relaxed);
    }

    pub(super) fn is_left_alone(&self, now: UnixTime) -> bool {
        now.seconds() < self.not_before.load(Ordering::Relaxed)
    }
}

/// One connection, for whoever signs with it again and again: its token without a look-up.
#[derive(Clone)]
pub struct ConnectionHandle(pub(super) Arc<Slot>);

impl ConnectionHandle {
    /// Which connection.
    #[must_use]
    pub fn id(&self) -> &ConnectionId {
        &self.0.id
    }

    /// The newest token that this process knows, at once; none before the connection was read or
    /// after it was removed.
    #[must_use]
    pub fn current(&self) -> Option<Arc<Current>> {
        self.0.current()
    }
}

impl core::fmt::Debug for ConnectionHandle {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("ConnectionHandle").field(&self.0.id).finish()
    }
}

//! Nonces in memory.

mod forgotten;
mod line;
mod pool;
mod quota;
mod room;
mod set;
mod settings;
mod shard;
mod table;
mod timeline;

pub use forgotten::Forgotten;
pub use settings::{NonceLimits, Start};

use core::fmt;
use std::sync::Mutex;

use countersign_clock::{UnixTime, Window};

use crate::error::StoreError;
use crate::fingerprint::{Domain, Fingerprint, FingerprintKey};
use crate::memory::lock;
use crate::memory::nonce::room::Room;
use crate::memory::nonce::shard::{Calendar, Shard};
use crate::nonce::{Insertion, Nonce, NonceStore};

/// Enough that threads seldom meet, few enough that a bucket is worth its overhead at low rates, and
/// that what leads to the buckets stays in the cache.
const SHARDS: usize = 16;

/// Remembers nonces in the memory of one process, by keyed fingerprints.
///
/// Half of each fingerprint is kept, 64 bits, among those of its second: that a new nonce is taken
/// for a used one happens once in some 10^16 times. A used one is never taken for a new one.
///
/// Bounded by [`NonceLimits`]; a live nonce is never dropped. Takes no clock: what is over is freed
/// as `now` moves on, a little in each call, so that none is slow. If the clock is set back,
/// timestamps whose nonces may have been forgotten are [`Insertion::Fenced`].
///
/// # Examples
///
/// ```
/// use countersign_clock::{UnixTime, Window};
/// use countersign_store::{FingerprintKey, Insertion, MemoryNonceStore, Nonce, Start};
///
/// let key = FingerprintKey::from_bytes([7; 16]);
/// let store = MemoryNonceStore::new(key, Window::default(), Start::FirstStart);
/// let now = UnixTime::from_seconds(1_700_000_000);
/// let nonce = Nonce::new("dpf43f3p2l4k3l03", "nnch734d00sl2jdk", now, "kllo9940pd9333jh");
/// assert_eq!(store.insert_now(&nonce, now)?, Insertion::New);
/// assert_eq!(store.insert_now(&nonce, now)?, Insertion::Used);
/// # Ok::<(), countersign_store::StoreError>(())
/// ```
pub struct MemoryNonceStore {
    key: FingerprintKey,
    calendar: Calendar,
    room: Room,
    shards: Vec<Mutex<Shard>>,
}

/// A nonce that a durable store kept over a restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeptNonce {
    /// The fingerprint of its tuple, under the store's key.
    pub fingerprint: Fingerprint,
    /// The fingerprint of its consumer, of the domain [`Domain::Consumer`]. A nonce is looked for
    /// among those of its consumer alone.
    pub consumer: Fingerprint,
    /// The first moment at which its timestamp is no longer accepted.
    pub expires: UnixTime,
}

impl KeptNonce {
    /// A nonce read back.
    #[must_use]
    pub const fn new(fingerprint: Fingerprint, consumer: Fingerprint, expires: UnixTime) -> Self {
        Self {
            fingerprint,
            consumer,
            expires,
        }
    }
}

impl MemoryNonceStore {
    /// An empty store with the default limits.
    ///
    /// `window` is the acceptance window of the timestamps that will be inserted.
    #[must_use]
    pub fn new(key: FingerprintKey, window: Window, start: Start) -> Self {
        Self::with_limits(key, window, start, NonceLimits::default())
    }

    /// An empty store.
    #[must_use]
    pub fn with_limits(
        key: FingerprintKey,
        window: Window,
        start: Start,
        limits: NonceLimits,
    ) -> Self {
        let forgotten = start.forgotten(window);
        let shard = || Mutex::new(Shard::new(forgotten.clone()));
        Self {
            key,
            calendar: Calendar::new(window),
            room: Room::new(limits),
            shards: core::iter::repeat_with(shard).take(SHARDS).collect(),
        }
    }

    /// Stores the tuple unless it is there: [`NonceStore::insert`] without a future.
    ///
    /// # Errors
    ///
    /// [`StoreError::Full`] if there is no room for one more live nonce or consumer.
    pub fn insert_now(&self, nonce: &Nonce<'_>, now: UnixTime) -> Result<Insertion, StoreError> {
        self.insert_kept(&self.kept(nonce), now)
    }

    /// What a durable store keeps of a nonce.
    #[must_use]
    pub fn kept(&self, nonce: &Nonce<'_>) -> KeptNonce {
        // The shorter one first: the processor works on both at once.
        let consumer = nonce.consumer_key.as_bytes();
        let consumer = self.key.of(Domain::Consumer, &[consumer]);
        KeptNonce {
            fingerprint: nonce.fingerprint(&self.key),
            consumer,
            expires: self.calendar.expires(nonce.timestamp),
        }
    }

    /// Stores what is kept of a nonce unless it is there: [`insert_now`](Self::insert_now) for those
    /// who keep it elsewhere too.
    ///
    /// # Errors
    ///
    /// [`StoreError::Full`] if there is no room for one more live nonce or consumer.
    pub fn insert_kept(&self, kept: &KeptNonce, now: UnixTime) -> Result<Insertion, StoreError> {
        let mutex = self.shard(kept.consumer)?;
        // A second round only if room was made for it.
        for last_round in [false, true] {
            let reserved = self.room.reserve();
            let mut shard = lock(mutex);
            let freed = shard.expire(self.calendar, &self.room, now);
            let done = shard.insert(self.calendar, &self.room, kept, now, reserved);
            drop(shard);
            if reserved && !matches!(done, Ok(Insertion::New)) {
                self.room.release(1);
            }
            if last_round || done.is_ok() || !(freed || self.make_room(now)) {
                return done;
            }
        }
        Err(self.room.full_of_nonces())
    }

    /// Notes that nonces of the timestamps from `first` to `last` may be gone:
    /// they are [`Insertion::Fenced`].
    pub fn forget(&self, first: UnixTime, last: UnixTime) {
        for mutex in &self.shards {
            lock(mutex).forget(first, last);
        }
    }

    /// Takes in a nonce that was kept over a restart. It counts towards the quota of its consumer,
    /// even above it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Full`] if there is no room.
    pub fn load(&self, kept: &KeptNonce) -> Result<(), StoreError> {
        lock(self.shard(kept.consumer)?).load(self.calendar, &self.room, kept)
    }

    /// Whether a nonce is held.
    #[must_use]
    pub fn contains(&self, kept: &KeptNonce) -> bool {
        let shard = self.shard(kept.consumer);
        shard.is_ok_and(|mutex| lock(mutex).contains(self.calendar, kept))
    }

    /// How many nonces are held; some of them may be over and not yet freed.
    #[must_use]
    pub fn held(&self) -> usize {
        self.room.nonces()
    }

    /// All nonces of a consumer lie in one shard, so that one lock is enough for them and for its
    /// quota.
    fn shard(&self, consumer: Fingerprint) -> Result<&Mutex<Shard>, StoreError> {
        let number = usize::try_from(consumer.number() >> 124).unwrap_or(0);
        self.shards.get(number).ok_or(StoreError::Unavailable(None))
    }

    /// Frees what is over in all shards. Holds one lock at a time.
    fn make_room(&self, now: UnixTime) -> bool {
        let mut made = false;
        for mutex in &self.shards {
            made |= lock(mutex).expire(self.calendar, &self.room, now);
        }
        made
    }
}

impl fmt::Debug for MemoryNonceStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryNonceStore")
            .field("held", &self.held())
            .field("limits", &self.room.limits)
            .finish_non_exhaustive()
    }
}

impl NonceStore for MemoryNonceStore {
    async fn insert(&self, nonce: Nonce<'_>, now: UnixTime) -> Result<Insertion, StoreError> {
        self.insert_now(&nonce, now)
    }
}

#[cfg(test)]
mod tests;

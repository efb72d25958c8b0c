//! Nonces in memory.

mod forgotten;
mod pool;
mod quota;
mod set;
mod settings;
mod shard;
mod table;
mod timeline;

pub use forgotten::Forgotten;
pub use settings::{NonceLimits, Start};

use core::fmt;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Mutex;

use countersign_clock::{UnixTime, Window};

use crate::error::StoreError;
use crate::fingerprint::{Domain, Fingerprint, FingerprintKey};
use crate::memory::lock;
use crate::memory::nonce::quota::{Quota, Taken};
use crate::memory::nonce::shard::{Calendar, Shard};
use crate::nonce::{Insertion, Nonce, NonceStore};

/// Enough that threads seldom meet, few enough that a bucket is worth its overhead at low rates.
const SHARDS: usize = 64;

/// Remembers nonces in the memory of one process, as keyed 128-bit fingerprints.
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
    limits: NonceLimits,
    shards: Vec<Mutex<Shard>>,
    live: AtomicUsize,
    quota: Quota,
}

/// A nonce that a durable store kept over a restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeptNonce {
    /// The fingerprint of its tuple, under the store's key.
    pub fingerprint: Fingerprint,
    /// The fingerprint of its consumer, of the domain [`Domain::Consumer`].
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
            limits,
            shards: core::iter::repeat_with(shard).take(SHARDS).collect(),
            live: AtomicUsize::new(0),
            quota: Quota::new(window, limits.per_consumer(), limits.consumers()),
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
        let consumer = nonce.consumer_key.as_bytes();
        KeptNonce {
            fingerprint: nonce.fingerprint(&self.key),
            consumer: self.key.of(Domain::Consumer, &[consumer]),
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
        let timestamp = self.calendar.timestamp(kept.expires);
        let mutex = self.shard(kept.fingerprint)?;
        // A second round only if room was made for it.
        for last_round in [false, true] {
            let mut shard = lock(mutex);
            self.release(shard.expire(self.calendar, now));
            if let Some(retry_after) = shard.fence(self.calendar, timestamp, now) {
                return Ok(Insertion::Fenced { retry_after });
            }
            if shard.contains(self.calendar, timestamp, kept.fingerprint) {
                return Ok(Insertion::Used);
            }
            if self.reserve() {
                return self.store(&mut shard, kept, now);
            }
            drop(shard);
            if last_round || !self.make_room(now) {
                break;
            }
        }
        Err(self.full())
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
        let timestamp = self.calendar.timestamp(kept.expires);
        let mut shard = lock(self.shard(kept.fingerprint)?);
        if shard.contains(self.calendar, timestamp, kept.fingerprint) {
            return Ok(());
        }
        if !self.reserve() {
            return Err(self.full());
        }
        self.quota.load(kept.consumer, timestamp);
        shard.insert(self.calendar, timestamp, kept.fingerprint);
        Ok(())
    }

    /// How many nonces are held; some of them may be over and not yet freed.
    #[must_use]
    pub fn held(&self) -> usize {
        self.live.load(Ordering::Relaxed)
    }

    /// Gives each nonce held, as its fingerprint and the moment at which it ends.
    pub fn for_each(&self, mut each: impl FnMut(Fingerprint, UnixTime)) {
        for mutex in &self.shards {
            lock(mutex).for_each(self.calendar, &mut each);
        }
    }

    fn store(
        &self,
        shard: &mut Shard,
        kept: &KeptNonce,
        now: UnixTime,
    ) -> Result<Insertion, StoreError> {
        let timestamp = self.calendar.timestamp(kept.expires);
        let taken = self.quota.take(kept.consumer, timestamp, now);
        if !matches!(taken, Ok(Taken::Yes)) {
            self.release(1);
        }
        Ok(match taken? {
            Taken::Over(retry_after) => Insertion::OverQuota { retry_after },
            Taken::Yes => {
                shard.insert(self.calendar, timestamp, kept.fingerprint);
                Insertion::New
            }
        })
    }

    fn shard(&self, fingerprint: Fingerprint) -> Result<&Mutex<Shard>, StoreError> {
        let number = usize::try_from(fingerprint.number() >> 122).unwrap_or(0);
        self.shards.get(number).ok_or(StoreError::Unavailable(None))
    }

    /// Room for one more nonce.
    fn reserve(&self) -> bool {
        let more = |live: usize| (live < self.limits.nonces()).then(|| live.saturating_add(1));
        self.live
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more)
            .is_ok()
    }

    fn release(&self, count: usize) {
        if count > 0 {
            self.live.fetch_sub(count, Ordering::Relaxed);
        }
    }

    /// Frees what is over in all shards. Holds one lock at a time.
    fn make_room(&self, now: UnixTime) -> bool {
        let freed: usize = self
            .shards
            .iter()
            .map(|mutex| lock(mutex).expire(self.calendar, now))
            .sum();
        self.release(freed);
        freed > 0
    }

    fn full(&self) -> StoreError {
        StoreError::Full {
            limit: self.limits.nonces(),
            what: "live nonces",
        }
    }
}

impl fmt::Debug for MemoryNonceStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryNonceStore")
            .field("held", &self.held())
            .field("limits", &self.limits)
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

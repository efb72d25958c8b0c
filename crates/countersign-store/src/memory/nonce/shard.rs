//! One part of the store, behind one lock: nonces in order of their timestamps.

use countersign_clock::{UnixTime, Window};

use crate::fingerprint::Fingerprint;
use crate::memory::nonce::forgotten::Forgotten;
use crate::memory::nonce::pool::Pool;
use crate::memory::nonce::set::Set;
use crate::memory::nonce::timeline::Timeline;

/// More than these are not freed in one call.
const FREED_AT_ONCE: usize = 16;
/// A window is cut into at most so many buckets.
const MOST_BUCKETS: u64 = 1024;

/// How timestamps fall into buckets, and when those end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calendar {
    past: i64,
    width: i64,
}

impl Calendar {
    /// One second a bucket, as long as the window is not absurdly wide.
    pub(super) fn new(window: Window) -> Self {
        let seconds = window.retention().saturating_add(1);
        Self {
            past: i64::from(window.past()),
            width: i64::try_from(seconds.div_ceil(MOST_BUCKETS)).unwrap_or(i64::MAX),
        }
    }

    fn bucket(self, timestamp: UnixTime) -> i64 {
        timestamp
            .seconds()
            .checked_div_euclid(self.width)
            .unwrap_or(0)
    }

    fn first_timestamp(self, bucket: i64) -> UnixTime {
        UnixTime::from_seconds(bucket.saturating_mul(self.width))
    }

    fn last_timestamp(self, bucket: i64) -> UnixTime {
        let next = bucket.saturating_add(1).saturating_mul(self.width);
        UnixTime::from_seconds(next).saturating_sub(1)
    }

    /// The first moment at which a timestamp is no longer accepted.
    pub(super) fn expires(self, timestamp: UnixTime) -> UnixTime {
        timestamp.saturating_add(self.past).saturating_add(1)
    }

    pub(super) fn timestamp(self, expires: UnixTime) -> UnixTime {
        expires.saturating_sub(self.past).saturating_sub(1)
    }
}

#[derive(Debug)]
pub(super) struct Shard {
    buckets: Timeline<Set>,
    pool: Pool,
    forgotten: Forgotten,
}

impl Shard {
    pub(super) fn new(forgotten: Forgotten) -> Self {
        Self {
            buckets: Timeline::default(),
            pool: Pool::default(),
            forgotten,
        }
    }

    /// Forgets what is no longer accepted; how many nonces that were.
    pub(super) fn expire(&mut self, calendar: Calendar, now: UnixTime) -> usize {
        let mut freed = 0_usize;
        for _ in 0..FREED_AT_ONCE {
            let Some(first) = self.buckets.first() else {
                break;
            };
            let last = calendar.last_timestamp(first);
            if calendar.expires(last) > now {
                break;
            }
            if let Some(set) = self.buckets.pop_first() {
                freed = freed.saturating_add(set.recycle(&mut self.pool));
            }
            self.forgotten.add(calendar.first_timestamp(first), last);
        }
        freed
    }

    /// Notes that nonces of these timestamps may be gone.
    pub(super) fn forget(&mut self, first: UnixTime, last: UnixTime) {
        self.forgotten.add(first, last);
    }

    /// For how many seconds the store can't vouch for a timestamp like this one; `None` if it can.
    ///
    /// What was dropped, not what time it once was, sets the limit: a clock that leapt ahead and
    /// came back costs one window and not the length of the leap.
    pub(super) fn fence(
        &self,
        calendar: Calendar,
        timestamp: UnixTime,
        now: UnixTime,
    ) -> Option<u32> {
        let seconds = match self.forgotten.until(timestamp) {
            Some(last) => last.saturating_add(1).since(now).max(1),
            None if calendar.expires(timestamp) > now => return None,
            None => 1,
        };
        Some(u32::try_from(seconds).unwrap_or(u32::MAX))
    }

    pub(super) fn contains(
        &self,
        calendar: Calendar,
        timestamp: UnixTime,
        fingerprint: Fingerprint,
    ) -> bool {
        self.buckets
            .get(calendar.bucket(timestamp))
            .is_some_and(|set| set.contains(fingerprint.number()))
    }

    /// Whether it was not there before.
    pub(super) fn insert(
        &mut self,
        calendar: Calendar,
        timestamp: UnixTime,
        fingerprint: Fingerprint,
    ) -> bool {
        self.buckets
            .get_or_default(calendar.bucket(timestamp))
            .is_some_and(|set| set.insert(fingerprint.number(), &mut self.pool))
    }

    pub(super) fn for_each(
        &self,
        calendar: Calendar,
        each: &mut impl FnMut(Fingerprint, UnixTime),
    ) {
        for (bucket, set) in self.buckets.iter() {
            let expires = calendar.expires(calendar.last_timestamp(bucket));
            set.for_each(&mut |number| each(Fingerprint::from_number(number), expires));
        }
    }
}

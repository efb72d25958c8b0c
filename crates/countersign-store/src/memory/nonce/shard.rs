//! One part of the store, behind one lock: some consumers, and their nonces in order of their
//! timestamps.

use countersign_clock::{UnixTime, Window};

use crate::error::StoreError;
use crate::memory::nonce::KeptNonce;
use crate::memory::nonce::forgotten::Forgotten;
use crate::memory::nonce::line::{Line, mark};
use crate::memory::nonce::pool::Pool;
use crate::memory::nonce::quota::{Quota, Steps};
use crate::memory::nonce::room::Room;
use crate::memory::nonce::set::Set;
use crate::memory::nonce::timeline::Timeline;
use crate::nonce::Insertion;

/// More than these are not freed in one call.
const FREED_AT_ONCE: usize = 16;
/// A window is cut into at most so many buckets.
const MOST_BUCKETS: u64 = 1024;

/// How timestamps fall into buckets, and when those end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calendar {
    past: i64,
    width: i64,
    steps: Steps,
}

impl Calendar {
    /// One second a bucket, as long as the window is not absurdly wide.
    pub(super) fn new(window: Window) -> Self {
        let seconds = window.retention().saturating_add(1);
        Self {
            past: i64::from(window.past()),
            width: i64::try_from(seconds.div_ceil(MOST_BUCKETS)).unwrap_or(i64::MAX),
            steps: Steps::new(window),
        }
    }

    fn bucket(self, timestamp: UnixTime) -> i64 {
        let seconds = timestamp.seconds();
        match self.width {
            // A division is not for nothing.
            1 => seconds,
            width => seconds.checked_div_euclid(width).unwrap_or(0),
        }
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
    quota: Quota,
    forgotten: Forgotten,
    /// What is over at that time is gone, unless some of it was left.
    at: UnixTime,
    left: bool,
    /// The oldest step at that time.
    oldest: i64,
}

impl Shard {
    pub(super) fn new(forgotten: Forgotten) -> Self {
        Self {
            buckets: Timeline::default(),
            pool: Pool::default(),
            quota: Quota::default(),
            forgotten,
            at: UnixTime::from_seconds(0),
            left: true,
            oldest: 0,
        }
    }

    /// Forgets what is no longer accepted; whether there was any.
    #[inline]
    pub(super) fn expire(&mut self, calendar: Calendar, room: &Room, now: UnixTime) -> bool {
        (self.left || self.at != now) && self.go_on(calendar, room, now)
    }

    #[cold]
    fn go_on(&mut self, calendar: Calendar, room: &Room, now: UnixTime) -> bool {
        self.at = now;
        self.oldest = calendar.steps.oldest(now);
        let mut freed = 0_usize;
        let mut buckets = 0;
        while buckets < FREED_AT_ONCE
            && let Some(first) = self.buckets.first()
        {
            let last = calendar.last_timestamp(first);
            if calendar.expires(last) > now {
                break;
            }
            buckets = buckets.saturating_add(1);
            if let Some(set) = self.buckets.pop_first() {
                freed = freed.saturating_add(set.recycle(&mut self.pool));
            }
            self.forgotten.add(calendar.first_timestamp(first), last);
        }
        self.pool.tidy();
        self.left = buckets == FREED_AT_ONCE || !self.pool.is_tidy();
        let gone = self.quota.sweep(self.oldest);
        room.release(freed);
        room.dismiss(gone);
        freed > 0 || gone > 0
    }

    /// Notes that nonces of these timestamps may be gone.
    pub(super) fn forget(&mut self, first: UnixTime, last: UnixTime) {
        self.forgotten.add(first, last);
    }

    /// Stores a nonce unless it is there, after what is over at `now` was forgotten. `reserved` says whether there is room for it, which is
    /// used up by [`Insertion::New`] alone.
    pub(super) fn insert(
        &mut self,
        calendar: Calendar,
        room: &Room,
        kept: &KeptNonce,
        now: UnixTime,
        reserved: bool,
    ) -> Result<Insertion, StoreError> {
        let timestamp = calendar.timestamp(kept.expires);
        if let Some(retry_after) = self.fence(calendar, timestamp, now) {
            return Ok(Insertion::Fenced { retry_after });
        }
        let bucket = calendar.bucket(timestamp);
        let mark = mark(kept.fingerprint.number());
        let set = self.buckets.get(bucket);
        let line = set.map_or(Line::EMPTY, |set| set.line(mark));
        // While the memory brings the line.
        let number = calendar.steps.number(timestamp);
        let counts = self.quota.get(kept.consumer, self.oldest);
        let over = counts
            .as_ref()
            .and_then(|counts| counts.over(room.limits.per_consumer(), calendar.steps, now));
        if line.has(mark) || (line.is_full() && set.is_some_and(|set| set.contains(mark))) {
            return Ok(Insertion::Used);
        }
        if !reserved {
            return Err(room.full_of_nonces());
        }
        if let Some(retry_after) = over {
            return Ok(Insertion::OverQuota { retry_after });
        }
        match counts {
            Some(counts) => counts.add(number),
            None if room.admit() => {
                self.quota.add(kept.consumer, number);
            }
            None => return Err(room.full_of_consumers()),
        }
        self.add(bucket, mark);
        Ok(Insertion::New)
    }

    /// Takes in a nonce whatever the quota of its consumer is.
    pub(super) fn load(
        &mut self,
        calendar: Calendar,
        room: &Room,
        kept: &KeptNonce,
    ) -> Result<(), StoreError> {
        if self.contains(calendar, kept) {
            return Ok(());
        }
        if !room.reserve() {
            return Err(room.full_of_nonces());
        }
        let timestamp = calendar.timestamp(kept.expires);
        if self
            .quota
            .add(kept.consumer, calendar.steps.number(timestamp))
        {
            room.admit_at_any_rate();
        }
        self.add(calendar.bucket(timestamp), mark(kept.fingerprint.number()));
        Ok(())
    }

    pub(super) fn contains(&self, calendar: Calendar, kept: &KeptNonce) -> bool {
        let bucket = calendar.bucket(calendar.timestamp(kept.expires));
        let mark = mark(kept.fingerprint.number());
        self.buckets
            .get(bucket)
            .is_some_and(|set| set.contains(mark))
    }

    fn add(&mut self, bucket: i64, mark: u64) {
        if let Some(set) = self.buckets.get_or_default(bucket) {
            set.add(mark, &mut self.pool);
        }
    }

    /// For how many seconds the store can't vouch for a timestamp like this one; `None` if it can.
    ///
    /// What was dropped, not what time it once was, sets the limit: a clock that leapt ahead and
    /// came back costs one window and not the length of the leap.
    fn fence(&self, calendar: Calendar, timestamp: UnixTime, now: UnixTime) -> Option<u32> {
        let seconds = match self.forgotten.until(timestamp) {
            Some(last) => last.saturating_add(1).since(now).max(1),
            None if calendar.expires(timestamp) > now => return None,
            None => 1,
        };
        Some(u32::try_from(seconds).unwrap_or(u32::MAX))
    }
}

//! How many live nonces each consumer has.

use core::hash::{BuildHasherDefault, Hasher};
use core::sync::atomic::{AtomicUsize, Ordering};
use std::collections::HashMap;
use std::sync::Mutex;

use countersign_clock::{UnixTime, Window};

use crate::error::StoreError;
use crate::fingerprint::Fingerprint;
use crate::memory::lock;
use crate::memory::nonce::timeline::Timeline;

const SHARDS: usize = 16;
/// The window is counted in so many steps: finer ones cost memory and gain nothing.
const STEPS: u64 = 60;

#[derive(Debug)]
pub(super) struct Quota {
    shards: Vec<Mutex<Part>>,
    past: i64,
    step: i64,
    each: u32,
    most_consumers: usize,
    consumers: AtomicUsize,
}

#[derive(Debug)]
struct Part {
    consumers: HashMap<Fingerprint, Counts, BuildHasherDefault<Low>>,
    swept: i64,
}

/// Nonces of one consumer by the step that their timestamps lie in, oldest first.
#[derive(Debug, Default)]
struct Counts {
    steps: Timeline<u32>,
    newest: i64,
    live: u32,
}

/// What a request for one more nonce came to.
pub(super) enum Taken {
    Yes,
    /// Not before so many seconds.
    Over(u32),
}

impl Quota {
    pub(super) fn new(window: Window, each: u32, most_consumers: usize) -> Self {
        let seconds = window.retention().saturating_add(1);
        let part = || {
            Mutex::new(Part {
                consumers: HashMap::default(),
                swept: i64::MIN,
            })
        };
        Self {
            shards: core::iter::repeat_with(part).take(SHARDS).collect(),
            past: i64::from(window.past()),
            step: i64::try_from(seconds.div_ceil(STEPS)).unwrap_or(i64::MAX),
            each,
            most_consumers,
            consumers: AtomicUsize::new(0),
        }
    }

    /// Counts one more nonce of a consumer, if it may have one.
    pub(super) fn take(
        &self,
        consumer: Fingerprint,
        timestamp: UnixTime,
        now: UnixTime,
    ) -> Result<Taken, StoreError> {
        let oldest = self.oldest(now);
        let Some(mutex) = self.shards.get(shard(consumer)) else {
            return Err(StoreError::Unavailable(None));
        };
        let mut part = lock(mutex);
        self.sweep(&mut part, oldest);
        if !part.consumers.contains_key(&consumer) && !self.admit() {
            drop(part);
            for other in &self.shards {
                self.sweep(&mut lock(other), oldest);
            }
            if !self.admit() {
                return Err(StoreError::Full {
                    limit: self.most_consumers,
                    what: "consumers with live nonces",
                });
            }
            part = lock(mutex);
            if part.consumers.contains_key(&consumer) {
                self.dismiss(1);
            }
        }
        let counts = part.consumers.entry(consumer).or_default();
        counts.expire(oldest);
        if counts.live >= self.each {
            return Ok(Taken::Over(self.wait(counts, now)));
        }
        counts.add(self.number(timestamp));
        Ok(Taken::Yes)
    }

    /// Counts a nonce that was there before a restart, whatever the quota is now.
    pub(super) fn load(&self, consumer: Fingerprint, timestamp: UnixTime) {
        if let Some(mutex) = self.shards.get(shard(consumer)) {
            let mut part = lock(mutex);
            let counts = part.consumers.entry(consumer).or_insert_with(|| {
                self.consumers.fetch_add(1, Ordering::Relaxed);
                Counts::default()
            });
            counts.add(self.number(timestamp));
        }
    }

    /// Room for one more consumer.
    fn admit(&self) -> bool {
        let more = |count: usize| (count < self.most_consumers).then(|| count.saturating_add(1));
        self.consumers
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more)
            .is_ok()
    }

    fn dismiss(&self, count: usize) {
        self.consumers.fetch_sub(count, Ordering::Relaxed);
    }

    /// Takes out consumers without live nonces, once a step.
    fn sweep(&self, part: &mut Part, oldest: i64) {
        if part.swept >= oldest {
            return;
        }
        part.swept = oldest;
        let before = part.consumers.len();
        part.consumers.retain(|_, counts| counts.newest >= oldest);
        self.dismiss(before.saturating_sub(part.consumers.len()));
    }

    fn wait(&self, counts: &Counts, now: UnixTime) -> u32 {
        let first = counts.steps.first().unwrap_or(0);
        let ends = first
            .saturating_add(1)
            .saturating_mul(self.step)
            .saturating_add(self.past);
        let seconds = ends.saturating_sub(now.seconds()).max(1);
        u32::try_from(seconds).unwrap_or(u32::MAX)
    }

    /// The step that the oldest accepted timestamp lies in.
    fn oldest(&self, now: UnixTime) -> i64 {
        self.number(now.saturating_sub(self.past))
    }

    fn number(&self, timestamp: UnixTime) -> i64 {
        let seconds = timestamp.seconds();
        seconds.checked_div_euclid(self.step).unwrap_or(0)
    }
}

impl Counts {
    fn expire(&mut self, oldest: i64) {
        while self.steps.first().is_some_and(|first| first < oldest) {
            let ended = self.steps.pop_first().unwrap_or(0);
            self.live = self.live.saturating_sub(ended);
        }
    }

    fn add(&mut self, number: i64) {
        if let Some(count) = self.steps.get_or_default(number) {
            *count = count.saturating_add(1);
        }
        self.newest = self.steps.last().unwrap_or(number);
        self.live = self.live.saturating_add(1);
    }
}

fn shard(consumer: Fingerprint) -> usize {
    usize::try_from(consumer.number() >> 124).unwrap_or(0)
}

/// Fingerprints are uniform and keyed: their low half is the hash.
#[derive(Debug, Default)]
struct Low(u64);

impl Hasher for Low {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, number: u128) {
        self.0 = u64::try_from(number & u128::from(u64::MAX)).unwrap_or(0);
    }
}

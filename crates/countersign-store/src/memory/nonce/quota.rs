//! How many live nonces each consumer has.

use core::hash::{BuildHasherDefault, Hasher};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use countersign_clock::{UnixTime, Window};

use crate::fingerprint::Fingerprint;

/// The window is counted in so many steps: finer ones cost memory and gain nothing.
const STEPS: u64 = 60;
/// More than a window has, with those at its ends; a power of two, so that a step finds its place
/// quickly.
const PLACES: usize = 64;
const LAST: i64 = 63;

/// How timestamps fall into steps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Steps {
    past: i64,
    step: i64,
}

impl Steps {
    pub(super) fn new(window: Window) -> Self {
        let seconds = window.retention().saturating_add(1);
        Self {
            past: i64::from(window.past()),
            step: i64::try_from(seconds.div_ceil(STEPS)).unwrap_or(i64::MAX),
        }
    }

    /// The step that the oldest accepted timestamp lies in.
    pub(super) fn oldest(self, now: UnixTime) -> i64 {
        self.number(now.saturating_sub(self.past))
    }

    pub(super) fn number(self, timestamp: UnixTime) -> i64 {
        let seconds = timestamp.seconds();
        seconds.checked_div_euclid(self.step).unwrap_or(0)
    }

    /// The seconds until a step has ended.
    fn wait(self, number: i64, now: UnixTime) -> u32 {
        let ends = number
            .saturating_add(1)
            .saturating_mul(self.step)
            .saturating_add(self.past);
        let seconds = ends.saturating_sub(now.seconds()).max(1);
        u32::try_from(seconds).unwrap_or(u32::MAX)
    }
}

/// The consumers of one part of the store.
#[derive(Debug)]
pub(super) struct Quota {
    consumers: HashMap<Fingerprint, Counts, BuildHasherDefault<Low>>,
    swept: i64,
}

impl Default for Quota {
    fn default() -> Self {
        Self {
            consumers: HashMap::default(),
            swept: i64::MIN,
        }
    }
}

impl Quota {
    /// What is live of a consumer that has had nonces.
    pub(super) fn get(&mut self, consumer: Fingerprint, oldest: i64) -> Option<&mut Counts> {
        let counts = self.consumers.get_mut(&consumer)?;
        counts.expire(oldest);
        Some(counts)
    }

    /// Counts a nonce; whether the consumer had none before.
    pub(super) fn add(&mut self, consumer: Fingerprint, number: i64) -> bool {
        match self.consumers.entry(consumer) {
            Entry::Occupied(mut counts) => {
                counts.get_mut().add(number);
                false
            }
            Entry::Vacant(free) => {
                free.insert(Counts::from(number)).add(number);
                true
            }
        }
    }

    /// Takes out consumers without live nonces, once a step, also when the clock was set back; how
    /// many.
    pub(super) fn sweep(&mut self, oldest: i64) -> usize {
        // Of those who come at the end of a step some are a little late.
        if (0..=1).contains(&self.swept.saturating_sub(oldest)) {
            return 0;
        }
        self.swept = oldest;
        let before = self.consumers.len();
        let last = oldest.saturating_add(LAST);
        self.consumers.retain(|_, counts| {
            // From before the clock was set back: it counts for as long as one at the window's end.
            counts.newest = counts.newest.min(last);
            counts.newest >= oldest
        });
        before.saturating_sub(self.consumers.len())
    }
}

/// Nonces of one consumer by the step that their timestamps lie in.
#[derive(Debug)]
pub(super) struct Counts {
    live: u32,
    oldest: i64,
    newest: i64,
    /// From the oldest on, around the end.
    places: Box<[u32; PLACES]>,
}

impl Counts {
    fn from(oldest: i64) -> Self {
        Self {
            live: 0,
            oldest,
            newest: oldest,
            places: Box::new([0; PLACES]),
        }
    }

    /// The seconds until there is room for one more, if there is none now.
    pub(super) fn over(&self, each: u32, steps: Steps, now: UnixTime) -> Option<u32> {
        (self.live >= each).then(|| {
            let last = self.oldest.saturating_add(LAST);
            let first = (self.oldest..last).find(|number| self.at(*number) > 0);
            steps.wait(first.unwrap_or(last), now)
        })
    }

    fn expire(&mut self, oldest: i64) {
        if self.oldest > oldest.saturating_add(LAST) {
            self.go_back(oldest);
        }
        if self.oldest >= oldest {
            return;
        }
        let ended = oldest.min(self.oldest.saturating_add(LAST).saturating_add(1));
        for number in self.oldest..ended {
            if let Some(count) = self.place(number) {
                let count = core::mem::take(count);
                self.live = self.live.saturating_sub(count);
            }
        }
        self.oldest = oldest;
    }

    pub(super) fn add(&mut self, number: i64) {
        if number < self.oldest {
            self.go_back(number);
        }
        // A timestamp from beyond the window counts for as long as one at its end.
        let number = number.min(self.oldest.saturating_add(LAST));
        if let Some(count) = self.place(number) {
            *count = count.saturating_add(1);
            self.live = self.live.saturating_add(1);
            self.newest = self.newest.max(number);
        }
    }

    /// The clock was set back.
    fn go_back(&mut self, oldest: i64) {
        let mut back = Self::from(oldest);
        let last = oldest.saturating_add(LAST);
        for number in self.oldest..=self.oldest.saturating_add(LAST) {
            let count = self.at(number);
            let number = number.min(last);
            if let Some(sum) = back.place(number) {
                *sum = sum.saturating_add(count);
            }
            if count > 0 {
                back.newest = number;
            }
        }
        back.live = self.live;
        *self = back;
    }

    fn at(&self, number: i64) -> u32 {
        let place = self.places.get(place(number));
        place.copied().unwrap_or(0)
    }

    fn place(&mut self, number: i64) -> Option<&mut u32> {
        self.places.get_mut(place(number))
    }
}

fn place(number: i64) -> usize {
    usize::try_from(number & LAST).unwrap_or(0)
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

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn steps() -> Steps {
        Steps::new(Window::default())
    }

    /// The steps counted, oldest first.
    fn counted(counts: &Counts) -> Vec<i64> {
        let numbers = counts.oldest..=counts.oldest + LAST;
        let repeat = |number| (0..counts.at(number)).map(move |_| number);
        let all: Vec<_> = numbers.flat_map(repeat).collect();
        assert_eq!(u32::try_from(all.len()).unwrap(), counts.live);
        all
    }

    #[test]
    fn what_is_counted_ends_with_its_step() {
        let consumer = Fingerprint::from_bytes([1; 16]);
        let mut quota = Quota::default();
        assert!(quota.add(consumer, 100));
        assert!(!quota.add(consumer, 101));
        let now = UnixTime::from_seconds(100 * 11);
        let wait = |counts: &Counts, each| counts.over(each, steps(), now);
        let counts = quota.get(consumer, 100).unwrap();
        assert_eq!(wait(counts, 3), None);
        assert_eq!(wait(counts, 2), Some(11 + 300));
        assert_eq!(wait(quota.get(consumer, 101).unwrap(), 1), Some(22 + 300));
        assert_eq!(quota.sweep(101), 0);
        assert_eq!(quota.sweep(102), 1);
        assert!(quota.get(consumer, 102).is_none());
    }

    #[test]
    fn consumers_are_swept_after_a_clock_was_set_back() {
        let consumer = |number| Fingerprint::from_bytes([number; 16]);
        let mut quota = Quota::default();
        let year = 1_000_000;
        assert_eq!(quota.sweep(year), 0);
        quota.add(consumer(1), year);
        quota.add(consumer(1), year);
        // Set back: what came before the leap is over when its step is, and what came in it when the
        // window is, for the quota as for the room.
        quota.add(consumer(2), 100);
        assert_eq!(quota.sweep(100), 0);
        assert_eq!(quota.sweep(101), 1);
        let counts = quota.get(consumer(1), 101).unwrap();
        let now = UnixTime::from_seconds(101 * 11);
        let wait = i64::from(counts.over(2, steps(), now).unwrap());
        assert!(wait <= (LAST + 1) * 11 + 300, "{wait}");
        assert_eq!(quota.sweep(101 + LAST), 0);
        assert_eq!(quota.sweep(101 + LAST + 1), 1);
    }

    #[test]
    fn a_clock_set_back_shuts_nobody_out_for_longer_than_a_window() {
        let mut counts = Counts::from(1_000_000);
        for number in 1_000_000..1_000_050 {
            counts.add(number);
        }
        for back in [1_000, 1_000 - 30] {
            counts.add(back);
            assert_eq!(counts.oldest, back);
            assert_eq!(counted(&counts).first(), Some(&back));
        }
        assert_eq!(counts.live, 52);
        counts.expire(970 + 64);
        assert_eq!(counted(&counts), [0_i64; 0]);
    }

    proptest! {
        #[test]
        fn each_nonce_counts_until_its_step_is_over(
            work in prop::collection::vec((0_i64..3, 0_i64..60), 0..200),
        ) {
            let mut oldest = 1_000;
            let mut counts = Counts::from(oldest);
            let mut known = Vec::new();
            for (passed, ahead) in work {
                oldest += passed;
                counts.expire(oldest);
                known.retain(|number| *number >= oldest);
                counts.add(oldest + ahead);
                known.push(oldest + ahead);
                known.sort_unstable();
                prop_assert_eq!(&counted(&counts), &known);
                prop_assert!(counts.newest >= *known.last().unwrap());
            }
        }
    }
}

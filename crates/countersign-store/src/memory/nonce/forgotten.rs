//! Of which timestamps nonces may be gone.

use countersign_clock::{UnixTime, Window};

/// More ranges than these are never kept: the two oldest become one.
const MOST: usize = 8;

/// The timestamps of which nonces may be gone, as a few ranges.
///
/// Ranges and not one limit: a clock that leaps ahead, and stays there for longer than a window, has
/// nonces dropped whose timestamps honest clients come to only when time does. One limit would
/// refuse everything until then. What lies between two ranges was never dropped; ranges closer to
/// each other than a window become one, and so do the two oldest if there are too many. Only ever
/// grows: in doubt a timestamp is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forgotten {
    /// In order, and apart.
    ranges: Vec<(UnixTime, UnixTime)>,
    near: i64,
}

impl Forgotten {
    /// Nothing is gone.
    #[must_use]
    pub fn nothing(window: Window) -> Self {
        let near = i64::try_from(window.retention()).unwrap_or(i64::MAX);
        Self {
            ranges: Vec::new(),
            near,
        }
    }

    /// Adds the timestamps from `first` to `last`.
    pub fn add(&mut self, first: UnixTime, last: UnixTime) {
        let (mut first, mut last) = (first, last.max(first));
        let from = first.saturating_sub(self.near);
        let to = last.saturating_add(self.near);
        let start = self.ranges.partition_point(|range| range.1 < from);
        let end = self.ranges.partition_point(|range| range.0 <= to);
        for range in self.ranges.drain(start..end.max(start)) {
            first = first.min(range.0);
            last = last.max(range.1);
        }
        self.ranges.insert(start, (first, last));
        if self.ranges.len() > MOST {
            let (oldest, _) = self.ranges.remove(0);
            if let Some(next) = self.ranges.first_mut() {
                next.0 = oldest;
            }
        }
    }

    /// The last of the timestamps in a row with this one of which nonces may be gone; `None` if none
    /// of its own is.
    #[must_use]
    pub fn until(&self, timestamp: UnixTime) -> Option<UnixTime> {
        // From behind: what is asked for is mostly newer than all of them.
        let range = self
            .ranges
            .iter()
            .rev()
            .find(|range| range.0 <= timestamp)?;
        (timestamp <= range.1).then_some(range.1)
    }

    /// The ranges in order, each with its first and its last timestamp.
    #[must_use]
    pub fn ranges(&self) -> impl ExactSizeIterator<Item = (UnixTime, UnixTime)> + '_ {
        self.ranges.iter().copied()
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "tests")]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;
    use crate::{FingerprintKey, Insertion, MemoryNonceStore, Nonce, Start};

    const NOW: i64 = 1_700_000_000;

    fn at(seconds: i64) -> UnixTime {
        UnixTime::from_seconds(seconds)
    }

    fn forgotten(ranges: &[(i64, i64)]) -> Forgotten {
        let mut forgotten = Forgotten::nothing(Window::new(5, 4));
        for (first, last) in ranges {
            forgotten.add(at(*first), at(*last));
        }
        forgotten
    }

    fn ranges(forgotten: &Forgotten) -> Vec<(i64, i64)> {
        let range = |(first, last): (UnixTime, UnixTime)| (first.seconds(), last.seconds());
        forgotten.ranges().map(range).collect()
    }

    #[test]
    fn ranges_that_are_near_become_one() {
        let some = forgotten(&[(100, 110), (0, 0), (50, 60)]);
        assert_eq!(ranges(&some), [(0, 0), (50, 60), (100, 110)]);
        assert_eq!(some.until(at(50)), Some(at(60)));
        assert_eq!(some.until(at(61)), None);
        assert_eq!(some.until(at(-1)), None);
        assert_eq!(some.until(at(111)), None);
        let joined = forgotten(&[(100, 110), (0, 0), (50, 60), (9, 41)]);
        assert_eq!(ranges(&joined), [(0, 60), (100, 110)]);
        let inside = forgotten(&[(0, 100), (30, 40)]);
        assert_eq!(ranges(&inside), [(0, 100)]);
        let extremes = forgotten(&[(i64::MIN, 0), (i64::MAX, i64::MAX)]);
        assert_eq!(extremes.until(at(i64::MIN)), Some(at(0)));
        assert_eq!(extremes.until(at(i64::MAX)), Some(at(i64::MAX)));
    }

    #[test]
    fn of_too_many_ranges_the_oldest_become_one() {
        let many: Vec<_> = (0..9).map(|n: i64| (n * 1000, n * 1000)).collect();
        let many = forgotten(&many);
        assert_eq!(many.ranges().len(), MOST);
        assert_eq!(ranges(&many).first(), Some(&(0, 1000)));
    }

    fn insert(store: &MemoryNonceStore, timestamp: i64, now: i64, nonce: &str) -> Insertion {
        let nonce = Nonce::new("consumer", "token", at(timestamp), nonce);
        store.insert_now(&nonce, at(now)).unwrap()
    }

    #[test]
    fn a_leap_that_lasts_costs_one_window_as_well() {
        let key = FingerprintKey::from_bytes([7; 16]);
        let store = MemoryNonceStore::new(key, Window::default(), Start::FirstStart);
        let leap = 10 * 365 * 86_400;
        let nonces = || (0..200).map(|n: i64| n.to_string());
        for n in nonces() {
            assert_eq!(insert(&store, NOW, NOW, &n), Insertion::New);
        }
        // Half an hour, three windows: whatever was accepted in the first of them is dropped.
        for passed in (0..1800).step_by(10) {
            let ahead = NOW + leap + passed;
            for n in nonces() {
                assert_eq!(insert(&store, ahead, ahead, &n), Insertion::New);
            }
        }
        for n in nonces() {
            let back = NOW + 1800;
            assert_eq!(insert(&store, back, back, &n), Insertion::New);
            assert_eq!(insert(&store, back, back, &n), Insertion::Used);
            assert_ne!(insert(&store, NOW, NOW, &n), Insertion::New);
        }
        // When time comes to where the clock once was, what was accepted then is not again.
        for n in nonces() {
            let ahead = NOW + leap;
            assert_ne!(insert(&store, ahead, ahead, &n), Insertion::New);
        }
    }

    proptest! {
        #[test]
        fn wherever_the_clock_goes_nothing_is_new_twice(
            steps in prop::collection::vec((-3000_i64..3000, -10_i64..=10, 0_u8..3), 1..300),
        ) {
            let key = FingerprintKey::from_bytes([7; 16]);
            let store = MemoryNonceStore::new(key, Window::new(10, 10), Start::FirstStart);
            let mut now = NOW;
            let mut accepted = HashMap::new();
            for (step, (leap, off, nonce)) in steps.into_iter().enumerate() {
                now += if step % 7 == 0 { leap } else { leap.rem_euclid(4) };
                let stamp = now + off;
                if insert(&store, stamp, now, &nonce.to_string()) == Insertion::New {
                    prop_assert_eq!(accepted.insert((stamp, nonce), now), None);
                }
            }
        }
    }
}

//! How often a password may be guessed.

use std::sync::{Mutex, PoisonError};

use countersign_clock::UnixTime;

use crate::aged::Aged;
use crate::digest::Digest;

/// How many tries cost nothing: people mistype.
const FREE: u32 = 5;

/// The longest wait between two tries, in seconds. Longer ones would let anybody lock users out by
/// their names.
const LONGEST: u32 = 30;

/// After how many seconds without a try those before are forgotten.
const FORGOTTEN: i64 = 900;

/// Of how many names tries are counted. Who wants a name forgotten has to make so many tries with
/// others, and each of them takes the time of a hash: waiting is quicker.
const NAMES: usize = 16_384;

/// Counts tries and makes them wait, longer from one to the next.
///
/// A try counts when it begins, so that many at once gain nothing; those that are told to wait do
/// not count, so that no flood makes a wait longer than [`LONGEST`].
pub(crate) struct Throttle(Mutex<Aged<u32>>);

impl Throttle {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Aged::new(NAMES, FORGOTTEN)))
    }

    /// Counts a try, or gives how many seconds it has to wait.
    pub(crate) fn admit(&self, key: Digest, now: UnixTime) -> Result<(), u32> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(entry) = counts.get(&key, now) else {
            counts.put(key, 1, now);
            return Ok(());
        };
        // A clock that was set back must not make anybody wait for it to catch up.
        entry.seen = entry.seen.min(now);
        let since = u32::try_from(now.since(entry.seen)).unwrap_or(u32::MAX);
        match delay(entry.value).checked_sub(since) {
            None | Some(0) => {
                entry.value = entry.value.saturating_add(1);
                entry.seen = now;
                Ok(())
            }
            Some(wait) => Err(wait),
        }
    }

    /// The try was a right one.
    pub(crate) fn clear(&self, key: &Digest) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.remove(key);
    }

    /// The try was none: the fault was on this side.
    pub(crate) fn forgive(&self, key: &Digest, now: UnixTime) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = counts.get(key, now) {
            entry.value = entry.value.saturating_sub(1);
        }
    }
}

/// The seconds after so many tries: none, then 1, 2, 4 and so on.
fn delay(tries: u32) -> u32 {
    match tries.checked_sub(FREE) {
        None => 0,
        Some(beyond) => 1_u32.checked_shl(beyond).unwrap_or(LONGEST).min(LONGEST),
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "tests")]
mod tests {
    use proptest::prelude::{prop_assert, proptest};

    use super::*;

    const KEY: Digest = [1; 32];

    fn at(seconds: i64) -> UnixTime {
        UnixTime::from_seconds(seconds)
    }

    #[test]
    fn waits_grow_up_to_the_longest() {
        let throttle = Throttle::new();
        let mut now = 1_000;
        let mut waits = Vec::new();
        for _ in 0..14 {
            match throttle.admit(KEY, at(now)) {
                Ok(()) => waits.push(0),
                Err(wait) => {
                    waits.push(wait);
                    now += i64::from(wait);
                    throttle.admit(KEY, at(now)).unwrap();
                }
            }
        }
        assert_eq!(waits, [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 30, 30, 30, 30]);
    }

    #[test]
    fn a_right_try_and_a_quiet_while_begin_anew() {
        let throttle = Throttle::new();
        for _ in 0..5 {
            throttle.admit(KEY, at(0)).unwrap();
        }
        assert_eq!(throttle.admit(KEY, at(0)), Err(1));
        assert_eq!(throttle.admit([2; 32], at(0)), Ok(()), "another name");
        throttle.clear(&KEY);
        for _ in 0..5 {
            throttle.admit(KEY, at(0)).unwrap();
        }
        assert_eq!(throttle.admit(KEY, at(0)), Err(1));
        for _ in 0..5 {
            throttle.admit(KEY, at(FORGOTTEN)).unwrap();
        }
        assert_eq!(throttle.admit(KEY, at(FORGOTTEN)), Err(1));
    }

    #[test]
    fn a_fault_of_ours_does_not_count() {
        let throttle = Throttle::new();
        for _ in 0..100 {
            throttle.admit(KEY, at(0)).unwrap();
            throttle.forgive(&KEY, at(0));
        }
        assert_eq!(throttle.admit(KEY, at(0)), Ok(()));
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let throttle = Throttle::new();
        for _ in 0..5 {
            throttle.admit(KEY, at(1_000_000)).unwrap();
        }
        assert_eq!(throttle.admit(KEY, at(10)), Err(1));
        assert_eq!(throttle.admit(KEY, at(11)), Ok(()));
    }

    proptest! {
        /// Whatever an attacker does, somebody who waits as told is let in.
        #[test]
        fn no_wait_is_longer_than_the_longest(
            steps in proptest::collection::vec(0_i64..40, 0..300),
        ) {
            let throttle = Throttle::new();
            let mut now = 0;
            for later in steps {
                now += later;
                if let Err(wait) = throttle.admit(KEY, at(now)) {
                    prop_assert!((1..=LONGEST).contains(&wait));
                    now += i64::from(wait);
                    prop_assert!(throttle.admit(KEY, at(now)).is_ok());
                }
            }
        }

        /// In an hour of guessing as fast as is allowed there are few tries.
        #[test]
        fn tries_are_few(pace in 1_i64..10) {
            let throttle = Throttle::new();
            let tries = (0..3_600 / pace)
                .filter(|step| throttle.admit(KEY, at(step * pace)).is_ok())
                .count();
            prop_assert!(tries <= 130, "{tries}");
        }
    }
}

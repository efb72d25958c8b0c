#![allow(clippy::arithmetic_side_effects, reason = "tests")]

use std::collections::HashSet;

use countersign_clock::{UnixTime, Window};
use proptest::prelude::*;

use super::line::{Line, mark};
use super::pool::Pool;
use super::set::Set;
use super::timeline::Timeline;
use super::{KeptNonce, MemoryNonceStore, NonceLimits, Start};
use crate::error::StoreError;
use crate::fingerprint::{Fingerprint, FingerprintKey};
use crate::nonce::{Insertion, Nonce};

const NOW: i64 = 1_700_000_000;

fn at(seconds: i64) -> UnixTime {
    UnixTime::from_seconds(seconds)
}

fn key() -> FingerprintKey {
    FingerprintKey::from_bytes([7; 16])
}

fn store(start: Start, limits: NonceLimits) -> MemoryNonceStore {
    MemoryNonceStore::with_limits(key(), Window::default(), start, limits)
}

fn insert(
    store: &MemoryNonceStore,
    consumer: &str,
    nonce: &str,
    timestamp: i64,
    now: i64,
) -> Result<Insertion, StoreError> {
    store.insert_now(&Nonce::new(consumer, "t", at(timestamp), nonce), at(now))
}

#[test]
fn a_nonce_lives_as_long_as_its_timestamp() {
    let store = store(Start::FirstStart, NonceLimits::default());
    let stamp = NOW + 300;
    assert_eq!(
        insert(&store, "c", "n", stamp, NOW).unwrap(),
        Insertion::New
    );
    for now in [NOW, NOW + 1, stamp, stamp + 299, stamp + 300] {
        assert_eq!(
            insert(&store, "c", "n", stamp, now).unwrap(),
            Insertion::Used
        );
        assert_eq!(store.held(), 1);
    }
    let after = insert(&store, "c", "n", stamp, stamp + 301).unwrap();
    assert_eq!(after, Insertion::Fenced { retry_after: 1 });
    assert_eq!(store.held(), 0);
}

#[test]
fn a_clock_set_back_brings_nothing_back() {
    let store = store(Start::FirstStart, NonceLimits::default());
    assert_eq!(insert(&store, "c", "n", NOW, NOW).unwrap(), Insertion::New);
    // The clock goes on, the nonce is freed, the clock is set back.
    let _ = insert(&store, "c", "n", NOW, NOW + 600).unwrap();
    assert_eq!(store.held(), 0);
    let back = insert(&store, "c", "n", NOW, NOW).unwrap();
    assert_eq!(back, Insertion::Fenced { retry_after: 1 });
    let new = insert(&store, "c", "n", NOW + 1, NOW + 1).unwrap();
    assert_eq!(new, Insertion::New);
}

#[test]
fn a_leap_of_the_clock_costs_one_window() {
    let store = store(Start::FirstStart, NonceLimits::default());
    let year = 365 * 86_400;
    let numbers = || (0..1000).map(|n: i32| n.to_string());
    for n in numbers() {
        let new = insert(&store, "c", &n, NOW + 300, NOW).unwrap();
        assert_eq!(new, Insertion::New);
    }
    for n in numbers() {
        let leapt = insert(&store, "c", &n, NOW + year, NOW + year).unwrap();
        assert_eq!(leapt, Insertion::New);
    }
    for n in numbers() {
        let old = insert(&store, "c", &n, NOW + 300, NOW).unwrap();
        assert_ne!(old, Insertion::New);
        let new = insert(&store, "c", &n, NOW + 301, NOW + 1).unwrap();
        assert_eq!(new, Insertion::New);
    }
}

/// Whoever came in the leap, and whoever comes after it, makes room for others.
#[test]
fn a_leap_of_the_clock_keeps_no_consumer_for_longer_than_a_window() {
    let limits = NonceLimits::default().with_consumers(1000);
    let store = store(Start::FirstStart, limits);
    let year = 365 * 86_400;
    for n in 0..900 {
        let leapt = insert(&store, &format!("leap{n}"), "n", NOW + year, NOW + year);
        assert_eq!(leapt.unwrap(), Insertion::New);
    }
    for hour in 0..24 {
        let now = NOW + hour * 3600;
        for n in 0..100 {
            let new = insert(&store, &format!("h{hour}-{n}"), "n", now, now);
            assert_eq!(new.unwrap(), Insertion::New, "{hour}");
        }
    }
}

#[test]
fn after_a_loss_old_timestamps_are_fenced() {
    let start = Start::AfterLoss { at: at(NOW) };
    let lost = store(start, NonceLimits::default());
    let refused = insert(&lost, "c", "n", NOW, NOW).unwrap();
    assert_eq!(refused, Insertion::Fenced { retry_after: 301 });
    let refused = insert(&lost, "c", "n", NOW + 300, NOW + 1).unwrap();
    assert_eq!(refused, Insertion::Fenced { retry_after: 300 });
    assert_eq!(
        insert(&lost, "c", "n", NOW + 301, NOW + 1).unwrap(),
        Insertion::New
    );
    let ceiling = at(NOW + 2);
    let kept = store(Start::AfterLossBelow { ceiling }, NonceLimits::default());
    let refused = insert(&kept, "c", "n", NOW + 2, NOW).unwrap();
    assert_eq!(refused, Insertion::Fenced { retry_after: 3 });
    assert_eq!(
        insert(&kept, "c", "n", NOW + 3, NOW).unwrap(),
        Insertion::New
    );
}

#[test]
fn a_full_store_keeps_what_it_has() {
    let full = store(Start::FirstStart, NonceLimits::default().with_nonces(100));
    for n in 0..100 {
        let done = insert(&full, "c", &n.to_string(), NOW, NOW);
        assert_eq!(done.unwrap(), Insertion::New);
    }
    for n in 0..100 {
        let more = insert(&full, "c", &format!("more{n}"), NOW, NOW);
        assert!(matches!(more, Err(StoreError::Full { limit: 100, .. })));
        let again = insert(&full, "c", &n.to_string(), NOW, NOW);
        assert_eq!(again.unwrap(), Insertion::Used);
    }
    // What is over makes room, in whatever shard it lies.
    for n in 0..100 {
        let done = insert(&full, "c", &n.to_string(), NOW + 301, NOW + 301);
        assert_eq!(done.unwrap(), Insertion::New);
    }
}

#[test]
fn a_quota_hits_its_consumer_only() {
    let store = store(
        Start::FirstStart,
        NonceLimits::default()
            .with_per_consumer(10)
            .with_consumers(2),
    );
    for n in 0..10 {
        let done = insert(&store, "noisy", &n.to_string(), NOW, NOW);
        assert_eq!(done.unwrap(), Insertion::New);
    }
    let over = insert(&store, "noisy", "more", NOW, NOW).unwrap();
    let Insertion::OverQuota { retry_after } = over else {
        panic!("{over:?}");
    };
    assert!((301..=312).contains(&retry_after), "{retry_after}");
    assert_eq!(
        insert(&store, "noisy", "1", NOW, NOW).unwrap(),
        Insertion::Used
    );
    assert_eq!(
        insert(&store, "quiet", "1", NOW, NOW).unwrap(),
        Insertion::New
    );
    assert_eq!(store.held(), 11);
    let third = insert(&store, "third", "1", NOW, NOW);
    assert!(matches!(third, Err(StoreError::Full { limit: 2, .. })));
    assert_eq!(store.held(), 11);

    let later = NOW + i64::from(retry_after);
    assert_eq!(
        insert(&store, "noisy", "more", later, later).unwrap(),
        Insertion::New
    );
    assert_eq!(
        insert(&store, "third", "1", later, later).unwrap(),
        Insertion::New
    );
}

#[test]
fn what_was_kept_is_known_again() {
    let before = store(Start::FirstStart, NonceLimits::default());
    for n in 0..50 {
        let stamp = NOW + n;
        assert_eq!(
            insert(&before, "c", "n", stamp, NOW).unwrap(),
            Insertion::New
        );
    }
    let after = store(
        Start::FirstStart,
        NonceLimits::default().with_per_consumer(50),
    );
    for n in 0..50 {
        let kept = before.kept(&Nonce::new("c", "t", at(NOW + n), "n"));
        assert!(before.contains(&kept) && !after.contains(&kept));
        after.load(&kept).unwrap();
        after.load(&kept).unwrap();
        assert!(after.contains(&kept));
    }
    assert_eq!(after.held(), 50);
    for n in 0..50 {
        assert_eq!(
            insert(&after, "c", "n", NOW + n, NOW).unwrap(),
            Insertion::Used
        );
    }
    let over = insert(&after, "c", "other", NOW, NOW).unwrap();
    assert!(matches!(over, Insertion::OverQuota { .. }));
}

#[test]
fn one_thread_wins() {
    let store = store(Start::FirstStart, NonceLimits::default());
    let new: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    (0..1000)
                        .filter(|n: &i32| {
                            insert(&store, "c", &n.to_string(), NOW, NOW).unwrap() == Insertion::New
                        })
                        .count()
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    assert_eq!(new, 1000);
    assert_eq!(store.held(), 1000);
}

#[test]
fn a_flood_of_one_second_is_held_and_freed() {
    let store = store(Start::FirstStart, NonceLimits::default());
    for n in 0..300_000 {
        let done = insert(&store, "c", &n.to_string(), NOW, NOW);
        assert_eq!(done.unwrap(), Insertion::New);
    }
    for n in (0..300_000).step_by(97) {
        let done = insert(&store, "c", &n.to_string(), NOW, NOW + 300);
        assert_eq!(done.unwrap(), Insertion::Used);
    }
    for n in 0..1_000 {
        let _ = insert(&store, "c", &n.to_string(), NOW + 301, NOW + 301).unwrap();
    }
    assert_eq!(store.held(), 1_000);
}

#[test]
fn the_key_is_not_shown() {
    let store = MemoryNonceStore::new(
        FingerprintKey::from_bytes(*b"0123456789abcdef"),
        Window::default(),
        Start::FirstStart,
    );
    let shown = format!("{store:?} {store:#?}");
    assert!(!shown.contains("48") && !shown.contains("0123"), "{shown}");
}

/// Few different bits, so that parts and homes collide.
fn crowded() -> impl Strategy<Value = u64> {
    (0_u64..4, 0_u64..40, 0_u64..3)
        .prop_map(|(high, middle, low)| mark(u128::from((high << 62) | (middle << 30) | low)))
}

proptest! {
    #[test]
    fn a_set_is_a_set(marks in prop::collection::vec(crowded(), 0..600)) {
        let mut pool = Pool::default();
        let mut set = Set::default();
        let mut known = HashSet::new();
        for mark in marks {
            let line = set.line(mark);
            let found = line.has(mark) || (line.is_full() && set.contains(mark));
            prop_assert_eq!(found, known.contains(&mark));
            prop_assert_eq!(set.contains(mark), found);
            if known.insert(mark) {
                set.add(mark, &mut pool);
            }
            prop_assert!(set.contains(mark));
        }
        prop_assert_eq!(set.recycle(&mut pool), known.len());
    }

    #[test]
    fn a_timeline_is_a_map(numbers in prop::collection::vec(-40_i64..40, 0..200)) {
        let mut timeline = Timeline::<u32>::default();
        let mut known = std::collections::BTreeMap::<i64, u32>::new();
        for number in numbers {
            prop_assert_eq!(timeline.get(number), known.get(&number));
            *timeline.get_or_default(number).unwrap() += 1;
            *known.entry(number).or_default() += 1;
        }
        for (number, count) in known {
            prop_assert_eq!(timeline.first(), Some(number));
            prop_assert_eq!(timeline.get(number), Some(&count));
            prop_assert_eq!(timeline.pop_first(), Some(count));
        }
        prop_assert_eq!(timeline.first(), None);
    }

    #[test]
    fn no_moment_overflows(stamp: i64, now: i64, loss: i64, past: u32, future: u32) {
        let start = Start::AfterLoss { at: at(loss) };
        let store = MemoryNonceStore::new(key(), Window::new(past, future), start);
        let nonce = Nonce::new("c", "t", at(stamp), "n");
        let _ = store.insert_now(&nonce, at(now));
        let again = store.insert_now(&nonce, at(now));
        prop_assert_ne!(again.unwrap(), Insertion::New);
        let kept = KeptNonce::new(Fingerprint::from_bytes([1; 16]), Fingerprint::from_bytes([2; 16]), at(stamp));
        prop_assert!(store.load(&kept).is_ok());
    }
}

#[test]
fn a_split_set_loses_nothing() {
    let mut pool = Pool::default();
    // The second time with blocks that were used before.
    for round in 0..2_u64 {
        let mut set = Set::default();
        let marks = || (1 + round..20_000 + round).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        for mark in marks() {
            assert!(!set.contains(mark));
            set.add(mark, &mut pool);
        }
        for mark in marks() {
            let line = set.line(mark);
            assert!(line.has(mark) || line.is_full());
            assert!(set.contains(mark));
        }
        assert_eq!(set.recycle(&mut pool), 19_999);
    }
}

#[test]
fn a_new_line_is_free_and_a_full_one_takes_nothing() {
    let mut line = Line::default();
    for slot in 1..=8 {
        assert!(!line.is_full() && !line.has(slot));
        assert!(line.put(slot));
        assert!(line.has(slot));
        assert!(line.marks().eq(1..=slot));
    }
    assert!(line.is_full() && !line.put(9) && !line.has(9));
    assert_eq!(mark(0), 1);
    assert_eq!(mark(5 << 64), 1);
    assert_eq!(mark((1 << 64) | 7), 7);
}

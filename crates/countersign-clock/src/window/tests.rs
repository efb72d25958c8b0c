#![allow(clippy::arithmetic_side_effects, reason = "tests")]

use proptest::prelude::*;

use super::{Verdict, Window};
use crate::UnixTime;

const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);

#[test]
fn both_ends_belong_to_the_window() {
    let window = Window::default();
    for difference in [-300, -1, 0, 1, 300] {
        let verdict = window.check(NOW.saturating_add(difference), NOW);
        assert_eq!(verdict, Verdict::Accepted { difference });
        assert_eq!(verdict.advice(), None);
    }
    let old = window.check(NOW.saturating_sub(301), NOW);
    assert_eq!(old, Verdict::TooOld { by: 1, limit: 300 });
    let new = window.check(NOW.saturating_add(301), NOW);
    assert_eq!(new, Verdict::TooNew { by: 1, limit: 300 });
}

#[test]
fn the_advice_has_the_number_of_its_side() {
    let window = Window::new(900, 60);
    assert_eq!(
        window.check(NOW.saturating_sub(901), NOW).advice().unwrap(),
        "The timestamp is too old, it must be at most 900 seconds before the server's current date and time"
    );
    assert_eq!(
        window.check(NOW.saturating_add(61), NOW).advice().unwrap(),
        "The timestamp is too far in the future, it must be at most 60 seconds after the server's current date and time"
    );
}

#[test]
fn an_empty_window_takes_the_present_second_only() {
    let window = Window::new(0, 0);
    assert_eq!(window.check(NOW, NOW), Verdict::Accepted { difference: 0 });
    assert_eq!(
        window.check(NOW.saturating_add(1), NOW),
        Verdict::TooNew { by: 1, limit: 0 }
    );
    assert_eq!(
        window.check(NOW.saturating_sub(1), NOW),
        Verdict::TooOld { by: 1, limit: 0 }
    );
}

#[test]
fn the_range_is_that_of_the_window() {
    let range = Window::new(900, 60).acceptable(NOW);
    assert_eq!(range.to_string(), "1699999100-1700000060");
    assert_eq!(Window::new(900, 60).retention(), 960);
    assert_eq!(Window::new(u32::MAX, u32::MAX).retention(), 8_589_934_590);
}

proptest! {
    #[test]
    fn range_and_verdict_agree(
        past: u32, future: u32, now in any::<i64>(), timestamp in any::<i64>(),
    ) {
        let (now, timestamp) = (UnixTime::from_seconds(now), UnixTime::from_seconds(timestamp));
        let window = Window::new(past, future);
        let range = window.acceptable(now);
        let inside = range.low() <= timestamp && timestamp <= range.high();
        prop_assert_eq!(
            matches!(window.check(timestamp, now), Verdict::Accepted { .. }),
            inside
        );
    }

    #[test]
    fn the_excess_leads_back_to_the_border(past: u32, future: u32, difference in -10_i64.pow(12)..10_i64.pow(12)) {
        let timestamp = NOW.saturating_add(difference);
        let window = Window::new(past, future);
        let border = match window.check(timestamp, NOW) {
            Verdict::Accepted { .. } => return Ok(()),
            Verdict::TooOld { by, .. } => timestamp.saturating_add(i64::try_from(by).unwrap()),
            Verdict::TooNew { by, .. } => timestamp.saturating_sub(i64::try_from(by).unwrap()),
        };
        prop_assert!(border == window.acceptable(NOW).low() || border == window.acceptable(NOW).high());
    }
}

#![allow(clippy::arithmetic_side_effects, reason = "tests")]

use proptest::prelude::*;

use super::{Bound, Direction, Ignored, Source, estimate, examine};
use crate::{RangeFault, UnixTime};

const DATE: &str = "Tue, 14 Nov 2023 22:13:20 GMT";
const SERVER: i64 = 1_700_000_000;
const RANGE: &str = "1699999700-1700000300";

fn local(offset: i64) -> UnixTime {
    UnixTime::from_seconds(SERVER).saturating_add(offset)
}

#[test]
fn the_range_comes_before_the_date() {
    let found = estimate(Some(RANGE), Some(DATE), local(-7_200), Bound::default()).unwrap();
    assert_eq!(found.source(), Source::AcceptableRange);
    assert_eq!((found.offset_seconds(), found.margin_seconds()), (7_200, 1));
    assert_eq!(found.server().seconds(), SERVER);
    assert_eq!(found.correct(local(-7_200)).seconds(), SERVER);
}

#[test]
fn a_date_beside_a_lopsided_range_widens_the_margin() {
    let found = estimate(
        Some("1699999100-1700000000"),
        Some(DATE),
        local(0),
        Bound::default(),
    )
    .unwrap();
    assert_eq!(
        (found.offset_seconds(), found.margin_seconds()),
        (-450, 450)
    );
    assert_eq!(found.direction(), Direction::Agree);
}

#[test]
fn broken_ranges_leave_the_date() {
    for (range, why) in [
        (
            "1700000300-1699999700",
            Ignored::Range(RangeFault::Reversed),
        ),
        (
            "1699999700000-1700000300000",
            Ignored::Range(RangeFault::Milliseconds),
        ),
        (
            "1600000000-1700000300",
            Ignored::Range(RangeFault::AbsurdSpan),
        ),
        ("soon", Ignored::Unreadable(Source::AcceptableRange)),
    ] {
        let seen = examine(Some(range), Some(DATE), local(10), Bound::default());
        assert_eq!(seen.ignored, [why]);
        let found = seen.estimate.unwrap();
        assert_eq!(
            (found.source(), found.offset_seconds()),
            (Source::DateHeader, -10)
        );
        assert!(!why.to_string().is_empty());
    }
}

#[test]
fn no_correction_goes_beyond_the_bound() {
    let bound = Bound::seconds(3_600);
    assert_eq!(
        estimate(None, Some(DATE), local(3_600), bound)
            .unwrap()
            .offset_seconds(),
        -3_600
    );
    let seen = examine(None, Some(DATE), local(3_601), bound);
    assert_eq!(seen.estimate, None);
    let beyond = Ignored::BeyondBound {
        source: Source::DateHeader,
        offset_seconds: -3_601,
    };
    assert_eq!(seen.ignored, [beyond]);
}

#[test]
fn nothing_given_gives_nothing() {
    let seen = examine(None, None, local(0), Bound::default());
    assert_eq!((seen.estimate, seen.ignored.len()), (None, 0));
}

#[test]
fn the_words_name_direction_unit_and_margin() {
    let say = |offset: i64| {
        estimate(None, Some(DATE), local(offset), Bound::default())
            .unwrap()
            .to_string()
    };
    assert_eq!(say(1), "the two clocks agree within 1 second");
    assert_eq!(
        say(86_400),
        "the local clock is 86400 seconds (1 day) ahead of the server's, give or take 1 second"
    );
    assert_eq!(
        say(-120),
        "the local clock is 120 seconds (2 minutes) behind the server's, give or take 1 second"
    );
    assert_eq!(
        say(-61),
        "the local clock is 61 seconds behind the server's, give or take 1 second"
    );
}

proptest! {
    #[test]
    fn an_estimate_is_never_beyond_its_bound(
        low in any::<u64>(), span in 0_u64..100_000, local in any::<i64>(), bound: u32,
    ) {
        let range = format!("{low}-{}", low.saturating_add(span));
        let local = UnixTime::from_seconds(local);
        if let Some(found) = estimate(Some(&range), None, local, Bound::seconds(bound)) {
            prop_assert!(found.offset_seconds().unsigned_abs() <= u64::from(bound));
            prop_assert!(!found.to_string().is_empty());
        }
    }

    #[test]
    fn a_symmetric_window_discloses_the_clock(
        now in 1_000_000_000_i64..10_000_000_000, side in 0_u32..43_200, skew in -80_000_i64..80_000,
    ) {
        let now = UnixTime::from_seconds(now);
        let range = crate::Window::new(side, side).acceptable(now).to_string();
        let found = estimate(Some(&range), None, now.saturating_add(skew), Bound::default()).unwrap();
        prop_assert_eq!(found.offset_seconds(), -skew);
    }
}

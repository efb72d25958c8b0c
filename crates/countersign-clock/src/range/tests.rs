use proptest::prelude::*;

use super::{AcceptableRange, RangeErrorKind, RangeFault};
use crate::UnixTime;

#[test]
fn the_middle_is_the_servers_clock() {
    let range = AcceptableRange::parse("1477311475-1477312075").unwrap();
    assert_eq!(range.midpoint().seconds(), 1_477_311_775);
    assert_eq!(range.span(), 600);
    assert_eq!(range.fault(), None);
}

#[test]
fn broken_ranges_are_named() {
    for (text, fault) in [
        ("1477312075-1477311475", RangeFault::Reversed),
        ("1477311475000-1477312075000", RangeFault::Milliseconds),
        ("1477311475-1477312075000", RangeFault::Milliseconds),
        ("1477312075000-1477311475000", RangeFault::Milliseconds),
        ("1199098800-1230721200", RangeFault::AbsurdSpan),
        ("0-9223372036854775807", RangeFault::Milliseconds),
        ("1477311475-1477397876", RangeFault::AbsurdSpan),
    ] {
        let range = AcceptableRange::parse(text).unwrap();
        assert_eq!(range.fault(), Some(fault), "{text}");
        assert!(!range.is_credible());
    }
    assert!(
        AcceptableRange::parse("1477311475-1477397875")
            .unwrap()
            .is_credible()
    );
}

#[test]
fn other_texts_are_refused_with_their_place() {
    for (text, offset, kind) in [
        ("", 0, RangeErrorKind::NoHyphen),
        ("1477311475", 10, RangeErrorKind::NoHyphen),
        ("-1477311475", 0, RangeErrorKind::NotANumber),
        ("1477311475-", 11, RangeErrorKind::NotANumber),
        ("1-2-3", 2, RangeErrorKind::NotANumber),
        ("+1-2", 0, RangeErrorKind::NotANumber),
        ("1-\u{661}", 2, RangeErrorKind::NotANumber),
        ("1-9223372036854775808", 2, RangeErrorKind::TooLarge),
    ] {
        let error = AcceptableRange::parse(text).unwrap_err();
        assert_eq!((error.offset(), error.kind()), (offset, kind), "{text:?}");
    }
}

proptest! {
    #[test]
    fn parse_undoes_display(low in 0..=i64::MAX, high in 0..=i64::MAX) {
        let at = UnixTime::from_seconds;
        let range = AcceptableRange::new(at(low), at(high));
        prop_assert_eq!(AcceptableRange::parse(&range.to_string()), Ok(range));
    }

    #[test]
    fn no_pair_of_numbers_overflows(low: i64, high: i64) {
        let at = UnixTime::from_seconds;
        let range = AcceptableRange::new(at(low), at(high));
        let middle = range.midpoint().seconds();
        prop_assert!(low.min(high) <= middle && middle <= low.max(high));
        prop_assert_eq!(range.is_credible(), range.fault().is_none());
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,40}") {
        if let Ok(range) = AcceptableRange::parse(&text) {
            prop_assert!(range.low().seconds() >= 0 && range.high().seconds() >= 0);
        }
    }
}

use proptest::prelude::*;

use super::{TimestampErrorKind, UnixTime};

fn kind(text: &str) -> TimestampErrorKind {
    UnixTime::parse_timestamp(text).unwrap_err().kind()
}

#[test]
fn a_positive_decimal_is_read() {
    for (text, seconds) in [
        ("1", 1),
        ("137131200", 137_131_200),
        ("9223372036854775807", i64::MAX),
    ] {
        assert_eq!(UnixTime::parse_timestamp(text).unwrap().seconds(), seconds);
    }
}

#[test]
fn everything_else_is_refused_with_its_place() {
    for (text, offset, expected) in [
        ("", 0, TimestampErrorKind::Empty),
        ("0", 0, TimestampErrorKind::Zero),
        ("00", 0, TimestampErrorKind::LeadingZero),
        ("0137131200", 0, TimestampErrorKind::LeadingZero),
        (
            "+137131200",
            0,
            TimestampErrorKind::NotADigit { found: '+' },
        ),
        ("-1", 0, TimestampErrorKind::NotADigit { found: '-' }),
        (
            " 137131200",
            0,
            TimestampErrorKind::NotADigit { found: ' ' },
        ),
        (
            "137131200 ",
            9,
            TimestampErrorKind::NotADigit { found: ' ' },
        ),
        (
            "137131200.5",
            9,
            TimestampErrorKind::NotADigit { found: '.' },
        ),
        (
            "13713120\u{663}",
            8,
            TimestampErrorKind::NotADigit { found: '\u{663}' },
        ),
        ("9223372036854775808", 0, TimestampErrorKind::TooLarge),
        ("12345678901234567890", 19, TimestampErrorKind::TooLong),
    ] {
        let error = UnixTime::parse_timestamp(text).unwrap_err();
        assert_eq!(
            (error.offset(), error.kind()),
            (offset, expected),
            "{text:?}"
        );
    }
    assert_eq!(kind(&"9".repeat(100_000)), TimestampErrorKind::TooLong);
}

#[test]
fn an_error_never_repeats_the_text() {
    let error = UnixTime::parse_timestamp("13713secret").unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected a decimal digit, found 's' at byte 5"
    );
}

#[test]
fn moments_print_as_rfc_3339() {
    for (seconds, text) in [
        (0, "1970-01-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59Z"),
        (951_782_400, "2000-02-29T00:00:00Z"),
        (253_402_300_799, "9999-12-31T23:59:59Z"),
        (253_402_300_800, "@253402300800"),
        (i64::MAX, "@9223372036854775807"),
        (i64::MIN, "@-9223372036854775808"),
    ] {
        assert_eq!(UnixTime::from_seconds(seconds).rfc3339(), text);
    }
}

proptest! {
    #[test]
    fn every_positive_number_survives_the_round_trip(seconds in 1..=i64::MAX) {
        let time = UnixTime::from_seconds(seconds);
        prop_assert_eq!(UnixTime::parse_timestamp(&time.to_string()), Ok(time));
    }

    #[test]
    fn whatever_is_read_is_written_the_same(text in "\\PC{0,24}") {
        if let Ok(time) = UnixTime::parse_timestamp(&text) {
            prop_assert_eq!(time.to_string(), text);
        }
    }

    #[test]
    fn arithmetic_never_overflows(a in any::<i64>(), b in any::<i64>()) {
        let (a_time, b_time) = (UnixTime::from_seconds(a), UnixTime::from_seconds(b));
        prop_assert_eq!(a_time.saturating_add(b).seconds(), a.saturating_add(b));
        prop_assert_eq!(a_time.saturating_sub(b).seconds(), a.saturating_sub(b));
        prop_assert_eq!(a_time.since(b_time), a.saturating_sub(b));
        prop_assert!(!a_time.rfc3339().is_empty());
    }
}

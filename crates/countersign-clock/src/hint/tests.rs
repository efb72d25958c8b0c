#![allow(clippy::arithmetic_side_effects, reason = "tests")]

use proptest::prelude::*;

use super::{Epoch, Hint, documentation_timestamps, hints};
use crate::UnixTime;

const NOW: UnixTime = UnixTime::from_seconds(1_795_000_000);

fn at(seconds: i64) -> UnixTime {
    UnixTime::from_seconds(seconds)
}

#[test]
fn units_are_told_by_their_digits() {
    for (raw, hint) in [
        ("1795000000123", Hint::Milliseconds { meant: NOW }),
        ("1795000000123456", Hint::Microseconds { meant: NOW }),
        ("1795000000123456789", Hint::Nanoseconds { meant: NOW }),
        (
            "179500000012",
            Hint::DotLost {
                meant: NOW,
                decimals: 2,
            },
        ),
        (
            "17950000001",
            Hint::DotLost {
                meant: NOW,
                decimals: 1,
            },
        ),
        (
            "17950000001234",
            Hint::DotLost {
                meant: NOW,
                decimals: 4,
            },
        ),
        ("1795000000.123", Hint::Decimals { meant: NOW }),
        ("1795000000,5", Hint::Decimals { meant: NOW }),
        ("1.795e9", Hint::Decimals { meant: NOW }),
        ("1.795E+09", Hint::Decimals { meant: NOW }),
        ("0x6AFD86C0", Hint::Hexadecimal { meant: NOW }),
        ("6afd86c0", Hint::Hexadecimal { meant: NOW }),
        ("0", Hint::Zero),
        ("-1795000000", Hint::Negative),
        ("2026-11-23T18:00:00Z", Hint::DateText),
        ("Mon, 23 Nov 2026 18:00:00 GMT", Hint::DateText),
        ("11/23/2026 6:00 PM", Hint::DateText),
        (" 1795000000", Hint::Blank),
        ("1795000000\n", Hint::Blank),
        ("", Hint::Empty),
        ("NaN", Hint::Missing),
        ("undefined", Hint::Missing),
        ("None", Hint::Missing),
    ] {
        assert_eq!(hints(raw, NOW), [hint], "{raw:?}");
    }
}

#[test]
fn one_decimal_is_one() {
    let hint = Hint::DotLost {
        meant: NOW,
        decimals: 1,
    };
    assert_eq!(
        hint.to_string(),
        "the timestamp has 1 decimal without its dot; whole seconds are 1795000000"
    );
}

#[test]
fn other_epochs_are_told_by_where_they_lead() {
    let seconds = NOW.seconds();
    for (value, epoch) in [
        (seconds + 11_644_473_600, Epoch::Windows1601),
        (
            (seconds + 11_644_473_600) * 1_000_000,
            Epoch::WebKitMicroseconds,
        ),
        (
            (seconds + 11_644_473_600) * 10_000_000,
            Epoch::WindowsFileTime,
        ),
        (seconds + 2_208_988_800, Epoch::Ntp1900),
        (seconds + 2_082_844_800, Epoch::Mac1904),
        (seconds - 978_307_200, Epoch::Apple2001),
        ((seconds + 62_135_596_800) * 10_000_000, Epoch::DotNetTicks),
    ] {
        let expected = Hint::OtherEpoch { epoch, meant: NOW };
        assert!(
            hints(&value.to_string(), NOW).contains(&expected),
            "{epoch:?}"
        );
    }
    // The value of a running Windows clock is no Unix time of any other reading.
    assert_eq!(hints(&(seconds + 11_644_473_600).to_string(), NOW).len(), 1);
}

#[test]
fn a_time_zone_is_a_whole_or_half_hour_off() {
    for (difference, offset_minutes) in [
        (-18_000, Some(-300)),
        (7_200, Some(120)),
        (19_800, Some(330)),
        (50_400, Some(840)),
        (7_260, Some(120)),
        (7_261, None),
        (52_200, None),
        (900, None),
        (300, None),
        (0, None),
    ] {
        let found = hints(&NOW.saturating_add(difference).to_string(), NOW);
        let expected = offset_minutes.map(|offset_minutes| Hint::LocalTime { offset_minutes });
        assert_eq!(found.first().copied(), expected, "{difference}");
    }
    let half = Hint::LocalTime {
        offset_minutes: 330,
    };
    assert_eq!(half.offset_hours(), Some(5.5));
    assert_eq!(
        half.to_string(),
        "the timestamp is 5 and a half hours ahead: local time was taken for UTC"
    );
    assert_eq!(
        Hint::LocalTime {
            offset_minutes: -60
        }
        .to_string(),
        "the timestamp is 1 hour behind: local time was taken for UTC"
    );
}

#[test]
fn printed_examples_are_known() {
    for value in [1_191_242_096, 1_318_622_958, 137_131_201] {
        let found = hints(&value.to_string(), NOW);
        let [Hint::OldDocumentationValue(example)] = found.as_slice() else {
            panic!("{value} gives {found:?}");
        };
        assert_eq!(example.seconds(), value);
        assert!(!example.document().is_empty());
    }
    let mut seen: Vec<i64> = documentation_timestamps()
        .iter()
        .map(|row| row.seconds())
        .collect();
    seen.dedup();
    assert_eq!(seen.len(), documentation_timestamps().len());
    assert_eq!(hints("1191242097", NOW), []);
}

#[test]
fn a_right_or_merely_late_value_gives_no_hint() {
    for raw in ["1795000000", "1794999000", "1795000600", "1700000000"] {
        assert_eq!(hints(raw, NOW), [], "{raw}");
    }
}

#[test]
fn long_values_are_not_looked_at() {
    assert_eq!(hints(&"9".repeat(1_000_000), NOW), []);
    assert_eq!(hints(&"1.".repeat(40), NOW), []);
}

proptest! {
    #[test]
    fn no_text_and_no_now_panics(raw in "\\PC{0,70}", now: i64) {
        for hint in hints(&raw, at(now)) {
            prop_assert!(!hint.to_string().is_empty());
        }
    }

    #[test]
    fn no_number_panics(value: i128, now: i64) {
        for hint in hints(&value.to_string(), at(now)) {
            prop_assert!(!hint.to_string().is_empty());
        }
    }

    #[test]
    fn any_unit_leads_back_to_now(now in 1_600_000_000_i64..4_000_000_000, rest in 0_i64..1000) {
        let raw = format!("{now}{rest:03}");
        let expected = Hint::Milliseconds { meant: at(now) };
        prop_assert!(hints(&raw, at(now)).contains(&expected));
    }
}

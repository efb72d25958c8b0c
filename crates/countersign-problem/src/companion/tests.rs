use proptest::prelude::*;

use super::{TimestampRange, Version, VersionRange};

#[test]
fn versions_compare_number_by_number() {
    let version = |text| Version::parse(text).unwrap();
    assert!(version("1.10") > version("1.9"));
    assert!(version("2.0") > version("1.99"));
    assert_eq!(VersionRange::ONLY_1_0.to_string(), "1.0-1.0");
    for text in ["", "1", "1.", ".0", "1.0a", "1.-1", "+1.0"] {
        assert_eq!(Version::parse(text), None, "{text}");
    }
}

#[test]
fn a_range_is_two_numbers() {
    assert_eq!(
        TimestampRange::parse(" 1 - 2 "),
        Some(TimestampRange::new(1, 2))
    );
    for text in [
        "",
        "1",
        "1-",
        "-1",
        "1-2-3",
        "1-+2",
        "1-99999999999999999999",
        "a-b",
    ] {
        assert_eq!(TimestampRange::parse(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn parse_undoes_display(low: u64, high: u64, a: u32, b: u32, c: u32, d: u32) {
        let range = TimestampRange::new(low, high);
        prop_assert_eq!(TimestampRange::parse(&range.to_string()), Some(range));
        let range = VersionRange::new(Version::new(a, b), Version::new(c, d));
        prop_assert_eq!(VersionRange::parse(&range.to_string()), Some(range));
    }
}

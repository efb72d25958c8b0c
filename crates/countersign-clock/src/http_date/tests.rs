use proptest::prelude::*;

use super::{HttpDateErrorKind, MONTHS, SHORT_DAYS, parse_http_date};
use crate::UnixTime;

fn read(text: &str) -> i64 {
    parse_http_date(text).unwrap().seconds()
}

#[test]
fn all_three_forms_are_read() {
    assert_eq!(read("Tue, 14 Nov 2023 22:13:20 GMT"), 1_700_000_000);
    assert_eq!(read("Tuesday, 14-Nov-23 22:13:20 GMT"), 1_700_000_000);
    assert_eq!(read("Tue Nov 14 22:13:20 2023"), 1_700_000_000);
    assert_eq!(read("Sun Nov  6 08:49:37 1994"), 784_111_777);
    assert_eq!(read("  Tue, 14 Nov 2023 22:13:20 GMT\t"), 1_700_000_000);
}

#[test]
fn two_digits_of_a_year_turn_at_seventy() {
    assert_eq!(read("Thursday, 01-Jan-70 00:00:00 GMT"), 0);
    assert_eq!(read("Tuesday, 01-Jan-69 00:00:00 GMT"), 3_124_224_000);
}

#[test]
fn a_leap_second_is_the_second_after() {
    assert_eq!(
        read("Sat, 31 Dec 2016 23:59:60 GMT"),
        read("Sun, 01 Jan 2017 00:00:00 GMT")
    );
}

#[test]
fn dates_that_do_not_exist_are_told_from_other_text() {
    for text in [
        "Tue, 31 Feb 2023 22:13:20 GMT",
        "Tue, 00 Nov 2023 22:13:20 GMT",
        "Tue, 14 Nov 2023 24:00:00 GMT",
        "Tue, 14 Nov 2023 22:60:20 GMT",
        "Tue, 14 Nov 2023 22:13:61 GMT",
    ] {
        let error = parse_http_date(text).unwrap_err();
        assert_eq!(error.kind(), HttpDateErrorKind::NoSuchDate, "{text}");
    }
    for text in [
        "",
        "1700000000",
        "2023-11-14T22:13:20Z",
        "Tue, 14 Nov 2023 22:13:20",
        "Tue, 14 Nov 2023 22:13:20 +0100",
        "Tue, 14 Nov 2023 22:13:20 GMT now",
        "Xyz, 14 Nov 2023 22:13:20 GMT",
        "Tue, 4 Nov 2023 22:13:20 GMT",
        "Tue, 14 Nov +023 22:13:20 GMT",
        "Tuesday, 14-Nov-2023 22:13:20 GMT",
        "Tue Nov 14 22:13:20 2023 GMT",
    ] {
        let error = parse_http_date(text).unwrap_err();
        assert_eq!(error.kind(), HttpDateErrorKind::Form, "{text}");
    }
    assert!(parse_http_date(&"Tue, ".repeat(200_000)).is_err());
}

proptest! {
    #[test]
    fn every_second_of_four_digit_years_is_read_back(seconds in -62_167_219_200_i64..=253_402_300_799) {
        let rfc3339 = UnixTime::from_seconds(seconds).rfc3339();
        let (date, time) = rfc3339.trim_end_matches('Z').split_once('T').unwrap();
        let mut parts = date.split('-');
        let (year, month, day) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        let month = MONTHS[month.parse::<usize>().unwrap().saturating_sub(1)];
        let imf = format!("{}, {day} {month} {year} {time} GMT", SHORT_DAYS[0]);
        prop_assert_eq!(read(&imf), seconds);
        prop_assert_eq!(read(&format!("Sun {month} {day} {time} {year}")), seconds);
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,70}") {
        if let Ok(time) = parse_http_date(&text) {
            prop_assert!(time.rfc3339().ends_with('Z'));
        }
    }
}

//! Lengths of time on the command line: `30d`, `12h`, `90m`, `3600s`, `3600`.

use countersign_clock::UnixTime;

const UNITS: [(char, u64); 5] = [
    ('w', 604_800),
    ('d', 86_400),
    ('h', 3_600),
    ('m', 60),
    ('s', 1),
];

/// Seconds.
pub(super) fn parse(text: &str) -> Result<u64, String> {
    let unit = UNITS.iter().find(|(unit, _)| text.ends_with(*unit));
    let (number, seconds) = match unit {
        Some((unit, seconds)) => (text.strip_suffix(*unit).unwrap_or(text), *seconds),
        None => (text, 1),
    };
    number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(seconds))
        .ok_or_else(|| "expected a number and a unit, such as 30d, 12h or 3600s".to_owned())
}

/// For people.
pub(super) fn words(seconds: u64) -> String {
    let whole = UNITS
        .iter()
        .skip(1)
        .find(|(_, unit)| seconds.checked_rem(*unit) == Some(0) && seconds >= *unit);
    match whole {
        Some((name, unit)) => format!("{} {name}", seconds.checked_div(*unit).unwrap_or(0)),
        None => format!("{seconds} s"),
    }
}

/// The date for the library that writes certificates.
pub(super) fn date(moment: UnixTime) -> Option<time::OffsetDateTime> {
    time::OffsetDateTime::from_unix_timestamp(moment.seconds()).ok()
}

//! What a timestamp that a server refused looks like.

mod documentation;

use core::fmt;

pub use documentation::{DocumentationTimestamp, documentation_timestamps};

use crate::UnixTime;

/// A longer value is no number of any clock, so it is not looked at.
const MAX_LEN: usize = 64;
/// How near a re-read value must come to now: five years. Captures are examined long after.
const NEAR: u64 = 5 * 31_557_600;
/// How near to a whole or half hour a difference must be to be put down to a time zone.
const ZONE_TOLERANCE: u64 = 60;
/// The widest offset from UTC in use, in half hours (UTC+14).
const WIDEST_ZONE: i64 = 28;

/// One reading of a refused timestamp.
///
/// Seconds in the fields are what the value means under that reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hint {
    /// Blanks or control characters before or after the number.
    Blank,
    /// Text of a date instead of a number.
    DateText,
    /// A fraction, or an exponent: `1318622958.25`, `1.7e9`.
    Decimals {
        /// The whole seconds.
        meant: UnixTime,
    },
    /// 11, 12, 14 or 15 digits: decimals whose dot was removed.
    DotLost {
        /// The whole seconds.
        meant: UnixTime,
        /// How many digits belong behind the dot.
        decimals: u8,
    },
    /// No character at all.
    Empty,
    /// Base 16, with or without `0x`.
    Hexadecimal {
        /// The value in base 10.
        meant: UnixTime,
    },
    /// Right but for whole or half hours: local time was taken for UTC.
    LocalTime {
        /// Timestamp minus now, in minutes, a multiple of 30; positive east of Greenwich.
        offset_minutes: i32,
    },
    /// 16 digits.
    Microseconds {
        /// The whole seconds.
        meant: UnixTime,
    },
    /// 13 digits.
    Milliseconds {
        /// The whole seconds.
        meant: UnixTime,
    },
    /// A word that programs write for a number they do not have: `NaN`, `null`, `undefined`.
    Missing,
    /// 19 digits.
    Nanoseconds {
        /// The whole seconds.
        meant: UnixTime,
    },
    /// Less than zero: a clock before 1970, or an overflow.
    Negative,
    /// The value of a printed example, pasted in.
    OldDocumentationValue(&'static DocumentationTimestamp),
    /// Counted from another year than 1970.
    OtherEpoch {
        /// The clock it was counted with.
        epoch: Epoch,
        /// The same moment as Unix time.
        meant: UnixTime,
    },
    /// Zero: the clock was never read.
    Zero,
}

impl Hint {
    /// Hours east of Greenwich that a [`LocalTime`](Self::LocalTime) is off, halves included.
    #[must_use]
    pub fn offset_hours(&self) -> Option<f64> {
        match self {
            Self::LocalTime { offset_minutes } => Some(f64::from(*offset_minutes) / 60.0),
            _ => None,
        }
    }
}

/// One sentence for people, without full stop.
impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => f.write_str("the timestamp has blanks around it"),
            Self::DateText => f.write_str("the timestamp is the text of a date, not a number"),
            Self::Decimals { meant } => {
                write!(
                    f,
                    "the timestamp has a fraction or an exponent; whole seconds are {meant}"
                )
            }
            Self::DotLost { meant, decimals } => {
                let words = if *decimals == 1 {
                    "decimal without its"
                } else {
                    "decimals without their"
                };
                write!(
                    f,
                    "the timestamp has {decimals} {words} dot; whole seconds are {meant}"
                )
            }
            Self::Empty => f.write_str("the timestamp is empty"),
            Self::Hexadecimal { meant } => {
                write!(
                    f,
                    "the timestamp is written in base 16; in base 10 it is {meant}"
                )
            }
            Self::LocalTime { offset_minutes } => {
                let (hours, minutes) = (offset_minutes.unsigned_abs() / 60, offset_minutes % 60);
                let half = if minutes == 0 { "" } else { " and a half" };
                let plural = if hours == 1 && minutes == 0 { "" } else { "s" };
                let side = if *offset_minutes > 0 {
                    "ahead"
                } else {
                    "behind"
                };
                write!(
                    f,
                    "the timestamp is {hours}{half} hour{plural} {side}: local time was taken for UTC"
                )
            }
            Self::Microseconds { meant } => {
                write!(
                    f,
                    "the timestamp is in microseconds; in seconds it is {meant}"
                )
            }
            Self::Milliseconds { meant } => {
                write!(
                    f,
                    "the timestamp is in milliseconds; in seconds it is {meant}"
                )
            }
            Self::Missing => f.write_str(
                "the timestamp is a word for a missing number: the client's clock was not read",
            ),
            Self::Nanoseconds { meant } => {
                write!(
                    f,
                    "the timestamp is in nanoseconds; in seconds it is {meant}"
                )
            }
            Self::Negative => f.write_str("the timestamp is negative"),
            Self::OldDocumentationValue(example) => {
                write!(
                    f,
                    "the timestamp is the one printed in {}",
                    example.document()
                )
            }
            Self::OtherEpoch { epoch, meant } => {
                write!(f, "the timestamp counts {epoch}; since 1970 it is {meant}")
            }
            Self::Zero => f.write_str("the timestamp is zero"),
        }
    }
}

/// How JavaScript, Python, Ruby, Java and C write a number that is not there.
const MISSING: [&str; 10] = [
    "NaN",
    "-NaN",
    "Infinity",
    "inf",
    "null",
    "(null)",
    "undefined",
    "None",
    "nil",
    "[object Object]",
];

/// A clock that does not count seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Epoch {
    /// Seconds since 2001, Apple's Foundation.
    Apple2001,
    /// Ticks of 100 nanoseconds since the year 1, .NET.
    DotNetTicks,
    /// Seconds since 1904, classic Mac OS and many spreadsheets.
    Mac1904,
    /// Seconds since 1900, the Network Time Protocol and Common Lisp.
    Ntp1900,
    /// Ticks of 100 nanoseconds since 1601, Windows `FILETIME`.
    WindowsFileTime,
    /// Microseconds since 1601, WebKit.
    WebKitMicroseconds,
    /// Seconds since 1601, Windows.
    Windows1601,
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Apple2001 => "seconds since 2001 (Apple)",
            Self::DotNetTicks => "ticks of 100 nanoseconds since the year 1 (.NET)",
            Self::Mac1904 => "seconds since 1904 (classic Mac OS)",
            Self::Ntp1900 => "seconds since 1900 (NTP)",
            Self::WindowsFileTime => "ticks of 100 nanoseconds since 1601 (Windows FILETIME)",
            Self::WebKitMicroseconds => "microseconds since 1601 (WebKit)",
            Self::Windows1601 => "seconds since 1601 (Windows)",
        })
    }
}

/// Units a second, and seconds from that epoch to 1970.
const EPOCHS: [(Epoch, i64, i64); 7] = [
    (Epoch::Windows1601, 1, 11_644_473_600),
    (Epoch::WebKitMicroseconds, 1_000_000, 11_644_473_600),
    (Epoch::WindowsFileTime, 10_000_000, 11_644_473_600),
    (Epoch::Ntp1900, 1, 2_208_988_800),
    (Epoch::Mac1904, 1, 2_082_844_800),
    (Epoch::Apple2001, 1, -978_307_200),
    (Epoch::DotNetTicks, 10_000_000, 62_135_596_800),
];

/// Says what a timestamp may have been meant as, the likeliest first; empty if it looks right.
///
/// `raw` is the decoded value as received, `now` the moment it was judged at: the server's clock,
/// if known. A value that merely lies some minutes off gives no hint.
///
/// ```
/// use countersign_clock::{Hint, UnixTime, hints};
///
/// let now = UnixTime::from_seconds(1_700_000_000);
/// assert_eq!(hints("1700000000123", now), [Hint::Milliseconds { meant: now }]);
/// assert_eq!(hints("1699982000", now), [Hint::LocalTime { offset_minutes: -300 }]);
/// assert_eq!(hints("1699999000", now), []);
/// ```
#[must_use]
pub fn hints(raw: &str, now: UnixTime) -> Vec<Hint> {
    if raw.is_empty() {
        return vec![Hint::Empty];
    }
    if raw.len() > MAX_LEN {
        return Vec::new();
    }
    let trimmed = raw.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    let mut found = Vec::new();
    if trimmed.len() != raw.len() {
        found.push(Hint::Blank);
    }
    if trimmed.is_empty() {
        return found;
    }
    match trimmed.strip_prefix(['-', '\u{2212}']) {
        Some(rest) if is_decimal(rest) => found.push(Hint::Negative),
        _ if is_decimal(trimmed) => of_number(trimmed, now, &mut found),
        _ => of_text(trimmed, now, &mut found),
    }
    found
}

fn is_decimal(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn of_number(digits: &str, now: UnixTime, found: &mut Vec<Hint>) {
    let Ok(value) = digits.parse::<i64>() else {
        return;
    };
    if value == 0 {
        found.push(Hint::Zero);
        return;
    }
    if let Some(example) = documentation::find(value) {
        found.push(Hint::OldDocumentationValue(example));
        return;
    }
    found.extend(zone(value, now));
    if near(value, now) {
        return;
    }
    let divided = |divisor: i64| value.checked_div(divisor).filter(|&meant| near(meant, now));
    let at = UnixTime::from_seconds;
    if let Some(meant) = divided(1_000).map(at) {
        found.push(Hint::Milliseconds { meant });
    }
    if let Some(meant) = divided(1_000_000).map(at) {
        found.push(Hint::Microseconds { meant });
    }
    if let Some(meant) = divided(1_000_000_000).map(at) {
        found.push(Hint::Nanoseconds { meant });
    }
    for (decimals, divisor) in [(1, 10), (2, 100), (4, 10_000), (5, 100_000)] {
        if let Some(meant) = divided(divisor).map(at) {
            found.push(Hint::DotLost { meant, decimals });
        }
    }
    for (epoch, unit, shift) in EPOCHS {
        let meant = value
            .checked_div(unit)
            .map(|seconds| seconds.saturating_sub(shift));
        if let Some(meant) = meant.filter(|&meant| near(meant, now)).map(at) {
            found.push(Hint::OtherEpoch { epoch, meant });
        }
    }
    found.extend(hexadecimal(digits, now));
}

fn of_text(text: &str, now: UnixTime, found: &mut Vec<Hint>) {
    if let Some((whole, fraction)) = text.split_once(['.', ',']) {
        let (fraction, exponent) = fraction.split_once(['e', 'E']).unwrap_or((fraction, "0"));
        if is_decimal(whole) && is_decimal(fraction) && is_decimal(exponent.trim_start_matches('+'))
        {
            found.extend(shifted(whole, fraction, exponent).map(|meant| Hint::Decimals { meant }));
            return;
        }
    }
    if let Some((whole, exponent)) = text.split_once(['e', 'E'])
        && is_decimal(whole)
        && is_decimal(exponent.trim_start_matches('+'))
        && let Some(meant) = shifted(whole, "", exponent)
        && near(meant.seconds(), now)
    {
        found.push(Hint::Decimals { meant });
        return;
    }
    if MISSING.iter().any(|word| text.eq_ignore_ascii_case(word)) {
        found.push(Hint::Missing);
    } else if let Some(hint) = hexadecimal(text, now) {
        found.push(hint);
    } else if looks_like_a_date(text) {
        found.push(Hint::DateText);
    }
}

/// `whole.fraction` times ten to the `exponent`, cut to whole seconds.
fn shifted(whole: &str, fraction: &str, exponent: &str) -> Option<UnixTime> {
    let places: usize = exponent
        .trim_start_matches('+')
        .parse()
        .ok()
        .filter(|&n| n <= 19)?;
    let zeros = core::iter::repeat_n('0', places.saturating_sub(fraction.len()));
    let digits: String = whole
        .chars()
        .chain(fraction.chars().take(places))
        .chain(zeros)
        .collect();
    digits.parse().ok().map(UnixTime::from_seconds)
}

fn hexadecimal(text: &str, now: UnixTime) -> Option<Hint> {
    let prefixed = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let digits = prefixed.unwrap_or(text);
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let value = i64::from_str_radix(digits, 16).ok()?;
    (prefixed.is_some() || near(value, now)).then_some(Hint::Hexadecimal {
        meant: UnixTime::from_seconds(value),
    })
}

/// RFC 3339 and its relatives (`2026-11-23T…`), HTTP dates, `11/23/2026`.
fn looks_like_a_date(text: &str) -> bool {
    let starts_with_year = text.len() >= 8
        && text.bytes().take(4).all(|b| b.is_ascii_digit())
        && matches!(text.as_bytes().get(4), Some(b'-' | b'/' | b'.'));
    let month = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let names_a_month = month.iter().any(|name| text.contains(name));
    let has_digits = text.bytes().any(|b| b.is_ascii_digit());
    let has_slashes = text.bytes().filter(|&b| b == b'/').count() == 2;
    let has_colons = text.bytes().filter(|&b| b == b':').count() >= 1;
    has_digits && (starts_with_year || names_a_month || has_slashes || has_colons)
}

fn near(seconds: i64, now: UnixTime) -> bool {
    seconds.abs_diff(now.seconds()) <= NEAR
}

fn zone(value: i64, now: UnixTime) -> Option<Hint> {
    let difference = value.checked_sub(now.seconds())?;
    let half_hours = difference.checked_add(if difference < 0 { -900 } else { 900 })? / 1_800;
    if half_hours == 0 || half_hours.abs() > WIDEST_ZONE {
        return None;
    }
    let off = difference.abs_diff(half_hours.checked_mul(1_800)?);
    if off > ZONE_TOLERANCE {
        return None;
    }
    let offset_minutes = i32::try_from(half_hours.checked_mul(30)?).ok()?;
    Some(Hint::LocalTime { offset_minutes })
}

#[cfg(test)]
mod tests;

//! The `Date` header field in its three forms (RFC 9110 section 5.6.7).

use core::fmt;

use crate::UnixTime;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const SHORT_DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const LONG_DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
/// Longest form: `Wednesday, 06-Nov-94 08:49:37 GMT`, and some blanks.
const MAX_LEN: usize = 64;

/// Reads an HTTP date: IMF-fixdate, the obsolete RFC 850 form, or C's `asctime`.
///
/// The name of the day must be one, but is not compared with the date. A two-digit year from 70
/// on is of the 20th century. A leap second is read as the second after.
///
/// ```
/// use countersign_clock::parse_http_date;
///
/// for form in [
///     "Sun, 06 Nov 1994 08:49:37 GMT",
///     "Sunday, 06-Nov-94 08:49:37 GMT",
///     "Sun Nov  6 08:49:37 1994",
/// ] {
///     assert_eq!(parse_http_date(form)?.seconds(), 784_111_777);
/// }
/// # Ok::<(), countersign_clock::HttpDateError>(())
/// ```
///
/// # Errors
/// [`HttpDateError`] if the text has none of the three forms or names no real date.
pub fn parse_http_date(text: &str) -> Result<UnixTime, HttpDateError> {
    let text = text.trim_matches([' ', '\t']);
    if text.len() > MAX_LEN {
        return Err(HttpDateError {
            kind: HttpDateErrorKind::Form,
        });
    }
    let civil = imf_fixdate(text)
        .or_else(|| rfc850(text))
        .or_else(|| asctime(text));
    civil
        .ok_or(HttpDateError {
            kind: HttpDateErrorKind::Form,
        })?
        .unix_time()
        .ok_or(HttpDateError {
            kind: HttpDateErrorKind::NoSuchDate,
        })
}

/// Why a text is no HTTP date. It never repeats the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpDateError {
    kind: HttpDateErrorKind,
}

impl HttpDateError {
    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> HttpDateErrorKind {
        self.kind
    }
}

/// What is wrong with an HTTP date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpDateErrorKind {
    /// None of the three forms.
    Form,
    /// The right form, but no such day or time, like 31 February.
    NoSuchDate,
}

impl fmt::Display for HttpDateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            HttpDateErrorKind::Form => {
                "expected an HTTP date like \"Sun, 06 Nov 1994 08:49:37 GMT\", found another form"
            }
            HttpDateErrorKind::NoSuchDate => {
                "expected a date of the calendar, found one that does not exist"
            }
        })
    }
}

impl core::error::Error for HttpDateError {}

struct Civil {
    year: i32,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
}

impl Civil {
    fn unix_time(&self) -> Option<UnixTime> {
        let month = time::Month::try_from(self.month).ok()?;
        let date = time::Date::from_calendar_date(self.year, month, self.day).ok()?;
        let leap = u8::from(self.second == 60);
        let second = self.second.checked_sub(leap)?;
        let time = time::Time::from_hms(self.hour, self.minute, second).ok()?;
        let seconds = time::PrimitiveDateTime::new(date, time)
            .assume_utc()
            .unix_timestamp();
        Some(UnixTime::from_seconds(seconds).saturating_add(i64::from(leap)))
    }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`
fn imf_fixdate(text: &str) -> Option<Civil> {
    let (day_name, rest) = text.split_once(", ")?;
    index_of(&SHORT_DAYS, day_name)?;
    let mut words = rest.split(' ');
    let day = digits(words.next()?, 2)?;
    let month = month(words.next()?)?;
    let year = digits(words.next()?, 4)?;
    let (hour, minute, second) = clock_face(words.next()?)?;
    end_of_gmt(words)?;
    Some(Civil {
        year: i32::from(year),
        month,
        day: u8::try_from(day).ok()?,
        hour,
        minute,
        second,
    })
}

/// `Sunday, 06-Nov-94 08:49:37 GMT`
fn rfc850(text: &str) -> Option<Civil> {
    let (day_name, rest) = text.split_once(", ")?;
    index_of(&LONG_DAYS, day_name)?;
    let mut words = rest.split(' ');
    let mut date = words.next()?.split('-');
    let day = digits(date.next()?, 2)?;
    let month = month(date.next()?)?;
    let short_year = digits(date.next()?, 2)?;
    let (hour, minute, second) = clock_face(words.next()?)?;
    end_of_gmt(words)?;
    let century: i32 = if short_year < 70 { 2000 } else { 1900 };
    let year = century.checked_add(i32::from(short_year))?;
    date.next().is_none().then_some(Civil {
        year,
        month,
        day: u8::try_from(day).ok()?,
        hour,
        minute,
        second,
    })
}

/// `Sun Nov  6 08:49:37 1994`
fn asctime(text: &str) -> Option<Civil> {
    let mut words = text.split_ascii_whitespace();
    index_of(&SHORT_DAYS, words.next()?)?;
    let month = month(words.next()?)?;
    let day = words.next()?;
    let day = digits(day, day.len().clamp(1, 2))?;
    let (hour, minute, second) = clock_face(words.next()?)?;
    let year = digits(words.next()?, 4)?;
    words.next().is_none().then_some(Civil {
        year: i32::from(year),
        month,
        day: u8::try_from(day).ok()?,
        hour,
        minute,
        second,
    })
}

fn end_of_gmt<'a>(mut words: impl Iterator<Item = &'a str>) -> Option<()> {
    (matches!(words.next()?, "GMT" | "UTC") && words.next().is_none()).then_some(())
}

fn clock_face(text: &str) -> Option<(u8, u8, u8)> {
    let mut parts = text
        .split(':')
        .map(|part| u8::try_from(digits(part, 2)?).ok());
    let face = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(face)
}

fn month(name: &str) -> Option<u8> {
    u8::try_from(index_of(&MONTHS, name)?.checked_add(1)?).ok()
}

fn index_of(names: &[&str], name: &str) -> Option<usize> {
    names
        .iter()
        .position(|known| known.eq_ignore_ascii_case(name))
}

fn digits(text: &str, len: usize) -> Option<u16> {
    (text.len() == len && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests;

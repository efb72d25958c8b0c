//! A moment as whole seconds since 1970-01-01T00:00:00Z.

use core::fmt;

/// Longest timestamp read: 19 digits hold every `i64`.
const MAX_DIGITS: usize = 19;

/// Seconds since 1970-01-01T00:00:00Z, the unit of `oauth_timestamp` (RFC 5849 section 3.3).
///
/// Leap seconds are not counted. Every arithmetic on it saturates.
///
/// ```
/// use countersign_clock::UnixTime;
///
/// let sent = UnixTime::parse_timestamp("1318622958")?;
/// assert_eq!(sent.rfc3339(), "2011-10-14T20:09:18Z");
/// assert!(UnixTime::parse_timestamp("+1318622958").is_err());
/// # Ok::<(), countersign_clock::TimestampError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(i64);

impl UnixTime {
    /// The moment `seconds` after (or, if negative, before) the epoch.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since the epoch.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// Reads the value of an `oauth_timestamp`.
    ///
    /// > The timestamp value MUST be a positive integer (RFC 5849 section 3.3)
    ///
    /// Read strictly: ASCII decimal digits, at most 19, no sign, no blank, no leading zero,
    /// greater than zero.
    ///
    /// # Errors
    /// [`TimestampError`] says what is wrong and at which byte.
    pub fn parse_timestamp(text: &str) -> Result<Self, TimestampError> {
        let fail = |offset, kind| Err(TimestampError { offset, kind });
        if text.is_empty() {
            return fail(0, TimestampErrorKind::Empty);
        }
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let mut characters = text.char_indices();
        if !digits && let Some((offset, found)) = characters.find(|(_, c)| !c.is_ascii_digit()) {
            return fail(offset, TimestampErrorKind::NotADigit { found });
        }
        if text == "0" {
            return fail(0, TimestampErrorKind::Zero);
        }
        if text.starts_with('0') {
            return fail(0, TimestampErrorKind::LeadingZero);
        }
        if text.len() > MAX_DIGITS {
            return fail(MAX_DIGITS, TimestampErrorKind::TooLong);
        }
        text.parse()
            .map(Self)
            .or_else(|_| fail(0, TimestampErrorKind::TooLarge))
    }

    /// The moment `seconds` later; stays at the end of the range.
    #[must_use]
    pub const fn saturating_add(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// The moment `seconds` earlier; stays at the start of the range.
    #[must_use]
    pub const fn saturating_sub(self, seconds: i64) -> Self {
        Self(self.0.saturating_sub(seconds))
    }

    /// `self - other` in seconds, at most the range of `i64`.
    #[must_use]
    pub const fn since(self, other: Self) -> i64 {
        self.0.saturating_sub(other.0)
    }

    /// The moment as RFC 3339 text in UTC, `2011-10-14T20:09:18Z`.
    ///
    /// Outside the years 0 to 9999, which RFC 3339 can't say, it is `@` and the seconds.
    #[must_use]
    pub fn rfc3339(self) -> String {
        match time::OffsetDateTime::from_unix_timestamp(self.0) {
            Ok(at) if at.year() >= 0 => format!(
                "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
                at.year(),
                u8::from(at.month()),
                at.day(),
                at.hour(),
                at.minute(),
                at.second()
            ),
            Ok(_) | Err(_) => format!("@{}", self.0),
        }
    }
}

/// The decimal seconds, as `oauth_timestamp` has them.
impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a text is no `oauth_timestamp`. It never repeats the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimestampError {
    offset: usize,
    kind: TimestampErrorKind,
}

impl TimestampError {
    /// The byte at which the text stops being a timestamp.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> TimestampErrorKind {
        self.kind
    }
}

/// What is wrong with a timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimestampErrorKind {
    /// No character at all.
    Empty,
    /// `0123`.
    LeadingZero,
    /// A sign, a blank, a dot, a letter.
    NotADigit {
        /// The character in the digit's place.
        found: char,
    },
    /// More than 9223372036854775807.
    TooLarge,
    /// More than 19 digits.
    TooLong,
    /// The timestamp is zero, which is not positive.
    Zero,
}

impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TimestampErrorKind::Empty => f.write_str("expected a decimal timestamp, found nothing"),
            TimestampErrorKind::LeadingZero => {
                f.write_str("expected a timestamp without leading zero, found one at byte 0")
            }
            TimestampErrorKind::NotADigit { found } => {
                write!(
                    f,
                    "expected a decimal digit, found {found:?} at byte {}",
                    self.offset
                )
            }
            TimestampErrorKind::TooLarge => {
                f.write_str("expected a timestamp of 63 bits, found a larger number")
            }
            TimestampErrorKind::TooLong => {
                write!(f, "expected at most {MAX_DIGITS} digits, found more")
            }
            TimestampErrorKind::Zero => f.write_str("expected a positive timestamp, found zero"),
        }
    }
}

impl core::error::Error for TimestampError {}

#[cfg(test)]
mod tests;

//! The value of `oauth_acceptable_timestamps`.

use core::fmt;

use crate::UnixTime;

/// A wider span than a day is no acceptance window of any known server.
const WIDEST_CREDIBLE: u64 = 86_400;
/// From here on (the year 5138) a number of seconds is taken for milliseconds.
const MILLISECONDS_FROM: i64 = 100_000_000_000;

/// Both ends of `oauth_acceptable_timestamps`, `low-high`, inclusive (Problem Reporting).
///
/// Reading keeps whatever two numbers a server sent; [`fault`](Self::fault) says why they must
/// not be believed.
///
/// ```
/// use countersign_clock::{AcceptableRange, RangeFault};
///
/// let range = AcceptableRange::parse("1477311475-1477312075")?;
/// assert_eq!(range.midpoint().seconds(), 1_477_311_775);
/// assert!(range.is_credible());
///
/// let broken = AcceptableRange::parse("1477312075-1477311475")?;
/// assert_eq!(broken.fault(), Some(RangeFault::Reversed));
/// # Ok::<(), countersign_clock::RangeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AcceptableRange {
    low: UnixTime,
    high: UnixTime,
}

impl AcceptableRange {
    /// The range from `low` to `high`.
    #[must_use]
    pub const fn new(low: UnixTime, high: UnixTime) -> Self {
        Self { low, high }
    }

    /// Reads `low-high`: two decimal numbers of at most 19 digits, blanks around each allowed.
    ///
    /// # Errors
    /// [`RangeError`] if there are not two such numbers.
    pub fn parse(text: &str) -> Result<Self, RangeError> {
        let Some((low, high)) = text.split_once('-') else {
            return Err(RangeError {
                offset: text.len(),
                kind: RangeErrorKind::NoHyphen,
            });
        };
        let high_offset = low.len().saturating_add(1);
        Ok(Self {
            low: number(low, 0)?,
            high: number(high, high_offset)?,
        })
    }

    /// The earliest timestamp taken.
    #[must_use]
    pub const fn low(self) -> UnixTime {
        self.low
    }

    /// The latest timestamp taken.
    #[must_use]
    pub const fn high(self) -> UnixTime {
        self.high
    }

    /// The middle, rounded down: the server's clock, if its window is symmetric.
    #[must_use]
    pub const fn midpoint(self) -> UnixTime {
        UnixTime::from_seconds(self.low.seconds().midpoint(self.high.seconds()))
    }

    /// Seconds from one end to the other.
    #[must_use]
    pub const fn span(self) -> u64 {
        self.low.seconds().abs_diff(self.high.seconds())
    }

    /// Why the range says nothing about the server's clock; `None` if it can be believed.
    #[must_use]
    pub fn fault(self) -> Option<RangeFault> {
        if self.low.seconds() >= MILLISECONDS_FROM || self.high.seconds() >= MILLISECONDS_FROM {
            Some(RangeFault::Milliseconds)
        } else if self.high < self.low {
            Some(RangeFault::Reversed)
        } else if self.span() > WIDEST_CREDIBLE {
            Some(RangeFault::AbsurdSpan)
        } else {
            None
        }
    }

    /// Whether the range can be believed; see [`fault`](Self::fault).
    #[must_use]
    pub fn is_credible(self) -> bool {
        self.fault().is_none()
    }
}

/// `low-high`, as sent.
impl fmt::Display for AcceptableRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.low, self.high)
    }
}

/// Why a well-formed range is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RangeFault {
    /// Wider than a day.
    AbsurdSpan,
    /// Numbers too large for seconds: some servers sent milliseconds.
    Milliseconds,
    /// The high end lies before the low one.
    Reversed,
}

impl fmt::Display for RangeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AbsurdSpan => "the range is wider than a day",
            Self::Milliseconds => "the range is given in milliseconds",
            Self::Reversed => "the range ends before it begins",
        })
    }
}

/// Why a text is no `low-high`. It never repeats the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RangeError {
    offset: usize,
    kind: RangeErrorKind,
}

impl RangeError {
    /// The byte at which the text stops being a range.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> RangeErrorKind {
        self.kind
    }
}

/// What is wrong with a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RangeErrorKind {
    /// One of the ends is empty or holds something else than digits.
    NotANumber,
    /// There is no `-`.
    NoHyphen,
    /// One of the ends is above 9223372036854775807.
    TooLarge,
}

impl fmt::Display for RangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let offset = self.offset;
        match self.kind {
            RangeErrorKind::NotANumber => {
                write!(
                    f,
                    "expected a decimal number, found something else at byte {offset}"
                )
            }
            RangeErrorKind::NoHyphen => {
                write!(
                    f,
                    "expected two numbers joined by a hyphen, found none up to byte {offset}"
                )
            }
            RangeErrorKind::TooLarge => {
                write!(
                    f,
                    "expected a number of 63 bits, found a larger one at byte {offset}"
                )
            }
        }
    }
}

impl core::error::Error for RangeError {}

fn number(text: &str, offset: usize) -> Result<UnixTime, RangeError> {
    let digits = text.trim_matches(' ');
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(RangeError {
            offset,
            kind: RangeErrorKind::NotANumber,
        });
    }
    digits
        .parse()
        .map(UnixTime::from_seconds)
        .map_err(|_| RangeError {
            offset,
            kind: RangeErrorKind::TooLarge,
        })
}

#[cfg(test)]
mod tests;

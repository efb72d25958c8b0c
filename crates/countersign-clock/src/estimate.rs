//! What an answer discloses of the server's clock.

use core::fmt;

use crate::{AcceptableRange, RangeFault, UnixTime, parse_http_date};

/// The largest difference between two clocks that an estimate may claim.
///
/// A client that corrects its clock by what an answer says lets the sender of that answer choose
/// its timestamps. The bound says how far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bound(u32);

impl Bound {
    /// At most `seconds` to either side.
    #[must_use]
    pub const fn seconds(seconds: u32) -> Self {
        Self(seconds)
    }
}

impl Default for Bound {
    /// One day: every time zone mix-up fits, a wrong year does not.
    fn default() -> Self {
        Self(86_400)
    }
}

/// An estimate of how far the server's clock is from the local one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Estimate {
    offset_seconds: i64,
    margin_seconds: u64,
    source: Source,
    server: UnixTime,
}

impl Estimate {
    /// Server minus local, in seconds: what to *add* to local timestamps.
    #[must_use]
    pub const fn offset_seconds(&self) -> i64 {
        self.offset_seconds
    }

    /// How far the true offset may lie from [`offset_seconds`](Self::offset_seconds).
    #[must_use]
    pub const fn margin_seconds(&self) -> u64 {
        self.margin_seconds
    }

    /// Which part of the answer the estimate was read from.
    #[must_use]
    pub const fn source(&self) -> Source {
        self.source
    }

    /// What the server's clock said at the local moment given.
    #[must_use]
    pub const fn server(&self) -> UnixTime {
        self.server
    }

    /// Which clock is ahead, as far as the margin lets one say.
    #[must_use]
    pub const fn direction(&self) -> Direction {
        if self.offset_seconds.unsigned_abs() <= self.margin_seconds {
            Direction::Agree
        } else if self.offset_seconds > 0 {
            Direction::LocalBehind
        } else {
            Direction::LocalAhead
        }
    }

    /// The local moment as the server would have put it.
    #[must_use]
    pub const fn correct(&self, local: UnixTime) -> UnixTime {
        local.saturating_add(self.offset_seconds)
    }
}

/// `the local clock is 7200 seconds (2 hours) behind the server's, give or take 1 second`
impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let distance = Span(self.offset_seconds.unsigned_abs());
        let margin = Seconds(self.margin_seconds);
        match self.direction() {
            Direction::Agree => write!(f, "the two clocks agree within {margin}"),
            Direction::LocalAhead => write!(
                f,
                "the local clock is {distance} ahead of the server's, give or take {margin}"
            ),
            Direction::LocalBehind => write!(
                f,
                "the local clock is {distance} behind the server's, give or take {margin}"
            ),
        }
    }
}

/// Which clock is ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "of two clocks one is ahead, or neither"
)]
pub enum Direction {
    /// The difference is within the margin.
    Agree,
    /// The local clock shows a later time than the server's.
    LocalAhead,
    /// The local clock shows an earlier time than the server's.
    LocalBehind,
}

/// The part of an answer that disclosed the server's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Source {
    /// The middle of `oauth_acceptable_timestamps`.
    AcceptableRange,
    /// The `Date` header field.
    DateHeader,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AcceptableRange => "oauth_acceptable_timestamps",
            Self::DateHeader => "the Date header",
        })
    }
}

/// Why a part of the answer was not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ignored {
    /// It would mean a larger correction than the bound allows.
    BeyondBound {
        /// Where it was read.
        source: Source,
        /// Server minus local, in seconds.
        offset_seconds: i64,
    },
    /// A well-formed range that says nothing.
    Range(RangeFault),
    /// Text that is no range, or no date.
    Unreadable(Source),
}

impl fmt::Display for Ignored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BeyondBound {
                source,
                offset_seconds,
            } => {
                write!(
                    f,
                    "{source} is {offset_seconds} seconds away, more than may be corrected"
                )
            }
            Self::Range(fault) => write!(f, "{}: {fault}", Source::AcceptableRange),
            Self::Unreadable(source) => write!(f, "{source} can't be read"),
        }
    }
}

/// An estimate together with what was passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Examination {
    /// The best estimate, if any part of the answer gave one.
    pub estimate: Option<Estimate>,
    /// What was not used, in the order of examination.
    pub ignored: Vec<Ignored>,
}

/// Estimates the server's clock from what its answer disclosed.
///
/// `range` is the value of `oauth_acceptable_timestamps`, `date` that of the `Date` header
/// field, `local` what the local clock said when the answer was made (the middle between sending
/// and receiving is best). The middle of a believable range comes first, then the date. If both
/// are there and differ, the margin grows to cover both: a window with unequal sides puts its
/// middle off the clock.
///
/// ```
/// use countersign_clock::{Bound, Direction, UnixTime, estimate};
///
/// let local = UnixTime::from_seconds(1_477_304_575);
/// let found = estimate(Some("1477311475-1477312075"), None, local, Bound::default()).unwrap();
/// assert_eq!(found.offset_seconds(), 7200);
/// assert_eq!(found.direction(), Direction::LocalBehind);
/// assert_eq!(
///     found.to_string(),
///     "the local clock is 7200 seconds (2 hours) behind the server's, give or take 1 second",
/// );
/// ```
#[must_use]
pub fn estimate(
    range: Option<&str>,
    date: Option<&str>,
    local: UnixTime,
    bound: Bound,
) -> Option<Estimate> {
    examine(range, date, local, bound).estimate
}

/// Like [`estimate`], and says what was passed over and why.
#[must_use]
pub fn examine(
    range: Option<&str>,
    date: Option<&str>,
    local: UnixTime,
    bound: Bound,
) -> Examination {
    let mut ignored = Vec::new();
    let mut keep =
        |witness: Result<Estimate, Ignored>| witness.map_err(|why| ignored.push(why)).ok();
    let range = range.and_then(|text| keep(from_range(text, local, bound)));
    let date = date.and_then(|text| keep(from_date(text, local, bound)));
    let estimate = match (range, date) {
        (Some(range), Some(date)) => {
            let apart = range.offset_seconds.abs_diff(date.offset_seconds);
            Some(Estimate {
                margin_seconds: range.margin_seconds.max(apart),
                ..range
            })
        }
        (range, date) => range.or(date),
    };
    Examination { estimate, ignored }
}

fn from_range(text: &str, local: UnixTime, bound: Bound) -> Result<Estimate, Ignored> {
    let source = Source::AcceptableRange;
    let range = AcceptableRange::parse(text).map_err(|_| Ignored::Unreadable(source))?;
    match range.fault() {
        Some(fault) => Err(Ignored::Range(fault)),
        None => bounded(range.midpoint(), local, source, bound),
    }
}

fn from_date(text: &str, local: UnixTime, bound: Bound) -> Result<Estimate, Ignored> {
    let source = Source::DateHeader;
    let server = parse_http_date(text).map_err(|_| Ignored::Unreadable(source))?;
    bounded(server, local, source, bound)
}

fn bounded(
    server: UnixTime,
    local: UnixTime,
    source: Source,
    Bound(most): Bound,
) -> Result<Estimate, Ignored> {
    let offset_seconds = server.since(local);
    if offset_seconds.unsigned_abs() > u64::from(most) {
        return Err(Ignored::BeyondBound {
            source,
            offset_seconds,
        });
    }
    // Both clocks are cut to whole seconds, so two agreeing ones may differ by one.
    Ok(Estimate {
        offset_seconds,
        margin_seconds: 1,
        source,
        server,
    })
}

/// `1 second`, `300 seconds`
struct Seconds(u64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.0 == 1 { "" } else { "s" };
        write!(f, "{} second{plural}", self.0)
    }
}

/// Seconds, and the whole days, hours or minutes that they make.
struct Span(u64);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Seconds(self.0).fmt(f)?;
        for (unit, name) in [(86_400_u64, "day"), (3_600, "hour"), (60, "minute")] {
            if let (Some(count @ 1..), Some(0)) =
                (self.0.checked_div(unit), self.0.checked_rem(unit))
            {
                let plural = if count == 1 { "" } else { "s" };
                return write!(f, " ({count} {name}{plural})");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

use core::fmt;

use countersign_clock::UnixTime;

use crate::duration::Words;

/// The days before the end at which a certificate deserves a word: 30, 7 and 1.
pub const FORECAST_DAYS: [u32; 3] = [30, 7, 1];

/// Where `now` lies against the dates of a certificate, both inclusive (RFC 5280 section 4.1.2.5).
///
/// `Display` says it as people do: `expired 5 d 6 h ago`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a time is before, between or after two others"
)]
pub enum Validity {
    /// The end has passed.
    Expired {
        /// Seconds since the last valid second.
        since: u64,
    },
    /// Valid now.
    Live {
        /// Seconds to the last valid second.
        ends_in: u64,
    },
    /// The beginning is still to come.
    NotYet {
        /// Seconds to the first valid second.
        starts_in: u64,
    },
}

impl Validity {
    pub(crate) fn of(not_before: UnixTime, not_after: UnixTime, now: UnixTime) -> Self {
        let (start, end, now) = (not_before.seconds(), not_after.seconds(), now.seconds());
        if now > end {
            Self::Expired {
                since: now.abs_diff(end),
            }
        } else if now < start {
            Self::NotYet {
                starts_in: start.abs_diff(now),
            }
        } else {
            Self::Live {
                ends_in: end.abs_diff(now),
            }
        }
    }

    /// Whether the certificate is valid now.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Live { .. })
    }
}

impl fmt::Display for Validity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Expired { since } => write!(f, "expired {} ago", Words(since)),
            Self::Live { ends_in } => write!(f, "ends in {}", Words(ends_in)),
            Self::NotYet { starts_in } => write!(f, "starts in {}", Words(starts_in)),
        }
    }
}

/// What the calendar says about a certificate: its [`Validity`], and the nearest of the asked
/// numbers of days within which it ends.
///
/// `Display` gives a line for people: `ends in 6 d 2 h, less than 7 days`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Forecast {
    validity: Validity,
    within_days: Option<u32>,
}

impl Forecast {
    pub(crate) fn of(validity: Validity, days: &[u32]) -> Self {
        let within_days = match validity {
            Validity::Live { ends_in } => days
                .iter()
                .copied()
                .filter(|days| ends_in <= u64::from(*days).saturating_mul(86_400))
                .min(),
            Validity::Expired { .. } | Validity::NotYet { .. } => None,
        };
        Self {
            validity,
            within_days,
        }
    }

    /// Where now lies against the dates.
    #[must_use]
    pub const fn validity(self) -> Validity {
        self.validity
    }

    /// The smallest of the asked numbers of days within which a live certificate ends; `None` if it
    /// lasts longer, has ended already or has not begun.
    #[must_use]
    pub const fn within_days(self) -> Option<u32> {
        self.within_days
    }

    /// Whether there is nothing to do: live, and not within any of the asked numbers of days.
    #[must_use]
    pub const fn is_calm(self) -> bool {
        self.validity.is_live() && self.within_days.is_none()
    }
}

impl fmt::Display for Forecast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.within_days {
            Some(1) => write!(f, "{}, less than a day", self.validity),
            Some(days) => write!(f, "{}, less than {days} days", self.validity),
            None => self.validity.fmt(f),
        }
    }
}

//! Which timestamps a server takes at a given moment, and what it answers otherwise.

use crate::{AcceptableRange, UnixTime};

/// How far a timestamp may lie from the server's clock; both ends belong to the window.
///
/// RFC 5849 section 3.3 lets a server refuse stale timestamps and sets no number; nearly every
/// deployed server takes 300 seconds to either side, which is the default.
///
/// ```
/// use countersign_clock::{UnixTime, Verdict, Window};
///
/// let now = UnixTime::from_seconds(1_700_000_000);
/// let window = Window::default();
/// assert!(matches!(window.check(now.saturating_sub(300), now), Verdict::Accepted { .. }));
///
/// let verdict = window.check(now.saturating_sub(301), now);
/// assert_eq!(
///     verdict.advice().as_deref(),
///     Some("The timestamp is too old, it must be at most 300 seconds before the server's current date and time"),
/// );
/// assert_eq!(window.acceptable(now).to_string(), "1699999700-1700000300");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    past: u32,
    future: u32,
}

impl Default for Window {
    /// 300 seconds to either side.
    fn default() -> Self {
        Self::new(300, 300)
    }
}

impl Window {
    /// `past` seconds before and `future` seconds after the server's clock.
    #[must_use]
    pub const fn new(past: u32, future: u32) -> Self {
        Self { past, future }
    }

    /// Seconds before the server's clock that are still taken.
    #[must_use]
    pub const fn past(self) -> u32 {
        self.past
    }

    /// Seconds after the server's clock that are still taken.
    #[must_use]
    pub const fn future(self) -> u32 {
        self.future
    }

    /// Seconds for which a nonce has to be remembered so that no timestamp of this window can
    /// be replayed: one stamped at the future end is accepted until the past end has passed.
    #[must_use]
    pub fn retention(self) -> u64 {
        u64::from(self.past).saturating_add(u64::from(self.future))
    }

    /// Judges a timestamp at the moment `now`.
    #[must_use]
    pub fn check(self, timestamp: UnixTime, now: UnixTime) -> Verdict {
        let distance = timestamp.seconds().abs_diff(now.seconds());
        let (limit, behind) = if timestamp <= now {
            (self.past, true)
        } else {
            (self.future, false)
        };
        match distance.checked_sub(u64::from(limit)) {
            None | Some(0) => Verdict::Accepted {
                difference: timestamp.since(now),
            },
            Some(by) if behind => Verdict::TooOld { by, limit },
            Some(by) => Verdict::TooNew { by, limit },
        }
    }

    /// The timestamps taken at the moment `now`, the value of `oauth_acceptable_timestamps`.
    #[must_use]
    pub fn acceptable(self, now: UnixTime) -> AcceptableRange {
        AcceptableRange::new(
            now.saturating_sub(i64::from(self.past)),
            now.saturating_add(i64::from(self.future)),
        )
    }
}

/// What a [`Window`] says of a timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a number is inside, below or above a range"
)]
pub enum Verdict {
    /// Inside the window, its ends included.
    Accepted {
        /// Timestamp minus now, in seconds.
        difference: i64,
    },
    /// Before the window.
    TooOld {
        /// Seconds beyond the limit.
        by: u64,
        /// Seconds that the window allows on this side.
        limit: u32,
    },
    /// After the window.
    TooNew {
        /// Seconds beyond the limit.
        by: u64,
        /// Seconds that the window allows on this side.
        limit: u32,
    },
}

impl Verdict {
    /// The `oauth_problem_advice` that goes with the refusal; `None` if accepted.
    #[must_use]
    pub fn advice(self) -> Option<String> {
        match self {
            Self::Accepted { .. } => None,
            Self::TooOld { limit, .. } => Some(format!(
                "The timestamp is too old, it must be at most {limit} seconds before the server's current date and time"
            )),
            Self::TooNew { limit, .. } => Some(format!(
                "The timestamp is too far in the future, it must be at most {limit} seconds after the server's current date and time"
            )),
        }
    }
}

#[cfg(test)]
mod tests;

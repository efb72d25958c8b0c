//! When the time of a token, a grant or an intent is over.

use countersign_clock::UnixTime;

/// The first second in which something is over, if it ever is.
///
/// Exclusive: what is issued at second `t` for 1800 seconds (`oauth_expires_in=1800`) is good in the
/// 1800 seconds from `t` to `t + 1799`, and over at `t + 1800`.
///
/// ```
/// use countersign_clock::UnixTime;
/// use countersign_token::Expiry;
///
/// let issued = UnixTime::from_seconds(1_700_000_000);
/// let expiry = Expiry::after(issued, 1800);
/// assert!(!expiry.is_over(UnixTime::from_seconds(1_700_001_799)));
/// assert!(expiry.is_over(UnixTime::from_seconds(1_700_001_800)));
/// assert_eq!(expiry.seconds_left(issued), Some(1800));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Expiry(Option<UnixTime>);

impl Expiry {
    /// Never over: the tokens of private applications.
    pub const NEVER: Self = Self(None);

    /// Over from `time` on.
    #[must_use]
    pub const fn at(time: UnixTime) -> Self {
        Self(Some(time))
    }

    /// Good for `seconds` from `issued` on.
    #[must_use]
    pub fn after(issued: UnixTime, seconds: u32) -> Self {
        Self::at(issued.saturating_add(i64::from(seconds)))
    }

    /// The first second in which it is over, as stored; none if it never is.
    #[must_use]
    pub const fn time(self) -> Option<UnixTime> {
        self.0
    }

    /// Whether it is over at `now`.
    #[must_use]
    pub fn is_over(self, now: UnixTime) -> bool {
        self.0.is_some_and(|time| now >= time)
    }

    /// The value of `oauth_expires_in` at `now`: zero once it is over, none if it never is.
    #[must_use]
    pub fn seconds_left(self, now: UnixTime) -> Option<u64> {
        self.0
            .map(|time| u64::try_from(time.since(now)).unwrap_or(0))
    }
}

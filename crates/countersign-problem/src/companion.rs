//! The values of `oauth_acceptable_versions`, `oauth_acceptable_timestamps` and
//! `oauth_parameters_rejected`.

use core::fmt;

use crate::redacted::Length;

/// The value of `oauth_acceptable_timestamps`, `low-high`, both ends included.
///
/// Two numbers as sent; whether they can be believed is a question for a clock.
///
/// ```
/// use countersign_problem::TimestampRange;
///
/// let range = TimestampRange::parse("1477311475-1477312075").unwrap();
/// assert_eq!((range.low(), range.high()), (1_477_311_475, 1_477_312_075));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimestampRange {
    low: u64,
    high: u64,
}

impl TimestampRange {
    /// The range from `low` to `high`.
    #[must_use]
    pub const fn new(low: u64, high: u64) -> Self {
        Self { low, high }
    }

    /// Reads two decimal numbers joined by a hyphen, else `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (low, high) = text.split_once('-')?;
        Some(Self {
            low: number(low)?,
            high: number(high)?,
        })
    }

    /// The earliest timestamp taken.
    #[must_use]
    pub const fn low(self) -> u64 {
        self.low
    }

    /// The latest timestamp taken.
    #[must_use]
    pub const fn high(self) -> u64 {
        self.high
    }
}

impl fmt::Display for TimestampRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.low, self.high)
    }
}

/// An `oauth_version`: two numbers, compared one after the other, so 1.10 is above 1.9.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    major: u32,
    minor: u32,
}

impl Version {
    /// The version `major.minor`.
    #[must_use]
    pub const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor }
    }

    /// Reads `A.B`, else `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (major, minor) = text.split_once('.')?;
        Some(Self {
            major: number(major)?,
            minor: number(minor)?,
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// The value of `oauth_acceptable_versions`, `A.B-C.D`, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VersionRange {
    low: Version,
    high: Version,
}

impl VersionRange {
    /// `1.0-1.0`, all that OAuth 1.0a has.
    pub const ONLY_1_0: Self = Self::new(Version::new(1, 0), Version::new(1, 0));

    /// The range from `low` to `high`.
    #[must_use]
    pub const fn new(low: Version, high: Version) -> Self {
        Self { low, high }
    }

    /// Reads two versions joined by a hyphen, else `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (low, high) = text.split_once('-')?;
        Some(Self {
            low: Version::parse(low)?,
            high: Version::parse(high)?,
        })
    }

    /// The lowest version taken.
    #[must_use]
    pub const fn low(self) -> Version {
        self.low
    }

    /// The highest version taken.
    #[must_use]
    pub const fn high(self) -> Version {
        self.high
    }
}

impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.low, self.high)
    }
}

/// One entry of `oauth_parameters_rejected`.
///
/// The extension says `name=value`; DevDefined.OAuth and its users send the name alone. `Debug`
/// shows the length of the value.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RejectedParameter {
    name: String,
    value: Option<String>,
}

impl RejectedParameter {
    pub(crate) fn new(name: impl Into<String>, value: Option<String>) -> Self {
        Self {
            name: name.into(),
            value,
        }
    }

    /// Its name, decoded.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its value, decoded, if the server sent it back.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }
}

impl fmt::Debug for RejectedParameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, value } = self;
        f.debug_struct("RejectedParameter")
            .field("name", name)
            .field("value", &Length::of_option(value.as_ref()))
            .finish()
    }
}

/// Decimal digits only: `str::parse` would take a plus sign.
fn number<T: core::str::FromStr>(text: &str) -> Option<T> {
    let text = text.trim_matches(' ');
    text.bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests;

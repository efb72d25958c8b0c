//! Who may send a renewal.

use core::fmt;

use countersign_clock::UnixTime;

/// The number of a lease: higher than that of every lease before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fence(u64);

impl Fence {
    /// As stored.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Fence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The right to send the renewal of one connection, for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Lease {
    /// What tells it from leases before and after.
    pub fence: Fence,
    /// The first second in which it is over.
    pub until: UnixTime,
}

impl Lease {
    /// A lease as stored.
    #[must_use]
    pub const fn new(fence: Fence, until: UnixTime) -> Self {
        Self { fence, until }
    }

    /// Whether its time is over at `now`.
    #[must_use]
    pub fn is_over(self, now: UnixTime) -> bool {
        now >= self.until
    }
}

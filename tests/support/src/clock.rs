//! A clock that stands still until it is told to go on.

use core::sync::atomic::{AtomicI64, Ordering};

use countersign_clock::UnixTime;

/// A clock under the control of the test; shared by reference.
#[derive(Debug)]
pub struct FakeClock(AtomicI64);

impl FakeClock {
    /// A clock that stands at this many seconds.
    #[must_use]
    pub const fn at(seconds: i64) -> Self {
        Self(AtomicI64::new(seconds))
    }

    /// What it shows.
    #[must_use]
    pub fn now(&self) -> UnixTime {
        UnixTime::from_seconds(self.0.load(Ordering::SeqCst))
    }

    /// Lets time pass; a negative number turns it back.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Sets it.
    pub fn set(&self, seconds: i64) {
        self.0.store(seconds, Ordering::SeqCst);
    }
}

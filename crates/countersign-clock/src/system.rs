//! The system's clock. The only place of the libraries that reads it.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::UnixTime;

/// What the clock of this system says.
///
/// A clock set before 1970 gives a negative number, so that the caller sees the fault.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that may read the clock"
)]
pub fn now() -> UnixTime {
    let seconds = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
        Err(before) => {
            i64::try_from(before.duration().as_secs()).map_or(i64::MIN, i64::saturating_neg)
        }
    };
    UnixTime::from_seconds(seconds)
}

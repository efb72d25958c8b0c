//! What a machine of the provider answers to an event.

use crate::Cause;

/// What a machine of the provider answers to an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "done, nothing to do, or not done and why"
)]
pub enum Answer {
    /// Done: the request is granted, or the fact was taken note of.
    Accepted,
    /// Nothing to do: the fact changes nothing here, and a first cause stays.
    Ignored,
    /// Not granted.
    Refused(Cause),
}

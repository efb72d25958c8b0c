#![allow(clippy::arithmetic_side_effects, reason = "tests")]

//! The tables pair by pair, and what no sequence of events may bring about.

mod causes;
mod connections;
mod document;
mod grants;
mod lives;
mod names;
mod renewals;
mod tables;

use countersign_clock::UnixTime;

pub(crate) const NOW: i64 = 1_700_000_000;

pub(crate) fn at(seconds: i64) -> UnixTime {
    UnixTime::from_seconds(NOW).saturating_add(seconds)
}

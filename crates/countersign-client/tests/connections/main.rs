//! Connections on SQLite, under faults, kills and many processes.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "what goes wrong in the helpers of a test is to end it; they wait, look at the clock and print"
)]

mod doubts;
mod faults;
mod kill;
mod life;
mod manual;
mod many;
mod odd;
mod provider;
mod stampede;
mod support;
mod tended;
mod unstored;

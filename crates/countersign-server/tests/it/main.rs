//! The service over sockets, started in this process with a clock of the test's.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

mod canary;
mod operators;
mod refusals;
mod starting;
mod support;
mod verified;

//! The service over sockets, started in this process with a clock of the test's.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

mod admin;
#[cfg(target_os = "linux")]
mod bounded;
mod canary;
mod checks;
mod clock_steps;
mod gateway;
mod gateway_answers;
mod gateway_bodies;
mod gateway_frames;
mod gateway_identity;
mod gateway_slow;
#[cfg(unix)]
mod killed;
mod lost;
mod operators;
mod pages;
mod refusals;
mod remedies;
mod starting;
mod support;
mod unserved;
mod verified;

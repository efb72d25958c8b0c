//! The store through its public face.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what goes wrong in the helpers of a test is to end it"
)]

#[cfg(unix)]
mod closing;
mod concurrency;
mod conformance;
mod connections;
mod kill;
mod migration;
mod opening;
mod order;
mod restored;
mod sealing;
mod sharing;
mod support;

//! Clients made from rows of `countersign-dialect`, against doubles that behave by those rows.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

mod double;
mod keys;
mod presets;
mod raw;
mod refusals;
mod successes;

//! The middleware and the driver over loopback sockets: against a real provider, and against servers
//! that answer whatever a test has them answer.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

mod connected;
mod flows;
mod hostile;
mod presets;
mod provider;
mod script;
mod signing;
mod stores;
mod told;

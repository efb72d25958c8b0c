//! The layer and the token endpoints, driven in-process, and the example over a socket.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

#[path = "../../examples/axum_provider/app.rs"]
mod app;
mod bodies;
mod endpoints;
mod example;
mod extractors;
mod observed;
#[path = "../../examples/axum_provider/page.rs"]
mod page;
mod proxies;
mod refused;
mod requests;
mod sizes;
mod streaming;
mod support;

//! The integration tests, in one binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::print_stdout,
    reason = "tests"
)]

// It is a server with stores; the tests here only send requests to it.
#[allow(dead_code, reason = "what its own tests use")]
#[path = "../../../../crates/countersign-tower/examples/axum_provider/app.rs"]
mod app;
mod attacks;
mod canary;
mod corpus;
mod cost;
mod deviations;
mod dialects;
mod doctor;
mod http_world;
mod interop;
mod no_false_proof;
mod oauthlib;
#[path = "../../../../crates/countersign-tower/examples/axum_provider/page.rs"]
mod page;
mod peer;
mod pipeline;
mod primitives;
mod properties;
mod provider;
mod random_request;
mod rfc5849;
mod rsa_proofs;
mod seed_http;
mod vectors;
mod wire;
mod zoo;

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

mod canary;
mod corpus;
mod cost;
mod deviations;
mod dialects;
mod doctor;
mod no_false_proof;
mod oauthlib;
mod pipeline;
mod primitives;
mod properties;
mod provider;
mod random_request;
mod rfc5849;
mod rsa_proofs;
mod vectors;
mod wire;
mod zoo;

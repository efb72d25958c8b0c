//! The command as a person or a script uses it.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::disallowed_methods,
    reason = "tests"
)]

#[cfg(feature = "service")]
mod admin;
mod cert;
#[cfg(feature = "network")]
mod clock;
#[cfg(feature = "service")]
mod demo;
mod doctor;
#[cfg(feature = "service")]
mod doctor_id;
mod doctor_pairs;
mod explain;
mod help;
mod keys_file;
#[cfg(feature = "network")]
mod presets;
mod profile;
#[cfg(feature = "proxy")]
mod proxy;
mod redact;
#[cfg(feature = "network")]
mod request;
mod run;
mod schema;
mod secrets;
#[cfg(feature = "service")]
mod serve;
mod sign;
#[cfg(feature = "network")]
mod token;
mod valid;
mod verify;

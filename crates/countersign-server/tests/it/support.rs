//! A service in a directory of its own, and a client that signs.

#[allow(dead_code, reason = "shared with the tests of another crate")]
#[path = "../../../countersign-tower/tests/it/support/client.rs"]
mod client;
mod office;
mod world;

pub(crate) use client::{Client, FORM, Unsigned};
pub(crate) use office::{Access, Office};
pub(crate) use world::{Answer, World};

pub(crate) const NOW: i64 = 1_700_000_000;

/// The application of most tests.
pub(crate) const CONSUMER: &str = "photo-printer";
pub(crate) const SECRET: &str = "a secret of the test's own";

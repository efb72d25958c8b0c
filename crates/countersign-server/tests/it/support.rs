//! A service in a directory of its own, and a client that signs.

pub(crate) mod beside;
pub(crate) mod browser;
#[allow(dead_code, reason = "shared with the tests of another crate")]
#[path = "../../../countersign-tower/tests/it/support/client.rs"]
mod client;
pub(crate) mod flow;
mod gate;
pub(crate) mod log;
mod office;
mod upstream;
mod world;

pub(crate) use client::{Client, FORM, JSON, Unsigned};
pub(crate) use gate::{Gate, exchange, soon};
pub(crate) use office::{Access, Office};
pub(crate) use upstream::{Received, Step, Upstream};
pub(crate) use world::{Answer, World, kept};

pub(crate) const NOW: i64 = 1_700_000_000;

/// The application of most tests.
pub(crate) const CONSUMER: &str = "photo-printer";
pub(crate) const SECRET: &str = "a secret of the test's own";

//! A provider behind HTTP, with a clock that stands still, clients that sign anything, and one
//! helper that checks after every request what must hold of all of them.

mod answer;
mod call;
mod setup;
mod socket;
mod trail;
mod watch;
mod world;

pub(crate) use answer::Answer;
pub(crate) use call::{Call, FORM, Keys, Sent};
pub(crate) use setup::{
    Counted, HONEST, PARTNER, PINNED, PRIVATE, SECRET, Setup, Shared, VICTIM, certificate,
    limited_nonces, nonces,
};
pub(crate) use socket::{Socket, Threads, exchange};
pub(crate) use trail::Trail;
pub(crate) use world::{Tokens, World};

/// The time at which every world begins.
pub(crate) const NOW: i64 = 1_790_000_000;
/// Where the provider is reached, by its configuration.
pub(crate) const ORIGIN: &str = "https://api.example.com";
/// What every public and partner application registered.
pub(crate) const CALLBACK: &str = "https://app.example.com/ready?n=1";

#![doc = include_str!("../README.md")]

mod answer;
mod client;
mod clock;
mod connected;
mod driver;
mod error;
mod host;
mod middleware;
mod original;
mod outgoing;
mod renewals;
mod seldom;
mod signing;
mod source;
mod workbenches;

pub use client::{builder, client};
pub use clock::Clock;
pub use connected::Connected;
pub use driver::{Driver, DriverError};
pub use error::SigningError;
pub use host::SystemHost;
pub use middleware::NeedsReauthorisation;
pub use outgoing::BodyHash;
pub use renewals::Renewals;
pub use signing::Signing;
pub use source::{CredentialSource, Fixed, SourceError};

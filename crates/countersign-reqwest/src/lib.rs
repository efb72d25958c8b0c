#![doc = include_str!("../README.md")]

mod answer;
mod client;
mod clock;
mod connected;
mod driver;
mod error;
mod middleware;
mod outgoing;
mod signing;
mod source;

pub use client::{builder, client};
pub use clock::Clock;
pub use connected::{Connected, Renewals, SystemHost};
pub use driver::{Driver, DriverError};
pub use error::SigningError;
pub use middleware::NeedsReauthorisation;
pub use outgoing::BodyHash;
pub use signing::Signing;
pub use source::{CredentialSource, Fixed, SourceError};

#![doc = include_str!("../README.md")]

mod access;
mod answer;
mod cause;
mod connection;
mod connection_state;
mod event;
mod expiry;
mod generation;
mod grant;
mod intent;
mod machine;
mod name;
mod notice;
mod phase;
mod reauthorisation;
mod session;
mod temporary;

pub use access::{AccessState, AccessToken};
pub use answer::Answer;
pub use cause::Cause;
pub use connection::Connection;
pub use connection_state::ConnectionState;
pub use event::Event;
pub use expiry::Expiry;
pub use generation::{AuthorizationNumber, Generation};
pub use grant::{Grant, PresentedToken, RenewalDecision, RenewalMode, UseDecision};
pub use intent::{Intent, IntentError, IntentId};
pub use machine::{Step, Transition};
pub use name::UnknownName;
pub use notice::Notice;
pub use phase::{ConnectionAnswer, ConnectionEvent, ConnectionPhase, ConnectionRefusal};
pub use reauthorisation::{ReauthorisationCause, Refusal};
pub use session::SessionState;
pub use temporary::{TemporaryCredentials, TemporaryState};

#[doc = include_str!("transitions.md")]
pub mod transitions {}

#[cfg(test)]
mod tests;

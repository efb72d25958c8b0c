#![doc = include_str!("../README.md")]

mod audit;
mod body_refused;
mod callback;
mod change;
mod check;
mod endpoints;
mod faults;
mod keys;
mod lifecycle;
mod mint;
mod origin;
mod permission;
mod prove;
mod provider;
mod refusal;
mod register;
mod resource;
mod response;
mod settings;
mod unread;
mod verified;
pub mod wire;

pub use audit::{Action, Audit, AuditUnavailable, Event, NoAudit};
pub use body_refused::BodyRefused;
pub use callback::{CallbackError, OUT_OF_BAND, check_callback};
pub use endpoints::{
    Approval, Approver, Authenticate, AuthorizeError, Login, LoginFuture, LoginUnavailable, Pending,
};
pub use lifecycle::{Ending, EndingError};
pub use origin::{Origin, OriginError};
pub use permission::{Decision, Permission};
pub use provider::{Provider, Stores};
pub use refusal::{Cause, Refusal, Told};
pub use register::{
    LONGEST_KEY, RegistrationError, SHORTEST_SECRET, check_consumer, read_certificate,
};
pub use resource::Route;
pub use settings::{Answers, Lifetimes, Quotas, Settings};
pub use unread::BodyFault;
pub use verified::{PendingBody, SignedBody, UnsignedBody, Verified, VerifiedHead};
pub use wire::WireError;

#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod admit;
mod body;
mod buffer;
mod endpoints;
#[cfg(feature = "axum")]
pub mod extract;
mod forwarded;
mod layer;
mod observe;
mod prefix;
mod refused;
mod response;
mod room;
mod rules;
mod site;

pub use body::{BodyError, RequestBody};
pub use endpoints::TokenEndpoints;
pub use forwarded::{ForwardedFields, TrustedProxies};
pub use layer::{Verify, VerifyLayer};
pub use prefix::{IpPrefix, PrefixError};
pub use refused::Refused;
pub use response::ResponseBody;
pub use rules::{Routes, Rule, Rules};
pub use site::Site;

#[cfg(feature = "system-clock")]
pub use countersign_clock::system::now as system_clock;
#[cfg(feature = "tokio")]
pub use site::tokio_timer;

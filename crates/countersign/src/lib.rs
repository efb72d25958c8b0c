#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod manual;

#[cfg(feature = "http")]
mod credentials;
#[cfg(feature = "http")]
mod sign_request;
#[cfg(feature = "http")]
mod stamp;

#[doc(inline)]
pub use countersign_base_string as base_string;
#[cfg(feature = "capture")]
#[doc(inline)]
pub use countersign_capture as capture;
#[cfg(feature = "certificate")]
#[doc(inline)]
pub use countersign_certificate as certificate;
#[cfg(feature = "client")]
#[doc(inline)]
pub use countersign_client as client;
#[cfg(feature = "clock")]
#[doc(inline)]
pub use countersign_clock as clock;
#[cfg(feature = "dialect")]
#[doc(inline)]
pub use countersign_dialect as dialect;
#[cfg(feature = "doctor")]
#[doc(inline)]
pub use countersign_doctor as doctor;
#[doc(inline)]
pub use countersign_encoding as encoding;
#[doc(inline)]
pub use countersign_key as key;
#[cfg(feature = "problem")]
#[doc(inline)]
pub use countersign_problem as problem;
#[cfg(feature = "provider")]
#[doc(inline)]
pub use countersign_provider as provider;
#[cfg(feature = "reqwest")]
#[doc(inline)]
pub use countersign_reqwest as reqwest;
#[doc(inline)]
pub use countersign_signature as signature;
#[cfg(feature = "store")]
#[doc(inline)]
pub use countersign_store as store;
#[cfg(feature = "token")]
#[doc(inline)]
pub use countersign_token as token;
#[cfg(feature = "tower")]
#[doc(inline)]
pub use countersign_tower as tower;
#[cfg(feature = "verify")]
#[doc(inline)]
pub use countersign_verify as verify;

#[cfg(feature = "http")]
pub use credentials::Credentials;
#[cfg(feature = "http")]
pub use sign_request::{SignRequestError, sign_request};
#[cfg(feature = "http")]
pub use stamp::Stamp;

#[cfg(all(test, feature = "http", feature = "hmac"))]
mod tests;

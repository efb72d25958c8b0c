#![cfg_attr(feature = "rsa", doc = include_str!("../README.md"))]
#![cfg_attr(
    not(feature = "rsa"),
    doc = "Secrets for OAuth 1.0a. Built without the feature `rsa`, so there are no RSA keys in here."
)]
#![no_std]

extern crate alloc;
#[cfg(any(test, feature = "pkcs12"))]
extern crate std;

#[cfg(all(test, feature = "rsa"))]
mod tests;

mod random;
mod secret;

#[cfg(feature = "rsa")]
mod backend;
#[cfg(feature = "rsa")]
mod der;
#[cfg(feature = "rsa")]
mod encrypted;
#[cfg(feature = "rsa")]
mod error;
#[cfg(feature = "rsa")]
mod kind;
#[cfg(feature = "rsa")]
pub mod pem;
#[cfg(feature = "pkcs12")]
pub mod pkcs12;
#[cfg(feature = "rsa")]
mod policy;
#[cfg(feature = "rsa")]
mod private;
#[cfg(feature = "rsa")]
mod public;
#[cfg(feature = "rsa")]
mod select;

#[cfg(feature = "rsa")]
pub use der::{check_der, is_der};
#[cfg(feature = "rsa")]
pub use error::{DerDamage, KeyError, PrivatePart, Wanted};
#[cfg(feature = "rsa")]
pub use kind::{Algorithm, Kind, identify};
#[cfg(feature = "rsa")]
pub use policy::{KeyWarning, PolicyViolation, RegistrationPolicy};
#[cfg(feature = "rsa")]
pub use private::RsaPrivateKey;
#[cfg(feature = "rsa")]
pub use public::RsaPublicKey;
pub use random::{RandomError, SecureRandom};
pub use secret::{Secret, SecretBytes};

/// The largest input any reader of this crate looks at: 1 MiB.
///
/// A private key of 16384 bits is about 13 KiB of PEM, so nothing honest comes near.
#[cfg(feature = "rsa")]
pub const MAX_INPUT: usize = 1 << 20;

//! RSA: what a backend has to do, and what is done here on top of it.
//!
//! A backend only computes: `s = m^d mod n` and `m = s^e mod n`. The paddings are written once,
//! here, so that every backend accepts and refuses exactly the same signatures.

use core::fmt;

use countersign_key::{RsaPrivateKey, RsaPublicKey, SecureRandom};

use crate::UnusableKey;

pub(crate) mod key;
#[cfg(feature = "openssl")]
mod openssl;
pub(crate) mod padding;
mod pure_rust;

#[cfg(feature = "openssl")]
pub use openssl::OpenSsl;
pub use pure_rust::PureRust;

/// Arithmetic for RSA, as a value to pass to [`Signer::rsa_with`](crate::Signer::rsa_with) and
/// [`Verifier::rsa_with`](crate::Verifier::rsa_with).
///
/// Here are [`PureRust`] and, with the feature `openssl`, `OpenSsl`. A backend prepares a key once;
/// the prepared key is then used many times.
pub trait RsaBackend: fmt::Debug + Send + Sync {
    /// The name that errors show.
    fn name(&self) -> &'static str;

    /// Prepares a private key.
    ///
    /// # Errors
    /// [`UnusableKey`] if the backend does not accept the key.
    fn private(&self, key: &RsaPrivateKey) -> Result<Box<dyn RsaPrivateOperation>, UnusableKey>;

    /// Prepares a public key.
    ///
    /// # Errors
    /// [`UnusableKey`] if the backend does not accept the key.
    fn public(&self, key: &RsaPublicKey) -> Result<Box<dyn RsaPublicOperation>, UnusableKey>;
}

/// A prepared private key: RSASP1 of [RFC 8017 section
/// 5.2.1](https://www.rfc-editor.org/rfc/rfc8017#section-5.2.1).
pub trait RsaPrivateOperation: Send + Sync {
    /// `message^d mod n`. In and out are big-endian and exactly as long as the modulus; the message
    /// is smaller than the modulus.
    ///
    /// The operation must be blinded, with `random` or with randomness of the backend's own, and
    /// its result checked against the public key, so that a fault of computation does not give the
    /// key away.
    ///
    /// # Errors
    /// [`RsaOperationError`] if the message is out of range, randomness is missing, or the
    /// computation fails.
    fn apply(
        &self,
        message: &[u8],
        random: &mut dyn SecureRandom,
    ) -> Result<Vec<u8>, RsaOperationError>;
}

/// A prepared public key: RSAVP1 of [RFC 8017 section
/// 5.2.2](https://www.rfc-editor.org/rfc/rfc8017#section-5.2.2).
pub trait RsaPublicOperation: Send + Sync {
    /// `signature^e mod n`. In and out are big-endian and exactly as long as the modulus.
    ///
    /// # Errors
    /// [`RsaOperationError::OutOfRange`] unless the signature is as long as the modulus and smaller
    /// than it.
    fn apply(&self, signature: &[u8]) -> Result<Vec<u8>, RsaOperationError>;
}

/// Why an RSA operation gave no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RsaOperationError {
    /// The backend failed.
    #[error("the RSA operation failed")]
    Failed,
    /// The input is not as long as the modulus, or not smaller than it.
    #[error("expected a number as long as the modulus and smaller than it")]
    OutOfRange,
    /// The random number generator failed.
    #[error("no secure randomness for blinding")]
    Random,
}

#[cfg(all(test, feature = "hmac"))]
mod tests;

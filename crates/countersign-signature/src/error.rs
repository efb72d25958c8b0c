//! What can go wrong when a key is prepared or used.

use crate::KeyKind;

/// A signature that does not verify. There is no more to say: whatever the reason, the answer to
/// the sender is the same.
///
/// Who wants to know why asks [`recover`](crate::recover) or the structural diff of base strings;
/// both are separate calls for the operator, which this value does not lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not match")]
#[non_exhaustive]
pub struct SignatureMismatch;

/// A key that a method or backend cannot work with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnusableKey {
    /// The backend does not accept the key.
    #[error("the {backend} backend refuses the RSA key of {bits} bits: {reason}")]
    Refused {
        /// Which backend.
        backend: &'static str,
        /// Size of the modulus in bits.
        bits: usize,
        /// What it objects to.
        reason: &'static str,
    },
    /// The modulus is too short to hold the padded digest.
    #[error("{method} needs an RSA key of at least {needed} bits, found {found}")]
    TooShort {
        /// The method.
        method: &'static str,
        /// Bits that the modulus must have at least.
        needed: usize,
        /// Bits that it has.
        found: usize,
    },
    /// The key is of the other kind than the method's.
    #[error("{method} needs a {expected}, found a {found}")]
    WrongKind {
        /// The method.
        method: &'static str,
        /// What the method signs with.
        expected: KeyKind,
        /// What was given.
        found: KeyKind,
    },
}

/// Why a prepared [`Signer`](crate::Signer) made no signature.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignerError {
    /// The backend failed; a fault of the key or of the computation, never of the message.
    #[error("the {backend} backend failed to sign")]
    Backend {
        /// Which backend.
        backend: &'static str,
    },
    /// The external signer failed.
    #[error("the external signer failed")]
    External(#[source] crate::ExternalError),
    /// The random number generator failed.
    #[error("no secure randomness to sign with")]
    Random,
    /// An RSA method was called without a secure random number generator.
    #[error("{method} needs a secure random number generator, found none")]
    RandomRequired {
        /// The method.
        method: &'static str,
    },
}

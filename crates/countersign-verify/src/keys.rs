//! The candidate keys that a caller looks up and hands in.

use countersign_certificate::Certificate;
use countersign_key::{RsaPublicKey, Secret};
use countersign_signature::Verifier;

use crate::certificates::Certificates;

/// A consumer as the verifier's owner knows it: its kind of key decides which methods it may use.
///
/// A consumer has an HMAC secret *or* RSA keys, never one string for both, so that nobody can sign
/// with HMAC under the text of a public certificate.
#[derive(Debug, Clone, Copy)]
pub struct Consumer<'k> {
    pub(crate) keys: Keys<'k>,
    pub(crate) methods: Option<&'k [&'k str]>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Keys<'k> {
    Secret(&'k Secret),
    Certificates(&'k [Certificate]),
    Kept(&'k Certificates),
    AtAnyDate(&'k Certificates),
    Bare(&'k [RsaPublicKey]),
    Prepared(&'k Verifier),
}

impl<'k> Consumer<'k> {
    /// A consumer that signs with its secret: HMAC, or PLAINTEXT where the policy allows it.
    #[must_use]
    pub fn secret(secret: &'k Secret) -> Self {
        Self {
            keys: Keys::Secret(secret),
            methods: None,
        }
    }

    /// A consumer that signs with RSA and registered these certificates; only those that are live
    /// at *now* count, and several may be live at once for a roll-over.
    #[must_use]
    pub fn certificates(certificates: &'k [Certificate]) -> Self {
        Self {
            keys: Keys::Certificates(certificates),
            methods: None,
        }
    }

    /// As [`Consumer::certificates`], with keys that stay parsed from one request to the next.
    #[must_use]
    pub fn kept_certificates(certificates: &'k Certificates) -> Self {
        Self {
            keys: Keys::Kept(certificates),
            methods: None,
        }
    }

    /// A consumer that signs with RSA and registered bare public keys, which never expire.
    #[must_use]
    pub fn public_keys(keys: &'k [RsaPublicKey]) -> Self {
        Self {
            keys: Keys::Bare(keys),
            methods: None,
        }
    }

    /// As [`Consumer::public_keys`], with the keys of these certificates, whatever their dates, that
    /// stay parsed: to tell the owner of a certificate that is over from anybody else.
    #[must_use]
    pub fn kept_keys(certificates: &'k Certificates) -> Self {
        Self {
            keys: Keys::AtAnyDate(certificates),
            methods: None,
        }
    }

    /// A consumer and token whose key is already prepared (a key schedule kept, an RSA key parsed).
    ///
    /// The method of `verifier` is the only one accepted. The token's secret is part of the
    /// prepared key: hand in a [`TokenLookup`] for its state only.
    #[must_use]
    pub fn prepared(verifier: &'k Verifier) -> Self {
        Self {
            keys: Keys::Prepared(verifier),
            methods: None,
        }
    }

    /// Restricted to these signature methods.
    #[must_use]
    pub fn with_methods(mut self, methods: &'k [&'k str]) -> Self {
        self.methods = Some(methods);
        self
    }
}

/// What the look-up of the consumer key gave.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a caller must answer each of them on purpose"
)]
pub enum ConsumerLookup<'k> {
    /// Known and usable.
    Known(Consumer<'k>),
    /// No such consumer key.
    Unknown,
    /// Known, and permanently not accepted.
    Rejected,
    /// Known, and not accepted for now (throttled); seconds until another try is useful.
    Refused {
        /// Seconds for `Retry-After`.
        retry_after: u32,
    },
}

/// A token as its owner knows it.
#[derive(Debug, Clone, Copy)]
pub struct Token<'k> {
    pub(crate) secret: &'k Secret,
}

impl<'k> Token<'k> {
    /// A token with its secret.
    #[must_use]
    pub fn new(secret: &'k Secret) -> Self {
        Self { secret }
    }
}

/// What the look-up of the token gave.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a caller must answer each of them on purpose"
)]
pub enum TokenLookup<'k> {
    /// The request carries no token, or an empty one: nothing was looked up.
    NotSent,
    /// Issued to this consumer, whatever its state now.
    Known(Token<'k>),
    /// Not known, or no longer.
    Unknown,
    /// Issued to another consumer.
    Foreign,
}

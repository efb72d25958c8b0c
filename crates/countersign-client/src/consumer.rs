//! Who signs: a consumer key and the one kind of secret that belongs to it.

use core::fmt;
use std::sync::Arc;

use countersign_key::{RsaPrivateKey, Secret};
use countersign_signature::Signer;

/// A consumer: its key, and what it signs with.
///
/// The kinds of secret are types, never one string for all: what was given as an HMAC secret can't
/// be sent in clear, and an RSA key can't be taken for a secret. Copies share the secret.
///
/// ```
/// use countersign_client::Consumer;
/// use countersign_key::Secret;
///
/// let consumer = Consumer::hmac("dpf43f3p2l4k3l03", Secret::new("kd94hf93k423kf44"));
/// assert_eq!(consumer.key(), "dpf43f3p2l4k3l03");
/// assert!(!format!("{consumer:?}").contains("kd94"));
/// ```
#[derive(Clone)]
pub struct Consumer {
    key: String,
    pub(crate) secret: ConsumerSecret,
}

#[derive(Clone)]
pub(crate) enum ConsumerSecret {
    Hmac(Arc<Secret>),
    Plaintext(Arc<Secret>),
    Rsa(Arc<RsaPrivateKey>),
    Signer(Arc<Signer>),
}

impl Consumer {
    /// A consumer that signs with HMAC (RFC 5849 section 3.4.2).
    #[must_use]
    pub fn hmac(key: impl Into<String>, secret: Secret) -> Self {
        Self::new(key, ConsumerSecret::Hmac(Arc::new(secret)))
    }

    /// A consumer that signs with its RSA key (RFC 5849 section 3.4.3).
    #[must_use]
    pub fn rsa(key: impl Into<String>, private_key: RsaPrivateKey) -> Self {
        Self::new(key, ConsumerSecret::Rsa(Arc::new(private_key)))
    }

    /// A consumer whose signer is made elsewhere: another RSA backend, or a key in a module that
    /// answers at once. The method is the signer's.
    #[must_use]
    pub fn signer(key: impl Into<String>, signer: Signer) -> Self {
        Self::new(key, ConsumerSecret::Signer(Arc::new(signer)))
    }

    /// A consumer that sends its secrets themselves as the signature (RFC 5849 section 3.4.4).
    /// Nothing of a request is protected then but by TLS, which is demanded.
    #[must_use]
    pub fn dangerous_plaintext(key: impl Into<String>, secret: Secret) -> Self {
        Self::new(key, ConsumerSecret::Plaintext(Arc::new(secret)))
    }

    fn new(key: impl Into<String>, secret: ConsumerSecret) -> Self {
        Self {
            key: key.into(),
            secret,
        }
    }

    /// The consumer key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Debug for Consumer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Consumer")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

//! Signing with a prepared key.

use core::fmt;

use countersign_key::SecureRandom;

#[cfg(any(feature = "hmac", feature = "rsa"))]
use crate::UnusableKey;
use crate::{BlockingSigner, HmacKey, KeyKind, Method, Signature, SignerError, plaintext};
#[cfg(feature = "rsa")]
use {
    crate::rsa::{PureRust, RsaBackend, key::Private},
    countersign_key::RsaPrivateKey,
};

/// A method together with a prepared key: the HMAC key schedule is computed once, the RSA key
/// parsed once.
///
/// Make one per key and keep it. It can be shared between threads, and never prints its key.
///
/// ```
/// use countersign_key::Secret;
/// use countersign_signature::{HmacKey, Method, Signer};
///
/// let key = HmacKey::new(&Secret::new("kd94hf93k423kf44"), Some(&Secret::new("pfkkdhi9sl3r4s00")));
/// let signer = Signer::hmac(Method::HMAC_SHA1, &key)?;
/// let base_string = "GET&http%3A%2F%2Fphotos.example.net%2Fphotos&file%3Dvacation.jpg%26\
///     oauth_consumer_key%3Ddpf43f3p2l4k3l03%26oauth_nonce%3Dkllo9940pd9333jh%26\
///     oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1191242096%26\
///     oauth_token%3Dnnch734d00sl2jdk%26oauth_version%3D1.0%26size%3Doriginal";
/// let signature = signer.sign(base_string.as_bytes(), None)?;
/// assert_eq!(signature.to_text(), "tR3+Ty81lMeYAr/Fid0kMTYa/WM=");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Signer {
    method: &'static Method,
    key: Box<dyn SigningKey>,
}

/// A key prepared for signing.
pub(crate) trait SigningKey: Send + Sync {
    fn sign(
        &self,
        method: &'static Method,
        message: &[u8],
        random: Option<&mut dyn SecureRandom>,
    ) -> Result<Signature, SignerError>;

    /// Appends what [`Signature::to_text`] would give, without the signature in between.
    fn sign_text(
        &self,
        method: &'static Method,
        message: &[u8],
        random: Option<&mut dyn SecureRandom>,
        out: &mut Vec<u8>,
    ) -> Result<(), SignerError> {
        self.sign(method, message, random)?.write_bytes(out);
        Ok(())
    }
}

impl Signer {
    /// A signer for an HMAC method.
    ///
    /// # Errors
    /// [`UnusableKey::WrongKind`] if `method` is no HMAC method.
    #[cfg(feature = "hmac")]
    pub fn hmac(method: &'static Method, key: &HmacKey) -> Result<Self, UnusableKey> {
        Ok(Self {
            method,
            key: Box::new(crate::mac::Key::new(method, key)?),
        })
    }

    /// A signer for an RSA method on the default backend, [`PureRust`].
    ///
    /// Keys of every size are accepted that can hold the digest: what a *new* key must look like is
    /// the registration policy of `countersign-key`.
    ///
    /// # Errors
    /// [`UnusableKey`] if `method` is no RSA method, or the key too short for it or refused by the
    /// backend.
    #[cfg(feature = "rsa")]
    pub fn rsa(method: &'static Method, key: &RsaPrivateKey) -> Result<Self, UnusableKey> {
        Self::rsa_with(&PureRust::new(), method, key)
    }

    /// A signer for an RSA method on a backend of choice.
    ///
    /// # Errors
    /// As [`Signer::rsa`].
    #[cfg(feature = "rsa")]
    pub fn rsa_with(
        backend: &dyn RsaBackend,
        method: &'static Method,
        key: &RsaPrivateKey,
    ) -> Result<Self, UnusableKey> {
        Ok(Self {
            method,
            key: Box::new(Private::new(method, key, backend)?),
        })
    }

    /// A signer for `PLAINTEXT`; see [`Method::dangerous_plaintext`] for what that costs.
    #[must_use]
    pub fn dangerous_plaintext(key: &HmacKey) -> Self {
        Self {
            method: Method::dangerous_plaintext(),
            key: Box::new(plaintext::Key::new(key)),
        }
    }

    /// A signer whose key is elsewhere, in a module or service that answers at once.
    ///
    /// For one that has to be awaited, see [`ExternalSigner`](crate::ExternalSigner).
    #[must_use]
    pub fn external(signer: Box<dyn BlockingSigner>) -> Self {
        Self {
            method: signer.method(),
            key: Box::new(crate::external::Key(signer)),
        }
    }

    /// The method.
    #[must_use]
    pub const fn method(&self) -> &'static Method {
        self.method
    }

    /// What the key is.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.method.kind()
    }

    /// Signs a base string.
    ///
    /// RSA methods need `random`, a secure generator, to blind the private operation, and RSA-PSS
    /// also for its salt. The others ignore it: pass `None`.
    ///
    /// # Errors
    /// [`SignerError`] if an RSA key has no randomness, or the backend or external signer fails.
    pub fn sign(
        &self,
        base_string: &[u8],
        random: Option<&mut dyn SecureRandom>,
    ) -> Result<Signature, SignerError> {
        self.key.sign(self.method, base_string, random)
    }

    pub(crate) fn sign_text(
        &self,
        base_string: &[u8],
        random: Option<&mut dyn SecureRandom>,
        out: &mut Vec<u8>,
    ) -> Result<(), SignerError> {
        self.key.sign_text(self.method, base_string, random, out)
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({}, [redacted])", self.method)
    }
}

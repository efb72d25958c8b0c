//! Verifying with a prepared key.

use core::fmt;

#[cfg(any(feature = "hmac", feature = "rsa"))]
use crate::UnusableKey;
use crate::{HmacKey, KeyKind, Message, Method, Signature, SignatureMismatch, plaintext};
#[cfg(feature = "rsa")]
use {
    crate::rsa::{PureRust, RsaBackend, key::Public},
    countersign_key::RsaPublicKey,
};

/// A method together with a prepared key to verify with.
///
/// Make one per key and keep it. It can be shared between threads, and never prints a secret.
///
/// ```
/// use countersign_key::Secret;
/// use countersign_signature::{HmacKey, Method, Signature, Verifier};
///
/// let key = HmacKey::new(&Secret::new("kd94hf93k423kf44"), Some(&Secret::new("pfkkdhi9sl3r4s00")));
/// let verifier = Verifier::hmac(Method::HMAC_SHA1, &key)?;
/// let base_string = "GET&http%3A%2F%2Fphotos.example.net%2Fphotos&file%3Dvacation.jpg%26\
///     oauth_consumer_key%3Ddpf43f3p2l4k3l03%26oauth_nonce%3Dkllo9940pd9333jh%26\
///     oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1191242096%26\
///     oauth_token%3Dnnch734d00sl2jdk%26oauth_version%3D1.0%26size%3Doriginal";
/// let signature = Signature::parse_base64("tR3+Ty81lMeYAr/Fid0kMTYa/WM=")?;
/// verifier.verify(base_string.as_bytes(), &signature)?;
/// assert!(verifier.verify(b"GET&http%3A%2F%2Fevil.example%2F&", &signature).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Verifier {
    method: &'static Method,
    key: Box<dyn VerifyingKey>,
}

/// A key prepared for verifying.
pub(crate) trait VerifyingKey: Send + Sync {
    fn verify(&self, message: &Message<'_>, signature: &[u8]) -> Result<(), SignatureMismatch>;
}

impl Verifier {
    /// A verifier for an HMAC method.
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

    /// A verifier for an RSA method on the default backend, [`PureRust`].
    ///
    /// This is the primitive: a small key or exponent is no reason to refuse. What a key must look
    /// like to be registered is the policy of `countersign-key`.
    ///
    /// # Errors
    /// [`UnusableKey`] if `method` is no RSA method, or the key too short for it or refused by the
    /// backend.
    #[cfg(feature = "rsa")]
    pub fn rsa(method: &'static Method, key: &RsaPublicKey) -> Result<Self, UnusableKey> {
        Self::rsa_with(&PureRust::new(), method, key)
    }

    /// A verifier for an RSA method on a backend of choice.
    ///
    /// # Errors
    /// As [`Verifier::rsa`].
    #[cfg(feature = "rsa")]
    pub fn rsa_with(
        backend: &dyn RsaBackend,
        method: &'static Method,
        key: &RsaPublicKey,
    ) -> Result<Self, UnusableKey> {
        Ok(Self {
            method,
            key: Box::new(Public::new(method, key, backend)?),
        })
    }

    /// A verifier for `PLAINTEXT`; see [`Method::dangerous_plaintext`] for what that costs.
    #[must_use]
    pub fn dangerous_plaintext(key: &HmacKey) -> Self {
        Self {
            method: Method::dangerous_plaintext(),
            key: Box::new(plaintext::Key::new(key)),
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

    /// Verifies the signature of a base string.
    ///
    /// HMAC and `PLAINTEXT` compare in constant time. For PKCS#1 v1.5 the one right encoding of the
    /// digest is built and compared as a whole; nothing of the signature is parsed ([RFC 8017
    /// section 8.2.2](https://www.rfc-editor.org/rfc/rfc8017#section-8.2.2)). A signature must be
    /// as long as the modulus and smaller than it.
    ///
    /// # Errors
    /// [`SignatureMismatch`], whatever the reason.
    pub fn verify(
        &self,
        base_string: &[u8],
        signature: &Signature,
    ) -> Result<(), SignatureMismatch> {
        self.verify_message(&Message::new(base_string), signature)
    }

    /// As [`Verifier::verify`], for a base string that is verified under several keys.
    ///
    /// With RSA it takes the same time for every number that is as long as the modulus: the message is
    /// hashed and one operation is made, whether or not the number is smaller than the modulus.
    ///
    /// # Errors
    /// [`SignatureMismatch`], whatever the reason.
    pub fn verify_message(
        &self,
        message: &Message<'_>,
        signature: &Signature,
    ) -> Result<(), SignatureMismatch> {
        self.key.verify(message, signature.as_bytes())
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verifier({}, [redacted])", self.method)
    }
}

//! Keys that are elsewhere: hardware modules and key services.

use core::error::Error;
use core::fmt;

use countersign_key::SecureRandom;

use crate::signer::SigningKey;
use crate::{Digest, Method, Signature, SignatureMismatch, SignerError, Verifier};

/// What an external signer is asked to sign.
///
/// Services differ in what they take: some the whole message, some its digest. Both are here. The
/// bytes that come back go to [`finish`](Self::finish), so code of any style (threads, async,
/// callbacks) can sit between.
///
/// ```
/// use countersign_signature::{Method, ToSign};
///
/// # fn key_service(_algorithm: &str, _digest: &[u8]) -> Vec<u8> { vec![0; 20] }
/// let to_sign = ToSign::new(Method::HMAC_SHA1, b"GET&http%3A%2F%2Fexample.com%2F&a%3D1");
/// let digest = to_sign.digest().ok_or("this method has no digest")?;
/// let signature = to_sign.finish(&key_service("SHA_1", digest.as_bytes()))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct ToSign<'a> {
    method: &'static Method,
    message: &'a [u8],
}

impl<'a> ToSign<'a> {
    /// The base string `message`, to be signed by `method`.
    #[must_use]
    pub const fn new(method: &'static Method, message: &'a [u8]) -> Self {
        Self { method, message }
    }

    /// How to sign: PKCS#1 v1.5 or PSS, and with which hash.
    #[must_use]
    pub const fn method(&self) -> &'static Method {
        self.method
    }

    /// The whole message, for a signer that hashes by itself, and for every HMAC.
    #[must_use]
    pub const fn message(&self) -> &'a [u8] {
        self.message
    }

    /// The message hashed with the method's hash, for an RSA signer that takes a digest; none for
    /// `PLAINTEXT`.
    #[must_use]
    pub fn digest(&self) -> Option<Digest> {
        self.method.hash().map(|hash| hash.digest(self.message))
    }

    /// The digest inside its `DigestInfo`, in DER: what PKCS#11's `CKM_RSA_PKCS` and the like take.
    /// None unless the method is a PKCS#1 v1.5 one.
    #[cfg(feature = "rsa")]
    #[must_use]
    pub fn digest_info(&self) -> Option<Vec<u8>> {
        if ![Method::RSA_SHA1, Method::RSA_SHA256, Method::RSA_SHA512].contains(&self.method) {
            return None;
        }
        let digest = self.digest()?;
        Some(
            [
                crate::rsa::padding::digest_info(digest.hash()),
                digest.as_bytes(),
            ]
            .concat(),
        )
    }

    /// Takes what came back as the signature.
    ///
    /// Prefer [`finish_verified`](Self::finish_verified) where the public key is at hand.
    ///
    /// # Errors
    /// [`ExternalError`] if nothing came back, or for HMAC a number of bytes that no such code has.
    pub fn finish(&self, signature: &[u8]) -> Result<Signature, ExternalError> {
        let expected = match (self.method.kind(), self.method.hash()) {
            (crate::KeyKind::Secret, Some(hash)) => Some(hash.len()),
            _ => None,
        };
        match expected {
            Some(expected) if signature.len() != expected => Err(ExternalError::new(WrongLength {
                expected,
                found: signature.len(),
            })),
            _ if signature.is_empty() => Err(ExternalError::new(NoSignature)),
            _ if self.method.is_plaintext() => Ok(Signature::verbatim(signature)),
            _ => Ok(Signature::from_bytes(signature)),
        }
    }

    /// Takes what came back and verifies it: catches the wrong key, the wrong padding, and a digest
    /// that was hashed once more, before a provider does.
    ///
    /// # Errors
    /// [`ExternalError`] as for [`finish`](Self::finish), or if the signature does not verify.
    pub fn finish_verified(
        &self,
        signature: &[u8],
        verifier: &Verifier,
    ) -> Result<Signature, ExternalError> {
        let signature = self.finish(signature)?;
        if verifier.method() != self.method {
            return Err(ExternalError::new(SignatureMismatch));
        }
        verifier
            .verify(self.message, &signature)
            .map_err(ExternalError::new)?;
        Ok(signature)
    }
}

/// Without the message: a base string may hold a password as a parameter.
impl fmt::Debug for ToSign<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ToSign({}, [{} bytes])", self.method, self.message.len())
    }
}

/// A signer whose key is elsewhere and whose answer has to be awaited: a key service over the
/// network.
///
/// The trait starts nothing and names no runtime;
/// [`SignRequest::sign_with`](crate::SignRequest::sign_with) awaits it.
pub trait ExternalSigner: Sync {
    /// The method that the key signs by.
    fn method(&self) -> &'static Method;

    /// Signs, and gives the bytes of the signature (not base64).
    ///
    /// # Errors
    /// [`ExternalError`] with whatever went wrong there.
    fn sign(
        &self,
        to_sign: ToSign<'_>,
    ) -> impl Future<Output = Result<Vec<u8>, ExternalError>> + Send;
}

/// A signer whose key is elsewhere and that answers at once: a smart card, a module on the bus.
///
/// [`Signer::external`](crate::Signer::external) makes a [`Signer`](crate::Signer) of it.
pub trait BlockingSigner: Send + Sync {
    /// The method that the key signs by.
    fn method(&self) -> &'static Method;

    /// Signs, and gives the bytes of the signature (not base64).
    ///
    /// # Errors
    /// [`ExternalError`] with whatever went wrong there.
    fn sign(&self, to_sign: ToSign<'_>) -> Result<Vec<u8>, ExternalError>;
}

/// What went wrong at an external signer.
#[derive(Debug)]
pub struct ExternalError {
    source: Box<dyn Error + Send + Sync>,
}

impl ExternalError {
    /// Wraps the signer's own error, which must not contain a secret.
    #[must_use]
    pub fn new(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            source: source.into(),
        }
    }
}

impl fmt::Display for ExternalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the external signer gave no usable signature")
    }
}

impl Error for ExternalError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("expected a signature, found nothing")]
struct NoSignature;

#[derive(Debug, thiserror::Error)]
#[error("expected {expected} bytes, found {found}")]
struct WrongLength {
    expected: usize,
    found: usize,
}

/// An external signer as the key of a [`Signer`](crate::Signer).
pub(crate) struct Key(pub(crate) Box<dyn BlockingSigner>);

impl SigningKey for Key {
    fn sign(
        &self,
        method: &'static Method,
        message: &[u8],
        _random: Option<&mut dyn SecureRandom>,
    ) -> Result<Signature, SignerError> {
        let to_sign = ToSign::new(method, message);
        let bytes = self.0.sign(to_sign).map_err(SignerError::External)?;
        to_sign.finish(&bytes).map_err(SignerError::External)
    }
}

#[cfg(all(test, feature = "hmac", feature = "rsa"))]
mod tests;

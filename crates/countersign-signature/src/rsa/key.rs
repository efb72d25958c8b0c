//! A prepared RSA key of a signer or verifier: backend, padding and hash together.

use countersign_key::{RsaPrivateKey, RsaPublicKey, SecureRandom};

use super::padding::Padding;
use super::{RsaBackend, RsaOperationError, RsaPrivateOperation, RsaPublicOperation};
use crate::method::Scheme;
use crate::signer::SigningKey;
use crate::verifier::VerifyingKey;
use crate::{Hash, KeyKind, Method, Signature, SignatureMismatch, SignerError, UnusableKey};

/// What an RSA method consists of, after checking that the key is long enough for it.
struct Parts {
    padding: &'static dyn Padding,
    hash: Hash,
    bits: usize,
}

impl Parts {
    fn new(method: &'static Method, bits: usize) -> Result<Self, UnusableKey> {
        let (Scheme::Rsa(padding), Some(hash)) = (&method.scheme, method.hash()) else {
            return Err(UnusableKey::WrongKind {
                method: method.name(),
                expected: method.kind(),
                found: KeyKind::Rsa,
            });
        };
        let needed = padding.needed_bits(hash);
        if bits < needed {
            return Err(UnusableKey::TooShort {
                method: method.name(),
                needed,
                found: bits,
            });
        }
        Ok(Self {
            padding: *padding,
            hash,
            bits,
        })
    }
}

pub(crate) struct Private {
    operation: Box<dyn RsaPrivateOperation>,
    parts: Parts,
    backend: &'static str,
}

impl Private {
    pub(crate) fn new(
        method: &'static Method,
        key: &RsaPrivateKey,
        backend: &dyn RsaBackend,
    ) -> Result<Self, UnusableKey> {
        let parts = Parts::new(method, key.bits())?;
        Ok(Self {
            operation: backend.private(key)?,
            parts,
            backend: backend.name(),
        })
    }
}

impl SigningKey for Private {
    fn sign(
        &self,
        method: &'static Method,
        message: &[u8],
        random: Option<&mut dyn SecureRandom>,
    ) -> Result<Signature, SignerError> {
        let random = random.ok_or(SignerError::RandomRequired {
            method: method.name(),
        })?;
        let fault = |error| match error {
            RsaOperationError::Random => SignerError::Random,
            _ => SignerError::Backend {
                backend: self.backend,
            },
        };
        let Parts {
            padding,
            hash,
            bits,
        } = self.parts;
        let encoded = padding
            .encode(&hash.digest(message), bits, random)
            .map_err(fault)?;
        let signature = self.operation.apply(&encoded, random).map_err(fault)?;
        Ok(Signature::from_vec(signature))
    }
}

pub(crate) struct Public {
    operation: Box<dyn RsaPublicOperation>,
    parts: Parts,
}

impl Public {
    pub(crate) fn new(
        method: &'static Method,
        key: &RsaPublicKey,
        backend: &dyn RsaBackend,
    ) -> Result<Self, UnusableKey> {
        let parts = Parts::new(method, key.bits())?;
        Ok(Self {
            operation: backend.public(key)?,
            parts,
        })
    }
}

impl VerifyingKey for Public {
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        let Parts {
            padding,
            hash,
            bits,
        } = self.parts;
        let encoded = self
            .operation
            .apply(signature)
            .map_err(|_| SignatureMismatch)?;
        if padding.check(&hash.digest(message), bits, &encoded).into() {
            return Ok(());
        }
        Err(SignatureMismatch)
    }
}

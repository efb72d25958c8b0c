//! A prepared RSA key of a signer or verifier: backend, padding and hash together.

use countersign_key::{RsaPrivateKey, RsaPublicKey, SecureRandom};

use super::padding::Padding;
use super::{RsaBackend, RsaOperationError, RsaPrivateOperation, RsaPublicOperation};
use crate::method::Scheme;
use crate::signer::SigningKey;
use crate::verifier::VerifyingKey;
use crate::{
    Hash, KeyKind, Message, Method, Signature, SignatureMismatch, SignerError, UnusableKey,
};

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
    /// What is refused takes as long as what is computed, or the time would tell on which side of the
    /// modulus a number lies, and so which modulus it is.
    fn verify(&self, message: &Message<'_>, signature: &[u8]) -> Result<(), SignatureMismatch> {
        let Parts {
            padding,
            hash,
            bits,
        } = self.parts;
        let digest = message.digest(hash);
        let (encoded, is_in_range) = match self.operation.apply(signature) {
            Ok(encoded) => (encoded, true),
            Err(_) => {
                let below = below_every_modulus(bits, signature);
                let encoded = self.operation.apply(&below);
                (encoded.map_err(|_| SignatureMismatch)?, false)
            }
        };
        let holds: bool = padding.check(&digest, bits, &encoded).into();
        if holds && is_in_range {
            return Ok(());
        }
        Err(SignatureMismatch)
    }
}

/// The number without what makes it larger than a modulus of so many bits can be small.
fn below_every_modulus(bits: usize, signature: &[u8]) -> Vec<u8> {
    let mut below = signature.to_vec();
    let unused = bits.div_ceil(8).saturating_mul(8).saturating_sub(bits);
    let shift = u32::try_from(unused).unwrap_or(u32::MAX);
    if let Some(first) = below.first_mut() {
        *first &= 0x7f_u8.checked_shr(shift).unwrap_or(0);
    }
    below
}

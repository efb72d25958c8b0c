//! The default backend: the `rsa` crate.

use countersign_key::{RsaPrivateKey, RsaPublicKey, SecureRandom};
use rsa::BoxedUint;
use rsa::hazmat::{rsa_decrypt_and_check, rsa_encrypt};
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::rand_core::{TryCryptoRng, TryRng};
use rsa::traits::PublicKeyParts as _;

use super::{RsaBackend, RsaOperationError, RsaPrivateOperation, RsaPublicOperation};
use crate::UnusableKey;

/// The `rsa` crate: Rust throughout, constant-time and blinded, no system library. The default.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct PureRust;

const NAME: &str = "pure Rust";

/// Moduli beyond this take seconds; the limit is OpenSSL's as well.
const MAX_BITS: usize = 16_384;

impl PureRust {
    /// The backend.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl RsaBackend for PureRust {
    fn name(&self) -> &'static str {
        NAME
    }

    fn private(&self, key: &RsaPrivateKey) -> Result<Box<dyn RsaPrivateOperation>, UnusableKey> {
        let bits = key.bits();
        let refused = |reason| UnusableKey::Refused {
            backend: NAME,
            bits,
            reason,
        };
        if bits > MAX_BITS {
            return Err(refused("the modulus is longer than 16384 bits"));
        }
        let der = key.to_pkcs1_der();
        let key = if key.has_unbalanced_primes() {
            with_wide_primes(der.expose_secret())
        } else {
            rsa::PrivateKey::from_pkcs1_der(der.expose_secret()).ok()
        };
        let key = key.ok_or_else(|| refused("its numbers do not belong together"))?;
        Ok(Box::new(Private {
            size: key.size(),
            key,
        }))
    }

    fn public(&self, key: &RsaPublicKey) -> Result<Box<dyn RsaPublicOperation>, UnusableKey> {
        let bits = key.bits();
        let refused = |reason| UnusableKey::Refused {
            backend: NAME,
            bits,
            reason,
        };
        // The precision must be the modulus's own, or every operation pays for the empty words.
        let precision = u32::try_from(bits).map_err(|_| refused("the modulus is too long"))?;
        let modulus = BoxedUint::from_be_slice(key.modulus(), precision)
            .map_err(|_| refused("the modulus is not a number of its size"))?;
        let exponent = BoxedUint::from_be_slice_vartime(key.exponent());
        let key = rsa::PublicKey::new_with_size_limits(modulus, exponent, 1..=MAX_BITS).map_err(
            |error| {
                refused(match error {
                    rsa::Error::ModulusTooLarge => "the modulus is longer than 16384 bits",
                    rsa::Error::PublicExponentTooLarge => "the exponent is longer than 33 bits",
                    rsa::Error::PublicExponentTooSmall | rsa::Error::InvalidExponent => {
                        "the exponent is even or less than 3"
                    }
                    _ => "the modulus is even, or not larger than the exponent",
                })
            },
        )?;
        Ok(Box::new(Public {
            size: key.size(),
            key,
        }))
    }
}

/// A key one of whose primes is longer than half the modulus; the crate's own decoder refuses it.
fn with_wide_primes(pkcs1: &[u8]) -> Option<rsa::PrivateKey> {
    let file = rsa::pkcs1::RsaPrivateKeyRef::try_from(pkcs1).ok()?;
    let bits = u32::try_from(file.modulus.as_bytes().len())
        .ok()?
        .checked_mul(8)?;
    let number =
        |part: rsa::pkcs1::UintRef<'_>| BoxedUint::from_be_slice(part.as_bytes(), bits).ok();
    rsa::PrivateKey::from_components_with_wide_primes(
        number(file.modulus)?,
        number(file.public_exponent)?,
        number(file.private_exponent)?,
        vec![number(file.prime1)?, number(file.prime2)?],
    )
    .ok()
}

struct Private {
    key: rsa::PrivateKey,
    size: usize,
}

impl RsaPrivateOperation for Private {
    fn apply(
        &self,
        message: &[u8],
        random: &mut dyn SecureRandom,
    ) -> Result<Vec<u8>, RsaOperationError> {
        if message.len() != self.size {
            return Err(RsaOperationError::OutOfRange);
        }
        let number = BoxedUint::from_be_slice(message, self.key.n_bits_precision())
            .map_err(|_| RsaOperationError::OutOfRange)?;
        if number >= *self.key.n().as_ref() {
            return Err(RsaOperationError::OutOfRange);
        }
        let result = rsa_decrypt_and_check(&self.key, Some(&mut Blinding(random)), &number)
            .map_err(|error| match error {
                rsa::Error::Rng => RsaOperationError::Random,
                _ => RsaOperationError::Failed,
            })?;
        fit(&result.to_be_bytes(), self.size)
    }
}

struct Public {
    key: rsa::PublicKey,
    size: usize,
}

impl RsaPublicOperation for Public {
    fn apply(&self, signature: &[u8]) -> Result<Vec<u8>, RsaOperationError> {
        if signature.len() != self.size {
            return Err(RsaOperationError::OutOfRange);
        }
        let number = BoxedUint::from_be_slice(signature, self.key.n_bits_precision())
            .map_err(|_| RsaOperationError::OutOfRange)?;
        // The crate would reduce a larger number in silence, which makes a second signature of one.
        if number >= *self.key.n().as_ref() {
            return Err(RsaOperationError::OutOfRange);
        }
        let result = rsa_encrypt(&self.key, &number).map_err(|_| RsaOperationError::Failed)?;
        fit(&result.to_be_bytes(), self.size)
    }
}

/// The last `len` bytes; those before, which only round up to whole words, are zero.
fn fit(bytes: &[u8], len: usize) -> Result<Vec<u8>, RsaOperationError> {
    match bytes
        .len()
        .checked_sub(len)
        .and_then(|extra| bytes.split_at_checked(extra))
    {
        Some((extra, rest)) if extra.iter().all(|byte| *byte == 0) => Ok(rest.to_vec()),
        _ => Err(RsaOperationError::Failed),
    }
}

/// The caller's generator as the crate wants to see it.
struct Blinding<'a>(&'a mut dyn SecureRandom);

#[derive(Debug, thiserror::Error)]
#[error("no secure randomness")]
struct NoRandomness;

impl TryRng for Blinding<'_> {
    type Error = NoRandomness;

    fn try_next_u32(&mut self) -> Result<u32, NoRandomness> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, NoRandomness> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), NoRandomness> {
        self.0.fill(out).map_err(|_| NoRandomness)
    }
}

impl TryCryptoRng for Blinding<'_> {}

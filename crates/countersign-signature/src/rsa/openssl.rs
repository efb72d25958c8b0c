//! The second backend: OpenSSL.

use countersign_key::{RsaPrivateKey, RsaPublicKey, SecureRandom};
use openssl::bn::BigNum;
use openssl::pkey::{Private, Public};
use openssl::rsa::{Padding, Rsa};

use super::{RsaBackend, RsaOperationError, RsaPrivateOperation, RsaPublicOperation};
use crate::UnusableKey;

/// OpenSSL: signs and verifies several times faster than [`PureRust`](super::PureRust), for the
/// price of a C library.
///
/// Only the bare RSA operation is used, so a system-wide policy that forbids SHA-1 *signatures*
/// does not change what is accepted here. Private operations are blinded with OpenSSL's own
/// randomness.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct OpenSsl;

const NAME: &str = "OpenSSL";

impl OpenSsl {
    /// The backend.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl RsaBackend for OpenSsl {
    fn name(&self) -> &'static str {
        NAME
    }

    fn private(&self, key: &RsaPrivateKey) -> Result<Box<dyn RsaPrivateOperation>, UnusableKey> {
        let bits = key.bits();
        let key = Rsa::private_key_from_der(key.to_pkcs1_der().expose_secret()).map_err(|_| {
            UnusableKey::Refused {
                backend: NAME,
                bits,
                reason: "its numbers cannot be read",
            }
        })?;
        let key = PrivateKey {
            size: size(bits),
            key,
        };
        if !key.is_consistent() {
            let reason = "its numbers do not belong together";
            return Err(UnusableKey::Refused {
                backend: NAME,
                bits,
                reason,
            });
        }
        Ok(Box::new(key))
    }

    fn public(&self, key: &RsaPublicKey) -> Result<Box<dyn RsaPublicOperation>, UnusableKey> {
        let bits = key.bits();
        let read = || {
            let modulus = BigNum::from_slice(key.modulus())?;
            Rsa::from_public_components(modulus, BigNum::from_slice(key.exponent())?)
        };
        match read() {
            Ok(key) => Ok(Box::new(PublicKey {
                size: size(bits),
                key,
            })),
            Err(_) => Err(UnusableKey::Refused {
                backend: NAME,
                bits,
                reason: "its numbers cannot be read",
            }),
        }
    }
}

const fn size(bits: usize) -> usize {
    bits.div_ceil(8)
}

struct PrivateKey {
    key: Rsa<Private>,
    size: usize,
}

impl PrivateKey {
    /// Whether the public exponent undoes the private one. OpenSSL's own check also tests both
    /// primes, which takes longer than hundreds of signatures.
    fn is_consistent(&self) -> bool {
        let mut message = vec![0; self.size];
        if let Some(last) = message.last_mut() {
            *last = 2;
        }
        let mut back = vec![0; self.size];
        self.power(&message)
            .ok()
            .and_then(|signed| {
                self.key
                    .public_decrypt(&signed, &mut back, Padding::NONE)
                    .ok()
            })
            .is_some_and(|_| back == message)
    }

    fn power(&self, message: &[u8]) -> Result<Vec<u8>, RsaOperationError> {
        if message.len() != self.size {
            return Err(RsaOperationError::OutOfRange);
        }
        let mut out = vec![0; self.size];
        match self.key.private_encrypt(message, &mut out, Padding::NONE) {
            Ok(len) if len == self.size => Ok(out),
            _ => Err(RsaOperationError::Failed),
        }
    }
}

impl RsaPrivateOperation for PrivateKey {
    fn apply(
        &self,
        message: &[u8],
        _random: &mut dyn SecureRandom,
    ) -> Result<Vec<u8>, RsaOperationError> {
        self.power(message)
    }
}

struct PublicKey {
    key: Rsa<Public>,
    size: usize,
}

impl RsaPublicOperation for PublicKey {
    fn apply(&self, signature: &[u8]) -> Result<Vec<u8>, RsaOperationError> {
        if signature.len() != self.size {
            return Err(RsaOperationError::OutOfRange);
        }
        let mut out = vec![0; self.size];
        match self.key.public_decrypt(signature, &mut out, Padding::NONE) {
            Ok(len) if len == self.size => Ok(out),
            _ => Err(RsaOperationError::OutOfRange),
        }
    }
}

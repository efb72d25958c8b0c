//! Making RSA keys, and the operating system's randomness in the shape the key library wants.

use countersign_key::{RandomError, RsaPrivateKey, SecureRandom as _};
use countersign_signature::OsRandom;
use rsa::pkcs8::EncodePrivateKey as _;
use rsa::rand_core::{TryCryptoRng, TryRng};

use crate::exit::Failure;

struct Os(OsRandom);

impl TryRng for Os {
    type Error = RandomError;

    fn try_next_u32(&mut self) -> Result<u32, RandomError> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, RandomError> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), RandomError> {
        self.0.fill(out)
    }
}

impl TryCryptoRng for Os {}

/// A new RSA key with the exponent 65537.
pub(crate) fn rsa(bits: usize) -> Result<RsaPrivateKey, Failure> {
    let key = rsa::PrivateKey::new(&mut Os(OsRandom::new()), bits)
        .map_err(|error| Failure::work(&error))?;
    let der = key.to_pkcs8_der().map_err(|error| Failure::work(&error))?;
    RsaPrivateKey::from_der(der.as_bytes(), None).map_err(|error| Failure::work(&error))
}

/// A serial number of 127 random bits.
pub(crate) fn serial() -> Result<[u8; 16], Failure> {
    let mut serial = [0; 16];
    OsRandom::new()
        .fill(&mut serial)
        .map_err(|error| Failure::work(&error))?;
    let [first, ..] = &mut serial;
    // Positive, and of full length.
    *first = (*first & 0x7f) | 0x40;
    Ok(serial)
}

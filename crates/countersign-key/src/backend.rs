//! The only file that hands numbers to the arithmetic of the `rsa` crate.

use rsa::BoxedUint;
use rsa::pkcs1::der::{self, Encode};
use rsa::pkcs1::{EncodeRsaPrivateKey, RsaPrivateKeyRef, RsaPublicKeyRef, UintRef};

use crate::{DerDamage, KeyError, PrivatePart, RsaPublicKey, SecretBytes};

/// What `der` found, in this crate's words. `length` is the size of what it was given.
pub(crate) fn der_damage(error: der::Error, length: usize) -> DerDamage {
    let offset = error.position().map_or(0, length_of);
    match error.kind() {
        der::ErrorKind::Incomplete { expected_len, .. } => DerDamage::Truncated {
            expected: length_of(expected_len).max(length.saturating_add(1)),
            found: length,
        },
        der::ErrorKind::TrailingData { decoded, remaining } => DerDamage::TrailingData {
            offset: length_of(decoded),
            extra: length_of(remaining),
        },
        _ => DerDamage::Malformed { offset },
    }
}

fn length_of(length: der::Length) -> usize {
    usize::try_from(u32::from(length)).unwrap_or(usize::MAX)
}

/// The numbers of a PKCS#1 public key.
pub(crate) fn read_public(pkcs1: &[u8]) -> Result<RsaPublicKey, KeyError> {
    let key = RsaPublicKeyRef::try_from(pkcs1)
        .map_err(|error| KeyError::Der(damage_of(error, pkcs1.len())))?;
    RsaPublicKey::from_components(key.modulus.as_bytes(), key.public_exponent.as_bytes())
}

/// PKCS#1 DER of a public key.
pub(crate) fn write_public(key: &RsaPublicKey) -> Option<alloc::vec::Vec<u8>> {
    let modulus = UintRef::new(key.modulus()).ok()?;
    let public_exponent = UintRef::new(key.exponent()).ok()?;
    RsaPublicKeyRef {
        modulus,
        public_exponent,
    }
    .to_der()
    .ok()
}

fn damage_of(error: rsa::pkcs1::Error, length: usize) -> DerDamage {
    match error {
        rsa::pkcs1::Error::Asn1(error) => der_damage(error, length),
        _ => DerDamage::Malformed { offset: 0 },
    }
}

/// Reads a PKCS#1 private key, checks that its parts belong together, and writes it anew: what is
/// kept is what the backend will compute with, not what a file claimed.
///
/// Every key is checked at the full width of its modulus, so that primes of any two sizes load and
/// the time taken does not depend on theirs.
pub(crate) fn read_private(pkcs1: &[u8]) -> Result<(RsaPublicKey, SecretBytes), KeyError> {
    let file = RsaPrivateKeyRef::try_from(pkcs1)
        .map_err(|error| KeyError::Der(damage_of(error, pkcs1.len())))?;
    if file.other_prime_infos.is_some() {
        return Err(KeyError::MultiPrime);
    }
    let (n, e) = (file.modulus.as_bytes(), file.public_exponent.as_bytes());
    // Size and exponent first, so that nothing below runs on numbers of any other size.
    let public = RsaPublicKey::from_components(n, e)?;
    let bits = u32::try_from(n.len())
        .ok()
        .and_then(|bytes| bytes.checked_mul(8))
        .ok_or_else(|| KeyError::Size {
            bits: public.bits(),
        })?;
    let inconsistent = |part| move |_| KeyError::Inconsistent(part);
    let number =
        |bytes: &[u8], part| BoxedUint::from_be_slice(bytes, bits).map_err(inconsistent(part));
    let key = rsa::PrivateKey::from_components_with_wide_primes(
        number(n, PrivatePart::Modulus)?,
        number(e, PrivatePart::Exponent)?,
        number(file.private_exponent.as_bytes(), PrivatePart::Exponent)?,
        alloc::vec![
            number(file.prime1.as_bytes(), PrivatePart::Primes)?,
            number(file.prime2.as_bytes(), PrivatePart::Primes)?,
        ],
    )
    .map_err(|error| {
        KeyError::Inconsistent(match error {
            rsa::Error::InvalidModulus => PrivatePart::Modulus,
            rsa::Error::InvalidExponent => PrivatePart::Exponent,
            _ => PrivatePart::Primes,
        })
    })?;
    let written = key
        .to_pkcs1_der()
        .map_err(|_| KeyError::Inconsistent(PrivatePart::ChineseRemainder))?;
    let ours = RsaPrivateKeyRef::try_from(written.as_bytes())
        .map_err(|error| KeyError::Der(damage_of(error, pkcs1.len())))?;
    let differences = [
        difference(ours.exponent1, file.exponent1),
        difference(ours.exponent2, file.exponent2),
        difference(ours.coefficient, file.coefficient),
    ];
    if differences.iter().any(|difference| *difference != 0) {
        return Err(KeyError::Inconsistent(PrivatePart::ChineseRemainder));
    }
    Ok((public, SecretBytes::new(written.as_bytes().to_vec())))
}

/// The size of the longer prime of a PKCS#1 private key. That a key is of this unusual shape is no
/// secret: whoever makes such keys makes all of them so.
pub(crate) fn longest_prime_bits(pkcs1: &[u8]) -> Option<usize> {
    let key = RsaPrivateKeyRef::try_from(pkcs1).ok()?;
    let bits = |number: UintRef<'_>| {
        let bytes = number.as_bytes();
        let unused = bytes.first().map_or(0, |first| first.leading_zeros());
        let unused = usize::try_from(unused).unwrap_or(0);
        bytes.len().saturating_mul(8).saturating_sub(unused)
    };
    Some(bits(key.prime1).max(bits(key.prime2)))
}

/// Zero if the numbers are equal, found without stopping at the first byte that differs.
fn difference(ours: UintRef<'_>, theirs: UintRef<'_>) -> u8 {
    let (ours, theirs) = (ours.as_bytes(), theirs.as_bytes());
    if ours.len() != theirs.len() {
        return 1;
    }
    ours.iter().zip(theirs).fold(0, |all, (a, b)| all | (a ^ b))
}

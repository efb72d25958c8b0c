//! The two encodings of a digest as a number below the modulus.

use countersign_key::SecureRandom;
use subtle::{Choice, ConstantTimeEq as _};

use super::RsaOperationError;
use crate::{Digest, Hash};

/// An encoding method of [RFC 8017 section 9](https://www.rfc-editor.org/rfc/rfc8017#section-9).
pub(crate) trait Padding: Send + Sync {
    /// How many bits a modulus needs to hold a digest of `hash`.
    fn needed_bits(&self, hash: Hash) -> usize;

    /// The encoded message, as long as a modulus of `bits` bits.
    fn encode(
        &self,
        digest: &Digest,
        bits: usize,
        random: &mut dyn SecureRandom,
    ) -> Result<Vec<u8>, RsaOperationError>;

    /// Whether `encoded`, as long as a modulus of `bits` bits, encodes `digest`.
    fn check(&self, digest: &Digest, bits: usize, encoded: &[u8]) -> Choice;
}

/// EMSA-PKCS1-v1_5.
pub(crate) struct Pkcs1v15;

/// The DER that stands before the digest, [RFC 8017 section
/// 9.2](https://www.rfc-editor.org/rfc/rfc8017#section-9.2).
pub(crate) const fn digest_info(hash: Hash) -> &'static [u8] {
    match hash {
        Hash::Sha1 => &[
            0x30, 0x21, 0x30, 9, 6, 5, 0x2b, 0x0e, 3, 2, 0x1a, 5, 0, 4, 20,
        ],
        Hash::Sha256 => &[
            0x30, 0x31, 0x30, 13, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 32,
        ],
        Hash::Sha512 => &[
            0x30, 0x51, 0x30, 13, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3, 5, 0, 4, 64,
        ],
    }
}

impl Pkcs1v15 {
    /// `00 01 FF…FF 00 DigestInfo`, or nothing if the modulus is too short.
    fn encoded(digest: &Digest, bits: usize) -> Option<Vec<u8>> {
        let info = digest_info(digest.hash());
        let len = bits.div_ceil(8);
        // Two bytes before and one after at least eight bytes of FF.
        let fill = len
            .checked_sub(info.len())?
            .checked_sub(digest.as_bytes().len())?;
        let fill = fill.checked_sub(3).filter(|fill| *fill >= 8)?;
        let mut encoded = Vec::with_capacity(len);
        encoded.extend_from_slice(&[0, 1]);
        encoded.resize(fill.saturating_add(2), 0xff);
        encoded.push(0);
        encoded.extend_from_slice(info);
        encoded.extend_from_slice(digest.as_bytes());
        Some(encoded)
    }
}

impl Padding for Pkcs1v15 {
    fn needed_bits(&self, hash: Hash) -> usize {
        let bytes = digest_info(hash)
            .len()
            .saturating_add(hash.len())
            .saturating_add(11);
        bytes.saturating_mul(8).saturating_sub(7)
    }

    fn encode(
        &self,
        digest: &Digest,
        bits: usize,
        _random: &mut dyn SecureRandom,
    ) -> Result<Vec<u8>, RsaOperationError> {
        Self::encoded(digest, bits).ok_or(RsaOperationError::OutOfRange)
    }

    /// Builds the one right encoding and compares all of it. Nothing of `encoded` is parsed, so
    /// there is no room for a forger: short padding, other DER, a missing NULL and trailing bytes
    /// all differ.
    fn check(&self, digest: &Digest, bits: usize, encoded: &[u8]) -> Choice {
        match Self::encoded(digest, bits) {
            Some(expected) => expected.ct_eq(encoded),
            None => Choice::from(0),
        }
    }
}

/// EMSA-PSS with MGF1, both with the digest's hash, and a salt as long as the digest.
pub(crate) struct Pss;

impl Padding for Pss {
    fn needed_bits(&self, hash: Hash) -> usize {
        // The encoded message has one bit less than the modulus and needs digest, salt and two
        // bytes.
        hash.len().saturating_mul(16).saturating_add(10)
    }

    fn encode(
        &self,
        digest: &Digest,
        bits: usize,
        random: &mut dyn SecureRandom,
    ) -> Result<Vec<u8>, RsaOperationError> {
        let hash = digest.hash();
        let mut salt = [0; 64];
        let salt = salt.get_mut(..hash.len()).unwrap_or_default();
        random.fill(salt).map_err(|_| RsaOperationError::Random)?;

        let layout = PssLayout::new(hash, bits).ok_or(RsaOperationError::OutOfRange)?;
        let zeros = layout.masked.checked_sub(salt.len().saturating_add(1));
        let zeros = zeros.ok_or(RsaOperationError::OutOfRange)?;
        let mut block = vec![0; zeros];
        block.push(1);
        block.extend_from_slice(salt);
        let seed = pss_hash(digest, salt);
        mask(hash, seed.as_bytes(), &mut block);
        if let Some(first) = block.first_mut() {
            *first &= layout.first_byte;
        }

        let mut encoded = vec![0; layout.leading];
        encoded.extend_from_slice(&block);
        encoded.extend_from_slice(seed.as_bytes());
        encoded.push(PSS_END);
        Ok(encoded)
    }

    fn check(&self, digest: &Digest, bits: usize, encoded: &[u8]) -> Choice {
        match PssContent::read(digest.hash(), bits, encoded) {
            Some(content) if content.salt.len() == digest.hash().len() => content.covers(digest),
            _ => Choice::from(0),
        }
    }
}

const PSS_END: u8 = 0xbc;

/// Where the parts of an encoded message lie.
struct PssLayout {
    /// Zero bytes in front: 1 if the modulus begins with a byte of which only the lowest bit is
    /// used.
    leading: usize,
    /// Length of the masked block.
    masked: usize,
    /// The bits of the first byte that may be set.
    first_byte: u8,
}

impl PssLayout {
    fn new(hash: Hash, bits: usize) -> Option<Self> {
        let encoded_bits = bits.checked_sub(1)?;
        let len = encoded_bits.div_ceil(8);
        let unused = len.checked_mul(8)?.checked_sub(encoded_bits)?;
        Some(Self {
            leading: bits.div_ceil(8).checked_sub(len)?,
            masked: len.checked_sub(hash.len())?.checked_sub(1)?,
            first_byte: 0xff_u8.checked_shr(u32::try_from(unused).ok()?)?,
        })
    }
}

/// What an encoded message holds, if its padding is right.
#[derive(Clone)]
pub(crate) struct PssContent {
    pub(crate) salt: Vec<u8>,
    pub(crate) seed: Digest,
}

impl PssContent {
    /// Takes the padding off ([RFC 8017 section
    /// 9.1.2](https://www.rfc-editor.org/rfc/rfc8017#section-9.1.2), all but the last step), for
    /// any length of salt.
    pub(crate) fn read(hash: Hash, bits: usize, encoded: &[u8]) -> Option<Self> {
        let layout = PssLayout::new(hash, bits)?;
        let (leading, rest) = encoded.split_at_checked(layout.leading)?;
        let (masked, rest) = rest.split_at_checked(layout.masked)?;
        let (seed, end) = rest.split_at_checked(hash.len())?;
        let first = masked.first()?;
        if leading.iter().any(|byte| *byte != 0)
            || end != [PSS_END]
            || first & !layout.first_byte != 0
        {
            return None;
        }
        let mut block = masked.to_vec();
        mask(hash, seed, &mut block);
        if let Some(first) = block.first_mut() {
            *first &= layout.first_byte;
        }
        let start = block.iter().position(|byte| *byte != 0)?;
        match block.get(start..) {
            Some([1, salt @ ..]) => Some(Self {
                salt: salt.to_vec(),
                seed: Digest::from_slice(hash, seed),
            }),
            _ => None,
        }
    }

    /// Whether the digest that went in is `digest`.
    pub(crate) fn covers(&self, digest: &Digest) -> Choice {
        pss_hash(digest, &self.salt)
            .as_bytes()
            .ct_eq(self.seed.as_bytes())
    }
}

/// The hash over eight zero bytes, the digest and the salt.
fn pss_hash(digest: &Digest, salt: &[u8]) -> Digest {
    digest
        .hash()
        .digest_parts(&[&[0; 8], digest.as_bytes(), salt])
}

/// MGF1 of [RFC 8017 appendix B.2.1](https://www.rfc-editor.org/rfc/rfc8017#appendix-B.2.1),
/// applied to `block`.
fn mask(hash: Hash, seed: &[u8], block: &mut [u8]) {
    for (counter, part) in (0_u32..).zip(block.chunks_mut(hash.len())) {
        let mask = hash.digest_parts(&[seed, &counter.to_be_bytes()]);
        for (to, from) in part.iter_mut().zip(mask.as_bytes()) {
            *to ^= *from;
        }
    }
}

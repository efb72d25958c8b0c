//! What an RSA signature covers, from the public key alone.
//!
//! An RSA signature that does not verify still tells something to who has the public key: raised to
//! the public exponent it shows which digest was signed. If that digest belongs to another base
//! string, the key is right and the base string is wrong; a candidate base string can then be tried
//! by hashing alone.
//!
//! This is diagnosis. It parses what [`Verifier`](crate::Verifier) on purpose never parses, and
//! nothing here makes a signature valid.

use countersign_key::RsaPublicKey;

use crate::rsa::padding::{PssContent, digest_info};
use crate::rsa::{PureRust, RsaBackend, RsaPublicOperation};
use crate::{Digest, Hash, UnusableKey};

/// Recovers what `signature` covers, under the public key `key`.
///
/// Prepares the key each time; for many signatures under one key, keep a [`Recoverer`].
///
/// # Errors
/// [`UnusableKey`] if the backend refuses the key.
pub fn recover(key: &RsaPublicKey, signature: &[u8]) -> Result<Recovered, UnusableKey> {
    Ok(Recoverer::new(key)?.recover(signature))
}

/// A public key prepared for looking into signatures.
pub struct Recoverer {
    operation: Box<dyn RsaPublicOperation>,
    bits: usize,
}

impl Recoverer {
    /// Prepares a key on the default backend.
    ///
    /// # Errors
    /// [`UnusableKey`] if the backend refuses the key.
    pub fn new(key: &RsaPublicKey) -> Result<Self, UnusableKey> {
        Self::with(&PureRust::new(), key)
    }

    /// Prepares a key on a backend of choice.
    ///
    /// # Errors
    /// [`UnusableKey`] if the backend refuses the key.
    pub fn with(backend: &dyn RsaBackend, key: &RsaPublicKey) -> Result<Self, UnusableKey> {
        Ok(Self {
            operation: backend.public(key)?,
            bits: key.bits(),
        })
    }

    /// Recovers what `signature`, as bytes, covers.
    #[must_use]
    pub fn recover(&self, signature: &[u8]) -> Recovered {
        let expected = self.bits.div_ceil(8);
        if signature.len() != expected {
            return Recovered::WrongLength {
                expected,
                found: signature.len(),
            };
        }
        let Ok(encoded) = self.operation.apply(signature) else {
            return Recovered::NotThisKeyOrAltered;
        };
        pkcs1v15(&encoded)
            .or_else(|| {
                let mut contents = PSS_HASHES.into_iter().filter_map(|hash| {
                    let content = PssContent::read(hash, self.bits, &encoded)?;
                    Some(Recovered::Pss(RecoveredPss { content }))
                });
                contents.next()
            })
            .unwrap_or(Recovered::NotThisKeyOrAltered)
    }
}

impl core::fmt::Debug for Recoverer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Recoverer({} bits)", self.bits)
    }
}

/// The likeliest first.
const PSS_HASHES: [Hash; 3] = [Hash::Sha256, Hash::Sha1, Hash::Sha512];

/// What a signature turned out to cover.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recovered {
    /// This key signed this digest, in PKCS#1 v1.5 padding.
    Digest(RecoveredDigest),
    /// No padding came out. The signature was made by another key, *or* it was altered on the way:
    /// the two cannot be told apart.
    NotThisKeyOrAltered,
    /// This key signed something in PKCS#1 v1.5 padding, but what is inside is no digest of a known
    /// hash.
    OtherContent {
        /// What is inside the padding.
        content: Vec<u8>,
    },
    /// This key signed in PSS padding; the digest cannot be read out, but candidates can be tried.
    Pss(RecoveredPss),
    /// The signature is not as long as the modulus, so it was made by a key of another size, or
    /// cut.
    WrongLength {
        /// Bytes that a signature under this key has.
        expected: usize,
        /// Bytes found.
        found: usize,
    },
}

impl Recovered {
    /// Whether `candidate`, a base string, is what was signed. False too where nothing was
    /// recovered.
    #[must_use]
    pub fn matches(&self, candidate: &[u8]) -> bool {
        match self {
            Self::Digest(digest) => digest.matches(candidate),
            Self::Pss(pss) => pss.matches(candidate),
            Self::NotThisKeyOrAltered | Self::OtherContent { .. } | Self::WrongLength { .. } => {
                false
            }
        }
    }
}

/// A digest read out of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecoveredDigest {
    digest: Digest,
    form: DigestForm,
}

impl RecoveredDigest {
    /// The digest, and with it the hash that was used.
    #[must_use]
    pub const fn digest(&self) -> &Digest {
        &self.digest
    }

    /// How the digest was wrapped. Only [`DigestForm::Standard`] ever verifies.
    #[must_use]
    pub const fn form(&self) -> DigestForm {
        self.form
    }

    /// Whether `candidate`, a base string, has this digest. Costs one hash and no RSA.
    #[must_use]
    pub fn matches(&self, candidate: &[u8]) -> bool {
        self.digest.hash().digest(candidate) == self.digest
    }
}

/// How a signer wrapped the digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DigestForm {
    /// `DigestInfo` as RFC 8017 wants it.
    Standard,
    /// `DigestInfo` without the NULL parameters: a defect of the signer's library.
    WithoutNull,
    /// The bare digest, no `DigestInfo`: the signer used a raw RSA operation. The hash is guessed
    /// from the length.
    Bare,
}

/// PSS padding read out of a signature.
#[derive(Clone)]
pub struct RecoveredPss {
    content: PssContent,
}

impl RecoveredPss {
    /// The hash of the padding.
    #[must_use]
    pub const fn hash(&self) -> Hash {
        self.content.seed.hash()
    }

    /// The salt. `RSA-PSS-SHA256` wants exactly 32 bytes; another length never verifies.
    #[must_use]
    pub fn salt(&self) -> &[u8] {
        &self.content.salt
    }

    /// Whether `candidate`, a base string, is what was signed. Costs two hashes and no RSA.
    #[must_use]
    pub fn matches(&self, candidate: &[u8]) -> bool {
        self.matches_digest(&self.hash().digest(candidate))
    }

    /// Whether a text with this digest, by the [hash](Self::hash) of the padding, is what was
    /// signed. Costs one hash.
    #[must_use]
    pub fn matches_digest(&self, digest: &Digest) -> bool {
        self.content.covers(digest).into()
    }
}

impl PartialEq for RecoveredPss {
    fn eq(&self, other: &Self) -> bool {
        self.content.salt == other.content.salt && self.content.seed == other.content.seed
    }
}

impl Eq for RecoveredPss {}

impl core::fmt::Debug for RecoveredPss {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "RecoveredPss({}, salt of {} bytes)",
            self.hash(),
            self.salt().len()
        )
    }
}

/// Reads `00 01 FF…FF 00 content`, with at least eight FF.
fn pkcs1v15(encoded: &[u8]) -> Option<Recovered> {
    let rest = encoded.strip_prefix(&[0, 1])?;
    let fill = rest.iter().take_while(|byte| **byte == 0xff).count();
    let content = rest.get(fill..)?.strip_prefix(&[0]).filter(|_| fill >= 8)?;
    let found = |hash, bytes: &[u8], form| {
        let digest = Digest::from_bytes(hash, bytes)?;
        Some(Recovered::Digest(RecoveredDigest { digest, form }))
    };
    let wrapped = Hash::ALL.into_iter().find_map(|hash| {
        let info = digest_info(hash);
        if let Some(bytes) = content.strip_prefix(info) {
            return found(hash, bytes, DigestForm::Standard);
        }
        found(
            hash,
            content.strip_prefix(&*without_null(info)?)?,
            DigestForm::WithoutNull,
        )
    });
    let bare = || {
        Hash::ALL
            .into_iter()
            .find_map(|hash| found(hash, content, DigestForm::Bare))
    };
    wrapped.or_else(bare).or_else(|| {
        Some(Recovered::OtherContent {
            content: content.to_vec(),
        })
    })
}

/// The same `DigestInfo` without the two bytes of NULL, and with the two lengths less by two.
fn without_null(info: &[u8]) -> Option<Vec<u8>> {
    let (body, digest) = info.split_at_checked(info.len().checked_sub(4)?)?;
    let [5, 0, tag, len] = digest else {
        return None;
    };
    let mut shorter = [body, &[*tag, *len]].concat();
    for place in [1, 3] {
        let byte = shorter.get_mut(place)?;
        *byte = byte.checked_sub(2)?;
    }
    Some(shorter)
}

#[cfg(test)]
mod tests;

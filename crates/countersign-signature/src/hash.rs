//! The three hash functions that signature methods are built on.

use core::fmt;

/// A hash function of a signature method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Hash {
    /// SHA-1, of `HMAC-SHA1` and `RSA-SHA1`.
    Sha1,
    /// SHA-256, of `HMAC-SHA256`, `RSA-SHA256` and `RSA-PSS-SHA256`.
    Sha256,
    /// SHA-512, of `HMAC-SHA512` and `RSA-SHA512`.
    Sha512,
}

impl Hash {
    /// All hash functions known here, weakest first.
    pub const ALL: [Self; 3] = [Self::Sha1, Self::Sha256, Self::Sha512];

    /// Length of a digest in bytes: 20, 32 or 64.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a digest is never empty")]
    pub const fn len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    /// The name as standards write it: `SHA-1`, `SHA-256`, `SHA-512`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha512 => "SHA-512",
        }
    }

    /// Hashes `message`.
    ///
    /// ```
    /// use countersign_signature::Hash;
    ///
    /// let digest = Hash::Sha256.digest(b"");
    /// assert_eq!(digest.as_bytes()[..4], [0xe3, 0xb0, 0xc4, 0x42]);
    /// ```
    #[must_use]
    pub fn digest(self, message: &[u8]) -> Digest {
        self.digest_parts(&[message])
    }

    /// Hashes the concatenation of `parts`.
    pub(crate) fn digest_parts(self, parts: &[&[u8]]) -> Digest {
        fn run<D: sha1::Digest>(hash: Hash, parts: &[&[u8]]) -> Digest {
            let mut state = D::new();
            for part in parts {
                state.update(part);
            }
            Digest::from_slice(hash, &state.finalize())
        }
        match self {
            Self::Sha1 => run::<sha1::Sha1>(self, parts),
            Self::Sha256 => run::<sha2::Sha256>(self, parts),
            Self::Sha512 => run::<sha2::Sha512>(self, parts),
        }
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The digest of a message, with the hash function that made it.
///
/// Digests of base strings are not secret, so this type may be compared and printed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest {
    hash: Hash,
    bytes: [u8; 64],
}

impl Digest {
    /// Takes the first [`Hash::len`] bytes of `bytes`, padded with zeros if there are fewer.
    pub(crate) fn from_slice(hash: Hash, bytes: &[u8]) -> Self {
        let mut kept = [0; 64];
        for (to, from) in kept.iter_mut().zip(bytes.iter().take(hash.len())) {
            *to = *from;
        }
        Self { hash, bytes: kept }
    }

    /// As [`from_slice`](Self::from_slice), of an array whose rest is of no account.
    #[inline]
    pub(crate) const fn from_array(hash: Hash, bytes: [u8; 64]) -> Self {
        Self { hash, bytes }
    }

    /// A digest received from elsewhere, or `None` if its length is not that of `hash`.
    #[must_use]
    pub fn from_bytes(hash: Hash, bytes: &[u8]) -> Option<Self> {
        (bytes.len() == hash.len()).then(|| Self::from_slice(hash, bytes))
    }

    /// The hash function.
    #[must_use]
    pub const fn hash(&self) -> Hash {
        self.hash
    }

    /// The digest itself, [`Hash::len`] bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.hash.len()).unwrap_or(&[])
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl fmt::Display for Digest {
    /// `SHA-1:2fd4e1c6…`: the name of the hash, a colon, the digest in lower-case hexadecimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.hash)?;
        for byte in self.as_bytes() {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

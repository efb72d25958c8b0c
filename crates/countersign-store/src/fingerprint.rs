//! Keyed 128-bit fingerprints: what tokens, verifiers and nonces are looked up by.

use core::fmt;
use core::hash::Hasher;

use siphasher::sip128::SipHasher24;

/// What a fingerprint is of, so that the same text in two roles has two fingerprints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Domain {
    /// A temporary token or an access token.
    Token,
    /// An `oauth_verifier`.
    Verifier,
    /// An `oauth_session_handle`.
    SessionHandle,
    /// The tuple of RFC 5849 section 3.3: consumer key, token, timestamp, nonce.
    Nonce,
    /// A consumer key, where only a number is kept of it.
    Consumer,
    /// A raw answer to a renewal, as its checksum.
    Answer,
}

impl Domain {
    const fn tag(self) -> u8 {
        match self {
            Self::Token => 1,
            Self::Verifier => 2,
            Self::SessionHandle => 3,
            Self::Nonce => 4,
            Self::Consumer => 5,
            Self::Answer => 6,
        }
    }
}

/// The key of all fingerprints of one store; whoever has the store without it can't try tokens or
/// verifiers against it.
///
/// A key may not change while rows made with it are live: it is kept with the store's secrets.
#[derive(Clone)]
pub struct FingerprintKey([u8; 16]);

impl FingerprintKey {
    /// A key from 16 secret random bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The fingerprint of `parts`. Each part goes in with its length, so that no two lists of parts
    /// give the same bytes.
    ///
    /// ```
    /// use countersign_store::{Domain, FingerprintKey};
    ///
    /// let key = FingerprintKey::from_bytes([7; 16]);
    /// let token = key.of(Domain::Token, &[b"hh5s93j4hdidpola"]);
    /// assert_ne!(token, key.of(Domain::Verifier, &[b"hh5s93j4hdidpola"]));
    /// assert_ne!(key.of(Domain::Nonce, &[b"a", b"bc"]), key.of(Domain::Nonce, &[b"ab", b"c"]));
    /// ```
    #[must_use]
    pub fn of(&self, domain: Domain, parts: &[&[u8]]) -> Fingerprint {
        let mut hasher = SipHasher24::new_with_key(&self.0);
        let mut line = Line::default();
        line.put(&mut hasher, &[domain.tag()]);
        for part in parts {
            let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
            line.put(&mut hasher, &length.to_le_bytes());
            line.put(&mut hasher, part);
        }
        // In one piece what is mostly all of it.
        Fingerprint(hasher.hash(line.written()).as_u128())
    }
}

/// Gathers short parts, because one long write is hashed faster than many short ones.
struct Line {
    bytes: [u8; 192],
    len: usize,
}

impl Default for Line {
    fn default() -> Self {
        Self {
            bytes: [0; 192],
            len: 0,
        }
    }
}

impl Line {
    fn written(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    fn put(&mut self, hasher: &mut SipHasher24, part: &[u8]) {
        if let Some((to, _)) = self
            .bytes
            .get_mut(self.len..)
            .and_then(|rest| rest.split_at_mut_checked(part.len()))
        {
            to.copy_from_slice(part);
            self.len = self.len.saturating_add(part.len());
        } else {
            hasher.write(self.written());
            hasher.write(part);
            self.len = 0;
        }
    }
}

impl fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FingerprintKey([redacted])")
    }
}

impl Drop for FingerprintKey {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}

/// A keyed 128-bit fingerprint. It says nothing of what it was made of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(u128);

impl Fingerprint {
    /// A fingerprint read back from a store.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }

    pub(crate) const fn number(self) -> u128 {
        self.0
    }

    /// The fingerprint as a store keeps it.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({:032x})", self.0)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

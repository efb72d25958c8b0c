//! Trying many texts that begin alike against a signature at hand.
//!
//! Who explains why a signature differs tries hundreds of thousands of candidate base strings, and
//! most of them begin with the same method and URI. A [`Trial`] absorbs that beginning once, and
//! keeps the key's schedule.
//!
//! This is diagnosis: it gives plain digests, compares nothing in constant time, and nothing here
//! makes a signature valid. To accept signatures, use [`Verifier`](crate::Verifier).

mod run;
#[cfg(test)]
mod tests;

use core::fmt;

use self::run::{Run, Sha1, Sha256, Sha512};
use crate::{Digest, Hash};

/// A hash, with or without a key, that has absorbed the beginning of a text.
///
/// The state of the key is wiped when it is dropped, and never printed.
///
/// ```
/// use countersign_signature::Hash;
/// use countersign_signature::trial::Trial;
///
/// let begun = Trial::plain(Hash::Sha1).after(b"GET&");
/// assert_eq!(begun.finish(b"a&b"), Hash::Sha1.digest(b"GET&a&b"));
/// assert_eq!(begun.finish(b"c&d"), Hash::Sha1.digest(b"GET&c&d"));
/// ```
#[derive(Clone)]
pub struct Trial(State);

#[derive(Clone)]
enum State {
    Sha1(Run<Sha1>),
    Sha256(Run<Sha256>),
    Sha512(Run<Sha512>),
}

impl Trial {
    /// The bare hash: what an RSA signature covers.
    #[must_use]
    pub fn plain(hash: Hash) -> Self {
        Self(match hash {
            Hash::Sha1 => State::Sha1(Run::plain()),
            Hash::Sha256 => State::Sha256(Run::plain()),
            Hash::Sha512 => State::Sha512(Run::plain()),
        })
    }

    /// HMAC (RFC 2104) with this key, of any length.
    #[must_use]
    pub fn hmac(hash: Hash, key: &[u8]) -> Self {
        Self(match hash {
            Hash::Sha1 => State::Sha1(Run::keyed(key)),
            Hash::Sha256 => State::Sha256(Run::keyed(key)),
            Hash::Sha512 => State::Sha512(Run::keyed(key)),
        })
    }

    /// The hash.
    #[must_use]
    pub const fn hash(&self) -> Hash {
        match &self.0 {
            State::Sha1(_) => Hash::Sha1,
            State::Sha256(_) => Hash::Sha256,
            State::Sha512(_) => Hash::Sha512,
        }
    }

    /// The same after `part`, too.
    #[must_use]
    pub fn after(&self, part: &[u8]) -> Self {
        let mut next = self.clone();
        match &mut next.0 {
            State::Sha1(run) => run.absorb(part),
            State::Sha256(run) => run.absorb(part),
            State::Sha512(run) => run.absorb(part),
        }
        next
    }

    /// The digest, or the message authentication code, of all that was absorbed and `rest`.
    #[must_use]
    #[inline]
    pub fn finish(&self, rest: &[u8]) -> Digest {
        match &self.0 {
            State::Sha1(run) => Digest::from_array(Hash::Sha1, run.finish(rest)),
            State::Sha256(run) => Digest::from_array(Hash::Sha256, run.finish(rest)),
            State::Sha512(run) => Digest::from_array(Hash::Sha512, run.finish(rest)),
        }
    }
}

impl fmt::Debug for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Trial({}, [redacted])", self.hash())
    }
}

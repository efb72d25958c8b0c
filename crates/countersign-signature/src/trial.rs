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

/// A [`Trial`] and the states it goes through along one text, so that texts that begin like that one
/// are finished from where they part.
///
/// ```
/// use countersign_signature::Hash;
/// use countersign_signature::trial::Trial;
///
/// let text = [b'a'; 200];
/// let track = Trial::plain(Hash::Sha1).along(&text);
/// let mut other = text;
/// other[150] = b'b';
/// assert_eq!(track.finish(&other, 150), Hash::Sha1.digest(&other));
/// ```
#[derive(Clone)]
pub struct Track(Along);

#[derive(Clone)]
enum Along {
    Sha1(run::Track<Sha1>),
    Sha256(run::Track<Sha256>),
    Sha512(run::Track<Sha512>),
}

impl Trial {
    /// The states along `text`.
    #[must_use]
    pub fn along(&self, text: &[u8]) -> Track {
        Track(match &self.0 {
            State::Sha1(run) => Along::Sha1(run::Track::new(run, text)),
            State::Sha256(run) => Along::Sha256(run::Track::new(run, text)),
            State::Sha512(run) => Along::Sha512(run::Track::new(run, text)),
        })
    }
}

impl Track {
    /// What [`Trial::finish`] gives for `text`, whose first `common` bytes are those of the text that
    /// this goes along. Where they are not, the digest is that of another text.
    #[must_use]
    #[inline]
    pub fn finish(&self, text: &[u8], common: usize) -> Digest {
        match &self.0 {
            Along::Sha1(track) => Digest::from_array(Hash::Sha1, track.finish(text, common)),
            Along::Sha256(track) => Digest::from_array(Hash::Sha256, track.finish(text, common)),
            Along::Sha512(track) => Digest::from_array(Hash::Sha512, track.finish(text, common)),
        }
    }
}

impl fmt::Debug for Track {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hash = match &self.0 {
            Along::Sha1(_) => Hash::Sha1,
            Along::Sha256(_) => Hash::Sha256,
            Along::Sha512(_) => Hash::Sha512,
        };
        write!(f, "Track({hash}, [redacted])")
    }
}

impl fmt::Debug for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Trial({}, [redacted])", self.hash())
    }
}

//! One name or value as it was given, and what is known about its spelling.
//!
//! Text from the wire stays a borrowed slice. What it decodes to and how it is encoded once and
//! twice follow from the slice and its spelling, so nothing is stored for them.

use alloc::borrow::Cow;
use alloc::string::String;
use core::cmp::Ordering;

use countersign_encoding::{
    DecodeError, Decoder, Octets, canonical_prefix, compare_encoded, encode_bytes,
    encode_encoded_to_slice, encode_to_slice, encode_twice_to_slice, is_canonical, is_plain, rank,
    rank_prefix,
};

use crate::output::copy;

#[cfg(test)]
mod tests;

/// How the bytes of a component are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// Unreserved octets only: raw, encoded and twice encoded are the same.
    Plain,
    /// Decoded octets.
    Raw,
    /// Percent-encoded exactly as RFC 5849 3.6 does it.
    Canonical,
    /// Percent-encoded in another way; `+` is a plus.
    Percent,
    /// Percent-encoded in another way; `+` is a space.
    Form,
}

#[derive(Clone, Copy)]
pub(crate) struct Component<'a> {
    bytes: &'a [u8],
    spelling: Spelling,
}

impl<'a> Component<'a> {
    pub(crate) const EMPTY: Self = Self::plain(&[]);

    /// Octets that are known to be unreserved.
    #[inline(always)]
    pub(crate) const fn plain(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            spelling: Spelling::Plain,
        }
    }

    /// Decoded octets.
    #[inline(always)]
    pub(crate) fn raw(bytes: &'a [u8]) -> Self {
        Self::tested(bytes, is_plain(bytes))
    }

    /// Decoded octets of which it is known whether all are unreserved.
    #[inline(always)]
    pub(crate) const fn tested(bytes: &'a [u8], plain: bool) -> Self {
        let spelling = if plain {
            Spelling::Plain
        } else {
            Spelling::Raw
        };
        Self { bytes, spelling }
    }

    /// Octets of the wire; `otherwise` is what they are if they are not canonical.
    #[inline(always)]
    pub(crate) fn wire(bytes: &'a [u8], otherwise: Spelling) -> Result<Self, DecodeError> {
        Self::tested_wire(bytes, is_plain(bytes), otherwise)
    }

    /// Octets of the wire of which it is known whether all are unreserved.
    #[inline(always)]
    pub(crate) fn tested_wire(
        bytes: &'a [u8],
        plain: bool,
        otherwise: Spelling,
    ) -> Result<Self, DecodeError> {
        let spelling = if plain {
            Spelling::Plain
        } else if is_canonical(bytes) {
            Spelling::Canonical
        } else {
            check(bytes, otherwise)?;
            otherwise
        };
        Ok(Self { bytes, spelling })
    }

    #[inline]
    pub(crate) const fn spelling(&self) -> Spelling {
        self.spelling
    }

    /// The bytes as given.
    pub(crate) const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The length of the doubly encoded form at most: an octet becomes five bytes, and what is
    /// three bytes already becomes five.
    #[inline]
    pub(crate) const fn twice_len(&self) -> usize {
        let len = self.bytes.len();
        match self.spelling {
            Spelling::Plain => len,
            Spelling::Canonical => len.saturating_add(len),
            Spelling::Raw | Spelling::Percent | Spelling::Form => len.saturating_mul(5),
        }
    }

    /// The length of the encoded form at most.
    #[inline]
    pub(crate) const fn once_len(&self) -> usize {
        let len = self.bytes.len();
        match self.spelling {
            Spelling::Plain | Spelling::Canonical => len,
            Spelling::Raw | Spelling::Percent | Spelling::Form => len.saturating_mul(3),
        }
    }

    /// Whether the bytes are the decoded octets.
    #[inline]
    pub(crate) const fn is_as_given(&self) -> bool {
        matches!(self.spelling, Spelling::Plain | Spelling::Raw)
    }

    /// Whether the bytes are unreserved octets only.
    #[inline]
    pub(crate) const fn is_verbatim(&self) -> bool {
        matches!(self.spelling, Spelling::Plain)
    }

    pub(crate) fn decoded(&self) -> Cow<'a, [u8]> {
        match self.spelling {
            Spelling::Plain | Spelling::Raw => Cow::Borrowed(self.bytes),
            Spelling::Canonical | Spelling::Percent | Spelling::Form => {
                // It was checked when the component was made.
                decoder(self.spelling)
                    .decode_bytes(self.bytes)
                    .unwrap_or_default()
            }
        }
    }

    pub(crate) fn encoded(&self) -> Cow<'a, str> {
        match self.spelling {
            Spelling::Plain | Spelling::Canonical => String::from_utf8_lossy(self.bytes),
            Spelling::Raw => encode_bytes(self.bytes),
            Spelling::Percent | Spelling::Form => {
                Cow::Owned(encode_bytes(&self.decoded()).into_owned())
            }
        }
    }

    /// The decoded octets; what was malformed was refused when the component was made.
    #[inline]
    fn octets(&self) -> impl Iterator<Item = u8> + use<'a> {
        let raw = matches!(self.spelling, Spelling::Plain | Spelling::Raw);
        let (raw, coded): (&[u8], &[u8]) = if raw {
            (self.bytes, &[])
        } else {
            (&[], self.bytes)
        };
        let coded: Octets<'a> = decoder(self.spelling).octets(coded);
        raw.iter()
            .copied()
            .chain(coded.map(Result::unwrap_or_default))
    }

    /// The first eight bytes of the encoded form as a number.
    #[inline(always)]
    pub(crate) fn prefix(&self) -> u64 {
        match self.spelling {
            Spelling::Plain | Spelling::Canonical => canonical_prefix(self.bytes),
            Spelling::Raw => rank_prefix(self.bytes),
            Spelling::Percent | Spelling::Form => irregular_prefix(self.bytes, self.spelling),
        }
    }

    /// Compares the encoded forms.
    #[inline]
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        use Spelling::{Canonical, Form, Percent, Plain, Raw};
        match (self.spelling, other.spelling) {
            (Plain | Canonical, Plain | Canonical) => self.bytes.cmp(other.bytes),
            (Plain | Raw, Plain | Raw) => compare_encoded(self.bytes, other.bytes),
            (Canonical | Form | Percent, _) | (_, Canonical | Form | Percent) => {
                self.octets().map(rank).cmp(other.octets().map(rank))
            }
        }
    }

    /// Whether it decodes to these octets.
    #[inline]
    pub(crate) fn is(&self, octets: &[u8]) -> bool {
        match self.spelling {
            Spelling::Plain | Spelling::Raw => self.bytes == octets,
            Spelling::Canonical | Spelling::Percent | Spelling::Form => {
                self.octets().eq(octets.iter().copied())
            }
        }
    }

    /// Writes the doubly encoded form to the beginning of `out`; says how long it is.
    #[inline(always)]
    pub(crate) fn write_twice(&self, out: &mut [u8]) -> Option<usize> {
        match self.spelling {
            Spelling::Plain => copy(self.bytes, out),
            Spelling::Canonical | Spelling::Raw | Spelling::Percent | Spelling::Form => {
                self.write_escaped(out)
            }
        }
    }

    /// Writes the encoded form of decoded octets to the beginning of `out`; says how long it is.
    #[inline(always)]
    pub(crate) fn write_raw_once(&self, out: &mut [u8]) -> Option<usize> {
        if self.is_verbatim() {
            copy(self.bytes, out)
        } else {
            write_encoded(self.bytes, out)
        }
    }

    #[inline(never)]
    fn write_escaped(&self, out: &mut [u8]) -> Option<usize> {
        match self.spelling {
            Spelling::Plain => copy(self.bytes, out),
            Spelling::Canonical => encode_encoded_to_slice(self.bytes, out),
            Spelling::Raw => encode_twice_to_slice(self.bytes, out),
            Spelling::Percent | Spelling::Form => self.write_irregular(out),
        }
    }

    fn write_irregular(&self, out: &mut [u8]) -> Option<usize> {
        let mut at: usize = 0;
        for octet in self.octets() {
            let written = encode_twice_to_slice(&[octet], out.get_mut(at..)?)?;
            at = at.saturating_add(written);
        }
        Some(at)
    }

    /// Hands the doubly encoded form to `write`, piece by piece.
    pub(crate) fn stream_twice(&self, write: &mut impl FnMut(&[u8])) {
        const PIECE: usize = 64;
        let mut out = [0; PIECE * 5 + 8];
        match self.spelling {
            Spelling::Plain => write(self.bytes),
            Spelling::Canonical => {
                for piece in self.bytes.chunks(PIECE) {
                    let len = encode_encoded_to_slice(piece, &mut out).unwrap_or(0);
                    write(out.get(..len).unwrap_or_default());
                }
            }
            Spelling::Raw => {
                for piece in self.bytes.chunks(PIECE) {
                    let len = encode_twice_to_slice(piece, &mut out).unwrap_or(0);
                    write(out.get(..len).unwrap_or_default());
                }
            }
            Spelling::Percent | Spelling::Form => {
                for octet in self.octets() {
                    let len = encode_twice_to_slice(&[octet], &mut out).unwrap_or(0);
                    write(out.get(..len).unwrap_or_default());
                }
            }
        }
    }
}

#[inline(never)]
fn write_encoded(octets: &[u8], out: &mut [u8]) -> Option<usize> {
    encode_to_slice(octets, out)
}

/// By value, so that the caller can keep the component in registers.
#[inline(never)]
fn irregular_prefix(bytes: &[u8], spelling: Spelling) -> u64 {
    let mut head = [0; 8];
    let mut len: usize = 0;
    for (slot, octet) in head.iter_mut().zip(Component { bytes, spelling }.octets()) {
        *slot = octet;
        len = len.saturating_add(1);
    }
    rank_prefix(head.get(..len).unwrap_or_default())
}

/// Refuses malformed triplets.
#[inline(never)]
fn check(bytes: &[u8], spelling: Spelling) -> Result<(), DecodeError> {
    decoder(spelling)
        .octets(bytes)
        .try_for_each(|octet| octet.map(|_| ()))
}

const fn decoder(spelling: Spelling) -> Decoder {
    match spelling {
        Spelling::Form => Decoder::form(),
        Spelling::Plain | Spelling::Canonical | Spelling::Raw | Spelling::Percent => Decoder::new(),
    }
}

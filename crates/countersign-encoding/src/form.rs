//! Ordered pairs of `application/x-www-form-urlencoded` data.
//!
//! Nothing is merged and nothing is reordered: `a`, `a=` and a repeated `a` stay apart, because a
//! signature covers each of them (RFC 5849 3.4.1.3).

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::iter::FusedIterator;

use crate::encode::into_ascii_text;
use crate::{DecodeError, decode_form_bytes, encode_into};

#[cfg(test)]
mod tests;

/// One pair as it is spelled, not decoded.
///
/// `Debug` shows the name and the length of the value: forms carry passwords and token secrets.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RawPair<'a> {
    name: &'a [u8],
    value: Option<&'a [u8]>,
    offset: usize,
}

impl<'a> RawPair<'a> {
    /// The bytes before the first `=`.
    #[must_use]
    #[inline]
    pub const fn name(&self) -> &'a [u8] {
        self.name
    }

    /// The bytes after the first `=`; `None` when there is no `=`.
    #[must_use]
    #[inline]
    pub const fn value(&self) -> Option<&'a [u8]> {
        self.value
    }

    /// Where the pair begins within the input, in bytes.
    #[must_use]
    #[inline]
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// Where the value begins within the input, or would begin after an `=`.
    #[must_use]
    #[inline]
    pub const fn value_offset(&self) -> usize {
        self.offset
            .saturating_add(self.name.len())
            .saturating_add(1)
    }
}

impl fmt::Debug for RawPair<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            value,
            offset,
        } = self;
        f.debug_struct("RawPair")
            .field("name", &Name(name))
            .field("value", &value.map(Length::of))
            .field("offset", offset)
            .finish()
    }
}

/// Splits form data at `&`, and each piece at its first `=`.
///
/// An empty piece, as between `&&`, yields nothing; `;` separates nothing.
///
/// ```
/// use countersign_encoding::form::raw_pairs;
///
/// let names: Vec<&[u8]> = raw_pairs(b"a=1&&b;c=2=3").map(|pair| pair.name()).collect();
/// assert_eq!(names, [b"a".as_slice(), b"b;c"]);
/// ```
#[must_use]
#[inline]
pub const fn raw_pairs(input: &[u8]) -> RawPairs<'_> {
    RawPairs {
        rest: input,
        offset: 0,
    }
}

/// Iterator over the pairs of form data, made by [`raw_pairs`].
///
/// `Debug` shows how much is left, not what.
#[derive(Clone)]
pub struct RawPairs<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl<'a> Iterator for RawPairs<'a> {
    type Item = RawPair<'a>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let end = find(self.rest, b'&').unwrap_or(self.rest.len());
            let (piece, after) = self.rest.split_at_checked(end)?;
            let offset = self.offset;
            self.rest = after.get(1..).unwrap_or_default();
            self.offset = offset.wrapping_add(end).wrapping_add(1);
            if piece.is_empty() {
                continue;
            }
            let (name, value) = match find(piece, b'=') {
                Some(at) => (piece.get(..at)?, piece.get(at.wrapping_add(1)..)),
                None => (piece, None),
            };
            return Some(RawPair {
                name,
                value,
                offset,
            });
        }
        None
    }
}

impl FusedIterator for RawPairs<'_> {}

impl fmt::Debug for RawPairs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rest, offset } = self;
        f.debug_struct("RawPairs")
            .field("rest", &Length::of(rest))
            .field("offset", offset)
            .finish()
    }
}

/// A name as text, octets outside ASCII escaped.
struct Name<'a>(&'a [u8]);

impl fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

/// `[12 bytes]` in the place of a value.
struct Length(usize);

impl Length {
    const fn of(value: &[u8]) -> Self {
        Self(value.len())
    }
}

impl fmt::Debug for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} bytes]", self.0)
    }
}

/// Where a byte first occurs, looking at eight at a time.
#[inline]
pub(crate) fn find(text: &[u8], wanted: u8) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGHS: u64 = u64::from_ne_bytes([0x80; 8]);
    let pattern = u64::from_ne_bytes([wanted; 8]);
    let (words, rest) = text.as_chunks::<8>();
    let mut at: usize = 0;
    for word in words {
        // The lowest byte that is zero gets its high bit set; none below it does.
        let differing = u64::from_le_bytes(*word) ^ pattern;
        let zeros = differing.wrapping_sub(ONES) & !differing & HIGHS;
        if zeros != 0 {
            let index = usize::try_from(zeros.trailing_zeros() / 8).ok()?;
            return Some(at.wrapping_add(index));
        }
        at = at.wrapping_add(8);
    }
    let index = rest.iter().position(|&byte| byte == wanted)?;
    Some(at.wrapping_add(index))
}

/// One decoded pair. `a` (no value) and `a=` (an empty value) differ.
///
/// `Debug` shows the name and the length of the value: forms carry passwords and token secrets.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pair {
    name: Vec<u8>,
    value: Option<Vec<u8>>,
}

impl Pair {
    /// A name with a value.
    #[must_use]
    pub fn new(name: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            value: Some(value.into()),
        }
    }

    /// A name without `=`. An empty name can't be written without one, so it gets an empty value.
    #[must_use]
    pub fn without_value(name: impl Into<Vec<u8>>) -> Self {
        let name = name.into();
        let value = name.is_empty().then(Vec::new);
        Self { name, value }
    }

    /// The decoded name.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        &self.name
    }

    /// The decoded value; `None` when there was no `=`.
    #[must_use]
    pub fn value(&self) -> Option<&[u8]> {
        self.value.as_deref()
    }
}

impl fmt::Debug for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, value } = self;
        f.debug_struct("Pair")
            .field("name", &Name(name))
            .field("value", &value.as_deref().map(Length::of))
            .finish()
    }
}

/// Reads form data strictly: ordered, repeats kept, `+` is a space, any octets.
///
/// # Errors
/// A malformed triplet; the offset is that within `input`.
///
/// ```
/// use countersign_encoding::form::{Pair, parse};
///
/// assert_eq!(
///     parse(b"a&a=&a=b+c").unwrap(),
///     [Pair::without_value("a"), Pair::new("a", ""), Pair::new("a", "b c")],
/// );
/// ```
pub fn parse(input: &[u8]) -> Result<Vec<Pair>, DecodeError> {
    raw_pairs(input)
        .map(|pair| {
            let name = decode_form_bytes(pair.name())
                .map_err(|fault| fault.shifted(pair.offset()))?
                .into_owned();
            let value = match pair.value() {
                None => None,
                Some(value) => Some(
                    decode_form_bytes(value)
                        .map_err(|fault| fault.shifted(pair.value_offset()))?
                        .into_owned(),
                ),
            };
            Ok(Pair { name, value })
        })
        .collect()
}

/// Writes pairs in their order, spelled as RFC 5849 3.6 spells them: a space is `%20`.
///
/// [`parse`] gives the same pairs back.
///
/// ```
/// use countersign_encoding::form::{Pair, write};
///
/// assert_eq!(write(&[Pair::new("a", "b c"), Pair::without_value("d")]), "a=b%20c&d");
/// ```
#[must_use]
pub fn write(pairs: &[Pair]) -> String {
    let mut out = Vec::new();
    for pair in pairs {
        if !out.is_empty() {
            out.push(b'&');
        }
        encode_into(&pair.name, &mut out);
        if let Some(value) = &pair.value {
            out.push(b'=');
            encode_into(value, &mut out);
        }
    }
    into_ascii_text(out)
}

//! Percent-encoding of RFC 5849 3.6, once and twice.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::table::{ENCODED, ONCE, ONCE_WIDTH, TWICE, TWICE_WIDTH, entry, unreserved};

#[cfg(test)]
mod tests;

/// Percent-encodes text as RFC 5849 3.6 demands, borrowing it when nothing needs encoding.
///
/// Letters, digits, `-`, `.`, `_` and `~` stay; every other octet of the UTF-8 form becomes `%`
/// and two upper-case hexadecimal digits.
///
/// ```
/// use countersign_encoding::encode;
///
/// assert_eq!(encode("Ladies + Gentlemen"), "Ladies%20%2B%20Gentlemen");
/// assert_eq!(encode("Dogs-Cats_Mice.~"), "Dogs-Cats_Mice.~");
/// assert_eq!(encode("☃"), "%E2%98%83");
/// ```
#[must_use]
pub fn encode(input: &str) -> Cow<'_, str> {
    if reserved_count(input.as_bytes()) == 0 {
        Cow::Borrowed(input)
    } else {
        Cow::Owned(encode_owned(input.as_bytes()))
    }
}

/// Percent-encodes any octets (RFC 5849 3.6), borrowing them when nothing needs encoding.
///
/// ```
/// use countersign_encoding::encode_bytes;
///
/// assert_eq!(encode_bytes(b"caf\xE9"), "caf%E9");
/// ```
#[must_use]
pub fn encode_bytes(input: &[u8]) -> Cow<'_, str> {
    if reserved_count(input) == 0
        && let Ok(text) = core::str::from_utf8(input)
    {
        return Cow::Borrowed(text);
    }
    Cow::Owned(encode_owned(input))
}

fn encode_owned(input: &[u8]) -> String {
    let mut out = Vec::new();
    encode_into(input, &mut out);
    into_ascii_text(out)
}

/// Encoded text is ASCII, so the check never fails; it is one fast pass.
pub(crate) fn into_ascii_text(bytes: Vec<u8>) -> String {
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(fault) => String::from_utf8_lossy(fault.as_bytes()).into_owned(),
    }
}

/// Appends the encoded form of `input` to `out`.
///
/// ```
/// let mut out = b"key=".to_vec();
/// countersign_encoding::encode_into(b"a b", &mut out);
/// assert_eq!(out, b"key=a%20b");
/// ```
pub fn encode_into(input: &[u8], out: &mut Vec<u8>) {
    append(out, encoded_len(input), ONCE_WIDTH, |slot| {
        encode_to_slice(input, slot)
    });
}

/// Appends the encoded form of the encoded form of `input` to `out`, in one pass.
///
/// That is what a parameter becomes within a signature base string.
///
/// ```
/// let mut out = Vec::new();
/// countersign_encoding::encode_twice_into(b"a b", &mut out);
/// assert_eq!(out, b"a%2520b");
/// ```
pub fn encode_twice_into(input: &[u8], out: &mut Vec<u8>) {
    let escapes = reserved_count(input);
    let len = input.len().saturating_add(escapes.saturating_mul(4));
    append(out, len, TWICE_WIDTH, |slot| {
        encode_twice_to_slice(input, slot)
    });
}

/// Appends the encoded form of text that is canonically encoded already: `%` becomes `%25`.
///
/// Nothing else is looked at, so anything but canonical text (see
/// [`is_canonical`](crate::is_canonical)) comes out wrong.
///
/// ```
/// let mut out = Vec::new();
/// countersign_encoding::encode_encoded_into(b"a%20b", &mut out);
/// assert_eq!(out, b"a%2520b");
/// ```
pub fn encode_encoded_into(canonical: &[u8], out: &mut Vec<u8>) {
    let escapes = reserved_count(canonical);
    let len = canonical.len().saturating_add(escapes.saturating_mul(2));
    append(out, len, ONCE_WIDTH, |slot| {
        encode_encoded_to_slice(canonical, slot)
    });
}

/// Gives `write` exactly `len` bytes at the end of `out`, and the slack its fast path wants.
fn append(
    out: &mut Vec<u8>,
    len: usize,
    slack: usize,
    write: impl FnOnce(&mut [u8]) -> Option<usize>,
) {
    let start = out.len();
    out.resize(start.saturating_add(len).saturating_add(slack), 0);
    let written = out.get_mut(start..).and_then(write).unwrap_or(0);
    out.truncate(start.saturating_add(written));
}

/// Writes the encoded form of `input` to the beginning of `out`; says how many bytes that were.
///
/// `None` means that `out` is too small. The bytes after the written ones are unspecified. A
/// buffer with four bytes more than [`encoded_len`] is filled fastest.
#[must_use]
#[inline]
pub fn encode_to_slice(input: &[u8], out: &mut [u8]) -> Option<usize> {
    fill(&ONCE, input, out)
}

/// Writes the encoded form of the encoded form of `input` to the beginning of `out`; says how
/// many bytes that were.
///
/// `None` means that `out` is too small: `input.len() + 4 * reserved_count(input)` are needed. The
/// bytes after the written ones are unspecified. Eight bytes more are filled fastest.
#[must_use]
#[inline]
pub fn encode_twice_to_slice(input: &[u8], out: &mut [u8]) -> Option<usize> {
    fill(&TWICE, input, out)
}

/// Writes the encoded form of canonically encoded text to the beginning of `out`; says how many
/// bytes that were.
///
/// `None` means that `out` is too small: two bytes more than the text for each `%` are needed. The
/// bytes after the written ones are unspecified. Four bytes more are filled fastest.
#[must_use]
#[inline]
pub fn encode_encoded_to_slice(canonical: &[u8], out: &mut [u8]) -> Option<usize> {
    fill(&ENCODED, canonical, out)
}

/// How many bytes are tested together.
const BLOCK: usize = 16;

#[inline(always)]
fn fill<const WIDTH: usize>(
    table: &[[u8; WIDTH]; 256],
    input: &[u8],
    out: &mut [u8],
) -> Option<usize> {
    let mut at: usize = 0;
    let (blocks, rest) = input.as_chunks::<BLOCK>();
    for block in blocks {
        if all_unreserved(block) {
            *out.get_mut(at..)?.first_chunk_mut::<BLOCK>()? = *block;
            at = at.wrapping_add(BLOCK);
        } else {
            for &byte in block {
                at = put(entry(table, byte), out, at)?;
            }
        }
    }
    for &byte in rest {
        at = put(entry(table, byte), out, at)?;
    }
    Some(at)
}

/// Writes one entry, whole where there is room, so that no branch depends on its length.
#[inline(always)]
fn put<const WIDTH: usize>(entry: [u8; WIDTH], out: &mut [u8], at: usize) -> Option<usize> {
    let len = usize::from(*entry.last()?);
    let rest = out.get_mut(at..)?;
    if let Some(slot) = rest.first_chunk_mut::<WIDTH>() {
        *slot = entry;
    } else {
        rest.get_mut(..len)?.copy_from_slice(entry.get(..len)?);
    }
    Some(at.wrapping_add(len))
}

#[inline(always)]
fn all_unreserved<const N: usize>(block: &[u8; N]) -> bool {
    block.iter().fold(true, |all, &byte| all & unreserved(byte))
}

/// The length of the encoded form of `input`.
#[must_use]
pub fn encoded_len(input: &[u8]) -> usize {
    input
        .len()
        .saturating_add(reserved_count(input).saturating_mul(2))
}

/// How many octets of `input` are reserved, that is, need three bytes in the encoded form.
#[must_use]
#[inline]
pub fn reserved_count(input: &[u8]) -> usize {
    let (blocks, rest) = input.as_chunks::<BLOCK>();
    let mut count: usize = 0;
    for block in blocks {
        let found = block.iter().fold(0_u8, |found, &byte| {
            found.wrapping_add(u8::from(!unreserved(byte)))
        });
        count = count.wrapping_add(usize::from(found));
    }
    for &byte in rest {
        count = count.wrapping_add(usize::from(!unreserved(byte)));
    }
    count
}

/// Whether RFC 5849 3.6 leaves this octet as it is: ALPHA, DIGIT, `-`, `.`, `_`, `~`.
#[must_use]
#[inline]
pub const fn is_unreserved(byte: u8) -> bool {
    unreserved(byte)
}

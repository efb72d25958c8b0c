//! Percent-encoding of RFC 5849 3.6, once and twice.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::table::{
    ENCODED, Entry, MOST, ONCE, RESERVED, TWICE, WIDTH, entry, entry_len, unreserved,
};

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
    if is_plain(input.as_bytes()) {
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
    if is_plain(input)
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
    let escapes = reserved_count(input);
    let len = input.len().saturating_add(escapes.saturating_mul(2));
    append(input, escapes, len, out, |slot| {
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
    append(input, escapes, len, out, |slot| {
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
    append(canonical, escapes, len, out, |slot| {
        encode_encoded_to_slice(canonical, slot)
    });
}

/// Appends what `write` makes of `input`: `len` bytes, or the input itself without `escapes`.
#[inline]
fn append(
    input: &[u8],
    escapes: usize,
    len: usize,
    out: &mut Vec<u8>,
    write: impl FnOnce(&mut [u8]) -> Option<usize>,
) {
    if escapes == 0 {
        out.extend_from_slice(input);
        return;
    }
    let start = out.len();
    out.resize(start.saturating_add(len).saturating_add(SLACK), 0);
    let written = out.get_mut(start..).and_then(write).unwrap_or(0);
    out.truncate(start.saturating_add(written));
}

/// How many bytes more than needed make a slice that is filled fastest, to its end.
pub const SLACK: usize = ROOM;

/// Writes the encoded form of `input` to the beginning of `out`; says how many bytes that were.
///
/// `None` means that `out` is too small. The bytes after the written ones are unspecified. The end of
/// a slice that has [`SLACK`] bytes more than needed is written as fast as its beginning.
#[must_use]
#[inline]
pub fn encode_to_slice(input: &[u8], out: &mut [u8]) -> Option<usize> {
    fill(&ONCE, input, out)
}

/// Writes the encoded form of the encoded form of `input` to the beginning of `out`; says how
/// many bytes that were.
///
/// `None` means that `out` is too small: `input.len() + 4 * reserved_count(input)` are needed. The
/// bytes after the written ones are unspecified. See [`SLACK`] for speed.
#[must_use]
#[inline]
pub fn encode_twice_to_slice(input: &[u8], out: &mut [u8]) -> Option<usize> {
    fill(&TWICE, input, out)
}

/// Writes the encoded form of canonically encoded text to the beginning of `out`; says how many
/// bytes that were.
///
/// `None` means that `out` is too small: two bytes more than the text for each `%` are needed. The
/// bytes after the written ones are unspecified. See [`SLACK`] for speed.
#[must_use]
#[inline]
pub fn encode_encoded_to_slice(canonical: &[u8], out: &mut [u8]) -> Option<usize> {
    fill(&ENCODED, canonical, out)
}

/// How many bytes are encoded between two looks at the room that is left.
const BLOCK: usize = 16;
/// The room for a block: the last entry may begin where the others end at most.
const ROOM: usize = (BLOCK - 1) * MOST + WIDTH;

#[inline(always)]
fn fill(table: &[Entry; 256], input: &[u8], out: &mut [u8]) -> Option<usize> {
    let mut at: usize = 0;
    let (blocks, rest) = input.as_chunks::<BLOCK>();
    for block in blocks {
        at = at.wrapping_add(fill_block(table, block, out.get_mut(at..)?)?);
    }
    let (fours, rest) = rest.as_chunks::<4>();
    for four in fours {
        at = at.wrapping_add(fill_block(table, four, out.get_mut(at..)?)?);
    }
    for byte in rest {
        at = at.wrapping_add(fill_block(table, &[*byte], out.get_mut(at..)?)?);
    }
    Some(at)
}

/// Writes a block. The lengths of entries and blocks show the compiler that there is room for all
/// of it, so that a byte takes a look-up, a copy and an addition.
#[inline(always)]
fn fill_block<const LEN: usize>(
    table: &[Entry; 256],
    block: &[u8; LEN],
    out: &mut [u8],
) -> Option<usize> {
    const {
        assert!(LEN <= BLOCK, "there is room for a block");
    }
    let Some(room) = out.first_chunk_mut::<ROOM>() else {
        return fill_tightly(table, block, out);
    };
    let mut at: usize = 0;
    for &byte in block {
        let entry = entry(table, byte);
        *room.get_mut(at..)?.first_chunk_mut::<WIDTH>()? = entry.to_le_bytes();
        at = at.wrapping_add(entry_len(entry));
    }
    Some(at)
}

/// Writes no byte too many, for the end of a buffer without slack.
#[cold]
#[inline(never)]
fn fill_tightly(table: &[Entry; 256], block: &[u8], out: &mut [u8]) -> Option<usize> {
    let mut at: usize = 0;
    for &byte in block {
        let entry = entry(table, byte);
        let len = entry_len(entry);
        let end = at.checked_add(len)?;
        out.get_mut(at..end)?
            .copy_from_slice(entry.to_le_bytes().get(..len)?);
        at = end;
    }
    Some(at)
}

/// The length of the encoded form of `input`.
#[must_use]
pub fn encoded_len(input: &[u8]) -> usize {
    input
        .len()
        .saturating_add(reserved_count(input).saturating_mul(2))
}

/// Whether no octet of `input` is reserved: raw, encoded and twice encoded are the same then.
///
/// This is quicker than counting them.
#[must_use]
#[inline]
pub fn is_plain(input: &[u8]) -> bool {
    if let Some(last) = input.last_chunk::<BLOCK>() {
        return is_plain_in_blocks(input.as_chunks().0, last);
    }
    // They may overlap.
    if let (Some(first), Some(last)) = (input.first_chunk(), input.last_chunk()) {
        return is_plain_eight(*first) & is_plain_eight(*last);
    }
    reserved_in_short(input) == 0
}

/// The last block may overlap the one before. Tests and no look-ups, and a function of its own, so
/// that the compiler uses vector instructions.
#[inline(never)]
fn is_plain_in_blocks(blocks: &[[u8; BLOCK]], last: &[u8; BLOCK]) -> bool {
    let mut found = last.map(excess);
    for block in blocks {
        for (found, byte) in found.iter_mut().zip(block) {
            *found |= excess(*byte);
        }
    }
    u128::from_ne_bytes(found) == 0
}

/// Whether all of eight bytes are unreserved, told within one register: a block put together of two
/// eights would have to go through memory, and that has to be waited for.
#[inline(always)]
fn is_plain_eight(eight: [u8; 8]) -> bool {
    // The top bit of a byte tells what is true of it. Nothing is carried from one byte to another,
    // as neither summand is above 0x80 and 0x7f.
    let word = u64::from_ne_bytes(eight);
    let ascii = word & each(0x7f);
    let at_least = |bytes: u64, least: u8| bytes.wrapping_add(each(0x80_u8.wrapping_sub(least)));
    let within = |bytes, least: u8, most: u8| {
        at_least(bytes, least) & !at_least(bytes, most.wrapping_add(1))
    };
    let is = |byte| !at_least(ascii ^ each(byte), 1);
    let letter = within(ascii | each(0x20), b'a', b'z');
    let digit = within(ascii, b'0', b'9');
    let mark = within(ascii, b'-', b'.');
    let plain = letter | digit | mark | is(b'_') | is(b'~');
    (word | !plain) & each(0x80) == 0
}

const fn each(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// How far a byte is from the nearest unreserved one, in some measure: 0 for those themselves.
#[inline(always)]
fn excess(byte: u8) -> u8 {
    let letter = (byte | 0x20).wrapping_sub(b'a').saturating_sub(25);
    let digit = byte.wrapping_sub(b'0').saturating_sub(9);
    let mark = byte.wrapping_sub(b'-').saturating_sub(1);
    let others = (byte ^ b'_').min(byte ^ b'~');
    letter.min(digit).min(mark).min(others)
}

/// How many octets of `input` are reserved, that is, need three bytes in the encoded form.
#[must_use]
#[inline]
pub fn reserved_count(input: &[u8]) -> usize {
    if input.len() < LONG {
        return reserved_in_short(input);
    }
    let (blocks, rest) = input.as_chunks::<LONG>();
    reserved_in_blocks(blocks).wrapping_add(reserved_in_short(rest))
}

/// From this length on the bytes are tested many at a time.
const LONG: usize = 64;

/// One test of sixteen bytes, or one look-up per byte where there are fewer.
#[inline]
fn reserved_in_short(input: &[u8]) -> usize {
    let (blocks, rest) = input.as_chunks::<BLOCK>();
    let mut count = 0_u8;
    for block in blocks {
        count = count.wrapping_add(reserved_in_block(block));
    }
    let (eights, rest) = rest.as_chunks::<8>();
    for eight in eights {
        for &byte in eight {
            count = count.wrapping_add(entry(&RESERVED, byte));
        }
    }
    for &byte in rest {
        count = count.wrapping_add(entry(&RESERVED, byte));
    }
    usize::from(count)
}

/// Tests and no look-ups, and a function of its own, so that the compiler uses vector
/// instructions.
#[inline(never)]
fn reserved_in_block(block: &[u8; BLOCK]) -> u8 {
    block.iter().fold(0_u8, |found, &byte| {
        found.wrapping_add(u8::from(!unreserved(byte)))
    })
}

/// As [`reserved_in_block`], for many.
#[inline(never)]
fn reserved_in_blocks(blocks: &[[u8; LONG]]) -> usize {
    let mut count: usize = 0;
    for block in blocks {
        let mut found = 0_u8;
        for &byte in block {
            found = found.wrapping_add(u8::from(!unreserved(byte)));
        }
        count = count.wrapping_add(usize::from(found));
    }
    count
}

/// Whether RFC 5849 3.6 leaves this octet as it is: ALPHA, DIGIT, `-`, `.`, `_`, `~`.
#[must_use]
#[inline]
pub const fn is_unreserved(byte: u8) -> bool {
    unreserved(byte)
}

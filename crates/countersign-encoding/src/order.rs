//! The order of encoded forms, found without encoding anything.

use core::cmp::Ordering;

use crate::table::{ONCE, RANK, entry, entry_len, unreserved};

#[cfg(test)]
mod tests;

/// Compares the encoded forms of two raw strings byte by byte, encoding neither.
///
/// RFC 5849 3.4.1.3.2 sorts parameters after encoding. A reserved octet becomes `%XX`, and `%` is
/// less than every unreserved character, so ranking octets by their encoded form gives the order.
///
/// ```
/// use core::cmp::Ordering;
/// use countersign_encoding::compare_encoded;
///
/// assert_eq!(compare_encoded(b"/", b"."), Ordering::Less); // %2F before .
/// assert_eq!(compare_encoded("é".as_bytes(), b"b"), Ordering::Less); // %C3%A9 before b
/// ```
#[must_use]
pub fn compare_encoded(a: &[u8], b: &[u8]) -> Ordering {
    for (x, y) in a.iter().zip(b) {
        if x != y {
            return rank(*x).cmp(&rank(*y));
        }
    }
    a.len().cmp(&b.len())
}

/// The place of an octet's encoded form among the encoded forms of all octets, from 0 to 255.
#[must_use]
#[inline]
pub fn rank(octet: u8) -> u8 {
    entry(&RANK, octet)
}

/// The first eight bytes of the encoded form of raw octets, as a number that sorts alike.
///
/// The first byte is the most significant; a shorter form is filled up with zeros, which occur in
/// no encoded form. When two prefixes differ, the encoded forms are in the same order; when they
/// are equal, [`compare_encoded`] decides.
///
/// ```
/// use countersign_encoding::rank_prefix;
///
/// assert!(rank_prefix(b"a/b") < rank_prefix(b"a.b"));
/// assert!(rank_prefix(b"oauth_nonce") < rank_prefix(b"oauth_token"));
/// ```
#[must_use]
#[inline]
pub fn rank_prefix(raw: &[u8]) -> u64 {
    if let Some(head) = raw.first_chunk::<8>()
        && head.iter().fold(true, |all, &byte| all & unreserved(byte))
    {
        return u64::from_be_bytes(*head);
    }
    let mut prefix = 0_u64;
    let mut room: u32 = 8;
    for &octet in raw.iter().take(8) {
        let encoded = entry(&ONCE, octet);
        for byte in encoded.to_le_bytes().into_iter().take(entry_len(encoded)) {
            if room == 0 {
                return prefix;
            }
            prefix = (prefix << 8) | u64::from(byte);
            room = room.wrapping_sub(1);
        }
    }
    left_align(prefix, room)
}

/// [`rank_prefix`] of text that is canonically encoded already; both kinds compare with each
/// other.
///
/// ```
/// use countersign_encoding::{canonical_prefix, rank_prefix};
///
/// assert_eq!(canonical_prefix(b"a%2Fb"), rank_prefix(b"a/b"));
/// ```
#[must_use]
#[inline]
pub fn canonical_prefix(canonical: &[u8]) -> u64 {
    if let Some(head) = canonical.first_chunk::<8>() {
        return u64::from_be_bytes(*head);
    }
    let mut prefix = 0_u64;
    let mut room: u32 = 8;
    for &byte in canonical {
        prefix = (prefix << 8) | u64::from(byte);
        room = room.wrapping_sub(1);
    }
    left_align(prefix, room)
}

/// `room` is at most eight; eight, an empty text, shifts everything out.
#[inline]
fn left_align(prefix: u64, room: u32) -> u64 {
    prefix.checked_shl(room.wrapping_mul(8)).unwrap_or(0)
}

//! The canonical test.

use crate::table::{NO_DIGIT, RESERVED, digit, entry, unreserved};

/// Whether encoded text is spelled exactly as RFC 5849 3.6 spells it.
///
/// Canonical text consists of unreserved characters and of triplets with upper-case digits that
/// stand for reserved octets; it equals the encoded form of what it decodes to. Nothing is
/// allocated.
///
/// ```
/// use countersign_encoding::is_canonical;
///
/// assert!(is_canonical(b"a%2Fb"));
/// assert!(!is_canonical(b"a%2fb")); // lower-case digit
/// assert!(!is_canonical(b"a/b")); // reserved, yet bare
/// assert!(!is_canonical(b"%7E")); // encoded for no reason
/// ```
#[must_use]
#[inline]
pub fn is_canonical(encoded: &[u8]) -> bool {
    if encoded.len() < LONG {
        is_canonical_in_short(encoded)
    } else {
        is_canonical_in_blocks(encoded)
    }
}

fn is_canonical_in_short(encoded: &[u8]) -> bool {
    let mut rest = encoded;
    loop {
        let run = rest
            .iter()
            .position(|&byte| entry(&RESERVED, byte) != 0)
            .unwrap_or(rest.len());
        rest = match rest.get(run..) {
            None | Some([]) => return true,
            Some([b'%', high, low, after @ ..]) if is_canonical_octet(*high, *low) => after,
            Some(_) => return false,
        };
    }
}

/// How many bytes are tested at once.
const BLOCK: usize = 16;
/// A block, and the two bytes behind it.
const LONG: usize = BLOCK + 2;

/// Looks at each byte with the two behind it, and at the last two alone.
fn is_canonical_in_blocks(encoded: &[u8]) -> bool {
    let [.., a, b] = encoded else { return false };
    if !(unreserved(*a) & unreserved(*b)) {
        // A triplet ends in a digit.
        return false;
    }
    let mut faults = 0;
    let mut rest = encoded;
    while let Some(block) = rest.first_chunk() {
        faults |= faults_in_block(block);
        rest = rest.get(BLOCK..).unwrap_or_default();
    }
    // It may overlap the one before.
    if let Some(block) = encoded.last_chunk() {
        faults |= faults_in_block(block);
    }
    faults == 0
}

/// Tests and no look-ups, and a function of its own, so that the compiler uses vector
/// instructions. Not 0 if a byte of the block is neither unreserved nor the beginning of a triplet.
#[inline(never)]
fn faults_in_block(block: &[u8; LONG]) -> u128 {
    let mut faults = [0_u8; BLOCK];
    let [_, behind @ ..] = block;
    let [_, _, last @ ..] = block;
    let bytes = block.iter().zip(behind).zip(last);
    for (fault, ((&byte, &high), &low)) in faults.iter_mut().zip(bytes) {
        let digits = is_upper_digit(high) & is_upper_digit(low);
        let octet = (digit_value(high) << 4) | digit_value(low);
        let triplet = (byte == b'%') & digits & !unreserved(octet);
        *fault = u8::from(!(unreserved(byte) | triplet));
    }
    u128::from_ne_bytes(faults)
}

#[inline(always)]
const fn is_upper_digit(byte: u8) -> bool {
    (byte.wrapping_sub(b'0') < 10) | (byte.wrapping_sub(b'A') < 6)
}

/// Of an upper-case digit.
#[inline(always)]
const fn digit_value(byte: u8) -> u8 {
    (byte & 0x0f).wrapping_add((byte >> 6).wrapping_mul(9))
}

/// Whether two bytes are upper-case digits that stand for a reserved octet.
#[inline(always)]
fn is_canonical_octet(high: u8, low: u8) -> bool {
    let (high_value, low_value) = (digit(high), digit(low));
    let upper = |byte: u8| byte < b'a';
    high_value != NO_DIGIT
        && low_value != NO_DIGIT
        && upper(high)
        && upper(low)
        && entry(&RESERVED, (high_value << 4) | low_value) != 0
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::{is_canonical, is_canonical_in_short};
    use crate::{decode_bytes, encode_bytes};
    use proptest::prelude::*;

    #[test]
    fn names_each_way_to_be_wrong() {
        for (text, expected) in [
            ("", true),
            ("abc-._~019AZ", true),
            ("%20%25%C3%A9%00%FF", true),
            ("%c3", false),
            ("%41", false),
            ("%2", false),
            ("%", false),
            ("%G0", false),
            ("a+b", false),
            ("é", false),
        ] {
            assert_eq!(is_canonical(text.as_bytes()), expected, "{text}");
        }
    }

    fn is_encoded_again(text: &[u8]) -> bool {
        decode_bytes(text).is_ok_and(|raw| encode_bytes(&raw).as_bytes() == text)
    }

    /// The code for long texts against the one for short ones.
    #[test]
    fn every_byte_in_every_place_of_a_triplet_is_judged_alike() {
        for place in 0..40 {
            for first in 0..=u8::MAX {
                let mut text = [b'a'; 40];
                text[place] = first;
                assert_eq!(is_canonical(&text), is_canonical_in_short(&text));
            }
        }
        for high in 0..=u8::MAX {
            for low in 0..=u8::MAX {
                for place in [0, 14, 15, 16, 20] {
                    let mut text = [b'a'; 23];
                    text[place..place + 3].copy_from_slice(&[b'%', high, low]);
                    assert_eq!(is_canonical(&text), is_canonical_in_short(&text));
                }
            }
        }
        for len in 0..60 {
            let text: Vec<u8> = b"%2Fa%20".iter().copied().cycle().take(len).collect();
            assert_eq!(is_canonical(&text), is_canonical_in_short(&text), "{len}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_decoding_and_encoding(text in "[a%0-9A-F+~/é]{0,12}") {
            prop_assert_eq!(is_canonical(text.as_bytes()), is_encoded_again(text.as_bytes()));
        }

        #[test]
        fn agrees_where_most_is_canonical(
            pieces in prop::collection::vec("([a-zA-Z0-9._~-]{1,4}|%(2[0-9A-C]|C3|A9|FF)|[%a-f+]|%4[1A]){1,3}", 4..20),
        ) {
            let text = pieces.concat();
            prop_assert_eq!(is_canonical(text.as_bytes()), is_encoded_again(text.as_bytes()));
        }
    }
}

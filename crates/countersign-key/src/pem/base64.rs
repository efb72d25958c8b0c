//! Base64 as PEM has it, without a table and without a branch on the data: what passes through
//! here is often a private key.

use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::pem::Base64Damage;

/// The value of one character, or -1.
///
/// Each line adds the value if the character lies in its range and nothing otherwise: the sign of
/// the product of the two distances is spread over the whole word and serves as the mask.
const fn value(character: u8) -> i16 {
    #[expect(clippy::as_conversions, reason = "a byte always fits")]
    let c = character as i16;
    let mut found = -1_i16;
    found = found.wrapping_add(in_range(c, 0x41, 0x5a) & c.wrapping_sub(64));
    found = found.wrapping_add(in_range(c, 0x61, 0x7a) & c.wrapping_sub(70));
    found = found.wrapping_add(in_range(c, 0x30, 0x39) & c.wrapping_add(5));
    found = found.wrapping_add(in_range(c, 0x2b, 0x2b) & 63);
    found.wrapping_add(in_range(c, 0x2f, 0x2f) & 64)
}

/// All ones if `low <= c <= high`, else zero.
const fn in_range(c: i16, low: i16, high: i16) -> i16 {
    (low.wrapping_sub(1).wrapping_sub(c) & c.wrapping_sub(high.wrapping_add(1))) >> 8
}

/// Decodes; blanks and line ends between the characters are skipped. `base` is where `text` begins
/// in the caller's input, so that the damage is told by its place in the file.
pub(super) fn decode(text: &[u8], base: usize) -> Result<Zeroizing<Vec<u8>>, Base64Damage> {
    // Never grown, so no copy of a key is left behind in freed memory.
    let mut out = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut bits = 0_u32;
    let mut characters = 0_usize;
    let mut padding = 0_usize;
    let mut last = base;
    for (index, &byte) in text.iter().enumerate() {
        let offset = base.saturating_add(index);
        if byte.is_ascii_whitespace() {
            continue;
        }
        last = offset;
        if byte == b'=' {
            padding = padding.saturating_add(1);
            if padding > 2 {
                return Err(Base64Damage::Padding { offset });
            }
            continue;
        }
        if padding > 0 {
            return Err(Base64Damage::Padding { offset });
        }
        let Ok(sextet) = u32::try_from(value(byte)) else {
            return Err(Base64Damage::Character {
                offset,
                found: byte,
            });
        };
        bits = (bits << 6) | sextet;
        characters = characters.wrapping_add(1);
        if characters.is_multiple_of(4) {
            let [_, a, b, c] = bits.to_be_bytes();
            out.extend_from_slice(&[a, b, c]);
            bits = 0;
        }
    }
    let [_, a, b, c] = bits.to_be_bytes();
    match (characters % 4, padding) {
        (0, 0) => {}
        // 12 bits read, 4 of them spare; 18 bits read, 2 of them spare.
        (2, 2) if c & 0x0f == 0 => out.push((b << 4) | (c >> 4)),
        (3, 1) if c & 0x03 == 0 => {
            out.push((a << 6) | (b >> 2));
            out.push((b << 6) | (c >> 2));
        }
        (2, 2) | (3, 1) => return Err(Base64Damage::SpareBits { offset: last }),
        (0, _) => return Err(Base64Damage::Padding { offset: last }),
        (_, _) => {
            return Err(Base64Damage::Length {
                offset: last,
                characters,
            });
        }
    }
    Ok(out)
}

/// The character of a sextet, computed and not looked up, for the reason given above.
const fn character(sextet: u8) -> u8 {
    #[expect(clippy::as_conversions, reason = "a byte always fits")]
    let s = sextet as i16;
    let mut found = s.wrapping_add(0x41);
    found = found.wrapping_add((25_i16.wrapping_sub(s) >> 8) & 6);
    found = found.wrapping_sub((51_i16.wrapping_sub(s) >> 8) & 75);
    found = found.wrapping_sub((61_i16.wrapping_sub(s) >> 8) & 15);
    found = found.wrapping_add((62_i16.wrapping_sub(s) >> 8) & 3);
    let [_, low] = found.to_be_bytes();
    low
}

/// Appends the base64 of `bytes` in lines of 64 characters, each ended by a line feed.
pub(super) fn encode_lines(bytes: &[u8], out: &mut Vec<u8>) {
    for line in bytes.chunks(48) {
        for group in line.chunks(3) {
            let (a, b, c) = match *group {
                [a, b, c] => (a, b, c),
                [a, b] => (a, b, 0),
                [a] => (a, 0, 0),
                _ => continue,
            };
            out.push(character(a >> 2));
            out.push(character(((a << 4) | (b >> 4)) & 0x3f));
            out.push(if group.len() > 1 {
                character(((b << 2) | (c >> 6)) & 0x3f)
            } else {
                b'='
            });
            out.push(if group.len() > 2 {
                character(c & 0x3f)
            } else {
                b'='
            });
        }
        out.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    use super::{character, decode, encode_lines, value};
    use crate::pem::Base64Damage;

    #[test]
    fn values_and_characters_are_those_of_the_alphabet() {
        for byte in 0..=u8::MAX {
            let place = ALPHABET.iter().position(|&c| c == byte);
            let expected = place.map_or(-1, |place| i16::try_from(place).unwrap());
            assert_eq!(value(byte), expected, "{byte:#04x}");
        }
        for (sextet, &expected) in (0..64).zip(ALPHABET) {
            assert_eq!(character(sextet), expected, "{sextet}");
        }
    }

    #[test]
    fn damage_is_told_by_its_place() {
        for (text, damage) in [
            (
                "QUJD*A==",
                Base64Damage::Character {
                    offset: 14,
                    found: b'*',
                },
            ),
            (
                "QUJ",
                Base64Damage::Length {
                    offset: 12,
                    characters: 3,
                },
            ),
            (
                "QUJDR",
                Base64Damage::Length {
                    offset: 14,
                    characters: 5,
                },
            ),
            ("QUJD=", Base64Damage::Padding { offset: 14 }),
            ("QQ==QQ==", Base64Damage::Padding { offset: 14 }),
            ("QQ===", Base64Damage::Padding { offset: 14 }),
            ("QR==", Base64Damage::SpareBits { offset: 13 }),
        ] {
            assert_eq!(decode(text.as_bytes(), 10).err(), Some(damage), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_was_encoded_decodes_to_itself(
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let mut text = Vec::new();
            encode_lines(&bytes, &mut text);
            prop_assert_eq!(&**decode(&text, 0).unwrap(), &bytes[..]);
        }
    }
}

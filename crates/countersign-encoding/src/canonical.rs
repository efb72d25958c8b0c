//! The canonical test.

use crate::table::unreserved;

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
    let mut rest = encoded;
    while let [byte, after @ ..] = rest {
        rest = if unreserved(*byte) {
            after
        } else if let [b'%', high, low, after @ ..] = rest
            && let (Some(high), Some(low)) = (upper_digit(*high), upper_digit(*low))
            && !unreserved((high << 4) | low)
        {
            after
        } else {
            return false;
        };
    }
    true
}

fn upper_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte.wrapping_sub(b'0')),
        b'A'..=b'F' => Some(byte.wrapping_sub(b'A').wrapping_add(10)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::is_canonical;
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

    proptest! {
        #[test]
        fn agrees_with_decoding_and_encoding(text in "[a%0-9A-F+~/é]{0,12}") {
            let expected = decode_bytes(text.as_bytes())
                .is_ok_and(|raw| encode_bytes(&raw).as_bytes() == text.as_bytes());
            prop_assert_eq!(is_canonical(text.as_bytes()), expected);
        }
    }
}

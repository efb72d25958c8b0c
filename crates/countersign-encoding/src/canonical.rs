//! The canonical test.

use crate::table::{NO_DIGIT, RESERVED, digit, entry};

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

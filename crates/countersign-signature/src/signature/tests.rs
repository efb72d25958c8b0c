#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

use proptest::prelude::*;

use crate::{Method, Signature, SignatureSyntaxError as E};

fn check(text: &str, expected: Result<&[u8], E>) {
    let found = Signature::parse_base64(text);
    assert_eq!(
        found.as_ref().map(Signature::as_bytes),
        expected.as_ref().copied(),
        "{text:?}"
    );
}

#[test]
fn canonical_base64_is_read() {
    check("AA==", Ok(&[0]));
    check("AAA=", Ok(&[0, 0]));
    check("AAAA", Ok(&[0, 0, 0]));
    check("+/+/", Ok(&[0xfb, 0xff, 0xbf]));
}

#[test]
fn any_other_spelling_is_refused() {
    check("", Err(E::Empty));
    // Bits that no encoder writes.
    check("AB==", Err(E::TrailingBits { offset: 1 }));
    check("AAB=", Err(E::TrailingBits { offset: 2 }));
    // The URL alphabet.
    check(
        "AA-_",
        Err(E::InvalidCharacter {
            offset: 2,
            found: b'-',
        }),
    );
    // White space, before, inside and after.
    check(
        " AAAA",
        Err(E::InvalidCharacter {
            offset: 0,
            found: b' ',
        }),
    );
    check(
        "AA AA",
        Err(E::InvalidCharacter {
            offset: 2,
            found: b' ',
        }),
    );
    check(
        "AAAA\n",
        Err(E::InvalidCharacter {
            offset: 4,
            found: b'\n',
        }),
    );
    // Padding.
    check("AA", Err(E::InvalidPadding { offset: 2 }));
    check("AAA", Err(E::InvalidPadding { offset: 3 }));
    check("A", Err(E::InvalidLength { len: 1 }));
    check("AA=", Err(E::InvalidPadding { offset: 3 }));
    check(
        "AA==AAAA",
        Err(E::InvalidCharacter {
            offset: 2,
            found: b'=',
        }),
    );
    check(
        "====",
        Err(E::InvalidCharacter {
            offset: 0,
            found: b'=',
        }),
    );
    check(
        "AA===",
        Err(E::InvalidCharacter {
            offset: 2,
            found: b'=',
        }),
    );
    // Hexadecimal of the right length is base64 of the wrong one: syntax cannot tell.
    check(
        "\u{e9}AAA",
        Err(E::InvalidCharacter {
            offset: 0,
            found: 0xc3,
        }),
    );
}

#[test]
fn short_and_long_are_read_alike() {
    for len in 1..200_usize {
        let bytes = vec![0xa5; len];
        let signature = Signature::from_bytes(&bytes);
        let text = signature.to_text();
        assert_eq!(Signature::parse_base64(&text).unwrap().as_bytes(), bytes);
        for fault in [format!("{text}="), format!("{text} "), text[1..].to_owned()] {
            assert!(Signature::parse_base64(&fault).is_err(), "{fault}");
        }
    }
}

#[test]
fn plaintext_is_taken_verbatim_and_never_shown() {
    let signature = Method::dangerous_plaintext()
        .parse_signature("canary&canary")
        .unwrap();
    assert_eq!(signature.to_text(), "canary&canary");
    assert_eq!(format!("{signature:?}"), "Signature(13 bytes)");
}

proptest! {
    #[test]
    fn what_is_read_is_written_the_same(text in "[A-Za-z0-9+/]{0,120}={0,2}") {
        if let Ok(signature) = Signature::parse_base64(&text) {
            prop_assert_eq!(signature.to_text(), text);
        }
    }

    #[test]
    fn anything_else_is_refused_without_panic(text in ".{0,120}") {
        if let Ok(signature) = Signature::parse_base64(&text) {
            prop_assert_eq!(signature.to_text(), text);
        }
    }
}

proptest! {
    /// The writer for reused memory agrees with the general encoder, PLAINTEXT included.
    #[test]
    fn bytes_are_written_like_text(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        for signature in [Signature::from_bytes(&bytes), Signature::verbatim(&bytes)] {
            let mut written = b"before ".to_vec();
            signature.write_bytes(&mut written);
            prop_assert_eq!(written, format!("before {}", signature.to_text()).into_bytes());
        }
    }
}

/// The quick reader of short texts says what the general one says.
#[test]
fn short_texts_are_read_as_long_ones() {
    use base64::Engine as _;
    let general = base64::engine::general_purpose::STANDARD;
    let agrees = |text: &str| {
        let found = Signature::parse_base64(text).ok();
        let expected = general.decode(text).ok().filter(|_| !text.is_empty());
        assert_eq!(
            found.as_ref().map(Signature::as_bytes),
            expected.as_deref(),
            "{text:?}"
        );
    };
    for len in 0..=66_u8 {
        let octets: Vec<u8> = (0..len).map(|at| at.wrapping_mul(89) ^ 0xa5).collect();
        agrees(&general.encode(octets));
    }
    for text in ["AAAAAA==", "AAAAAAA=", "AAAAAAAA", "/+9z"] {
        for at in 0..text.len() {
            for other in (0..=0x7f).map(char::from) {
                let mut characters: Vec<char> = text.chars().collect();
                characters[at] = other;
                agrees(&characters.iter().collect::<String>());
                characters.insert(at, other);
                agrees(&characters.iter().collect::<String>());
            }
        }
    }
}

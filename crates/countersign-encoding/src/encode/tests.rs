#![allow(clippy::arithmetic_side_effects, reason = "tests count")]

use super::{
    encode, encode_bytes, encode_encoded_into, encode_encoded_to_slice, encode_into,
    encode_to_slice, encode_twice_into, encode_twice_to_slice, encoded_len, is_plain,
    is_unreserved, reserved_count,
};
use crate::{decode_bytes, is_canonical};
use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;

/// The definition, word by word.
fn by_definition(input: &[u8]) -> String {
    let mut out = String::new();
    for &byte in input {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[test]
fn every_octet_is_encoded_as_defined() {
    for byte in 0..=255_u8 {
        let expected = by_definition(&[byte]);
        assert_eq!(encode_bytes(&[byte]), expected);
        assert_eq!(is_unreserved(byte), expected.len() == 1);
        assert_eq!(encoded_len(&[byte]), expected.len());
        let mut twice = Vec::new();
        encode_twice_into(&[byte], &mut twice);
        assert_eq!(twice, by_definition(expected.as_bytes()).into_bytes());
    }
}

#[test]
fn borrows_when_nothing_needs_encoding() {
    assert!(matches!(encode("Az09-._~"), Cow::Borrowed("Az09-._~")));
    assert!(matches!(encode(""), Cow::Borrowed("")));
    assert!(matches!(encode_bytes(b"abc"), Cow::Borrowed("abc")));
    assert!(matches!(encode("a b"), Cow::Owned(_)));
}

#[test]
fn characters_that_stock_encoders_get_wrong() {
    assert_eq!(encode("!*'()~+ "), "%21%2A%27%28%29~%2B%20");
}

#[test]
fn appends_and_keeps_what_is_there() {
    let mut out = b"x=".to_vec();
    encode_into(b"/", &mut out);
    encode_twice_into(b"/", &mut out);
    encode_encoded_into(b"%2F", &mut out);
    assert_eq!(out, b"x=%2F%252F%252F");
}

#[test]
fn a_slice_of_the_exact_size_suffices_and_one_byte_less_does_not() {
    let input = b"a long plain run and \xC3\xA9";
    let once = by_definition(input);
    let twice = by_definition(once.as_bytes());
    let mut buffer = vec![0; once.len()];
    assert_eq!(encode_to_slice(input, &mut buffer), Some(once.len()));
    assert_eq!(buffer, once.as_bytes());
    assert_eq!(encode_to_slice(input, &mut buffer[1..]), None);
    let mut buffer = vec![0; twice.len()];
    assert_eq!(encode_twice_to_slice(input, &mut buffer), Some(twice.len()));
    assert_eq!(buffer, twice.as_bytes());
    assert_eq!(encode_twice_to_slice(input, &mut buffer[1..]), None);
    buffer.fill(0);
    let written = encode_encoded_to_slice(once.as_bytes(), &mut buffer);
    assert_eq!(written, Some(twice.len()));
    assert_eq!(buffer, twice.as_bytes());
    assert_eq!(
        encode_encoded_to_slice(once.as_bytes(), &mut buffer[1..]),
        None
    );
}

#[test]
fn one_byte_anywhere_decides_whether_text_is_plain() {
    for len in [1, 3, 7, 8, 15, 16, 17, 31, 32, 33, 47, 48, 64, 69] {
        for place in 0..len {
            for byte in 0..=u8::MAX {
                let mut text = [b'a'; 70];
                text[place] = byte;
                assert_eq!(
                    is_plain(&text[..len]),
                    is_unreserved(byte),
                    "{byte} at {place} of {len}"
                );
            }
        }
    }
    assert!(is_plain(b""));
}

proptest! {
    #[test]
    fn encoding_follows_the_definition(input: Vec<u8>) {
        let expected = by_definition(&input);
        prop_assert_eq!(encode_bytes(&input), expected.as_str());
        prop_assert_eq!(encoded_len(&input), expected.len());
        prop_assert_eq!(reserved_count(&input), (expected.len() - input.len()) / 2);
        let mut out = Vec::new();
        encode_into(&input, &mut out);
        prop_assert_eq!(&out, expected.as_bytes());
        prop_assert!(is_canonical(&out));
    }

    #[test]
    fn encoding_text_follows_the_definition(input in "[a-z0-9é%+ ]{0,60}") {
        prop_assert_eq!(encode(&input), by_definition(input.as_bytes()));
    }

    #[test]
    fn decoding_undoes_encoding(input: Vec<u8>) {
        let encoded = encode_bytes(&input);
        prop_assert_eq!(&*decode_bytes(encoded.as_bytes()).unwrap(), input.as_slice());
    }

    #[test]
    fn twice_in_one_pass_is_twice(input: Vec<u8>) {
        let once = by_definition(&input);
        let expected = by_definition(once.as_bytes()).into_bytes();
        let mut out = Vec::new();
        encode_twice_into(&input, &mut out);
        prop_assert_eq!(&out, &expected);
        out.clear();
        encode_encoded_into(once.as_bytes(), &mut out);
        prop_assert_eq!(&out, &expected);
    }
}

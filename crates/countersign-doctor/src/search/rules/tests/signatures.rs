//! Signatures spelt in another way.

use super::{assert_complete, row};
use crate::search::rule::Deviate;

/// SHA-1 of nothing, as octets.
const DIGEST: [u8; 20] = [
    0xda, 0x39, 0xa3, 0xee, 0x5e, 0x6b, 0x4b, 0x0d, 0x32, 0x55, 0xbf, 0xef, 0x95, 0x60, 0x18, 0x90,
    0xaf, 0xd8, 0x07, 0x09,
];

/// The same in base64, with a plus and a slash in it: the digest of another text.
const PLUS: &str = "2jmj7l5rSw0yVb/vlWAYkK/YBwk=";

const VECTORS: &[(&str, &str, &[&str])] = &[
    (
        "sig.hex_not_base64",
        "wrote the signature in hexadecimal",
        &[
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
            "DA-39-A3-EE-5E-6B-4B-0D-32-55-BF-EF-95-60-18-90-AF-D8-07-09",
            "0xda39a3ee5e6b4b0d3255bfef95601890afd80709",
        ],
    ),
    (
        "sig.base64_of_hex",
        "wrote the base64 of the hexadecimal",
        &["ZGEzOWEzZWU1ZTZiNGIwZDMyNTViZmVmOTU2MDE4OTBhZmQ4MDcwOQ=="],
    ),
    (
        "sig.double_encoded",
        "percent-encoded the signature twice",
        &[
            "2jmj7l5rSw0yVb%2FvlWAYkK%2FYBwk%3D",
            "2jmj7l5rSw0yVb%252FvlWAYkK%252FYBwk%253D",
        ],
    ),
    (
        "sig.not_base64",
        "spelt the signature in another way",
        &[
            "2jmj7l5rSw0yVb_vlWAYkK_YBwk",
            "2jmj7l5rSw0yVb/vlWAYkK/YBwk",
            "2jmj7l5rSw0yVb/vlWAYkK/YBwk=\n",
            " 2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
            "\"2jmj7l5rSw0yVb/vlWAYkK/YBwk=\"",
            "2jmj7l5rSw0yVb\\/vlWAYkK\\/YBwk=",
        ],
    ),
    (
        "sig.base64_twice",
        "encoded the signature in base64 twice",
        &["MmptajdsNXJTdzB5VmIvdmxXQVlrSy9ZQndrPQ=="],
    ),
];

const NOT_ENCODED: (&str, &str) = ("sig.not_percent_encoded", "sent the signature without");

fn read(code: &str, did: &str, text: &str) -> Option<Vec<u8>> {
    let Deviate::Signature(read) = row(code, did).deviate else {
        panic!("{did}: not of the signature");
    };
    read(text)
}

#[test]
fn signatures_are_read_as_they_were_meant() {
    for (code, did, texts) in VECTORS {
        for text in *texts {
            assert_eq!(
                read(code, did, text).as_deref(),
                Some(&DIGEST[..]),
                "{code}: {text}"
            );
        }
        assert_eq!(read(code, did, PLUS), None, "{code} reads what is right");
        for other in ["", "=", "????", "é", "%zz", "abc"] {
            assert_ne!(
                read(code, did, other).as_deref(),
                Some(&DIGEST[..]),
                "{code}: {other}"
            );
        }
    }
    let mut vectors: Vec<_> = VECTORS.iter().map(|(code, did, _)| (*code, *did)).collect();
    vectors.push(NOT_ENCODED);
    assert_complete(&vectors, |rule| {
        matches!(rule.deviate, Deviate::Signature(_))
    });
}

#[test]
fn a_blank_is_a_plus_that_was_not_encoded() {
    let read = |text| read(NOT_ENCODED.0, NOT_ENCODED.1, text);
    assert_eq!(read("++ +"), read("+ ++"));
    assert_eq!(read("++ +"), Some(vec![0xfb, 0xef, 0xbe]));
    assert_eq!(read("++++"), None);
}

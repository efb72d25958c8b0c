#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

use crate::Hash;
use crate::body_hash::{BodyHashError, Streamed, check, compute};

/// The draft's appendix, and the empty bodies of all three.
const KNOWN: [(Hash, &[u8], &str); 5] = [
    (Hash::Sha1, b"Hello World!", "Lve95gjOVATpfV8EL5X4nxwjKHE="),
    (Hash::Sha1, b"", "2jmj7l5rSw0yVb/vlWAYkK/YBwk="),
    (
        Hash::Sha256,
        b"",
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    ),
    (
        Hash::Sha512,
        b"",
        "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
    ),
    (
        Hash::Sha256,
        b"Hello World!",
        "f4OxZX/x/FO5LcGBSKHWXfwtSx+j1ncoSt3SABJtkGk=",
    ),
];

#[test]
fn known_hashes() {
    for (hash, body, expected) in KNOWN {
        assert_eq!(compute(hash, body), expected);
        assert_eq!(check(hash, body, expected), Ok(()));
        let longer = [body, b"x"].concat();
        assert_eq!(check(hash, &longer, expected), Err(BodyHashError::Mismatch));
    }
}

#[test]
fn other_spellings_and_other_hashes_are_refused() {
    let sha256 = compute(Hash::Sha256, b"");
    let wrong = BodyHashError::WrongLength {
        hash: Hash::Sha1,
        found: 32,
        like: Some(Hash::Sha256),
    };
    assert_eq!(check(Hash::Sha1, b"", &sha256), Err(wrong));
    assert_eq!(
        wrong.to_string(),
        "expected a SHA-1 body hash of 20 bytes, found 32 bytes"
    );
    for text in [
        "",
        "2jmj7l5rSw0yVb/vlWAYkK/YBwl=",
        "2jmj7l5rSw0yVb_vlWAYkK_YBwk=",
        "da39a3ee",
    ] {
        assert!(check(Hash::Sha1, b"", text).is_err(), "{text}");
    }
}

#[test]
#[cfg(all(feature = "hmac", feature = "rsa"))]
fn the_hash_follows_the_method_unless_told_otherwise() {
    use crate::Method;
    use crate::body_hash::Rule;
    for (method, hash) in [
        (Method::HMAC_SHA1, Hash::Sha1),
        (Method::HMAC_SHA256, Hash::Sha256),
        (Method::RSA_SHA512, Hash::Sha512),
        (Method::RSA_PSS_SHA256, Hash::Sha256),
        (Method::dangerous_plaintext(), Hash::Sha1),
    ] {
        assert_eq!(Rule::MethodHash.hash_for(method), hash);
        assert_eq!(Rule::Always(Hash::Sha1).hash_for(method), Hash::Sha1);
    }
}

#[test]
fn streamed_is_the_same_as_whole() {
    for (hash, body, expected) in KNOWN {
        for at in 0..=body.len() {
            let mut streamed = Streamed::new(hash, expected).unwrap();
            streamed.update(&body[..at]);
            streamed.update(&body[at..]);
            assert_eq!(streamed.finish(), Ok(()));
        }
        let mut longer = Streamed::new(hash, expected).unwrap();
        longer.update(body);
        longer.update(b"x");
        assert_eq!(longer.finish(), Err(BodyHashError::Mismatch));
        assert!(Streamed::new(hash, "AAAA").is_err());
        assert!(Streamed::new(hash, "no base64").is_err());
    }
}

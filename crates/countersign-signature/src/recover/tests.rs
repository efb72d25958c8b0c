#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

use crate::recover::{DigestForm, Recovered, Recoverer, recover};
use crate::rsa::padding::digest_info;
use crate::testing::{Fixed, KEYS, WIKI, backends, private};
use crate::{Digest, Hash, Method, Signer};

const METHODS: [(&Method, Hash); 3] = [
    (Method::RSA_SHA1, Hash::Sha1),
    (Method::RSA_SHA256, Hash::Sha256),
    (Method::RSA_SHA512, Hash::Sha512),
];

#[test]
fn hash_and_digest_come_out() {
    let key = private(KEYS[5]);
    for backend in backends() {
        let recoverer = Recoverer::with(&*backend, key.public_key()).unwrap();
        for (method, hash) in METHODS {
            let signer = Signer::rsa_with(&*backend, method, &key).unwrap();
            let signature = signer.sign(b"base string", Some(&mut Fixed(1))).unwrap();
            let recovered = recoverer.recover(signature.as_bytes());
            let Recovered::Digest(digest) = recovered else {
                panic!("{recovered:?}");
            };
            assert_eq!(*digest.digest(), hash.digest(b"base string"));
            assert_eq!(digest.form(), DigestForm::Standard);
            assert!(digest.matches(b"base string") && !digest.matches(b"another one"));
        }
    }
}

#[test]
fn altered_and_foreign_look_alike_and_lengths_are_told() {
    let (key, other) = (private(WIKI), private(KEYS[3]));
    let signer = Signer::rsa(Method::RSA_SHA1, &key).unwrap();
    let signature = signer.sign(b"base string", Some(&mut Fixed(1))).unwrap();
    let signature = signature.as_bytes();
    for at in [0, 64, 127] {
        let mut altered = signature.to_vec();
        altered[at] ^= 1;
        let recovered = recover(key.public_key(), &altered).unwrap();
        assert_eq!(recovered, Recovered::NotThisKeyOrAltered);
        assert!(!recovered.matches(b"base string"));
    }
    let recovered = recover(other.public_key(), signature).unwrap();
    assert_eq!(recovered, Recovered::NotThisKeyOrAltered);
    let beyond = recover(key.public_key(), &[0xff; 128]).unwrap();
    assert_eq!(beyond, Recovered::NotThisKeyOrAltered);

    let larger = private(KEYS[5]);
    let expected = Recovered::WrongLength {
        expected: 256,
        found: 128,
    };
    assert_eq!(recover(larger.public_key(), signature).unwrap(), expected);
    let expected = Recovered::WrongLength {
        expected: 128,
        found: 0,
    };
    assert_eq!(recover(key.public_key(), &[]).unwrap(), expected);
}

/// What faulty libraries sign.
#[test]
fn other_contents_are_told_apart() {
    let key = private(WIKI);
    let digest = Hash::Sha256.digest(b"base string");
    let info = digest_info(Hash::Sha256);
    let mut no_null = [info, digest.as_bytes()].concat();
    no_null.drain(15..17);
    (no_null[1], no_null[3]) = (no_null[1] - 2, no_null[3] - 2);
    let padded = |fill: u8, content: &[u8]| {
        let mut encoded = vec![0, 1];
        encoded.resize(128 - content.len() - 1, fill);
        encoded.push(0);
        [&encoded, content].concat()
    };
    for backend in backends() {
        let operation = backend.private(&key).unwrap();
        let recoverer = Recoverer::with(&*backend, key.public_key()).unwrap();
        let look =
            |encoded: &[u8]| recoverer.recover(&operation.apply(encoded, &mut Fixed(1)).unwrap());
        let form = |recovered| match recovered {
            Recovered::Digest(digest) => {
                assert!(digest.matches(b"base string"));
                Some(digest.form())
            }
            _ => None,
        };
        assert_eq!(
            form(look(&padded(0xff, &no_null))),
            Some(DigestForm::WithoutNull)
        );
        assert_eq!(
            form(look(&padded(0xff, digest.as_bytes()))),
            Some(DigestForm::Bare)
        );
        let content = b"not a digest".to_vec();
        assert_eq!(
            look(&padded(0xff, &content)),
            Recovered::OtherContent { content }
        );
        assert_eq!(
            look(&padded(0xfe, digest.as_bytes())),
            Recovered::NotThisKeyOrAltered
        );
        // A digest cut short within its wrapping is no digest.
        let short = [info, &digest.as_bytes()[1..]].concat();
        assert!(matches!(
            look(&padded(0xff, &short)),
            Recovered::OtherContent { .. }
        ));
    }
}

#[test]
fn pss_gives_salt_and_takes_candidates() {
    for pem in &KEYS[2..] {
        let key = private(pem);
        let signer = Signer::rsa(Method::RSA_PSS_SHA256, &key).unwrap();
        let signature = signer.sign(b"base string", Some(&mut Fixed(1))).unwrap();
        let recovered = recover(key.public_key(), signature.as_bytes()).unwrap();
        let Recovered::Pss(pss) = &recovered else {
            panic!("{recovered:?}");
        };
        assert_eq!((pss.hash(), pss.salt().len()), (Hash::Sha256, 32));
        assert!(recovered.matches(b"base string") && !recovered.matches(b"another one"));
        let mut altered = signature.as_bytes().to_vec();
        altered[9] ^= 1;
        let altered = recover(key.public_key(), &altered).unwrap();
        assert_eq!(altered, Recovered::NotThisKeyOrAltered);
    }
}

#[test]
fn digests_from_elsewhere_have_their_length_checked() {
    let digest = Hash::Sha1.digest(b"a");
    assert_eq!(
        Digest::from_bytes(Hash::Sha1, digest.as_bytes()),
        Some(digest)
    );
    assert_eq!(
        Digest::from_bytes(Hash::Sha1, &digest.as_bytes()[1..]),
        None
    );
    assert_eq!(Digest::from_bytes(Hash::Sha256, digest.as_bytes()), None);
    assert_eq!(
        digest.to_string(),
        "SHA-1:86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"
    );
}

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

use countersign_key::{RsaPrivateKey, RsaPublicKey};

use crate::rsa::padding::digest_info;
use crate::testing::{Broken, Fixed, KEYS, WIKI, backends, private};
use crate::{
    Hash, Message, Method, RsaBackend, RsaOperationError, RsaPrivateOperation, RsaPublicOperation,
    Signature, Signer, SignerError, UnusableKey, Verifier,
};

const METHODS: [&Method; 4] = [
    Method::RSA_SHA1,
    Method::RSA_SHA256,
    Method::RSA_SHA512,
    Method::RSA_PSS_SHA256,
];

/// wiki.oauth.net, TestCases; `vacaction` is really spelled so.
const WIKI_BASE: &[u8] = b"GET&http%3A%2F%2Fphotos.example.net%2Fphotos&file%3Dvacaction.jpg%26\
    oauth_consumer_key%3Ddpf43f3p2l4k3l03%26oauth_nonce%3D13917289812797014437%26\
    oauth_signature_method%3DRSA-SHA1%26oauth_timestamp%3D1196666512%26oauth_version%3D1.0%26\
    size%3Doriginal";
const WIKI_SIGNATURE: &str = "jvTp/wX1TYtByB1m+Pbyo0lnCOLIsyGCH7wke8AUs3BpnwZJtAuEJkvQL2/9n4s5w\
    UmUl4aCI4BwpraNx4RtEXMe5qg5T1LVTGliMRpKasKsW//e+RinhejgCuzoH26dyF8iY2ZZ/5D1ilgeijhV/vBka5twt39\
    9mXwaYdCwFYE=";

fn verify(
    backend: &dyn RsaBackend,
    method: &'static Method,
    key: &RsaPrivateKey,
    message: &[u8],
    signature: &[u8],
) -> bool {
    Verifier::rsa_with(backend, method, key.public_key())
        .unwrap()
        .verify(message, &Signature::from_bytes(signature))
        .is_ok()
}

#[test]
fn the_wiki_example() {
    let key = private(WIKI);
    for backend in backends() {
        let signer = Signer::rsa_with(&*backend, Method::RSA_SHA1, &key).unwrap();
        let signature = signer.sign(WIKI_BASE, Some(&mut Fixed(1))).unwrap();
        assert_eq!(signature.to_text(), WIKI_SIGNATURE, "{backend:?}");
        assert!(verify(
            &*backend,
            Method::RSA_SHA1,
            &key,
            WIKI_BASE,
            signature.as_bytes()
        ));
        let tampered = WIKI_BASE.to_ascii_lowercase();
        assert!(!verify(
            &*backend,
            Method::RSA_SHA1,
            &key,
            &tampered,
            signature.as_bytes()
        ));
    }
}

#[test]
fn every_backend_verifies_what_any_signs_and_nothing_else() {
    for pem in KEYS {
        let key = private(pem);
        for method in METHODS {
            for signing in backends() {
                let signer = match Signer::rsa_with(&*signing, method, &key) {
                    Ok(signer) => signer,
                    Err(error) => {
                        let short = matches!(error, UnusableKey::TooShort { needed, .. } if needed > key.bits());
                        assert!(short && key.bits() == 512, "{error}");
                        continue;
                    }
                };
                let signature = signer.sign(b"message", Some(&mut Fixed(7))).unwrap();
                let signature = signature.as_bytes();
                assert_eq!(signature.len(), key.bits().div_ceil(8));
                for backend in backends() {
                    let check = |message: &[u8], signature: &[u8]| {
                        verify(&*backend, method, &key, message, signature)
                    };
                    assert!(check(b"message", signature), "{method} {}", key.bits());
                    assert!(!check(b"massage", signature));
                    assert!(!check(b"message", &signature[1..]));
                    assert!(!check(b"message", &[&[0], signature].concat()));
                    assert!(!check(b"message", &[signature, &[0]].concat()));
                    assert!(!check(b"message", &[]));
                    for at in [0, signature.len() / 2, signature.len() - 1] {
                        let mut altered = signature.to_vec();
                        altered[at] ^= 1;
                        assert!(!check(b"message", &altered));
                    }
                    for other in METHODS.into_iter().filter(|other| *other != method) {
                        if let Ok(verifier) = Verifier::rsa_with(&*backend, other, key.public_key())
                        {
                            let signature = Signature::from_bytes(signature);
                            assert!(verifier.verify(b"message", &signature).is_err());
                        }
                    }
                }
            }
        }
    }
}

/// Adding the modulus gives a number with the same power: it must not be a second signature.
#[test]
fn a_signature_beyond_the_modulus_is_refused() {
    let key = private(WIKI);
    let modulus = key.public_key().modulus();
    for backend in backends() {
        let public = backend.public(key.public_key()).unwrap();
        let mut one = vec![0; modulus.len()];
        *one.last_mut().unwrap() = 1;
        assert_eq!(public.apply(&one), Ok(one.clone()));
        assert_eq!(
            public.apply(modulus),
            Err(RsaOperationError::OutOfRange),
            "{backend:?}"
        );
        let mut beyond = modulus.to_vec();
        *beyond.last_mut().unwrap() += 1;
        assert_eq!(public.apply(&beyond), Err(RsaOperationError::OutOfRange));
        assert_eq!(
            public.apply(&vec![0xff; modulus.len()]),
            Err(RsaOperationError::OutOfRange)
        );
        assert_eq!(public.apply(&one[1..]), Err(RsaOperationError::OutOfRange));
        let private = backend.private(&key).unwrap();
        assert!(private.apply(modulus, &mut Fixed(1)).is_err());
        assert!(private.apply(&one[1..], &mut Fixed(1)).is_err());
    }
}

/// Everything a lenient parser of the padding or of DER has ever accepted by mistake. The key signs
/// it, so the arithmetic is right and only the comparison can refuse.
#[test]
fn no_other_encoding_of_the_same_digest_is_accepted() {
    let digest = Hash::Sha1.digest(b"message");
    let info = [digest_info(Hash::Sha1), digest.as_bytes()].concat();
    let no_null = {
        let mut der = info.clone();
        der.drain(13 - 2..13);
        (der[1], der[3]) = (der[1] - 2, der[3] - 2);
        der
    };
    let long_length = [&[0x30, 0x81, info[1]], &info[2..]].concat();
    for pem in KEYS {
        let key = private(pem);
        let len = key.bits().div_ceil(8);
        let padded = |kind: u8, fill: usize, rest: &[u8]| {
            let mut encoded = vec![0, kind];
            encoded.resize(2 + fill, if kind == 1 { 0xff } else { 0x5a });
            encoded.push(0);
            encoded.extend_from_slice(rest);
            encoded.resize(len, 0);
            encoded
        };
        let room = len - 3;
        let right = padded(1, room - info.len(), &info);
        let mut gap = right.clone();
        gap[10] = 0xfe;
        let wrong = [
            // The forgery that needs no key when the exponent is 3: what follows is not looked at.
            padded(1, 8, &info),
            padded(1, room - info.len() - 1, &[&info[..], &[0]].concat()),
            padded(1, room - no_null.len(), &no_null),
            padded(1, room - long_length.len(), &long_length),
            padded(1, room - digest.as_bytes().len(), digest.as_bytes()),
            padded(2, room - info.len(), &info),
            padded(0, room - info.len(), &info),
            padded(1, room, &[]),
            gap,
        ];
        for backend in backends() {
            let private = backend.private(&key).unwrap();
            let signed = |encoded: &[u8]| private.apply(encoded, &mut Fixed(3)).unwrap();
            assert!(verify(
                &*backend,
                Method::RSA_SHA1,
                &key,
                b"message",
                &signed(&right)
            ));
            for (n, encoded) in wrong.iter().enumerate() {
                let signature = signed(encoded);
                let accepted = verify(&*backend, Method::RSA_SHA1, &key, b"message", &signature);
                assert!(!accepted, "{backend:?}, {} bits, {n}", key.bits());
            }
        }
    }
}

#[test]
fn the_salt_of_pss_is_fresh_and_has_its_length() {
    let key = private(KEYS[5]);
    for backend in backends() {
        let signer = Signer::rsa_with(&*backend, Method::RSA_PSS_SHA256, &key).unwrap();
        let mut random = Fixed(1);
        let first = signer.sign(b"message", Some(&mut random)).unwrap();
        let second = signer.sign(b"message", Some(&mut random)).unwrap();
        assert_ne!(first.as_bytes(), second.as_bytes());
    }
}

#[test]
fn randomness_is_demanded_and_its_failure_reported() {
    let key = private(WIKI);
    for method in [Method::RSA_SHA1, Method::RSA_PSS_SHA256] {
        let signer = Signer::rsa(method, &key).unwrap();
        assert!(matches!(
            signer.sign(b"", None),
            Err(SignerError::RandomRequired { .. })
        ));
        assert!(matches!(
            signer.sign(b"", Some(&mut Broken)),
            Err(SignerError::Random)
        ));
    }
}

#[test]
fn methods_of_the_other_kind_are_refused() {
    let key = private(WIKI);
    for backend in backends() {
        for method in [Method::HMAC_SHA1, Method::dangerous_plaintext()] {
            let error = Signer::rsa_with(&*backend, method, &key).unwrap_err();
            assert!(matches!(error, UnusableKey::WrongKind { .. }));
            let error = Verifier::rsa_with(&*backend, method, key.public_key()).unwrap_err();
            assert!(matches!(error, UnusableKey::WrongKind { .. }));
        }
    }
    let secret = crate::testing::key("a", "b");
    assert!(matches!(
        Signer::hmac(Method::RSA_SHA1, &secret),
        Err(UnusableKey::WrongKind { .. })
    ));
    assert!(matches!(
        Verifier::hmac(Method::RSA_PSS_SHA256, &secret),
        Err(UnusableKey::WrongKind { .. })
    ));
}

/// Counts what another backend computes.
#[derive(Debug, Clone)]
struct Counting(Arc<dyn RsaBackend>, Arc<AtomicUsize>);

struct Counted(Box<dyn RsaPublicOperation>, Arc<AtomicUsize>);

impl RsaBackend for Counting {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn private(&self, key: &RsaPrivateKey) -> Result<Box<dyn RsaPrivateOperation>, UnusableKey> {
        self.0.private(key)
    }

    fn public(&self, key: &RsaPublicKey) -> Result<Box<dyn RsaPublicOperation>, UnusableKey> {
        Ok(Box::new(Counted(self.0.public(key)?, Arc::clone(&self.1))))
    }
}

impl RsaPublicOperation for Counted {
    fn apply(&self, signature: &[u8]) -> Result<Vec<u8>, RsaOperationError> {
        let outcome = self.0.apply(signature)?;
        self.1.fetch_add(1, Ordering::Relaxed);
        Ok(outcome)
    }
}

/// The time of a refusal tells nothing of a modulus but its length: as much is computed for a number
/// that is too large, and the message is hashed whatever the signature is.
#[test]
fn every_signature_of_the_right_length_costs_one_operation() {
    for backend in backends() {
        let backend: Arc<dyn RsaBackend> = Arc::from(backend);
        for (at, key) in KEYS.into_iter().enumerate() {
            let key = private(key);
            let modulus = key.public_key().modulus();
            let length = key.public_key().signature_length();
            let mut above = modulus.to_vec();
            *above.last_mut().unwrap() = 0xff;
            let operations = Arc::new(AtomicUsize::new(0));
            let counting = Counting(Arc::clone(&backend), Arc::clone(&operations));
            let verifier =
                Verifier::rsa_with(&counting, Method::RSA_SHA1, key.public_key()).unwrap();
            for (number, expected) in [
                (vec![1; length], 1),
                (modulus.to_vec(), 1),
                (above, 1),
                (vec![0xff; length], 1),
                (vec![0xff; length + 1], 0),
                (vec![1; length - 1], 0),
                (Vec::new(), 0),
            ] {
                operations.store(0, Ordering::Relaxed);
                let message = Message::new(b"message");
                let signature = Signature::from_bytes(&number);
                assert!(verifier.verify_message(&message, &signature).is_err());
                let made = operations.load(Ordering::Relaxed);
                assert_eq!(made, expected, "{backend:?}, {at}, {} octets", number.len());
                assert!(message.is_hashed(), "{backend:?}, {at}");
            }
        }
    }
}

/// A number above the modulus whose lower bits are a right signature is none.
#[test]
fn what_is_computed_in_place_of_a_number_too_large_never_counts() {
    let key = private(WIKI);
    let signer = Signer::rsa(Method::RSA_SHA1, &key).unwrap();
    let below = (0..=u8::MAX).find_map(|text| {
        let signature = signer.sign(&[text], Some(&mut Fixed(1))).unwrap();
        let mut number = signature.as_bytes().to_vec();
        (number[0] < 0x80).then(|| {
            number[0] |= 0x80;
            (text, number)
        })
    });
    let (text, mut number) = below.unwrap();
    let right = {
        let mut right = number.clone();
        right[0] &= 0x7f;
        right
    };
    for backend in backends() {
        assert!(verify(&*backend, Method::RSA_SHA1, &key, &[text], &right));
        assert!(!verify(&*backend, Method::RSA_SHA1, &key, &[text], &number));
    }
    number[0] = 0xff;
    assert!(!verify(
        &crate::PureRust::new(),
        Method::RSA_SHA1,
        &key,
        &[text],
        &number
    ));
}

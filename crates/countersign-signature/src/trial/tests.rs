use proptest::prelude::*;

use super::Trial;
use crate::Hash;
#[cfg(feature = "hmac")]
use crate::{HmacKey, Method, Signer};

#[test]
fn every_length_and_split_gives_the_digest() {
    let text: Vec<u8> = (0..=255).chain(0..=60).collect();
    for hash in Hash::ALL {
        for len in 0..text.len() {
            let split = len.wrapping_mul(7) % (len.saturating_add(1));
            let trial = Trial::plain(hash).after(&text[..split]);
            assert_eq!(trial.finish(&text[split..len]), hash.digest(&text[..len]));
            assert_eq!(trial.finish(&text[split..len]), hash.digest(&text[..len]));
        }
    }
}

#[cfg(feature = "hmac")]
proptest! {
    #[test]
    fn a_keyed_trial_is_the_hmac(
        key in prop::collection::vec(any::<u8>(), 0..300),
        parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 1..5),
    ) {
        for (hash, method) in [
            (Hash::Sha1, Method::HMAC_SHA1),
            (Hash::Sha256, Method::HMAC_SHA256),
            (Hash::Sha512, Method::HMAC_SHA512),
        ] {
            let signer = Signer::hmac(method, &HmacKey::from_bytes(&key)).unwrap();
            let right = signer.sign(&parts.concat(), None).unwrap();
            let (rest, begin) = parts.split_last().unwrap();
            let trial = begin
                .iter()
                .fold(Trial::hmac(hash, &key), |trial, part| trial.after(part));
            let digest = trial.finish(rest);
            prop_assert_eq!(digest.as_bytes(), right.as_bytes());
            let mut other = rest.clone();
            other.push(0);
            let digest = trial.finish(&other);
            prop_assert_ne!(digest.as_bytes(), right.as_bytes());
        }
    }
}

#[test]
fn texts_that_part_anywhere_are_finished_like_whole_ones() {
    let text: Vec<u8> = (0..=255).chain(0..=99).collect();
    for hash in Hash::ALL {
        for begun in [0, 1, 63, 64, 65, 128, 200] {
            for trial in [Trial::plain(hash), Trial::hmac(hash, b"key&")] {
                let trial = trial.after(&text[..begun]);
                let track = trial.along(&text);
                for common in 0..=text.len() {
                    let mut other = text[..common].to_vec();
                    other.extend(core::iter::repeat_n(0xff, common % 150));
                    assert_eq!(track.finish(&other, common), trial.finish(&other));
                    // Less in common than there is makes no difference.
                    assert_eq!(track.finish(&other, common / 2), trial.finish(&other));
                }
                let mut other = text.clone();
                other[10] = 0xff;
                assert_ne!(track.finish(&other, text.len()), trial.finish(&other));
                assert_eq!(track.finish(b"", 1_000), trial.finish(b""));
            }
        }
    }
}

#[test]
fn the_key_is_not_printed() {
    let shown = format!("{:?}", Trial::hmac(Hash::Sha256, b"canary").along(b"text"));
    assert_eq!(shown, "Track(SHA-256, [redacted])");
    let shown = format!("{:?}", Trial::hmac(Hash::Sha1, b"canary"));
    assert_eq!(shown, "Trial(SHA-1, [redacted])");
}

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

use countersign_key::{RandomError, SecureRandom};

use crate::testing::{Broken, Fixed};
use crate::{nonce, write_nonce};

/// These bytes.
struct These([u8; 20]);

impl SecureRandom for These {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError> {
        out.copy_from_slice(&self.0);
        Ok(())
    }
}

#[test]
fn nonces_have_their_form_and_differ() {
    let mut random = Fixed(1);
    let (first, second) = (nonce(&mut random).unwrap(), nonce(&mut random).unwrap());
    assert_ne!(first, second);
    for nonce in [first, second] {
        assert_eq!(nonce.len(), 32);
        assert!(nonce.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    }
}

/// Every value of any five bits in turn: each place of the nonce runs through the whole alphabet, and
/// no other place changes.
#[test]
fn every_letter_is_equally_likely_and_every_bit_counts() {
    let zeros = nonce(&mut These([0; 20])).unwrap();
    let mut places = std::collections::BTreeSet::new();
    for group in 0..4 {
        for place in 0..8 {
            let mut letters = std::collections::BTreeSet::new();
            for five in 0..32_u64 {
                let bits = (five << (5 * place)).to_be_bytes();
                let mut bytes = [0; 20];
                bytes[5 * group..5 * group + 5].copy_from_slice(&bits[3..]);
                let nonce = nonce(&mut These(bytes)).unwrap();
                let differing: Vec<_> = nonce
                    .char_indices()
                    .zip(zeros.chars())
                    .filter(|((_, letter), zero)| letter != zero)
                    .collect();
                assert_eq!(differing.len(), usize::from(five != 0));
                letters.insert(nonce.chars().nth(8 * group + place).unwrap());
                places.extend(differing.iter().map(|((at, _), _)| *at));
            }
            assert_eq!(letters.len(), 32);
        }
    }
    assert_eq!(places.len(), 32);
}

#[test]
fn a_nonce_is_appended() {
    let mut text = "a".to_owned();
    write_nonce(&mut Fixed(1), &mut text).unwrap();
    assert_eq!(text.len(), 33);
    assert!(write_nonce(&mut Broken, &mut text).is_err());
    assert_eq!(text, format!("a{}", nonce(&mut Fixed(1)).unwrap()));
}

#[test]
fn a_broken_generator_is_an_error() {
    assert!(nonce(&mut Broken).is_err());
}

#[cfg(feature = "os-random")]
#[test]
fn the_operating_system_gives_bytes() {
    let mut random = crate::OsRandom::new();
    assert_ne!(nonce(&mut random).unwrap(), nonce(&mut random).unwrap());
}

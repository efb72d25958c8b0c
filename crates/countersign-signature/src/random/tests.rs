#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

use countersign_key::{RandomError, SecureRandom};

use crate::nonce;
use crate::testing::{Broken, Fixed};

/// Always the same byte.
struct Stuck(u8);

impl SecureRandom for Stuck {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError> {
        out.fill(self.0);
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

/// Every byte value once: each letter is reached by exactly four of them, and eight reach none.
#[test]
fn every_letter_is_equally_likely() {
    let mut counts = std::collections::BTreeMap::new();
    let mut rejected = 0;
    for byte in 0..=u8::MAX {
        match nonce(&mut Stuck(byte)) {
            Ok(nonce) => {
                let letter = nonce.chars().next().unwrap();
                assert!(nonce.chars().all(|other| other == letter));
                *counts.entry(letter).or_insert(0) += 1;
            }
            Err(_) => rejected += 1,
        }
    }
    assert_eq!((counts.len(), rejected), (62, 8));
    assert!(counts.values().all(|count| *count == 4));
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

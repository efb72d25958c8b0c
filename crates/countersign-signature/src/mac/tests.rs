#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

use hmac::{Hmac, KeyInit as _, Mac as _};
use proptest::prelude::*;

use crate::mac::{Mac, prepare, prepare_sha1, same};

fn run(key: &dyn Mac, message: &[u8]) -> Vec<u8> {
    let mut code = [0; 64];
    let len = key.mac(message, &mut code);
    code[..len].to_vec()
}

/// Lengths around the edges of blocks, where padding goes wrong.
#[test]
fn sha1_agrees_with_the_general_code_at_every_length() {
    let text: Vec<u8> = (0..300_u16).map(|n| n.to_le_bytes()[0]).collect();
    for key_len in [0, 1, 20, 63, 64, 65, 128, 200] {
        let key = &text[..key_len];
        let (ours, general) = (prepare_sha1(key), prepare::<sha1::Sha1>(key));
        for len in 0..text.len() {
            assert_eq!(
                run(&*ours, &text[..len]),
                run(&*general, &text[..len]),
                "{key_len}, {len}"
            );
        }
    }
}

proptest! {
    #[test]
    fn sha1_agrees_with_the_hmac_crate(
        key in prop::collection::vec(any::<u8>(), 0..150),
        message in prop::collection::vec(any::<u8>(), 0..1000),
    ) {
        let mut general = Hmac::<sha1::Sha1>::new_from_slice(&key).unwrap();
        general.update(&message);
        let expected = general.finalize().into_bytes().to_vec();
        prop_assert_eq!(run(&*prepare_sha1(&key), &message), expected);
    }
}

#[test]
fn codes_are_the_same_only_as_a_whole() {
    let code: Vec<u8> = (0..64).collect();
    for len in 1..=code.len() {
        let code = &code[..len];
        assert!(bool::from(same(code, code)));
        assert!(!bool::from(same(code, &code[..len - 1])));
        assert!(!bool::from(same(&code[..len - 1], code)));
        for at in 0..len {
            for bit in 0..8 {
                let mut other = code.to_vec();
                other[at] ^= 1 << bit;
                assert!(!bool::from(same(code, &other)), "{len}, {at}, {bit}");
            }
        }
    }
    assert!(!bool::from(same(&[], &[])));
}

/// RFC 2202 test case 2, RFC 4231 test case 2.
#[test]
fn published_codes() {
    let hex = |bytes: Vec<u8>| {
        bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let message = b"what do ya want for nothing?";
    assert_eq!(
        hex(run(&*prepare_sha1(b"Jefe"), message)),
        "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
    );
    assert_eq!(
        hex(run(&*prepare::<sha2::Sha256>(b"Jefe"), message)),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
    assert_eq!(
        hex(run(&*prepare::<sha2::Sha512>(b"Jefe"), message)),
        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fd\
         caeab1a34d4a6b4b636e070a38bce737"
    );
}

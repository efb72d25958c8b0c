//! Keys and randomness for tests.

#![allow(
    dead_code,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

use countersign_key::{RandomError, Secret, SecureRandom};
#[cfg(feature = "rsa")]
use {crate::RsaBackend, countersign_key::RsaPrivateKey};

use crate::HmacKey;

pub(crate) fn key(consumer: &str, token: &str) -> HmacKey {
    HmacKey::new(&Secret::new(consumer), Some(&Secret::new(token)))
}

/// Different bytes each time, the same in every run (SplitMix64). Secure in no way.
pub(crate) struct Fixed(pub(crate) u64);

impl SecureRandom for Fixed {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError> {
        for byte in out {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = mixed.to_be_bytes()[0];
        }
        Ok(())
    }
}

/// No bytes at all.
pub(crate) struct Broken;

impl SecureRandom for Broken {
    fn fill(&mut self, _out: &mut [u8]) -> Result<(), RandomError> {
        Err(RandomError::new())
    }
}

/// Every backend that is compiled in.
#[cfg(feature = "rsa")]
pub(crate) fn backends() -> Vec<Box<dyn RsaBackend>> {
    vec![
        Box::new(crate::PureRust::new()),
        #[cfg(feature = "openssl")]
        Box::new(crate::OpenSsl::new()),
    ]
}

/// The key of the wiki's RSA-SHA1 example, 1024 bits.
#[cfg(feature = "rsa")]
pub(crate) const WIKI: &[u8] = include_bytes!("testing/wiki.pem");
/// 1023, 1025 and 512 bits, and 1024 bits with the exponent 3; 2048 bits is what benchmarks use.
#[cfg(feature = "rsa")]
pub(crate) const KEYS: [&[u8]; 6] = [
    WIKI,
    include_bytes!("testing/rsa512.pem"),
    include_bytes!("testing/rsa1023.pem"),
    include_bytes!("testing/rsa1024_e3.pem"),
    include_bytes!("testing/rsa1025.pem"),
    include_bytes!("../benches/rsa2048.pem"),
];

#[cfg(feature = "rsa")]
pub(crate) fn private(pem: &[u8]) -> RsaPrivateKey {
    RsaPrivateKey::read(pem, None).unwrap()
}

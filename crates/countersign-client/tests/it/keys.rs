//! One consumer of each kind, and its counterpart at the provider.

use countersign_client::Consumer;
use countersign_key::{RandomError, RsaPrivateKey, RsaPublicKey, Secret, SecureRandom};
use countersign_signature::{KeyKind, Method};

/// With what `mastercard` needs as it is, and nobody else minds.
pub(crate) const CONSUMER: &str = "consumer!key";
pub(crate) const CONSUMER_SECRET: &str = "consumer & secret";

const PEM: &[u8] = include_bytes!("../../../countersign-key/tests/data/good/pkcs8-2048.pem");

/// A consumer whose key fits `method`.
pub(crate) fn consumer(method: &Method) -> Consumer {
    let secret = Secret::new(CONSUMER_SECRET);
    match method.kind() {
        KeyKind::Rsa => Consumer::rsa(CONSUMER, private_key()),
        KeyKind::Secret if method.is_plaintext() => Consumer::dangerous_plaintext(CONSUMER, secret),
        KeyKind::Secret => Consumer::hmac(CONSUMER, secret),
    }
}

pub(crate) fn private_key() -> RsaPrivateKey {
    RsaPrivateKey::read(PEM, None).unwrap()
}

pub(crate) fn public_key() -> RsaPublicKey {
    let der = private_key().public_key().to_spki_der();
    RsaPublicKey::read(&der).unwrap()
}

/// Repeats nothing within a test, and is the same every time.
pub(crate) struct Counter(pub(crate) u64);

impl SecureRandom for Counter {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError> {
        for byte in out {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            [*byte, ..] = (mixed ^ (mixed >> 27)).to_be_bytes();
        }
        Ok(())
    }
}

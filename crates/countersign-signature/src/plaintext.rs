//! `PLAINTEXT`: the key string is the signature.

use countersign_key::SecureRandom;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::signer::SigningKey;
use crate::verifier::VerifyingKey;
use crate::{Hash, HmacKey, Message, Method, Signature, SignatureMismatch, SignerError};

pub(crate) struct Key(Zeroizing<Vec<u8>>);

impl Key {
    pub(crate) fn new(key: &HmacKey) -> Self {
        Self(Zeroizing::new(key.expose_secret().to_vec()))
    }
}

impl SigningKey for Key {
    fn sign(
        &self,
        _method: &'static Method,
        _message: &[u8],
        _random: Option<&mut dyn SecureRandom>,
    ) -> Result<Signature, SignerError> {
        Ok(Signature::verbatim(&self.0))
    }
}

impl VerifyingKey for Key {
    /// Compares digests: comparing the texts would show by its time whether the lengths agree.
    fn verify(&self, _message: &Message<'_>, signature: &[u8]) -> Result<(), SignatureMismatch> {
        let expected = Hash::Sha256.digest(&self.0);
        if expected
            .as_bytes()
            .ct_eq(Hash::Sha256.digest(signature).as_bytes())
            .into()
        {
            return Ok(());
        }
        Err(SignatureMismatch)
    }
}

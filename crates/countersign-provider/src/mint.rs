//! Tokens, secrets and verifiers, drawn from a secure generator.

use std::sync::{Arc, Mutex, PoisonError};

use countersign_key::{RandomError, Secret, SecureRandom};
use countersign_signature::nonce;

/// Letters and digits that can't be taken for one another when a person types them.
const TYPEABLE: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// How many characters a verifier has that a person types: 60 bits, with five tries.
const TYPED: usize = 12;

/// The generator that all tokens come from.
pub(crate) struct Mint {
    random: Mutex<Box<dyn SecureRandom + Send>>,
}

impl core::fmt::Debug for Mint {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Mint").finish_non_exhaustive()
    }
}

impl Mint {
    pub(crate) fn new(random: Box<dyn SecureRandom + Send>) -> Self {
        Self {
            random: Mutex::new(random),
        }
    }

    fn with<T>(
        &self,
        draw: impl FnOnce(&mut (dyn SecureRandom + Send)) -> Result<T, RandomError>,
    ) -> Result<T, RandomError> {
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        draw(random.as_mut())
    }

    pub(crate) fn fill(&self, out: &mut [u8]) -> Result<(), RandomError> {
        self.with(|random| random.fill(out))
    }

    /// 32 letters and digits, 160 bits: a token, a token secret or a session handle.
    pub(crate) fn secret(&self) -> Result<Arc<Secret>, RandomError> {
        self.with(|random| nonce(random))
            .map(|text| Arc::new(Secret::new(text)))
    }

    /// 128 bits that identify a row.
    pub(crate) fn identity(&self) -> Result<[u8; 16], RandomError> {
        let mut bytes = [0; 16];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// A verifier that a person types (RFC 5849 section 2.2).
    pub(crate) fn typed_verifier(&self) -> Result<Secret, RandomError> {
        let mut bytes = [0; TYPED];
        self.fill(&mut bytes)?;
        // 32 divides 256: every character is equally likely.
        let letters = bytes
            .iter()
            .filter_map(|byte| TYPEABLE.get(usize::from(byte % 32)))
            .map(|letter| char::from(*letter));
        Ok(Secret::new(letters.collect::<String>()))
    }
}

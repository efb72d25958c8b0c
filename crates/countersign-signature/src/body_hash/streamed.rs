//! The body hash of a body that is not kept.

use core::fmt;

use sha1::Digest as _;
use subtle::ConstantTimeEq as _;

use crate::body_hash::{BodyHashError, expected};
use crate::{Hash, Signature};

/// Checks a received `oauth_body_hash` while the body passes by.
///
/// ```
/// use countersign_signature::{Hash, body_hash};
///
/// let mut streamed = body_hash::Streamed::new(Hash::Sha1, "Lve95gjOVATpfV8EL5X4nxwjKHE=")?;
/// streamed.update(b"Hello ");
/// streamed.update(b"World!");
/// streamed.finish()?;
/// # Ok::<(), body_hash::BodyHashError>(())
/// ```
#[must_use = "nothing is checked before `finish`"]
pub struct Streamed {
    expected: Signature,
    state: State,
}

enum State {
    Sha1(sha1::Sha1),
    Sha256(sha2::Sha256),
    Sha512(sha2::Sha512),
}

impl Streamed {
    /// Starts with the hash that is due and the value received.
    ///
    /// # Errors
    ///
    /// The value can be no hash of any body; see [`BodyHashError`].
    pub fn new(hash: Hash, received: &str) -> Result<Self, BodyHashError> {
        Ok(Self {
            expected: expected(hash, received)?,
            state: match hash {
                Hash::Sha1 => State::Sha1(sha1::Sha1::new()),
                Hash::Sha256 => State::Sha256(sha2::Sha256::new()),
                Hash::Sha512 => State::Sha512(sha2::Sha512::new()),
            },
        })
    }

    /// Takes in the next bytes of the body.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Sha1(state) => state.update(bytes),
            State::Sha256(state) => state.update(bytes),
            State::Sha512(state) => state.update(bytes),
        }
    }

    /// The body is over: compares in constant time.
    ///
    /// # Errors
    ///
    /// It was not the body that was hashed.
    pub fn finish(self) -> Result<(), BodyHashError> {
        let expected = self.expected.as_bytes();
        let same = match self.state {
            State::Sha1(state) => state.finalize().ct_eq(expected),
            State::Sha256(state) => state.finalize().ct_eq(expected),
            State::Sha512(state) => state.finalize().ct_eq(expected),
        };
        if same.into() {
            Ok(())
        } else {
            Err(BodyHashError::Mismatch)
        }
    }
}

impl fmt::Debug for Streamed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streamed").finish_non_exhaustive()
    }
}

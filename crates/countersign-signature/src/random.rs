//! Nonces, and with the feature `os-random` the operating system's randomness.

use countersign_key::{RandomError, SecureRandom};

/// How many characters a nonce has.
const LENGTH: usize = 32;

/// How many bytes may be of no use.
const SPARE: usize = 8;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A nonce of 32 characters from `[0-9A-Za-z]`, each equally likely: 190 bits.
///
/// Letters and digits only, because some servers mistreat anything that has to be encoded
/// ([RFC 5849 section 3.3](https://www.rfc-editor.org/rfc/rfc5849#section-3.3) leaves the form
/// open).
///
/// # Errors
/// [`RandomError`] if the generator fails, or gives nothing usable time and again.
pub fn nonce(random: &mut (impl SecureRandom + ?Sized)) -> Result<String, RandomError> {
    let mut nonce = String::with_capacity(LENGTH);
    let mut bytes = [0; LENGTH + SPARE];
    // One draw is enough all but once in 100,000 times, and only a broken generator needs a fifth.
    for _ in 0..4 {
        random.fill(&mut bytes)?;
        for byte in bytes {
            // 62 letters go four times into 248; the bytes beyond would favour the first ones.
            let letter = ALPHABET.get(usize::from(byte % 62)).filter(|_| byte < 248);
            if let Some(letter) = letter {
                nonce.push(char::from(*letter));
                if nonce.len() == LENGTH {
                    return Ok(nonce);
                }
            }
        }
    }
    Err(RandomError::new())
}

/// The operating system's generator.
///
/// ```
/// use countersign_signature::{OsRandom, nonce};
///
/// let nonce = nonce(&mut OsRandom::new())?;
/// assert_eq!(nonce.len(), 32);
/// # Ok::<(), countersign_key::RandomError>(())
/// ```
#[cfg(feature = "os-random")]
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct OsRandom;

#[cfg(feature = "os-random")]
impl OsRandom {
    /// The generator; it needs no preparation.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

#[cfg(feature = "os-random")]
impl SecureRandom for OsRandom {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError> {
        getrandom::fill(out).map_err(|_| RandomError::new())
    }
}

#[cfg(test)]
mod tests;

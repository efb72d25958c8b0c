//! Nonces, and with the feature `os-random` the operating system's randomness.

use countersign_key::{RandomError, SecureRandom};

/// How many characters a nonce has.
const LENGTH: usize = 32;

/// How many bytes it is made of: eight characters of five.
const BYTES: usize = 20;

/// Base32 (RFC 4648 section 6), in lower case: every five bits are a letter, so none is favoured and
/// no byte is of no use.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// A nonce of 32 characters from `[2-7a-z]`, each equally likely: 160 bits.
///
/// Letters and digits only, because some servers mistreat anything that has to be encoded
/// ([RFC 5849 section 3.3](https://www.rfc-editor.org/rfc/rfc5849#section-3.3) leaves the form
/// open).
///
/// # Errors
/// [`RandomError`] if the generator fails.
pub fn nonce(random: &mut (impl SecureRandom + ?Sized)) -> Result<String, RandomError> {
    let mut nonce = String::with_capacity(LENGTH);
    write_nonce(random, &mut nonce)?;
    Ok(nonce)
}

/// Appends a [`nonce()`] to `out`.
///
/// # Errors
/// As [`nonce()`]; `out` is as it was then.
pub fn write_nonce(
    random: &mut (impl SecureRandom + ?Sized),
    out: &mut String,
) -> Result<(), RandomError> {
    let mut bytes = [0; BYTES];
    random.fill(&mut bytes)?;
    let mut text = [0; LENGTH];
    let groups = text.as_chunks_mut::<8>().0.iter_mut();
    for (letters, [a, b, c, d, e]) in groups.zip(bytes.as_chunks::<5>().0) {
        let mut bits = u64::from_be_bytes([0, 0, 0, *a, *b, *c, *d, *e]);
        for letter in letters {
            let [.., low] = bits.to_be_bytes();
            if let Some(of_alphabet) = ALPHABET.get(usize::from(low & 31)) {
                *letter = *of_alphabet;
            }
            bits >>= 5;
        }
    }
    out.push_str(core::str::from_utf8(&text).unwrap_or_default());
    Ok(())
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

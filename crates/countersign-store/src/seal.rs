//! Rows encrypted at rest (feature `seal`).
//!
//! XChaCha20-Poly1305 with a random nonce. What is sealed is bound to its place: its table, its row
//! and that row's generation. A sealed value that is copied to another row, or left over from an
//! earlier generation, does not open there.
//!
//! ```
//! use countersign_key::{RandomError, SecureRandom};
//! use countersign_store::seal::{KeyId, Place, SealError, SealKey, Sealer};
//!
//! # struct Rng(u8);
//! # impl SecureRandom for Rng {
//! #     fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError> {
//! #         out.fill_with(|| { self.0 = self.0.wrapping_add(1); self.0 });
//! #         Ok(())
//! #     }
//! # }
//! # let mut random = Rng(0);
//! let old = Sealer::new(KeyId::new(1), SealKey::from_bytes([1; 32]));
//! let place = Place::new("access", b"row 17", 1);
//! let sealed = old.seal(place, b"pfkkdhi9sl3r4s00", &mut random)?;
//!
//! // Rotation: a new key seals, the old one still opens.
//! let sealer = Sealer::new(KeyId::new(2), SealKey::from_bytes([2; 32]))
//!     .with_older_key(KeyId::new(1), SealKey::from_bytes([1; 32]))?;
//! assert_eq!(sealer.open(place, &sealed)?.expose_secret(), b"pfkkdhi9sl3r4s00");
//! assert!(!sealer.is_current(&sealed)?);
//!
//! let elsewhere = Place::new("access", b"row 18", 1);
//! assert!(matches!(sealer.open(elsewhere, &sealed), Err(SealError::Altered { .. })));
//! # Ok::<(), SealError>(())
//! ```

mod error;
mod key;
mod place;

pub use error::SealError;
pub use key::{KeyId, SealKey};
pub use place::Place;

use core::fmt;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use countersign_key::{SecretBytes, SecureRandom};

/// The first byte of everything sealed.
const FORMAT: u8 = 1;
const ID_BYTES: usize = 4;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;

/// Seals and opens, with one current key and any number of older ones.
pub struct Sealer {
    current: (KeyId, SealKey),
    older: Vec<(KeyId, SealKey)>,
}

/// A sealed value cut into its parts.
struct Parts<'s> {
    key: KeyId,
    nonce: XNonce,
    text: &'s [u8],
}

impl Sealer {
    /// Seals with this key.
    #[must_use]
    pub const fn new(id: KeyId, key: SealKey) -> Self {
        Self {
            current: (id, key),
            older: Vec::new(),
        }
    }

    /// Opens what was sealed with this key as well.
    ///
    /// # Errors
    ///
    /// [`SealError::DuplicateKey`] if there is one of this id.
    pub fn with_older_key(mut self, id: KeyId, key: SealKey) -> Result<Self, SealError> {
        if self.find(id).is_some() {
            return Err(SealError::DuplicateKey { key: id });
        }
        self.older.push((id, key));
        Ok(self)
    }

    /// Seals for one place with the current key.
    ///
    /// # Errors
    ///
    /// [`SealError::NoRandomness`] if there are no random bytes for the nonce;
    /// [`SealError::TooLong`] for 256 GiB or more.
    pub fn seal(
        &self,
        place: Place<'_>,
        plain: &[u8],
        random: &mut dyn SecureRandom,
    ) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE_BYTES];
        random
            .fill(&mut nonce)
            .map_err(|_| SealError::NoRandomness)?;
        let (id, key) = &self.current;
        let aad = place.associated(FORMAT, *id);
        let payload = Payload {
            msg: plain,
            aad: &aad,
        };
        let text = cipher(key)
            .and_then(|cipher| cipher.encrypt(&XNonce::from(nonce), payload).ok())
            .ok_or(SealError::TooLong)?;
        let head = [FORMAT].into_iter().chain(id.number().to_be_bytes());
        Ok(head.chain(nonce).chain(text).collect())
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    ///
    /// [`SealError::NotSealed`] for what was never sealed or lost its end,
    /// [`SealError::UnknownKey`] if the key is not at hand, [`SealError::Altered`] if it was sealed
    /// for another place or generation, with another key of that id, or changed since.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<SecretBytes, SealError> {
        let Parts {
            key: id,
            nonce,
            text,
        } = parts(sealed)?;
        let key = self.find(id).ok_or(SealError::UnknownKey { key: id })?;
        let aad = place.associated(FORMAT, id);
        let payload = Payload {
            msg: text,
            aad: &aad,
        };
        cipher(key)
            .and_then(|cipher| cipher.decrypt(&nonce, payload).ok())
            .map(SecretBytes::new)
            .ok_or(SealError::Altered { key: id })
    }

    /// Whether it was sealed with the current key; otherwise open it and seal it again.
    ///
    /// # Errors
    ///
    /// [`SealError::NotSealed`] for what was never sealed or lost its end.
    pub fn is_current(&self, sealed: &[u8]) -> Result<bool, SealError> {
        Ok(parts(sealed)?.key == self.current.0)
    }

    fn find(&self, id: KeyId) -> Option<&SealKey> {
        core::iter::once(&self.current)
            .chain(&self.older)
            .find_map(|(known, key)| (*known == id).then_some(key))
    }
}

/// Which key something was sealed with; nothing of it is checked.
///
/// # Errors
///
/// [`SealError::NotSealed`] for what was never sealed or lost its end.
pub fn key_id(sealed: &[u8]) -> Result<KeyId, SealError> {
    Ok(parts(sealed)?.key)
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let older: Vec<_> = self.older.iter().map(|(id, _)| id).collect();
        f.debug_struct("Sealer")
            .field("current", &self.current.0)
            .field("older", &older)
            .finish()
    }
}

fn cipher(key: &SealKey) -> Option<XChaCha20Poly1305> {
    XChaCha20Poly1305::new_from_slice(key.expose()).ok()
}

fn parts(sealed: &[u8]) -> Result<Parts<'_>, SealError> {
    let cut = || {
        let (format, rest) = sealed.split_first()?;
        let (id, rest) = rest.split_first_chunk::<ID_BYTES>()?;
        let (nonce, text) = rest.split_first_chunk::<NONCE_BYTES>()?;
        (*format == FORMAT && text.len() >= TAG_BYTES).then(|| Parts {
            key: KeyId::new(u32::from_be_bytes(*id)),
            nonce: XNonce::from(*nonce),
            text,
        })
    };
    cut().ok_or(SealError::NotSealed)
}

#[cfg(test)]
mod tests;

//! What is verified, hashed once for all keys.

#[cfg(feature = "rsa")]
use core::cell::Cell;
use core::fmt;

#[cfg(feature = "rsa")]
use crate::{Digest, Hash};

/// A base string to verify under one key or several: methods that sign a hash of it share that hash.
///
/// ```
/// use countersign_key::Secret;
/// use countersign_signature::{HmacKey, Message, Method, Signature, Verifier};
///
/// let message = Message::new(b"GET&https%3A%2F%2Fapi.example.com%2F&");
/// let signature = Signature::from_bytes(&[0; 20]);
/// for secret in ["old", "new"] {
///     let key = HmacKey::new(&Secret::new(secret), None);
///     let verifier = Verifier::hmac(Method::HMAC_SHA1, &key)?;
///     assert!(verifier.verify_message(&message, &signature).is_err());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Message<'m> {
    base_string: &'m [u8],
    #[cfg(feature = "rsa")]
    digest: Cell<Option<Digest>>,
}

impl<'m> Message<'m> {
    /// The octets of a base string.
    #[must_use]
    pub const fn new(base_string: &'m [u8]) -> Self {
        Self {
            base_string,
            #[cfg(feature = "rsa")]
            digest: Cell::new(None),
        }
    }

    #[cfg(feature = "hmac")]
    pub(crate) const fn base_string(&self) -> &'m [u8] {
        self.base_string
    }

    #[cfg(feature = "rsa")]
    pub(crate) fn digest(&self, hash: Hash) -> Digest {
        let kept = self.digest.get().filter(|digest| digest.hash() == hash);
        let digest = kept.unwrap_or_else(|| hash.digest(self.base_string));
        self.digest.set(Some(digest));
        digest
    }

    #[cfg(all(test, feature = "rsa", feature = "hmac"))]
    pub(crate) fn is_hashed(&self) -> bool {
        self.digest.get().is_some()
    }
}

impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({} bytes)", self.base_string.len())
    }
}

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

/// A shared secret or a passphrase: HMAC consumer secrets, token secrets, passphrases of key files.
///
/// The text is wiped when the value is dropped, and shows itself only through
/// [`expose_secret`](Self::expose_secret): there is no `Display`, no comparison, no `Clone`.
///
/// # Examples
///
/// ```
/// use countersign_key::Secret;
///
/// let secret = Secret::new("kd94hf93k423kf44");
/// assert_eq!(secret.expose_secret(), "kd94hf93k423kf44");
/// assert_eq!(format!("{secret:?}"), "Secret([redacted])");
/// ```
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the secret over. A `&str` is copied and the original stays the caller's to wipe.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(Zeroizing::new(secret.into()))
    }

    /// The secret itself.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0
    }

    /// Whether the secret is the empty string, which is legal for a token secret
    /// (RFC 5849 section 3.4.2) and a mistake for nearly everything else.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

/// Secret bytes, such as the DER of a private key: wiped when dropped, never shown.
///
/// # Examples
///
/// ```
/// use countersign_key::SecretBytes;
///
/// let bytes = SecretBytes::new(vec![1, 2, 3]);
/// assert_eq!(bytes.expose_secret(), [1, 2, 3]);
/// assert_eq!(format!("{bytes:?}"), "SecretBytes([redacted])");
/// ```
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Takes the bytes over.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    #[cfg(feature = "rsa")]
    pub(crate) const fn from_zeroizing(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }

    /// The bytes themselves.
    #[must_use]
    pub fn expose_secret(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes([redacted])")
    }
}

//! The key string of the HMAC methods and of `PLAINTEXT`.

use core::fmt;

use countersign_key::Secret;
use zeroize::Zeroizing;

/// The key of the HMAC methods: `enc(consumer secret)&enc(token secret)`.
///
/// Both secrets are percent-encoded first and the `&` always stands there, even without a token
/// secret ([RFC 5849 section 3.4.2](https://www.rfc-editor.org/rfc/rfc5849#section-3.4.2)).
/// `PLAINTEXT` sends this string as it is.
///
/// The bytes are wiped when the key is dropped, and never printed.
pub struct HmacKey {
    bytes: Zeroizing<Vec<u8>>,
}

impl HmacKey {
    /// The key of a consumer, with the secret of the token if a token is in use.
    #[must_use]
    pub fn new(consumer_secret: &Secret, token_secret: Option<&Secret>) -> Self {
        let consumer = consumer_secret.expose_secret().as_bytes();
        let token = token_secret.map_or("", Secret::expose_secret).as_bytes();
        let len = countersign_encoding::encoded_len(consumer)
            .saturating_add(countersign_encoding::encoded_len(token))
            .saturating_add(1);
        // The exact size at once: growing would leave copies of the secrets behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(len));
        countersign_encoding::encode_into(consumer, &mut bytes);
        bytes.push(b'&');
        countersign_encoding::encode_into(token, &mut bytes);
        Self { bytes }
    }

    /// A key string used as it is: for test vectors, and for trying what a faulty signer may have
    /// done (secrets not encoded, `&` left out).
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self {
            bytes: Zeroizing::new(bytes.to_vec()),
        }
    }

    /// The key string. Handle it as what it is: two secrets.
    #[must_use]
    pub fn expose_secret(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for HmacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HmacKey([redacted])")
    }
}

//! The Request Body Hash extension: `oauth_body_hash` (draft-eaton-oauth-bodyhash, 2009).
//!
//! A form body is signed parameter by parameter; any other body is not signed at all. The extension
//! adds the hash of such a body as a parameter, which is then signed like the rest. It must not
//! accompany a form body.

mod streamed;

pub use streamed::Streamed;

use subtle::ConstantTimeEq as _;

use crate::{Hash, Method, Signature, SignatureSyntaxError};

/// Which hash a party uses for bodies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// The hash of the signature method, as the draft's section 3.1 wants new methods to define;
    /// SHA-1 for `PLAINTEXT`.
    #[default]
    MethodHash,
    /// One hash whatever the method: oauthlib always takes SHA-1.
    Always(Hash),
}

impl Rule {
    /// The hash that goes with `method`.
    #[must_use]
    pub fn hash_for(self, method: &Method) -> Hash {
        match self {
            Self::MethodHash => method.hash().unwrap_or(Hash::Sha1),
            Self::Always(hash) => hash,
        }
    }
}

/// The value of `oauth_body_hash` for a body, which may be empty: base64 of its hash.
///
/// The bytes are those that are sent, after any content coding (section 3.2 of the draft).
///
/// ```
/// use countersign_signature::{Hash, body_hash};
///
/// assert_eq!(body_hash::compute(Hash::Sha1, b""), "2jmj7l5rSw0yVb/vlWAYkK/YBwk=");
/// assert_eq!(body_hash::compute(Hash::Sha1, b"Hello World!"), "Lve95gjOVATpfV8EL5X4nxwjKHE=");
/// ```
#[must_use]
pub fn compute(hash: Hash, body: &[u8]) -> String {
    Signature::from_bytes(hash.digest(body).as_bytes()).to_base64()
}

/// Checks a received `oauth_body_hash` against the body, in constant time.
///
/// # Errors
/// [`BodyHashError`] if the value is not canonical base64, has another hash's length, or does not
/// match.
pub fn check(hash: Hash, body: &[u8], received: &str) -> Result<(), BodyHashError> {
    let received = expected(hash, received)?;
    if hash
        .digest(body)
        .as_bytes()
        .ct_eq(received.as_bytes())
        .into()
    {
        return Ok(());
    }
    Err(BodyHashError::Mismatch)
}

/// Reads a received value as a digest of `hash`.
fn expected(hash: Hash, received: &str) -> Result<Signature, BodyHashError> {
    let received = Signature::parse_base64(received).map_err(BodyHashError::Syntax)?;
    let found = received.as_bytes().len();
    if found != hash.len() {
        return Err(BodyHashError::WrongLength {
            hash,
            found,
            like: Hash::ALL.into_iter().find(|other| other.len() == found),
        });
    }
    Ok(received)
}

/// Why a body hash was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyHashError {
    /// The body is not the one that was hashed.
    #[error("the body does not have the hash that was signed")]
    Mismatch,
    /// The value is not canonical base64.
    #[error("the body hash is not canonical base64")]
    Syntax(#[source] SignatureSyntaxError),
    /// The value is as long as no digest of the hash due.
    #[error("expected a {hash} body hash of {} bytes, found {found} bytes", hash.len())]
    WrongLength {
        /// The hash that was due.
        hash: Hash,
        /// Bytes found.
        found: usize,
        /// The hash whose digests have that length, if there is one.
        like: Option<Hash>,
    },
}

#[cfg(test)]
mod tests;

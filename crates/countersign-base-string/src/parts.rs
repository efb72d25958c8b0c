//! A signature base string taken apart: the text that a client or a provider printed, back into method, URI and parameters.

mod fault;
mod reader;
#[cfg(test)]
mod tests;
mod uri;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

pub use fault::{PartsError, PartsErrorKind, StructureFault};
pub use uri::UriParts;

/// What a signature base string (RFC 5849 section 3.4.1.1) is made of: `METHOD&enc(base URI)&enc(parameters)`.
///
/// The outer encoding is undone once; names and values keep their own, inner encoding, since it is there that senders and
/// verifiers disagree.
///
/// ```
/// use countersign_base_string::Parts;
///
/// let parts = Parts::parse("GET&http%3A%2F%2Fexample.com%3A8080%2Fr&a%3D%252F%26b%3D")?;
/// assert_eq!((parts.method(), parts.uri().port()), ("GET", Some("8080")));
/// let first = &parts.parameters()[0];
/// assert_eq!((first.name(), first.value()), ("a", "%2F"));
/// # Ok::<(), countersign_base_string::PartsError>(())
/// ```
///
/// `Debug` withholds the values of passwords.
#[derive(Clone, PartialEq, Eq)]
pub struct Parts {
    method: String,
    uri: UriParts,
    raw_uri: String,
    raw_parameters: String,
    parameters: Vec<EncodedPair>,
    faults: Vec<StructureFault>,
}

impl Parts {
    /// Takes a well-formed base string apart.
    ///
    /// Well-formed: three parts, each canonically encoded, an absolute `http` or `https` URI with nothing behind its path,
    /// and canonically encoded `name=value` pairs. The order of the pairs is not looked at.
    ///
    /// # Errors
    ///
    /// [`PartsError`] names the first breach and its byte offset in `text`.
    pub fn parse(text: &str) -> Result<Self, PartsError> {
        reader::parse_strict(text)
    }

    /// Takes apart whatever can be compared with a base string at all, as people and providers print it.
    ///
    /// What is unusual in its structure is listed by [`faults`](Self::faults); unusual spellings (hexadecimal digits in
    /// lower case, characters left unencoded, malformed triplets) are kept in the parts.
    ///
    /// # Background
    ///
    /// The base strings that need comparing are the wrong ones: encoded once too often or not at all, without their method,
    /// with the query left in the URI. Refusing them would refuse the very evidence.
    ///
    /// # Errors
    ///
    /// When no `&`, encoded or not, divides the text.
    pub fn parse_lenient(text: &str) -> Result<Self, PartsError> {
        // What the rule can read needs no guess.
        Self::parse(text).or_else(|_| reader::parse_lenient(text))
    }

    /// The method, as the text has it; empty when it is missing.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The base URI, decoded once and divided.
    #[must_use]
    pub const fn uri(&self) -> &UriParts {
        &self.uri
    }

    /// The pairs in the order of the text.
    #[must_use]
    pub fn parameters(&self) -> &[EncodedPair] {
        &self.parameters
    }

    /// What is unusual in the structure; empty after [`parse`](Self::parse).
    #[must_use]
    pub fn faults(&self) -> &[StructureFault] {
        &self.faults
    }

    /// The second part as it stands in the text.
    pub(crate) fn raw_uri(&self) -> &str {
        &self.raw_uri
    }

    /// The third part as it stands in the text.
    pub(crate) fn raw_parameters(&self) -> &str {
        &self.raw_parameters
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            method,
            uri,
            raw_uri: _,
            raw_parameters: _,
            parameters,
            faults,
        } = self;
        f.debug_struct("Parts")
            .field("method", method)
            .field("uri", uri)
            .field("parameters", parameters)
            .field("faults", faults)
            .finish_non_exhaustive()
    }
}

/// What the name of a parameter holds if its value is a secret: xAuth's `x_auth_password`, `oauth_verifier`, and
/// `oauth_token_secret` sent by mistake. All of them survive any encoding of the name.
const SECRET_NAMES: [&str; 5] = ["passphrase", "passwd", "password", "secret", "verifier"];

/// Whether the value of a parameter with this name, in whatever encoding, is a secret.
pub(crate) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let has = |needle| name.contains(needle);
    SECRET_NAMES.into_iter().any(has) || (has("session") && has("handle"))
}

/// A parameter as it stands in a base string: name and value in their own encoding, the outer one undone.
///
/// `Debug` withholds the value of a password, a verifier, a session handle or anything named a secret.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EncodedPair {
    name: String,
    value: String,
    has_equals: bool,
    offset: usize,
}

impl EncodedPair {
    /// The name in its inner encoding.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value in its inner encoding; empty when there is no equals sign.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether an equals sign stands behind the name. A correct base string has it even when the value is empty.
    #[must_use]
    pub const fn has_equals(&self) -> bool {
        self.has_equals
    }

    /// The byte offset of the pair in the base string; in one that is encoded as a whole or surrounded by blanks, in what is
    /// left when that is undone.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Debug for EncodedPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            value,
            has_equals,
            offset,
        } = self;
        let value: &str = if is_secret(name) { "[withheld]" } else { value };
        f.debug_struct("EncodedPair")
            .field("name", name)
            .field("value", &value)
            .field("has_equals", has_equals)
            .field("offset", offset)
            .finish()
    }
}

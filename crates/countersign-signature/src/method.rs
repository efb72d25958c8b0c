//! The signature methods as rows of a table of values.

use core::fmt;

use crate::hash::Hash;
#[cfg(feature = "hmac")]
use crate::mac::{self, Mac};
#[cfg(feature = "rsa")]
use crate::rsa::padding::{Padding, Pkcs1v15, Pss};

/// A signature method: one row of the table.
///
/// A row is a value: it carries its name, the kind of key it needs, its hash, and the functions
/// that do the work. Nothing is registered globally; whoever accepts methods holds a [`Methods`].
///
/// Names are compared as they are, upper and lower case differ ([RFC 5849 section
/// 3.4](https://www.rfc-editor.org/rfc/rfc5849#section-3.4) defines the first three; the SHA-2 and
/// PSS names have no RFC and are in common use).
pub struct Method {
    name: &'static str,
    alias: Option<&'static str>,
    hash: Option<Hash>,
    pub(crate) scheme: Scheme,
}

/// How a row works: what is done with a key.
pub(crate) enum Scheme {
    /// Prepares a key for message authentication.
    #[cfg(feature = "hmac")]
    Mac(fn(&[u8]) -> Box<dyn Mac>),
    /// Pads a digest for the RSA operation.
    #[cfg(feature = "rsa")]
    Rsa(&'static dyn Padding),
    /// The key string is the signature.
    Plaintext,
}

/// What a method signs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "RFC 5849 section 3.4 knows shared secrets and RSA keys"
)]
pub enum KeyKind {
    /// The consumer secret and the token secret.
    Secret,
    /// The consumer's RSA key; the secrets play no part.
    Rsa,
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Secret => "shared secret",
            Self::Rsa => "RSA key",
        })
    }
}

/// The table.
#[cfg(feature = "hmac")]
impl Method {
    /// `HMAC-SHA1`, [RFC 5849 section 3.4.2](https://www.rfc-editor.org/rfc/rfc5849#section-3.4.2).
    pub const HMAC_SHA1: &'static Self = &Self::hmac("HMAC-SHA1", Hash::Sha1, mac::prepare_sha1);
    /// `HMAC-SHA256`, as HMAC-SHA1 with SHA-256.
    pub const HMAC_SHA256: &'static Self =
        &Self::hmac("HMAC-SHA256", Hash::Sha256, mac::prepare::<sha2::Sha256>);
    /// `HMAC-SHA512`, as HMAC-SHA1 with SHA-512.
    pub const HMAC_SHA512: &'static Self =
        &Self::hmac("HMAC-SHA512", Hash::Sha512, mac::prepare::<sha2::Sha512>);

    const fn hmac(name: &'static str, hash: Hash, prepare: fn(&[u8]) -> Box<dyn Mac>) -> Self {
        Self {
            name,
            alias: None,
            hash: Some(hash),
            scheme: Scheme::Mac(prepare),
        }
    }
}

/// The table, continued.
#[cfg(feature = "rsa")]
impl Method {
    /// `RSA-SHA1`: RSASSA-PKCS1-v1_5, [RFC 5849 section
    /// 3.4.3](https://www.rfc-editor.org/rfc/rfc5849#section-3.4.3).
    pub const RSA_SHA1: &'static Self = &Self::rsa("RSA-SHA1", None, Hash::Sha1, &Pkcs1v15);
    /// `RSA-SHA256`, as RSA-SHA1 with SHA-256.
    pub const RSA_SHA256: &'static Self = &Self::rsa("RSA-SHA256", None, Hash::Sha256, &Pkcs1v15);
    /// `RSA-SHA512`, as RSA-SHA1 with SHA-512.
    pub const RSA_SHA512: &'static Self = &Self::rsa("RSA-SHA512", None, Hash::Sha512, &Pkcs1v15);
    /// `RSA-PSS-SHA256`, also called `RSA-PSS`: RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a
    /// salt of 32 bytes ([RFC 8017 section
    /// 8.1](https://www.rfc-editor.org/rfc/rfc8017#section-8.1)).
    pub const RSA_PSS_SHA256: &'static Self =
        &Self::rsa("RSA-PSS-SHA256", Some("RSA-PSS"), Hash::Sha256, &Pss);

    const fn rsa(
        name: &'static str,
        alias: Option<&'static str>,
        hash: Hash,
        padding: &'static dyn Padding,
    ) -> Self {
        Self {
            name,
            alias,
            hash: Some(hash),
            scheme: Scheme::Rsa(padding),
        }
    }
}

impl Method {
    const PLAINTEXT: &'static Self = &Self {
        name: "PLAINTEXT",
        alias: None,
        hash: None,
        scheme: Scheme::Plaintext,
    };

    /// Every row compiled in but `PLAINTEXT`, in the order in which [`Methods::standard`] lists
    /// them.
    const STANDARD: &'static [&'static Self] = &[
        #[cfg(feature = "hmac")]
        Self::HMAC_SHA1,
        #[cfg(feature = "hmac")]
        Self::HMAC_SHA256,
        #[cfg(feature = "hmac")]
        Self::HMAC_SHA512,
        #[cfg(feature = "rsa")]
        Self::RSA_SHA1,
        #[cfg(feature = "rsa")]
        Self::RSA_SHA256,
        #[cfg(feature = "rsa")]
        Self::RSA_SHA512,
        #[cfg(feature = "rsa")]
        Self::RSA_PSS_SHA256,
    ];

    /// `PLAINTEXT`, [RFC 5849 section 3.4.4](https://www.rfc-editor.org/rfc/rfc5849#section-3.4.4):
    /// the signature *is* the two secrets. Nothing of the request is protected, a replay is not
    /// noticed, and without TLS everyone on the way can sign from then on.
    #[must_use]
    pub const fn dangerous_plaintext() -> &'static Self {
        Self::PLAINTEXT
    }

    /// The name as it stands in `oauth_signature_method`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// A second name some providers use for the same method: `RSA-PSS` for `RSA-PSS-SHA256`.
    #[must_use]
    pub const fn alias(&self) -> Option<&'static str> {
        self.alias
    }

    /// Whether `name` is this method's name or alias, exactly.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        self.name == name || self.alias == Some(name)
    }

    /// What the method signs with.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        match self.scheme {
            #[cfg(feature = "hmac")]
            Scheme::Mac(_) => KeyKind::Secret,
            #[cfg(feature = "rsa")]
            Scheme::Rsa(_) => KeyKind::Rsa,
            Scheme::Plaintext => KeyKind::Secret,
        }
    }

    /// The method's hash; none for `PLAINTEXT`.
    #[must_use]
    pub const fn hash(&self) -> Option<Hash> {
        self.hash
    }

    /// Whether the signature is the secrets themselves.
    #[must_use]
    pub const fn is_plaintext(&self) -> bool {
        matches!(self.scheme, Scheme::Plaintext)
    }

    /// Reads the decoded value of `oauth_signature` as this method writes it: canonical base64, or
    /// for `PLAINTEXT` any text.
    ///
    /// # Errors
    /// [`SignatureSyntaxError`](crate::SignatureSyntaxError) if the text is not canonical base64.
    pub fn parse_signature(
        &self,
        text: &str,
    ) -> Result<crate::Signature, crate::SignatureSyntaxError> {
        if self.is_plaintext() {
            return Ok(crate::Signature::verbatim(text.as_bytes()));
        }
        crate::Signature::parse_base64(text)
    }
}

impl PartialEq for Method {
    fn eq(&self, other: &Self) -> bool {
        // Most often it is the very same row; that it isn't says nothing.
        core::ptr::eq(self, other) || self.name == other.name
    }
}

impl Eq for Method {}

impl fmt::Debug for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Method({})", self.name)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// The methods that someone accepts: a value to pass along, not a global registry.
///
/// ```
/// use countersign_signature::{Method, Methods};
///
/// let methods = Methods::standard();
/// assert_eq!(methods.find("HMAC-SHA1"), Some(Method::HMAC_SHA1));
/// assert_eq!(methods.find("hmac-sha1"), None, "names are case-sensitive");
/// assert_eq!(methods.find("PLAINTEXT"), None, "only by an explicit opt-in");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Methods {
    rows: Vec<&'static Method>,
}

impl Methods {
    /// No method at all; add the ones to accept with [`with`](Self::with).
    #[must_use]
    pub const fn none() -> Self {
        Self { rows: Vec::new() }
    }

    /// Every method that the compiled features offer, without `PLAINTEXT`.
    #[must_use]
    pub fn standard() -> Self {
        Self {
            rows: Method::STANDARD.to_vec(),
        }
    }

    /// Accepts `method` too.
    #[must_use]
    pub fn with(mut self, method: &'static Method) -> Self {
        if !self.rows.contains(&method) {
            self.rows.push(method);
        }
        self
    }

    /// Does not accept `method`.
    #[must_use]
    pub fn without(mut self, method: &'static Method) -> Self {
        self.rows.retain(|row| *row != method);
        self
    }

    /// Accepts `PLAINTEXT` too; see [`Method::dangerous_plaintext`] for what that costs.
    #[must_use]
    pub fn dangerous_with_plaintext(self) -> Self {
        self.with(Method::dangerous_plaintext())
    }

    /// The method called `name`, by its name or alias, upper and lower case respected.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&'static Method> {
        self.rows.iter().copied().find(|row| row.is_named(name))
    }

    /// All rows, in order.
    pub fn iter(&self) -> impl Iterator<Item = &'static Method> + '_ {
        self.rows.iter().copied()
    }
}

impl Default for Methods {
    /// The same as [`Methods::standard`].
    fn default() -> Self {
        Self::standard()
    }
}

#[cfg(all(test, feature = "hmac", feature = "rsa"))]
mod tests;

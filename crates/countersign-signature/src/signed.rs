//! The outcome of signing a request.

use core::fmt;

use countersign_base_string::{BaseString, Place};

use crate::Signature;

/// What to add to a request so that it is signed, and how it came about.
///
/// Exactly one of [`authorization`](Self::authorization), [`query`](Self::query) and
/// [`body`](Self::body) is there. What the request has already stays byte for byte as it is.
#[derive(Clone)]
pub struct Signed {
    pub(crate) place: Place,
    pub(crate) addition: String,
    pub(crate) base_string: BaseString,
    pub(crate) signature: Signature,
    pub(crate) parameters: Vec<(String, String)>,
}

impl Signed {
    fn addition(&self, place: Place) -> Option<&str> {
        (self.place == place).then_some(self.addition.as_str())
    }

    /// Where the protocol parameters go.
    #[must_use]
    pub const fn place(&self) -> Place {
        self.place
    }

    /// The value of the `Authorization` field to set.
    #[must_use]
    pub fn authorization(&self) -> Option<&str> {
        self.addition(Place::Header)
    }

    /// What to append to the query, without a separator; see [`url`](Self::url).
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.addition(Place::Query)
    }

    /// What to append to the form body, without a separator; see
    /// [`append_to_body`](Self::append_to_body).
    #[must_use]
    pub fn body(&self) -> Option<&str> {
        self.addition(Place::Body)
    }

    /// `url`, a URL or request target, with [`query`](Self::query) appended; `url` itself if that
    /// goes elsewhere.
    #[must_use]
    pub fn url(&self, url: &str) -> String {
        let Some(addition) = self.query() else {
            return url.to_owned();
        };
        let (rest, fragment) = match url.split_once('#') {
            Some((rest, fragment)) => (rest, Some(fragment)),
            None => (url, None),
        };
        let separator = match rest.split_once('?') {
            None => "?",
            Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
            Some(_) => "&",
        };
        let mut signed = [rest, separator, addition].concat();
        if let Some(fragment) = fragment {
            signed.push('#');
            signed.push_str(fragment);
        }
        signed
    }

    /// Appends [`body`](Self::body) to a form body; does nothing if that goes elsewhere.
    pub fn append_to_body(&self, body: &mut Vec<u8>) {
        let Some(addition) = self.body() else {
            return;
        };
        if !body.is_empty() && !body.ends_with(b"&") {
            body.push(b'&');
        }
        body.extend_from_slice(addition.as_bytes());
    }

    /// The base string that was signed.
    #[must_use]
    pub const fn base_string(&self) -> &BaseString {
        &self.base_string
    }

    /// The signature.
    #[must_use]
    pub const fn signature(&self) -> &Signature {
        &self.signature
    }

    /// The names and values that were signed, percent-encoded and in the order of the base string
    /// ([RFC 5849 section 3.4.1.3.2](https://www.rfc-editor.org/rfc/rfc5849#section-3.4.1.3.2)).
    #[must_use]
    pub fn parameters(&self) -> &[(String, String)] {
        &self.parameters
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed")
            .field("place", &self.place)
            .field("base_string", &self.base_string)
            .field("signature", &self.signature)
            .finish_non_exhaustive()
    }
}

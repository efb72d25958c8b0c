//! A request as it is on the wire.

use alloc::vec::Vec;
use core::fmt;

use crate::Uri;

#[cfg(test)]
mod tests;

/// What of an HTTP request is signed, borrowed from the wire.
///
/// ```
/// use countersign_base_string::{Request, Uri};
///
/// let request = Request::new("POST", Uri::parse("https://example.com/a?b=1")?)?
///     .with_body(Some("application/x-www-form-urlencoded; charset=UTF-8"), b"c=2");
/// assert!(request.is_form_body());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Request<'a> {
    method: &'a str,
    uri: Uri<'a>,
    authorization: Option<&'a str>,
    more_authorizations: Vec<&'a str>,
    content_type: Option<&'a str>,
    body: &'a [u8],
}

/// The method is no method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The method is the empty string.
    #[error("expected a method, found nothing")]
    EmptyMethod,
    /// The method has a byte that no token has (RFC 9110 5.6.2).
    #[error("expected a method, found byte 0x{found:02X} (byte offset {offset})")]
    #[non_exhaustive]
    InvalidMethod {
        /// Where in the method.
        offset: usize,
        /// The byte that can't be there.
        found: u8,
    },
}

impl<'a> Request<'a> {
    /// A request without credentials and without a body.
    ///
    /// # Errors
    /// A method that is no token of RFC 9110 5.6.2.
    #[inline]
    pub fn new(method: &'a str, uri: Uri<'a>) -> Result<Self, RequestError> {
        if method.is_empty() {
            return Err(RequestError::EmptyMethod);
        }
        if let Some((offset, found)) = method
            .bytes()
            .enumerate()
            .find(|(_, byte)| !is_token_byte(*byte))
        {
            return Err(RequestError::InvalidMethod { offset, found });
        }
        Ok(Self {
            method,
            uri,
            authorization: None,
            more_authorizations: Vec::new(),
            content_type: None,
            body: &[],
        })
    }

    /// Adds the value of an `Authorization` field.
    ///
    /// A second one is kept too; if both hold OAuth credentials, the request is ambiguous, which
    /// [`Parameters::collect`](crate::Parameters::collect) refuses.
    #[must_use]
    #[inline]
    pub fn with_authorization(mut self, field_value: &'a str) -> Self {
        if self.authorization.is_none() {
            self.authorization = Some(field_value);
        } else {
            self.more_authorizations.push(field_value);
        }
        self
    }

    /// Sets the body and the value of its `Content-Type` field.
    #[must_use]
    #[inline]
    pub const fn with_body(mut self, content_type: Option<&'a str>, body: &'a [u8]) -> Self {
        self.content_type = content_type;
        self.body = body;
        self
    }

    /// The method as sent.
    #[must_use]
    pub const fn method(&self) -> &'a str {
        self.method
    }

    /// The URI.
    #[must_use]
    pub const fn uri(&self) -> &Uri<'a> {
        &self.uri
    }

    /// The same request to another URI, as behind a proxy.
    #[must_use]
    pub const fn with_uri(mut self, uri: Uri<'a>) -> Self {
        self.uri = uri;
        self
    }

    /// The values of all `Authorization` fields, of whatever scheme.
    pub fn authorizations(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.authorization
            .into_iter()
            .chain(self.more_authorizations.iter().copied())
    }

    /// The value of the `Content-Type` field.
    #[must_use]
    pub const fn content_type(&self) -> Option<&'a str> {
        self.content_type
    }

    /// The body as sent.
    #[must_use]
    pub const fn body(&self) -> &'a [u8] {
        self.body
    }

    /// Whether the body's parameters are signed (RFC 5849 3.4.1.3.1).
    ///
    /// > The entity-body is single-part. The entity-body follows the encoding requirements of the
    /// > "application/x-www-form-urlencoded" content-type. The HTTP request entity-header includes
    /// > the "Content-Type" header field set to "application/x-www-form-urlencoded".
    ///
    /// The type decides, in any case of letters and with any media-type parameters; the method
    /// does not matter. A body that is declared to be a form and is none is an error when its
    /// parameters are collected.
    #[must_use]
    pub fn is_form_body(&self) -> bool {
        self.content_type.is_some_and(is_form)
    }
}

/// Whether a `Content-Type` is that of a form, whose pairs are signed (RFC 5849 3.4.1.3.1): in any
/// case of letters, with any parameters.
///
/// ```
/// use countersign_base_string::is_form;
///
/// assert!(is_form("Application/X-WWW-Form-Urlencoded; charset=UTF-8"));
/// assert!(!is_form("multipart/form-data; boundary=x"));
/// ```
#[must_use]
pub fn is_form(content_type: &str) -> bool {
    const FORM: &str = "application/x-www-form-urlencoded";
    let essence = || content_type.split(';').next().unwrap_or_default();
    content_type == FORM
        || essence()
            .trim_matches([' ', '\t'])
            .eq_ignore_ascii_case(FORM)
}

/// RFC 9110 5.6.2: `tchar`.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Without field values and body, which may hold secrets.
impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("uri", &self.uri)
            .field("authorizations", &self.authorizations().count())
            .field("content_type", &self.content_type)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

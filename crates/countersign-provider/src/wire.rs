//! An `http` request read as what was signed, without copying.

use countersign_base_string::{Request, RequestError, UriError};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::origin::{Origin, OriginError};

/// The request can't be read as one of OAuth 1.0a.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WireError {
    /// Two `Content-Type` fields: which one decides whether the body is signed?
    #[error("expected one Content-Type field, found {found}")]
    ContentTypeTwice {
        /// How many there are.
        found: usize,
    },
    /// A proxy in front of the provider forwards an origin that is none, or none of the provider's:
    /// a fault of whoever runs the two, which is told nobody.
    #[error("the forwarded origin is not one of the provider's")]
    Forwarded(#[source] OriginError),
    /// The method can't be signed.
    #[error("the method can't be signed")]
    Method(#[source] RequestError),
    /// A field that is signed or decides about it is not text.
    #[error("expected text in the {name} field, found other bytes (byte offset {offset})")]
    NotText {
        /// Which field.
        name: &'static str,
        /// Where in its value.
        offset: usize,
    },
    /// The target can't be signed: `*`, an authority, or a malformed path.
    #[error("the request target can't be signed")]
    Target(#[source] UriError),
}

/// Reads head and body as what was signed.
///
/// The origin comes from the provider's configuration; `Host` and forwarded fields are not looked
/// at. The path and query are taken as received, not normalised. An `Authorization` field that is
/// not text is none of ours and is passed over, unless its scheme is OAuth's.
///
/// ```
/// use countersign_provider::{Origin, wire};
///
/// let origin = Origin::parse("https://api.example.com")?;
/// let (parts, ()) = http::Request::get("/photos?file=vacation.jpg").body(())?.into_parts();
/// let request = wire::read(&parts, b"", &origin)?;
/// assert_eq!(request.uri().base_uri(), "https://api.example.com/photos");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// See [`WireError`].
pub fn read<'a>(
    parts: &'a Parts,
    body: &'a [u8],
    origin: &'a Origin,
) -> Result<Request<'a>, WireError> {
    let target = match parts.uri.path_and_query() {
        Some(target) => target.as_str(),
        None => "*",
    };
    let uri = origin.uri(target).map_err(WireError::Target)?;
    let mut request = Request::new(parts.method.as_str(), uri).map_err(WireError::Method)?;
    let several = parts.headers.get_all(AUTHORIZATION).iter().nth(1).is_some();
    for value in parts.headers.get_all(AUTHORIZATION) {
        match text(value) {
            Ok(field) => request = request.with_authorization(field),
            // A second field is one too many, whatever it says.
            Err(offset) if names_oauth(value) || several => {
                return Err(WireError::NotText {
                    name: "Authorization",
                    offset,
                });
            }
            Err(_) => {}
        }
    }
    let content_type = only(&parts.headers, &CONTENT_TYPE)?;
    Ok(request.with_body(content_type, body))
}

/// Whether the body is a form, whose parameters are signed.
///
/// # Errors
///
/// See [`WireError`].
pub fn is_form(headers: &HeaderMap) -> Result<bool, WireError> {
    // One place decides what a form is: that of the base string.
    let content_type = only(headers, &CONTENT_TYPE)?;
    let uri =
        countersign_base_string::Uri::parse("http://localhost/").map_err(WireError::Target)?;
    Request::new("POST", uri)
        .map(|request| request.with_body(content_type, b"").is_form_body())
        .map_err(WireError::Method)
}

fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, WireError> {
    let mut fields = headers.get_all(name).iter();
    let Some(first) = fields.next() else {
        return Ok(None);
    };
    match fields.count() {
        0 => text(first).map(Some).map_err(|offset| WireError::NotText {
            name: "Content-Type",
            offset,
        }),
        more => Err(WireError::ContentTypeTwice {
            found: more.saturating_add(1),
        }),
    }
}

fn text(value: &HeaderValue) -> Result<&str, usize> {
    core::str::from_utf8(value.as_bytes()).map_err(|error| error.valid_up_to())
}

fn names_oauth(value: &HeaderValue) -> bool {
    value
        .as_bytes()
        .get(..5)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"oauth"))
}

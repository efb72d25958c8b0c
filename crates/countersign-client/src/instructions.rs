//! What signing a request comes to.

use core::fmt;

use countersign_signature::{Placement, Signed};
use http::header::{AUTHORIZATION, CONTENT_LENGTH};
use http::{HeaderValue, Uri};
use zeroize::Zeroizing;

/// What to add to a request so that it is signed: the value of a header, or additions to the query
/// or the form body (RFC 5849 section 3.5).
///
/// `Debug` shows none of it, as with PLAINTEXT it is made of secrets.
#[derive(Clone)]
#[must_use = "the request is not signed before they are applied"]
pub struct Instructions {
    placement: Placement,
    addition: Zeroizing<String>,
    base_string: String,
}

impl Instructions {
    pub(crate) fn of(signed: Signed) -> Self {
        let addition = [signed.authorization(), signed.query(), signed.body()]
            .into_iter()
            .flatten()
            .collect();
        Self::new(
            signed.place(),
            addition,
            signed.base_string().as_str().to_owned(),
        )
    }

    pub(crate) fn new(placement: Placement, addition: String, base_string: String) -> Self {
        Self {
            placement,
            addition: Zeroizing::new(addition),
            base_string,
        }
    }

    fn addition(&self, placement: Placement) -> Option<&str> {
        (self.placement == placement).then_some(self.addition.as_str())
    }

    /// Where the protocol parameters go.
    #[must_use]
    pub const fn placement(&self) -> Placement {
        self.placement
    }

    /// The value of the `Authorization` header to set.
    #[must_use]
    pub fn authorization(&self) -> Option<&str> {
        self.addition(Placement::Header)
    }

    /// What to append to the query, without a separator.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.addition(Placement::Query)
    }

    /// What to append to the form body, without a separator.
    #[must_use]
    pub fn body(&self) -> Option<&str> {
        self.addition(Placement::Body)
    }

    /// The base string that was signed (RFC 5849 section 3.4.1), for an explanation later on.
    #[must_use]
    pub fn base_string(&self) -> &str {
        &self.base_string
    }

    /// Sets the header, or appends to the query.
    ///
    /// # Errors
    /// [`ApplyError`]; the request is unchanged then. Additions to a body are
    /// [`apply`](Self::apply)'s.
    pub fn apply_to_head<B>(&self, request: &mut http::Request<B>) -> Result<(), ApplyError> {
        match self.placement {
            Placement::Header => {
                if request.headers().contains_key(AUTHORIZATION) {
                    return Err(ApplyError::AuthorizationTaken);
                }
                let mut value =
                    HeaderValue::from_str(&self.addition).map_err(|_| ApplyError::Unwritable)?;
                value.set_sensitive(true);
                request.headers_mut().insert(AUTHORIZATION, value);
                Ok(())
            }
            Placement::Query => {
                *request.uri_mut() = with_query(request.uri(), &self.addition)?;
                Ok(())
            }
            Placement::Body => Err(ApplyError::ForBody),
        }
    }

    /// Sets the header, or appends to the query or the form body. A `Content-Length` that is there
    /// is corrected.
    ///
    /// # Errors
    /// [`ApplyError`]; the request is unchanged then.
    pub fn apply(&self, request: &mut http::Request<Vec<u8>>) -> Result<(), ApplyError> {
        let Some(addition) = self.body() else {
            return self.apply_to_head(request);
        };
        append(request.body_mut(), addition);
        let length = HeaderValue::from(request.body().len());
        if let Some(value) = request.headers_mut().get_mut(CONTENT_LENGTH) {
            *value = length;
        }
        Ok(())
    }
}

/// Appends pairs to a form body.
pub(crate) fn append(body: &mut Vec<u8>, addition: &str) {
    if !body.is_empty() && !body.ends_with(b"&") {
        body.push(b'&');
    }
    body.extend_from_slice(addition.as_bytes());
}

/// `uri` with pairs appended to its query.
pub(crate) fn with_query(uri: &Uri, addition: &str) -> Result<Uri, ApplyError> {
    let target = uri
        .path_and_query()
        .map_or("/", http::uri::PathAndQuery::as_str);
    let separator = match target.split_once('?') {
        None => "?",
        Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    };
    let target = [target, separator, addition].concat();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(target.parse().map_err(|_| ApplyError::Unwritable)?);
    Uri::from_parts(parts).map_err(|_| ApplyError::Unwritable)
}

impl fmt::Debug for Instructions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instructions")
            .field("placement", &self.placement)
            .finish_non_exhaustive()
    }
}

/// Why what was made can't be added to a request, which is unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// There is an `Authorization` header already.
    #[error("expected no Authorization header, found one")]
    AuthorizationTaken,
    /// What is to be added belongs into the body.
    #[error("expected additions to the head, found some to the body")]
    ForBody,
    /// HTTP can't carry the header or the URI that would come of it.
    #[error("the header or URI can't be written")]
    Unwritable,
}

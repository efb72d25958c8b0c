//! Whether a redirect is followed, and as what.

mod location;
#[cfg(test)]
mod tests;

use http::{Method, StatusCode, Uri};

use crate::origin::{Origin, OriginError};
use location::{resolve, unsigned};

/// What is done about a redirect (RFC 9110 section 15.4).
///
/// A signature is for one address, so a redirect has to be signed anew, for an address that
/// somebody else chose. The default is not to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RedirectPolicy {
    /// The answer is given to the caller.
    #[default]
    Deliver,
    /// Within the origin of the first request, so many times at most.
    SameOrigin {
        /// How many redirects of one request are followed.
        most: u8,
    },
}

/// The redirects of one request.
///
/// ```
/// use countersign_client::{RedirectPolicy, Redirects};
/// use http::{Method, StatusCode};
///
/// let uri: http::Uri = "https://api.example.com/v1/items".parse()?;
/// let mut redirects = Redirects::new(RedirectPolicy::SameOrigin { most: 3 }, &uri)?;
///
/// let next = redirects.follow(&Method::GET, &uri, StatusCode::FOUND, "/v2/items")?;
/// assert_eq!(next.uri().to_string(), "https://api.example.com/v2/items");
///
/// for elsewhere in ["//evil.example/", "http://api.example.com/", "https://api.example.com:8443/"] {
///     assert!(redirects.follow(&Method::GET, &uri, StatusCode::FOUND, elsewhere).is_err());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Redirects {
    policy: RedirectPolicy,
    origin: Origin,
    followed: u8,
}

/// A redirect to follow: to be signed anew, with a fresh nonce and timestamp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    method: Method,
    uri: Uri,
    keeps_body: bool,
}

impl Redirect {
    /// The method of the next request.
    #[must_use]
    pub const fn method(&self) -> &Method {
        &self.method
    }

    /// Its address.
    #[must_use]
    pub const fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Whether the body is sent again. If not, `Content-Type` and its like go with it.
    #[must_use]
    pub const fn keeps_body(&self) -> bool {
        self.keeps_body
    }
}

impl Redirects {
    /// For a request to `uri`.
    ///
    /// # Errors
    /// [`OriginError`] if `uri` is not absolute.
    pub fn new(policy: RedirectPolicy, uri: &Uri) -> Result<Self, OriginError> {
        Ok(Self::within(policy, Origin::of(uri)?))
    }

    /// For a request to this origin.
    #[must_use]
    pub const fn within(policy: RedirectPolicy, origin: Origin) -> Self {
        Self {
            policy,
            origin,
            followed: 0,
        }
    }

    /// Whether an answer with this status, to a request of `method` to `uri`, is followed, and as
    /// what. `location` is the value of its `Location` field.
    ///
    /// `uri` is the address before it was signed: of a target's query that has a signature in it, what
    /// signed the request is left out, as a server may send it back, and nothing is signed twice.
    ///
    /// 307 and 308 keep method and body; 303 is fetched with GET, or HEAD; so are 301 and 302 in
    /// answer to a POST, as everybody does, while other methods are kept.
    ///
    /// # Errors
    /// [`RedirectError`]: it is not followed, and the answer is all there is.
    pub fn follow(
        &mut self,
        method: &Method,
        uri: &Uri,
        status: StatusCode,
        location: &str,
    ) -> Result<Redirect, RedirectError> {
        let (method, keeps_body) = next_method(method, status).ok_or(RedirectError::NoRedirect)?;
        let RedirectPolicy::SameOrigin { most } = self.policy else {
            return Err(RedirectError::NotAllowed);
        };
        if self.followed >= most {
            return Err(RedirectError::TooMany { most });
        }
        let next = resolve(uri, location)?;
        match Origin::of(&next) {
            Ok(origin) if origin == self.origin => {}
            Ok(_) | Err(_) => return Err(RedirectError::OtherOrigin),
        }
        self.followed = self.followed.saturating_add(1);
        Ok(Redirect {
            method,
            uri: unsigned(next, uri),
            keeps_body,
        })
    }
}

/// The method after a redirect, and whether the body stays; none for a status that is none.
fn next_method(method: &Method, status: StatusCode) -> Option<(Method, bool)> {
    let fetched = if method == Method::HEAD {
        Method::HEAD
    } else {
        Method::GET
    };
    match status {
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => {
            Some((method.clone(), true))
        }
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND if method != Method::POST => {
            Some((method.clone(), true))
        }
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER => {
            Some((fetched, false))
        }
        _ => None,
    }
}

/// Why a redirect is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedirectError {
    /// The `Location` is no URI reference, or one with a user name, a backslash, or other bytes
    /// that readers disagree about.
    #[error("expected an address in the Location field, found something else")]
    Location,
    /// The status is none of a redirect.
    #[error("expected the status of a redirect, found another")]
    NoRedirect,
    /// Redirects are given to the caller.
    #[error("the redirect is not followed, as nobody allowed it")]
    NotAllowed,
    /// Another host, scheme or port: secrets go nowhere else.
    #[error("expected a redirect within the origin of the request, found one to another")]
    OtherOrigin,
    /// Round and round.
    #[error("expected at most {most} redirects of one request, found more")]
    TooMany {
        /// How many are followed.
        most: u8,
    },
}

//! Where the provider is reached, as its clients see it.

use countersign_base_string::{Scheme, Uri, UriError};

/// Scheme and authority that clients sign, from the provider's configuration.
///
/// It is never taken from the request: `Host` and forwarded fields are whatever the sender likes.
///
/// ```
/// use countersign_provider::Origin;
///
/// let origin = Origin::parse("https://api.example.com")?;
/// assert_eq!(origin.to_string(), "https://api.example.com");
/// assert!(Origin::parse("https://api.example.com/v2").is_err());
/// # Ok::<(), countersign_provider::OriginError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    scheme: Scheme,
    authority: String,
}

/// The origin can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OriginError {
    /// More than an origin: a path, a query or a fragment.
    #[error("expected scheme and host alone, found a path or query behind them")]
    More,
    /// None of those that the provider is reached at.
    #[error("expected one of the public origins, found another")]
    NotPublic,
    /// Not an absolute http or https URI.
    #[error("expected an absolute http or https URI")]
    Uri(#[source] UriError),
}

impl Origin {
    /// Reads `https://host[:port]`, a slash behind it allowed.
    ///
    /// # Errors
    ///
    /// Anything but an absolute http or https URI, and one with a path or query.
    pub fn parse(url: &str) -> Result<Self, OriginError> {
        let uri = Uri::parse(url).map_err(OriginError::Uri)?;
        let base = uri.base_uri();
        let (_, after) = base.split_once("://").unwrap_or_default();
        match after.strip_suffix('/') {
            Some(authority) if !authority.contains('/') && uri.query().is_none() => Ok(Self {
                scheme: uri.scheme(),
                authority: authority.to_owned(),
            }),
            _ => Err(OriginError::More),
        }
    }

    /// The scheme.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Host, and port unless it is the scheme's own.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    pub(crate) fn uri<'a>(&'a self, target: &'a str) -> Result<Uri<'a>, UriError> {
        Uri::from_target(self.scheme, &self.authority, target)
    }
}

impl core::fmt::Display for Origin {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

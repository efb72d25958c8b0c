//! What a signing client is made of.

use countersign_client::{Credentials, Origin, OriginError, RedirectPolicy};

use reqwest::Url;

use crate::clock::Clock;
use crate::source::{CredentialSource, Fixed};

/// Whose credentials sign requests to which origins, and what is done about refusals.
///
/// A request to any other origin is an error, and is not sent: a signature is a secret's shadow, and
/// with `PLAINTEXT` the secret itself.
#[derive(Debug)]
pub struct Signing<S = Fixed> {
    pub(crate) source: S,
    pub(crate) origins: Vec<Origin>,
    pub(crate) redirects: RedirectPolicy,
    pub(crate) patience: u32,
    pub(crate) clock: Clock,
}

impl Signing<Fixed> {
    /// Credentials that stay, for requests to the origin of `url`.
    ///
    /// # Errors
    /// [`OriginError`] if `url` is not absolute.
    pub fn new(credentials: Credentials, url: &str) -> Result<Self, OriginError> {
        Self::with_source(Fixed::new(credentials), url)
    }
}

impl<S: CredentialSource> Signing<S> {
    /// Credentials from a source, for requests to the origin of `url`.
    ///
    /// # Errors
    /// [`OriginError`] if `url` is not absolute.
    pub fn with_source(source: S, url: &str) -> Result<Self, OriginError> {
        Ok(Self {
            source,
            origins: vec![origin(url)?],
            redirects: RedirectPolicy::Deliver,
            patience: 0,
            clock: Clock::default(),
        })
    }

    /// For requests to the origin of this `url` too.
    ///
    /// # Errors
    /// [`OriginError`] if `url` is not absolute.
    pub fn with_origin(mut self, url: &str) -> Result<Self, OriginError> {
        self.origins.push(origin(url)?);
        Ok(self)
    }

    /// Follows redirects within one origin, each signed anew. At first they are delivered.
    #[must_use]
    pub const fn with_redirects(mut self, policy: RedirectPolicy) -> Self {
        self.redirects = policy;
        self
    }

    /// Waits up to so many seconds when the provider asks for patience, then sends anew. At first
    /// such an answer is delivered at once.
    #[must_use]
    pub const fn with_patience(mut self, seconds: u32) -> Self {
        self.patience = seconds;
        self
    }

    /// Uses this clock, which may know servers' offsets already and may be shared.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The clock: keep a copy to store what is learnt.
    #[must_use]
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }
}

impl<S> Signing<S> {
    /// The one of the origins that a request goes to.
    pub(crate) fn origin_of(&self, url: &Url) -> Option<&Origin> {
        // A URL's scheme and host are in lower case already.
        self.origins.iter().find(|origin| {
            let scheme = if origin.is_https() { "https" } else { "http" };
            url.scheme() == scheme
                && url.host_str() == Some(origin.host())
                && url.port_or_known_default() == Some(origin.port())
        })
    }
}

fn origin(url: &str) -> Result<Origin, OriginError> {
    // As reqwest spells it, which is how it will be sent.
    let url: Url = url.parse().map_err(|_| OriginError::Relative)?;
    Origin::of(&url.as_str().parse().map_err(|_| OriginError::Relative)?)
}

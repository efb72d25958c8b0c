//! Where a request goes: scheme, host and port.

use core::fmt;

use countersign_base_string::{Scheme, SchemeError};

/// Scheme, host and effective port of a URI (RFC 6454). Secrets go to one of them only.
///
/// ```
/// use countersign_client::Origin;
///
/// let of = |uri: &str| Origin::of(&uri.parse().unwrap());
/// assert_eq!(of("https://API.example.com/a")?, of("https://api.example.com:443/b?c")?);
/// assert_ne!(of("https://api.example.com/")?, of("http://api.example.com/")?);
/// assert_eq!(of("https://api.example.com:443/")?.to_string(), "https://api.example.com");
/// # Ok::<(), countersign_client::OriginError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    host: String,
    port: u16,
    is_https: bool,
}

impl Origin {
    /// The origin of an absolute http or https URI.
    ///
    /// # Errors
    /// [`OriginError`] without host, with another scheme, or with a port that is none.
    pub fn of(uri: &http::Uri) -> Result<Self, OriginError> {
        let scheme: Scheme = uri
            .scheme_str()
            .ok_or(OriginError::Relative)?
            .parse()
            .map_err(OriginError::Scheme)?;
        let host = uri.host().filter(|host| !host.is_empty());
        let authority = uri.authority().ok_or(OriginError::Relative)?;
        let port = match (authority.port_u16(), authority.port()) {
            (Some(port), _) => port,
            (None, None) if !authority.as_str().ends_with(':') => scheme.default_port(),
            (None, _) => return Err(OriginError::Port),
        };
        Ok(Self {
            host: host.ok_or(OriginError::Relative)?.to_ascii_lowercase(),
            port,
            is_https: scheme == Scheme::Https,
        })
    }

    /// The host in lower case.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port that is connected to.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Whether it is reached over TLS.
    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.is_https
    }

    /// Whether what is sent there stays on this machine or under TLS, by its spelling alone: no name
    /// is looked up.
    ///
    /// ```
    /// use countersign_client::Origin;
    ///
    /// let of = |uri: &str| Origin::of(&uri.parse().unwrap());
    /// assert!(of("http://127.0.0.1:9000/")?.is_private());
    /// assert!(!of("http://api.example.com/")?.is_private());
    /// # Ok::<(), countersign_client::OriginError>(())
    /// ```
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.is_https || is_loopback(&self.host)
    }

    const fn scheme(&self) -> Scheme {
        if self.is_https {
            Scheme::Https
        } else {
            Scheme::Http
        }
    }
}

/// `https://api.example.com`, with the port unless it is the scheme's own.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme(), self.host)?;
        if self.port != self.scheme().default_port() {
            write!(f, ":{}", self.port)?;
        }
        Ok(())
    }
}

/// Whether a host is this machine by its spelling alone; no name is looked up.
pub(crate) fn is_loopback(host: &str) -> bool {
    let inside = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    if host.eq_ignore_ascii_case("localhost") {
        return true;
    }
    inside
        .unwrap_or(host)
        .parse::<core::net::IpAddr>()
        .is_ok_and(|address| address.is_loopback())
}

/// Why a URI has no origin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OriginError {
    /// The port is none.
    #[error("expected a port from 0 to 65535, found something else")]
    Port,
    /// The URI is not absolute.
    #[error("expected an absolute URI, found one without scheme or host")]
    Relative,
    /// Neither http nor https.
    #[error("the scheme is none that can be signed")]
    Scheme(#[source] SchemeError),
}

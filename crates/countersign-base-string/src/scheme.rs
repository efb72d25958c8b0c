use core::fmt;
use core::str::FromStr;

/// The scheme of the request's URI, `http` or `https`.
///
/// It is not on the wire of an ordinary request, yet it is signed (RFC 5849 3.4.1.2).
///
/// ```
/// use countersign_base_string::Scheme;
///
/// let scheme: Scheme = "HTTPS".parse()?;
/// assert_eq!((scheme, scheme.default_port()), (Scheme::Https, 443));
/// # Ok::<(), countersign_base_string::SchemeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(
    clippy::exhaustive_enums,
    reason = "RFC 5849 3.4.1.2 defines the base URI for these two"
)]
pub enum Scheme {
    /// Without TLS, port 80 unless said otherwise.
    Http,
    /// With TLS, port 443 unless said otherwise.
    Https,
}

/// Neither `http` nor `https`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected the scheme http or https, found another")]
#[non_exhaustive]
pub struct SchemeError;

impl Scheme {
    /// The scheme in lower case, as it is signed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port that is meant when none is given, and that is never signed.
    #[must_use]
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scheme {
    type Err = SchemeError;

    fn from_str(text: &str) -> Result<Self, SchemeError> {
        if text.eq_ignore_ascii_case("https") {
            Ok(Self::Https)
        } else if text.eq_ignore_ascii_case("http") {
            Ok(Self::Http)
        } else {
            Err(SchemeError)
        }
    }
}

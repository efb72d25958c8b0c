//! The names of the protocol parameters that have a meaning of their own.

/// A protocol parameter by its decoded name.
///
/// ```
/// use countersign_base_string::ProtocolName;
///
/// assert_eq!(ProtocolName::of(b"oauth_nonce"), Some(ProtocolName::Nonce));
/// assert_eq!(ProtocolName::Nonce.as_str(), "oauth_nonce");
/// assert_eq!(ProtocolName::of(b"oauth_colour"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ProtocolName {
    /// `oauth_body_hash` (Request Body Hash extension).
    BodyHash,
    /// `oauth_callback` (RFC 5849 2.1).
    Callback,
    /// `oauth_consumer_key` (RFC 5849 3.1).
    ConsumerKey,
    /// `oauth_nonce` (RFC 5849 3.1).
    Nonce,
    /// `oauth_session_handle` (Session extension).
    SessionHandle,
    /// `oauth_signature` (RFC 5849 3.1).
    Signature,
    /// `oauth_signature_method` (RFC 5849 3.1).
    SignatureMethod,
    /// `oauth_timestamp` (RFC 5849 3.1).
    Timestamp,
    /// `oauth_token` (RFC 5849 3.1).
    Token,
    /// `oauth_verifier` (RFC 5849 2.3).
    Verifier,
    /// `oauth_version` (RFC 5849 3.1).
    Version,
}

impl ProtocolName {
    /// All of them, in the order of the base string.
    pub const ALL: [Self; 11] = [
        Self::BodyHash,
        Self::Callback,
        Self::ConsumerKey,
        Self::Nonce,
        Self::SessionHandle,
        Self::Signature,
        Self::SignatureMethod,
        Self::Timestamp,
        Self::Token,
        Self::Verifier,
        Self::Version,
    ];

    /// The parameter of this decoded name.
    #[must_use]
    #[inline]
    pub const fn of(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"oauth_body_hash" => Self::BodyHash,
            b"oauth_callback" => Self::Callback,
            b"oauth_consumer_key" => Self::ConsumerKey,
            b"oauth_nonce" => Self::Nonce,
            b"oauth_session_handle" => Self::SessionHandle,
            b"oauth_signature" => Self::Signature,
            b"oauth_signature_method" => Self::SignatureMethod,
            b"oauth_timestamp" => Self::Timestamp,
            b"oauth_token" => Self::Token,
            b"oauth_verifier" => Self::Verifier,
            b"oauth_version" => Self::Version,
            _ => return None,
        })
    }

    /// The name that `text` begins with, followed by `=`. Its first bytes choose the one or two that
    /// it can be; comparing with texts of known lengths takes no call.
    #[inline(always)]
    pub(crate) fn at_start(text: &[u8]) -> Option<Self> {
        let starts = |with: &[u8], name: Self| text.starts_with(with).then_some(name);
        match text.first_chunk::<8>()? {
            b"oauth_bo" => starts(b"oauth_body_hash=", Self::BodyHash),
            b"oauth_ca" => starts(b"oauth_callback=", Self::Callback),
            b"oauth_co" => starts(b"oauth_consumer_key=", Self::ConsumerKey),
            b"oauth_no" => starts(b"oauth_nonce=", Self::Nonce),
            b"oauth_se" => starts(b"oauth_session_handle=", Self::SessionHandle),
            b"oauth_si" => starts(b"oauth_signature=", Self::Signature)
                .or_else(|| starts(b"oauth_signature_method=", Self::SignatureMethod)),
            b"oauth_ti" => starts(b"oauth_timestamp=", Self::Timestamp),
            b"oauth_to" => starts(b"oauth_token=", Self::Token),
            b"oauth_ve" => starts(b"oauth_version=", Self::Version)
                .or_else(|| starts(b"oauth_verifier=", Self::Verifier)),
            _ => None,
        }
    }

    /// Its place in [`ALL`](Self::ALL), for tables.
    #[must_use]
    #[inline]
    pub const fn index(self) -> usize {
        match self {
            Self::BodyHash => 0,
            Self::Callback => 1,
            Self::ConsumerKey => 2,
            Self::Nonce => 3,
            Self::SessionHandle => 4,
            Self::Signature => 5,
            Self::SignatureMethod => 6,
            Self::Timestamp => 7,
            Self::Token => 8,
            Self::Verifier => 9,
            Self::Version => 10,
        }
    }

    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BodyHash => "oauth_body_hash",
            Self::Callback => "oauth_callback",
            Self::ConsumerKey => "oauth_consumer_key",
            Self::Nonce => "oauth_nonce",
            Self::SessionHandle => "oauth_session_handle",
            Self::Signature => "oauth_signature",
            Self::SignatureMethod => "oauth_signature_method",
            Self::Timestamp => "oauth_timestamp",
            Self::Token => "oauth_token",
            Self::Verifier => "oauth_verifier",
            Self::Version => "oauth_version",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ProtocolName;

    #[test]
    fn every_name_is_found_again_and_nothing_near_it() {
        for name in ProtocolName::ALL {
            let text = name.as_str().as_bytes();
            assert_eq!(ProtocolName::of(text), Some(name));
            assert_eq!(ProtocolName::ALL[name.index()], name);
            assert_eq!(ProtocolName::at_start(text), None);
            let element = [text, b"=\""].concat();
            assert_eq!(ProtocolName::at_start(&element), Some(name));
            assert_eq!(ProtocolName::at_start(&element[1..]), None);
            assert_eq!(ProtocolName::of(&text[1..]), None);
            assert_eq!(ProtocolName::of(&text.to_ascii_uppercase()), None);
        }
        assert!(ProtocolName::ALL.is_sorted_by_key(|name| name.as_str()));
    }
}

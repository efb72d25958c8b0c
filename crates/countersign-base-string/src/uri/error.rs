/// Why a URI, a `Host` field or a request target can't be signed, and where the fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{kind} (byte offset {offset})")]
pub struct UriError {
    pub(super) kind: UriErrorKind,
    pub(super) offset: usize,
}

impl UriError {
    /// What is wrong.
    #[must_use]
    pub const fn kind(self) -> UriErrorKind {
        self.kind
    }

    /// The byte offset of the fault: within the `Host` field for [`UriErrorKind::is_of_host`],
    /// else within the URI or request target.
    #[must_use]
    pub const fn offset(self) -> usize {
        self.offset
    }
}

/// What is wrong with a URI, a `Host` field or a request target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UriErrorKind {
    /// There is no host.
    #[error("expected a host, found none")]
    EmptyHost,
    /// A request target never carries a fragment.
    #[error("expected a request target without a fragment, found #")]
    Fragment,
    /// The `Host` field is malformed.
    #[error("expected a host and perhaps a port in the Host field, found byte 0x{found:02X}")]
    #[non_exhaustive]
    HostField {
        /// The byte that can't be there.
        found: u8,
    },
    /// An absolute request target names another host or port than the `Host` field.
    #[error("expected the host and port of the Host field in the request target, found others")]
    HostMismatch,
    /// A byte that no URI has: a control character, a space, or one outside ASCII.
    #[error("expected visible ASCII, found byte 0x{found:02X}")]
    #[non_exhaustive]
    InvalidByte {
        /// The byte that can't be there.
        found: u8,
    },
    /// A byte that no host has.
    #[error("expected a host, found byte 0x{found:02X}")]
    #[non_exhaustive]
    InvalidHost {
        /// The byte that can't be there.
        found: u8,
    },
    /// The port is no decimal number up to 65535.
    #[error("expected a port from 0 to 65535, found something else")]
    InvalidPort,
    /// There is no `http://` or `https://` at the beginning.
    #[error("expected http:// or https://, found another beginning")]
    InvalidScheme,
    /// An absolute request target has another scheme than the connection.
    #[error("expected the scheme of the connection in the request target, found the other")]
    SchemeMismatch,
    /// `*`, an authority, or something else that is neither a path nor an absolute URI.
    #[error("expected a request target that begins with / or http:// or https://")]
    UnsupportedTarget,
}

impl UriErrorKind {
    /// Whether the fault lies in the `Host` field.
    #[must_use]
    pub const fn is_of_host(self) -> bool {
        matches!(self, Self::HostField { .. })
    }
}

use countersign_encoding::{DecodeError, DecodeErrorKind};

use crate::{AuthorizationError, Place};

/// Why the parameters of a request can't be collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParametersError {
    /// More than one `Authorization` field holds OAuth credentials.
    #[error("expected one Authorization header with OAuth credentials, found {found}")]
    #[non_exhaustive]
    AmbiguousAuthorization {
        /// How many there are.
        found: usize,
    },
    /// The `Authorization` field is malformed.
    #[error("the Authorization header is malformed")]
    Authorization(#[source] AuthorizationError),
    /// A name or value is not properly percent-encoded.
    #[error("the {place} is malformed: {kind} (byte offset {offset})")]
    #[non_exhaustive]
    Encoding {
        /// Where the parameter is.
        place: Place,
        /// The byte offset within the field value, the query or the body.
        offset: usize,
        /// What is wrong.
        kind: DecodeErrorKind,
    },
    /// A place is longer than its limit; nothing of it was read.
    #[error("expected at most {limit} bytes of {place}, found {found}")]
    #[non_exhaustive]
    TooLong {
        /// Which place.
        place: Place,
        /// The limit in bytes.
        limit: usize,
        /// The length in bytes.
        found: usize,
    },
    /// There are more parameters than the limit.
    #[error("expected at most {limit} parameters, found more")]
    #[non_exhaustive]
    TooManyParameters {
        /// The limit.
        limit: usize,
    },
}

impl ParametersError {
    pub(super) const fn encoding(place: Place, start: usize, fault: DecodeError) -> Self {
        Self::Encoding {
            place,
            offset: fault.offset().saturating_add(start),
            kind: fault.kind(),
        }
    }

    /// Whether the request is too large rather than malformed.
    #[must_use]
    pub const fn is_limit(&self) -> bool {
        matches!(self, Self::TooLong { .. } | Self::TooManyParameters { .. })
    }
}

//! What an answer was instead of a token.

use countersign_encoding::DecodeError;
use countersign_problem::{Found, ProblemCode, harmless};
use countersign_token::Refusal;
use http::StatusCode;

use crate::refusal::is_believed;

/// A refusal by the provider: the problem it named or meant, and the status.
#[derive(Clone, Debug)]
pub struct Refused {
    status: u16,
    found: Found,
}

impl Refused {
    pub(crate) const fn new(status: StatusCode, found: Found) -> Self {
        Self {
            status: status.as_u16(),
            found,
        }
    }

    /// The problem code.
    #[must_use]
    pub const fn code(&self) -> &ProblemCode {
        self.found.problem.code()
    }

    /// The problem, and what stood beside it. It is foreign text.
    #[must_use]
    pub const fn found(&self) -> &Found {
        &self.found
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    fn is_believed(&self) -> bool {
        StatusCode::from_u16(self.status).is_ok_and(|status| is_believed(status, &self.found))
    }
}

/// Why an answer gives no token. Nothing of it was taken, and nothing says that the token before is
/// dead unless [`refusal`](Self::refusal) does.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// The body is compressed; ask with `Accept-Encoding: identity`.
    #[error("expected an answer that is not compressed, found one that is")]
    Compressed,
    /// A name or value is malformed.
    #[error("the answer can't be decoded")]
    Encoding(#[source] DecodeError),
    /// No answer of the provider about a token: a fault of its own or of a proxy, an unknown page.
    #[error("expected a token or a problem, found the status {status} and neither")]
    Fault {
        /// The HTTP status.
        status: u16,
    },
    /// A part without which there is no token.
    #[error("expected {name} in the answer, found none")]
    Missing {
        /// Its name.
        name: &'static str,
    },
    /// A page, a document, or text with control characters.
    #[error("expected a form, found something else")]
    NoForm,
    /// The provider did not confirm the callback, so it may be one that speaks OAuth 1.0 without
    /// the `a`, where others can have a user approve their request (RFC 5849 section 2.1).
    #[error("expected oauth_callback_confirmed=true, found no such confirmation")]
    NotConfirmed,
    /// A token endpoint is no page that moves.
    #[error("expected an answer, found a redirect with the status {status}")]
    Redirected {
        /// The HTTP status.
        status: u16,
    },
    /// The provider refused, and said why.
    #[error("the provider refused: {}", harmless(.0.code().as_str()))]
    Refused(Box<Refused>),
    /// Which of two values counts?
    #[error("expected {name} once in the answer, found it twice")]
    Repeated {
        /// Its name.
        name: String,
    },
    /// Longer than any answer is.
    #[error("expected an answer of at most 65536 bytes and 128 pairs, found a longer one")]
    TooLong,
    /// Less or more arrived than the answer's `Content-Length` says.
    #[error("expected an answer as long as its Content-Length, found one of another length")]
    Truncated,
}

impl AnswerError {
    /// The refusal, if it is one.
    #[must_use]
    pub fn refused(&self) -> Option<&Refused> {
        match self {
            Self::Refused(refused) => Some(refused),
            Self::Compressed
            | Self::Encoding(_)
            | Self::Fault { .. }
            | Self::Missing { .. }
            | Self::NoForm
            | Self::NotConfirmed
            | Self::Redirected { .. }
            | Self::Repeated { .. }
            | Self::TooLong
            | Self::Truncated => None,
        }
    }

    /// Whether the answer says that the token presented is dead. A 5xx never does, whatever its
    /// body claims.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        self.refused()
            .filter(|refused| refused.is_believed())
            .and_then(|refused| Refusal::of(refused.code()))
    }
}

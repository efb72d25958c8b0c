//! What the stores say of a token and a nonce.

/// Why a token can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenFault {
    /// The user said no.
    #[error("the user refused")]
    Denied,
    /// The whole authorisation has come to its end; no renewal is possible any more.
    #[error("the authorisation has ended, the user has to give it again")]
    Ended,
    /// A superseded token at a resource.
    #[error("an access token is expected, the one presented was replaced")]
    ExpectedAccessToken {
        /// The token presented, which was issued here.
        presented: String,
    },
    /// A superseded token in a renewal.
    #[error("the token presented is not the newest one and can't be renewed")]
    ExpectedRequestToken {
        /// The token presented, which was issued here.
        presented: String,
    },
    /// Too old.
    #[error("the token has expired")]
    Expired,
    /// Issued to another consumer.
    #[error("the token was issued to another consumer")]
    Foreign,
    /// Revoked, replaced by a second authorisation, or its user lost the right to give it.
    #[error("the token was revoked or replaced")]
    NotAuthorized,
    /// The resource needs a token, and none was sent.
    #[error("a token is expected, none was sent")]
    NotProvided,
    /// The user has not decided yet.
    #[error("the user has not decided yet")]
    Undecided,
    /// Not known, or no longer.
    #[error("the token is not known")]
    Unknown,
    /// Good for one use, which it had.
    #[error("the token was used before")]
    Used,
}

impl TokenFault {
    pub(crate) fn is_binding(&self) -> bool {
        matches!(self, Self::Foreign | Self::Unknown)
    }
}

/// What the store says of a token's state.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "usable or not, and then why")]
pub enum TokenState {
    /// Usable, or no token is part of the request.
    Live,
    /// Not usable.
    Faulty(TokenFault),
}

/// What the store of nonces answered to insert-if-absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a caller must answer each of them on purpose"
)]
pub enum NonceVerdict {
    /// New, and stored now.
    New,
    /// Seen before.
    Used,
    /// Not stored: the consumer has as many live nonces as it may have.
    OverQuota {
        /// Seconds until some of them end.
        retry_after: u32,
    },
    /// Unknown: the store failed, or lost its memory and can't vouch for the timestamp. The request
    /// is refused, and it is our own fault.
    Unavailable {
        /// Seconds until another try is useful.
        retry_after: u32,
    },
    /// Nothing was stored: a PLAINTEXT request without timestamp or nonce (RFC 5849 section 3.1),
    /// for which [`LiveToken::nonce_key`](crate::LiveToken::nonce_key) is `None`. For any other request it counts as
    /// [`NonceVerdict::Unavailable`].
    NotSent,
}

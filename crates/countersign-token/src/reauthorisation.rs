//! Which refusals mean that only the user can help, and what is then remembered.

use countersign_problem::ProblemCode;

use crate::name::named;

named! {
    /// Why the user has to authorise again. The first cause stays.
    #[derive(thiserror::Error)]
    #[expect(clippy::exhaustive_enums, reason = "a face has a text for each")]
    pub enum ReauthorisationCause: "cause of reauthorisation" {
        /// The provider says that it may not be renewed or used any more.
        #[error("the provider denied permission")]
        PermissionDenied = "permission_denied",
        /// The answer to a renewal was lost, and the provider takes the token before it no more.
        #[error("the answer to a renewal was lost")]
        RenewalLost = "renewal_lost",
        /// Taken back, as this side was told, by the provider too.
        #[error("the authorisation was revoked")]
        Revoked = "revoked",
        /// The provider rejected the newest token known.
        #[error("the provider rejected the token")]
        TokenRejected = "token_rejected",
    }
}

/// A refusal by which a provider says that a token is dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "all other problems leave the token alone"
)]
pub enum Refusal {
    /// `permission_denied` (OAuth Session draft 1 section 5.4).
    PermissionDenied,
    /// `token_rejected`.
    TokenRejected,
    /// `token_revoked`, from those who say it outright.
    TokenRevoked,
}

impl Refusal {
    /// Whether `code` is one, in whatever spelling; anything else says nothing against the token.
    ///
    /// Ask only for an answer with a 4xx status from the provider itself.
    #[must_use]
    pub fn of(code: &ProblemCode) -> Option<Self> {
        let code = code.known()?;
        let refusals = [
            (ProblemCode::PERMISSION_DENIED, Self::PermissionDenied),
            (ProblemCode::TOKEN_REJECTED, Self::TokenRejected),
            (ProblemCode::TOKEN_REVOKED, Self::TokenRevoked),
        ];
        refusals
            .into_iter()
            .find_map(|(known, refusal)| (known == code).then_some(refusal))
    }

    pub(crate) const fn cause(self) -> ReauthorisationCause {
        match self {
            Self::PermissionDenied => ReauthorisationCause::PermissionDenied,
            Self::TokenRejected => ReauthorisationCause::TokenRejected,
            Self::TokenRevoked => ReauthorisationCause::Revoked,
        }
    }
}

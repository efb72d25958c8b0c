//! Why a request with a token is refused: the true reason, and the one problem it is told as.

use countersign_problem::ProblemCode;

use crate::name::named;

named! {
    /// The true reason of a refusal, for the audit trail.
    ///
    /// Several causes are told as one problem ([`problem`](Self::problem)): the caller of the
    /// seed's API can't tell a revoked token from one whose user was removed; the operator can.
    #[derive(thiserror::Error)]
    #[expect(clippy::exhaustive_enums, reason = "every cause has a problem of its own on purpose")]
    pub enum Cause: "cause" {
        /// The whole authorisation is over.
        #[error("the authorisation has expired")]
        AuthorizationExpired = "authorization_expired",
        /// Too many wrong verifiers.
        #[error("the temporary credentials were burnt by wrong verifiers")]
        Burnt = "burnt",
        /// The user said no.
        #[error("the user denied the authorisation")]
        Denied = "denied",
        /// Too old.
        #[error("the token has expired")]
        Expired = "expired",
        /// Of another authorisation than the grant it was presented for.
        #[error("the token belongs to another authorisation")]
        Foreign = "foreign",
        /// Issued without a session, or with the last generation there is.
        #[error("the token can't be renewed")]
        NotRenewable = "not_renewable",
        /// The same application was authorised again for the same organisation.
        #[error("the token was replaced by a second authorisation")]
        Replaced = "replaced",
        /// An administrator of the provider took the authorisation back.
        #[error("an administrator revoked the authorisation")]
        RevokedByAdministrator = "revoked_by_administrator",
        /// The user took the authorisation back.
        #[error("the user revoked the authorisation")]
        RevokedByUser = "revoked_by_user",
        /// The user's role no longer allows the connection.
        #[error("the user's role no longer allows the connection")]
        RoleChanged = "role_changed",
        /// A newer access token of the same authorisation is in use.
        #[error("the token was superseded by a newer one")]
        Superseded = "superseded",
        /// The user has not decided yet.
        #[error("the user has not decided yet")]
        Undecided = "undecided",
        /// A generation that this provider has not issued: its store was set back, or the token is
        /// forged by someone who holds the keys.
        #[error("the token's generation was never issued")]
        Unissued = "unissued",
        /// Temporary credentials that were exchanged before.
        #[error("the temporary credentials were used before")]
        Used = "used",
        /// The user was removed from the organisation.
        #[error("the user was removed from the organisation")]
        UserRemoved = "user_removed",
        /// Temporary credentials in place of an access token, or the other way round.
        #[error("the token is of the wrong kind for this request")]
        WrongKind = "wrong_kind",
        /// Not the verifier that was handed to the user.
        #[error("the verifier is wrong")]
        WrongVerifier = "wrong_verifier",
    }
}

impl Cause {
    /// The problem that the caller is told.
    ///
    /// ```
    /// use countersign_problem::ProblemCode;
    /// use countersign_token::Cause;
    ///
    /// assert_eq!(Cause::UserRemoved.problem(), ProblemCode::TOKEN_REJECTED);
    /// assert_eq!(Cause::UserRemoved.as_str(), "user_removed");
    /// ```
    #[must_use]
    #[deny(
        clippy::wildcard_enum_match_arm,
        reason = "every cause needs a problem of its own"
    )]
    pub const fn problem(self) -> ProblemCode {
        match self {
            // One advice text for all five: "The access token has not been authorized, or has been
            // revoked by the user".
            Self::RevokedByAdministrator
            | Self::RevokedByUser
            | Self::UserRemoved
            | Self::RoleChanged
            | Self::Replaced => ProblemCode::TOKEN_REJECTED,
            // "Token X does not match an expected REQUEST token" in a renewal, "… ACCESS token" at
            // a resource.
            Self::Superseded => ProblemCode::TOKEN_REJECTED,
            // Rejected without a reason: it would help only those who guess.
            Self::Burnt | Self::Foreign | Self::Unissued | Self::WrongKind => {
                ProblemCode::TOKEN_REJECTED
            }
            // The Session draft's own spelling, `access_token_expired` (section 5.2), is outside of
            // the list of Problem Reporting, which providers must keep to.
            Self::Expired => ProblemCode::TOKEN_EXPIRED,
            // OAuth Session draft 1 section 5.4: the renewal is not allowed (any more).
            Self::AuthorizationExpired | Self::NotRenewable => ProblemCode::PERMISSION_DENIED,
            Self::Denied => ProblemCode::PERMISSION_DENIED,
            Self::Undecided => ProblemCode::PERMISSION_UNKNOWN,
            Self::Used => ProblemCode::TOKEN_USED,
            Self::WrongVerifier => ProblemCode::PARAMETER_REJECTED,
        }
    }
}

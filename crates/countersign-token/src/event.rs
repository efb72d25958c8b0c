//! What happens to a token at the provider.

use crate::name::{displayed_by_name, named};

named! {
    /// What happens at the provider to temporary credentials, an access token or a grant.
    ///
    /// Some events are *requests*, which a machine may refuse; the others are *facts*, which it can
    /// only take note of or pass over ([`is_request`](Self::is_request)).
    #[expect(clippy::exhaustive_enums, reason = "every machine answers every event on purpose")]
    pub enum Event: "event" {
        /// The user approves (RFC 5849 section 2.2).
        Approve = "approve",
        /// The user says no.
        Deny = "deny",
        /// The client presents the right verifier for an access token (RFC 5849 section 2.3).
        Exchange = "exchange",
        /// The client presents a wrong verifier, and has tries left.
        WrongVerifier = "wrong_verifier",
        /// The client presents a wrong verifier for the last time.
        LastWrongVerifier = "last_wrong_verifier",
        /// A request to a resource is signed with the token (RFC 5849 section 3.1).
        Use = "use",
        /// The client swaps the token for the next one (OAuth Session draft 1 section 5.3).
        Renew = "renew",
        /// The time of the temporary credentials or of the access token is over.
        Expire = "expire",
        /// The time of the whole authorisation is over (`oauth_authorization_expires_in`, OAuth
        /// Session draft 1).
        AuthorizationExpire = "authorization_expire",
        /// A newer access token of the same authorisation was issued.
        Supersede = "supersede",
        /// The user took the authorisation back.
        Revoke = "revoke",
        /// An administrator of the provider took the authorisation back.
        Withdraw = "withdraw",
        /// The user was removed from the organisation.
        RemoveUser = "remove_user",
        /// The user's role no longer allows to connect an application.
        ChangeRole = "change_role",
        /// The same application was authorised again for the same organisation.
        AuthorizeAgain = "authorize_again",
    }
}

displayed_by_name!(Event);

impl Event {
    /// Whether someone asks for something, so that a refusal is an answer.
    #[must_use]
    pub const fn is_request(self) -> bool {
        match self {
            Self::Approve
            | Self::Deny
            | Self::Exchange
            | Self::WrongVerifier
            | Self::LastWrongVerifier
            | Self::Use
            | Self::Renew => true,
            Self::Expire
            | Self::AuthorizationExpire
            | Self::Supersede
            | Self::Revoke
            | Self::Withdraw
            | Self::RemoveUser
            | Self::ChangeRole
            | Self::AuthorizeAgain => false,
        }
    }
}

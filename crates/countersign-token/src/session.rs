//! Renewable grants: an authorisation whose access token is swapped for the next one, again and
//! again (OAuth Session draft 1).

use crate::Answer::{Accepted, Ignored, Refused};
use crate::machine::machine;
use crate::name::{displayed_by_name, named};
use crate::{Answer, Cause, Event};

named! {
    /// The life of a renewable grant at the provider, seen from its newest access token.
    ///
    /// Which token is the newest is its [`Generation`](crate::Generation); a renewal raises it and
    /// leaves the grant live. What an older token may still do is decided by
    /// [`Grant`](crate::Grant).
    #[expect(clippy::exhaustive_enums, reason = "the table has a row for each state")]
    pub enum SessionState: "state of a session" {
        /// The newest access token is usable.
        Live = "live",
        /// The newest access token has expired and can be renewed.
        Lapsed = "lapsed",
        /// The authorisation's own time is over.
        Ended = "ended",
        /// Taken back by the user.
        Revoked = "revoked",
        /// Taken back by an administrator of the provider.
        Withdrawn = "withdrawn",
        /// The user was removed from the organisation.
        UserRemoved = "user_removed",
        /// The user's role no longer allows it.
        RoleChanged = "role_changed",
        /// Replaced by a second authorisation.
        Replaced = "replaced",
    }
}

displayed_by_name!(SessionState);

machine! {
    SessionState, Event, Answer;
    Live {
        Approve | Deny | Exchange | WrongVerifier | LastWrongVerifier
            => Live, Refused(Cause::WrongKind);
        // Renewing before the token expires is allowed and wise.
        Use | Renew => Live, Accepted;
        Expire => Lapsed, Accepted;
        AuthorizationExpire => Ended, Accepted;
        Revoke => Revoked, Accepted;
        Withdraw => Withdrawn, Accepted;
        RemoveUser => UserRemoved, Accepted;
        ChangeRole => RoleChanged, Accepted;
        AuthorizeAgain => Replaced, Accepted;
        // A token of the grant is superseded, never the grant: its generation says which.
        Supersede => Live, Ignored;
    }
    Lapsed {
        Approve | Deny | Exchange | WrongVerifier | LastWrongVerifier
            => Lapsed, Refused(Cause::WrongKind);
        Use => Lapsed, Refused(Cause::Expired);
        Renew => Live, Accepted;
        AuthorizationExpire => Ended, Accepted;
        Revoke => Revoked, Accepted;
        Withdraw => Withdrawn, Accepted;
        RemoveUser => UserRemoved, Accepted;
        ChangeRole => RoleChanged, Accepted;
        AuthorizeAgain => Replaced, Accepted;
        Expire | Supersede => Lapsed, Ignored;
    }
    Ended {
        Approve | Deny | Exchange | WrongVerifier | LastWrongVerifier
            => Ended, Refused(Cause::WrongKind);
        Use | Renew => Ended, Refused(Cause::AuthorizationExpired);
        Expire | AuthorizationExpire | Supersede | Revoke | Withdraw | RemoveUser
            | ChangeRole | AuthorizeAgain => Ended, Ignored;
    }
    Revoked {
        Approve | Deny | Exchange | WrongVerifier | LastWrongVerifier
            => Revoked, Refused(Cause::WrongKind);
        Use | Renew => Revoked, Refused(Cause::RevokedByUser);
        Expire | AuthorizationExpire | Supersede | Revoke | Withdraw | RemoveUser
            | ChangeRole | AuthorizeAgain => Revoked, Ignored;
    }
    Withdrawn {
        Approve | Deny | Exchange | WrongVerifier | LastWrongVerifier
            => Withdrawn, Refused(Cause::WrongKind);
        Use | Renew => Withdrawn, Refused(Cause::RevokedByAdministrator);
        Expire | AuthorizationExpire | Supersede | Revoke | Withdraw | RemoveUser
            | ChangeRole | AuthorizeAgain => Withdrawn, Ignored;
    }
    UserRemoved {
        Approve | Deny | Exchange | WrongVerifier | LastWrongVerifier
            => UserRemoved, Refused(Cause::WrongKind);
        Use | Renew => UserRemoved, Refused(Cause::UserRemoved);
        Expire | AuthorizationExpire | Supersede | Revoke | Withdraw | RemoveUser
            | ChangeRole | AuthorizeAgain => UserRemoved, Ignored;
    }
    RoleChanged {
        Approve | Deny | Exchange | WrongVerifier | LastWrongVerifier
            => RoleChanged, Refused(Cause::WrongKind);
        Use | Renew => RoleChanged, Refused(Cause::RoleChanged);
        Expire | AuthorizationExpire | Supersede | Revoke | Withdraw | RemoveUser
            | ChangeRole | AuthorizeAgain => RoleChanged, Ignored;
    }
    Replaced {
        Approve | Deny | Exchange | WrongVerifier | LastWrongVerifier
            => Replaced, Refused(Cause::WrongKind);
        Use | Renew => Replaced, Refused(Cause::Replaced);
        Expire | AuthorizationExpire | Supersede | Revoke | Withdraw | RemoveUser
            | ChangeRole | AuthorizeAgain => Replaced, Ignored;
    }
}

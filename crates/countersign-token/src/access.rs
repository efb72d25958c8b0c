//! Access tokens without a session: they can be used until they expire, and never renewed.

use countersign_clock::UnixTime;

use crate::Answer::{Accepted, Ignored, Refused};
use crate::machine::machine;
use crate::name::{displayed_by_name, named};
use crate::{Answer, Cause, Event, Expiry};

named! {
    /// The life of an access token without a session at the provider.
    ///
    /// It is the authorisation: when its time is over, so is the authorisation's. Tokens of private
    /// applications, which need no flow, have an [`Expiry`] that never comes.
    ///
    /// [`AccessToken`] adds the time.
    #[expect(clippy::exhaustive_enums, reason = "the table has a row for each state")]
    pub enum AccessState: "state of an access token" {
        /// Usable.
        Live = "live",
        /// Its time is over.
        Expired = "expired",
        /// A newer token of the same authorisation was issued.
        Superseded = "superseded",
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

displayed_by_name!(AccessState);

machine! {
    AccessState, Event, Answer;
    Live {
        Approve | Deny | Exchange | WrongVerifier | LastWrongVerifier
            => Live, Refused(Cause::WrongKind);
        Use => Live, Accepted;
        Renew => Live, Refused(Cause::NotRenewable);
        Expire | AuthorizationExpire => Expired, Accepted;
        Supersede => Superseded, Accepted;
        Revoke => Revoked, Accepted;
        Withdraw => Withdrawn, Accepted;
        RemoveUser => UserRemoved, Accepted;
        ChangeRole => RoleChanged, Accepted;
        AuthorizeAgain => Replaced, Accepted;
    }
    Expired {
        Approve | Deny | Exchange | WrongVerifier | LastWrongVerifier
            => Expired, Refused(Cause::WrongKind);
        Use => Expired, Refused(Cause::Expired);
        // Its age is not what stands in the way.
        Renew => Expired, Refused(Cause::NotRenewable);
        Expire | AuthorizationExpire | Supersede | Revoke | Withdraw | RemoveUser
            | ChangeRole | AuthorizeAgain => Expired, Ignored;
    }
    Superseded {
        Approve | Deny | Exchange | WrongVerifier | LastWrongVerifier
            => Superseded, Refused(Cause::WrongKind);
        Use | Renew => Superseded, Refused(Cause::Superseded);
        Expire | AuthorizationExpire | Supersede | Revoke | Withdraw | RemoveUser
            | ChangeRole | AuthorizeAgain => Superseded, Ignored;
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

/// An access token without a session as stored: its state and its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AccessToken {
    state: AccessState,
    expiry: Expiry,
}

impl AccessToken {
    /// Just issued.
    #[must_use]
    pub const fn new(expiry: Expiry) -> Self {
        Self::restored(AccessState::Live, expiry)
    }

    /// As stored.
    #[must_use]
    pub const fn restored(state: AccessState, expiry: Expiry) -> Self {
        Self { state, expiry }
    }

    /// Where it stands.
    #[must_use]
    pub const fn state(self) -> AccessState {
        self.state
    }

    /// When its time is over.
    #[must_use]
    pub const fn expiry(self) -> Expiry {
        self.expiry
    }

    /// What becomes of it by an event at `now`: first its time is looked at.
    #[must_use]
    pub fn on(self, event: Event, now: UnixTime) -> (Self, Answer) {
        let state = if self.expiry.is_over(now) {
            self.state.on(Event::Expire).next
        } else {
            self.state
        };
        let step = state.on(event);
        (Self::restored(step.next, self.expiry), step.answer)
    }
}

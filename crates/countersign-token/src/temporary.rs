//! Temporary credentials: from the request for a token to its exchange (RFC 5849 section 2).

use countersign_clock::UnixTime;

use crate::Answer::{Accepted, Ignored, Refused};
use crate::machine::machine;
use crate::name::{displayed_by_name, named};
use crate::{Answer, Cause, Event, Expiry};

named! {
    /// The life of temporary credentials at the provider.
    ///
    /// > The server MUST … ensure that the temporary credentials have not expired or been used
    /// > before (RFC 5849 section 2.3)
    ///
    /// [`TemporaryCredentials`] add the time and the count of wrong verifiers.
    #[expect(clippy::exhaustive_enums, reason = "the table has a row for each state")]
    pub enum TemporaryState: "state of temporary credentials" {
        /// Issued; the user has not decided.
        Pending = "pending",
        /// Approved; the verifier was handed to the user.
        Approved = "approved",
        /// The user said no.
        Denied = "denied",
        /// Exchanged for an access token.
        Exchanged = "exchanged",
        /// Not exchanged in time.
        Expired = "expired",
        /// Too many wrong verifiers.
        Burnt = "burnt",
        /// The user took it back before the exchange.
        Revoked = "revoked",
        /// Taken back by an administrator of the provider.
        Withdrawn = "withdrawn",
        /// The user was removed from the organisation before the exchange.
        UserRemoved = "user_removed",
        /// The user's role changed before the exchange.
        RoleChanged = "role_changed",
    }
}

displayed_by_name!(TemporaryState);

machine! {
    TemporaryState, Event, Answer;
    Pending {
        Approve => Approved, Accepted;
        Deny => Denied, Accepted;
        // There is no verifier yet, so there is none to guess.
        Exchange | WrongVerifier | LastWrongVerifier => Pending, Refused(Cause::Undecided);
        Use | Renew => Pending, Refused(Cause::WrongKind);
        Expire => Expired, Accepted;
        Revoke => Revoked, Accepted;
        Withdraw => Withdrawn, Accepted;
        RemoveUser => UserRemoved, Accepted;
        ChangeRole => RoleChanged, Accepted;
        AuthorizationExpire | Supersede | AuthorizeAgain => Pending, Ignored;
    }
    Approved {
        Approve => Approved, Accepted;
        // Second thoughts on the user's page count, as long as no token is out.
        Deny => Denied, Accepted;
        Exchange => Exchanged, Accepted;
        WrongVerifier => Approved, Refused(Cause::WrongVerifier);
        LastWrongVerifier => Burnt, Refused(Cause::WrongVerifier);
        Use | Renew => Approved, Refused(Cause::WrongKind);
        Expire => Expired, Accepted;
        Revoke => Revoked, Accepted;
        Withdraw => Withdrawn, Accepted;
        RemoveUser => UserRemoved, Accepted;
        ChangeRole => RoleChanged, Accepted;
        // Not a token yet: the exchange itself is what replaces an earlier one.
        AuthorizationExpire | Supersede | AuthorizeAgain => Approved, Ignored;
    }
    Denied {
        Approve | Deny | Exchange | WrongVerifier | LastWrongVerifier
            => Denied, Refused(Cause::Denied);
        Use | Renew => Denied, Refused(Cause::WrongKind);
        Expire | AuthorizationExpire | Supersede | Revoke | Withdraw | RemoveUser
            | ChangeRole | AuthorizeAgain => Denied, Ignored;
    }
    Exchanged {
        Approve | Deny | Exchange | WrongVerifier | LastWrongVerifier
            => Exchanged, Refused(Cause::Used);
        Use | Renew => Exchanged, Refused(Cause::WrongKind);
        Expire | AuthorizationExpire | Supersede | Revoke | Withdraw | RemoveUser
            | ChangeRole | AuthorizeAgain => Exchanged, Ignored;
    }
    Expired {
        Approve | Deny | Exchange | WrongVerifier | LastWrongVerifier
            => Expired, Refused(Cause::Expired);
        Use | Renew => Expired, Refused(Cause::WrongKind);
        Expire | AuthorizationExpire | Supersede | Revoke | Withdraw | RemoveUser
            | ChangeRole | AuthorizeAgain => Expired, Ignored;
    }
    Burnt {
        Approve | Deny | Exchange | WrongVerifier | LastWrongVerifier
            => Burnt, Refused(Cause::Burnt);
        Use | Renew => Burnt, Refused(Cause::WrongKind);
        Expire | AuthorizationExpire | Supersede | Revoke | Withdraw | RemoveUser
            | ChangeRole | AuthorizeAgain => Burnt, Ignored;
    }
    Revoked {
        Approve | Deny | Exchange | WrongVerifier | LastWrongVerifier
            => Revoked, Refused(Cause::RevokedByUser);
        Use | Renew => Revoked, Refused(Cause::WrongKind);
        Expire | AuthorizationExpire | Supersede | Revoke | Withdraw | RemoveUser
            | ChangeRole | AuthorizeAgain => Revoked, Ignored;
    }
    Withdrawn {
        Approve | Deny | Exchange | WrongVerifier | LastWrongVerifier
            => Withdrawn, Refused(Cause::RevokedByAdministrator);
        Use | Renew => Withdrawn, Refused(Cause::WrongKind);
        Expire | AuthorizationExpire | Supersede | Revoke | Withdraw | RemoveUser
            | ChangeRole | AuthorizeAgain => Withdrawn, Ignored;
    }
    UserRemoved {
        Approve | Deny | Exchange | WrongVerifier | LastWrongVerifier
            => UserRemoved, Refused(Cause::UserRemoved);
        Use | Renew => UserRemoved, Refused(Cause::WrongKind);
        Expire | AuthorizationExpire | Supersede | Revoke | Withdraw | RemoveUser
            | ChangeRole | AuthorizeAgain => UserRemoved, Ignored;
    }
    RoleChanged {
        Approve | Deny | Exchange | WrongVerifier | LastWrongVerifier
            => RoleChanged, Refused(Cause::RoleChanged);
        Use | Renew => RoleChanged, Refused(Cause::WrongKind);
        Expire | AuthorizationExpire | Supersede | Revoke | Withdraw | RemoveUser
            | ChangeRole | AuthorizeAgain => RoleChanged, Ignored;
    }
}

/// Temporary credentials as stored: their state, their time, and the wrong verifiers presented.
///
/// ```
/// use countersign_clock::UnixTime;
/// use countersign_token::{Answer, Cause, Event, Expiry, TemporaryCredentials, TemporaryState};
///
/// let now = UnixTime::from_seconds(1_700_000_000);
/// let credentials = TemporaryCredentials::new(Expiry::after(now, 300));
/// let (mut credentials, _) = credentials.on(Event::Approve, now);
/// for _ in 0..TemporaryCredentials::TRIES {
///     let (after, answer) = credentials.on(Event::WrongVerifier, now);
///     assert_eq!(answer, Answer::Refused(Cause::WrongVerifier));
///     credentials = after;
/// }
/// assert_eq!(credentials.state(), TemporaryState::Burnt);
/// assert_eq!(credentials.on(Event::Exchange, now).1, Answer::Refused(Cause::Burnt));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TemporaryCredentials {
    state: TemporaryState,
    wrong_verifiers: u8,
    expiry: Expiry,
}

impl TemporaryCredentials {
    /// So many wrong verifiers burn them.
    pub const TRIES: u8 = 5;

    /// Just issued.
    #[must_use]
    pub const fn new(expiry: Expiry) -> Self {
        Self::restored(TemporaryState::Pending, 0, expiry)
    }

    /// As stored.
    #[must_use]
    pub const fn restored(state: TemporaryState, wrong_verifiers: u8, expiry: Expiry) -> Self {
        Self {
            state,
            wrong_verifiers,
            expiry,
        }
    }

    /// Where they stand.
    #[must_use]
    pub const fn state(self) -> TemporaryState {
        self.state
    }

    /// Wrong verifiers presented while they were approved.
    #[must_use]
    pub const fn wrong_verifiers(self) -> u8 {
        self.wrong_verifiers
    }

    /// When their time is over.
    #[must_use]
    pub const fn expiry(self) -> Expiry {
        self.expiry
    }

    /// What becomes of them by an event at `now`: first their time is looked at, and wrong
    /// verifiers are counted where there is a right one.
    #[must_use]
    pub fn on(self, event: Event, now: UnixTime) -> (Self, Answer) {
        let state = if self.expiry.is_over(now) {
            self.state.on(Event::Expire).next
        } else {
            self.state
        };
        let guessed = event == Event::WrongVerifier && state == TemporaryState::Approved;
        let wrong_verifiers = self.wrong_verifiers.saturating_add(u8::from(guessed));
        let event = if guessed && wrong_verifiers >= Self::TRIES {
            Event::LastWrongVerifier
        } else {
            event
        };
        let step = state.on(event);
        (
            Self::restored(step.next, wrong_verifiers, self.expiry),
            step.answer,
        )
    }
}

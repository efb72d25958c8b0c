//! The client's side as a table: where a connection stands, and what each event makes of it.

use crate::IntentError;
use crate::machine::machine;
use crate::name::{displayed_by_name, named};

named! {
    /// Where a connection stands at the client, without the data of its
    /// [`ConnectionState`](crate::ConnectionState).
    #[expect(clippy::exhaustive_enums, reason = "the table has a row for each phase")]
    pub enum ConnectionPhase: "phase of a connection" {
        /// The newest token is taken to be good.
        Active = "active",
        /// An intent to renew is durable; the renewal is about to be sent or in flight.
        Renewing = "renewing",
        /// A renewal may have been carried out, and its answer is not here.
        RenewalUnknown = "renewal_unknown",
        /// Only the user can help.
        NeedsReauthorisation = "needs_reauthorisation",
    }
}

named! {
    /// What happens to a connection at the client, without the data of its
    /// [`Notice`](crate::Notice).
    #[expect(clippy::exhaustive_enums, reason = "every phase answers every event on purpose")]
    pub enum ConnectionEvent: "event of a connection" {
        /// An intent to renew was made durable.
        Intend = "intend",
        /// An intent was made durable in place of an open one that is spent or over.
        IntendAgain = "intend_again",
        /// The renewal is about to be sent.
        Send = "send",
        /// A newer token arrived, from whoever and however late.
        Answer = "answer",
        /// The provider refused the newest token.
        Refuse = "refuse",
        /// The provider refused it, and the store was read again and has no newer one.
        RefuseAgain = "refuse_again",
        /// A fault that says nothing of the token: 5xx, 429, the network.
        Fault = "fault",
        /// The renewal was sent, and no answer came.
        Lose = "lose",
        /// The process started after a crash.
        Recover = "recover",
        /// A request signed with the newest token, begun in this phase, was served.
        Work = "work",
        /// The user authorised again.
        Authorize = "authorize",
        /// The authorisation was taken back, as this side was told.
        Revoke = "revoke",
    }
}

named! {
    /// Why the client must not do what it was about to do.
    #[derive(thiserror::Error)]
    #[expect(clippy::exhaustive_enums, reason = "every refusal is dealt with on purpose")]
    pub enum ConnectionRefusal: "refusal of a connection" {
        /// One renewal at a time.
        #[error("a renewal of this connection is in flight")]
        InFlight = "in_flight",
        /// The time of the intent is over.
        #[error("the time of the intent to renew is over")]
        IntentExpired = "intent_expired",
        /// One try for one intent.
        #[error("the intent to renew was tried before")]
        IntentSpent = "intent_spent",
        /// No durable intent, no send.
        #[error("the intent to renew is not on record")]
        NoIntent = "no_intent",
        /// Renewing can't help any more.
        #[error("the user has to authorise the connection again")]
        NeedsUser = "needs_user",
    }
}

impl From<IntentError> for ConnectionRefusal {
    fn from(error: IntentError) -> Self {
        match error {
            IntentError::Expired => Self::IntentExpired,
            IntentError::Spent => Self::IntentSpent,
        }
    }
}

displayed_by_name!(ConnectionPhase, ConnectionEvent);

/// What a connection answers to an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "done, nothing to do, look again, or not done and why"
)]
pub enum ConnectionAnswer {
    /// Taken note of.
    Accepted,
    /// Nothing to do; a first cause stays.
    Ignored,
    /// Read the connection from its store again: another process may know a newer token.
    Reread,
    /// Don't.
    Refused(ConnectionRefusal),
}

use ConnectionAnswer::{Accepted, Ignored, Refused, Reread};

machine! {
    ConnectionPhase, ConnectionEvent, ConnectionAnswer;
    Active {
        Intend | IntendAgain => Renewing, Accepted;
        Send => Active, Refused(ConnectionRefusal::NoIntent);
        Answer | Work | Authorize => Active, Accepted;
        Refuse => Active, Reread;
        RefuseAgain | Revoke => NeedsReauthorisation, Accepted;
        Fault | Lose | Recover => Active, Ignored;
    }
    Renewing {
        Intend => Renewing, Refused(ConnectionRefusal::InFlight);
        IntendAgain | Send => Renewing, Accepted;
        Answer | Authorize => Active, Accepted;
        // N works on while it is being renewed.
        Work => Renewing, Accepted;
        Refuse => Renewing, Reread;
        RefuseAgain | Revoke => NeedsReauthorisation, Accepted;
        Fault => Renewing, Ignored;
        // Whether a process that crashed had sent anything is not known.
        Lose | Recover => RenewalUnknown, Accepted;
    }
    RenewalUnknown {
        // A graceful provider answers one more try with the same N+1.
        Intend | IntendAgain => Renewing, Accepted;
        Send => RenewalUnknown, Refused(ConnectionRefusal::NoIntent);
        // A strict provider that still serves N has issued no N+1; a graceful one will repeat it.
        Answer | Work | Authorize => Active, Accepted;
        Refuse => RenewalUnknown, Reread;
        RefuseAgain | Revoke => NeedsReauthorisation, Accepted;
        Fault | Lose | Recover => RenewalUnknown, Ignored;
    }
    NeedsReauthorisation {
        Intend | IntendAgain | Send
            => NeedsReauthorisation, Refused(ConnectionRefusal::NeedsUser);
        // A late N+1 is worth more than the refusal of N.
        Answer | Authorize => Active, Accepted;
        Refuse | RefuseAgain | Fault | Lose | Recover | Work | Revoke
            => NeedsReauthorisation, Ignored;
    }
}

//! What the client is told of a connection.

use countersign_clock::UnixTime;

use crate::{Generation, Intent, IntentId, ReauthorisationCause, Refusal};

/// What happened to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the events of the table with their data"
)]
pub enum Notice {
    /// This intent was made durable.
    Intended(Intent),
    /// The request of an intent is about to be sent.
    Sending {
        /// Which intent.
        intent: IntentId,
        /// The time.
        now: UnixTime,
    },
    /// A token of this generation arrived.
    Answered(Generation),
    /// The provider refused the token of this generation.
    Refused {
        /// The generation that was presented.
        generation: Generation,
        /// How.
        refusal: Refusal,
    },
    /// The provider refused it, and the store was read again since.
    RefusedAgain {
        /// The generation that was presented.
        generation: Generation,
        /// How.
        refusal: Refusal,
    },
    /// 5xx, 429 or the network.
    Faulted,
    /// No answer came to the request of this intent.
    Lost(IntentId),
    /// The process started after a crash.
    Recovered,
    /// A request signed with the token of this generation, begun in this state, was served.
    Worked(Generation),
    /// The user authorised again; the token is of this generation, higher than all before.
    Authorized(Generation),
    /// The authorisation was taken back, as this side was told.
    Revoked,
}

impl Notice {
    /// Why only the user can help, if this is what it says.
    pub(crate) const fn cause(self) -> Option<ReauthorisationCause> {
        match self {
            Self::RefusedAgain { refusal, .. } => Some(refusal.cause()),
            Self::Revoked => Some(ReauthorisationCause::Revoked),
            Self::Intended(_)
            | Self::Sending { .. }
            | Self::Answered(_)
            | Self::Refused { .. }
            | Self::Faulted
            | Self::Lost(_)
            | Self::Recovered
            | Self::Worked(_)
            | Self::Authorized(_) => None,
        }
    }
}

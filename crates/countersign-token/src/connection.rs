//! The client's side: one connection, its newest token and what is known of a renewal.

use crate::{
    ConnectionAnswer, ConnectionEvent, ConnectionPhase, ConnectionRefusal, ConnectionState,
    Generation, Intent, IntentId, Notice, ReauthorisationCause,
};

/// A connection at the client: the newest generation it knows and where it stands.
///
/// The newest token is never lost: a token is taken whenever its generation is higher than the one
/// known, in every state and whoever brings it; one that is not higher never is.
///
/// ```
/// use countersign_clock::UnixTime;
/// use countersign_token::{
///     Connection, ConnectionAnswer, ConnectionPhase, Generation, Intent, IntentId, Notice,
/// };
///
/// let now = UnixTime::from_seconds(1_700_000_000);
/// let (first, second) = (Generation::new(1), Generation::new(2));
/// let id = IntentId::new(1);
///
/// let (connection, _) =
///     Connection::new(first).on(Notice::Intended(Intent::new(id, first, now, 60)));
/// let (connection, _) = connection.on(Notice::Sending { intent: id, now });
/// let (connection, _) = connection.on(Notice::Lost(id));
/// assert_eq!(connection.state.phase(), ConnectionPhase::RenewalUnknown);
///
/// // Another process had kept the answer.
/// let (connection, answer) = connection.on(Notice::Answered(second));
/// assert_eq!(answer, ConnectionAnswer::Accepted);
/// assert_eq!((connection.generation, connection.previous), (second, Some(first)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "what is stored of a connection, and all that decides"
)]
pub struct Connection {
    /// The newest generation known.
    pub generation: Generation,
    /// The generation before, kept until the newest one has worked.
    pub previous: Option<Generation>,
    /// Where it stands.
    pub state: ConnectionState,
}

impl Connection {
    /// An active connection whose token is of this generation.
    #[must_use]
    pub const fn new(generation: Generation) -> Self {
        Self {
            generation,
            previous: None,
            state: ConnectionState::Active,
        }
    }

    /// The connection after `notice`, and what is to be done about it.
    ///
    /// Store the connection if it changed, on condition that the stored one is still the one that
    /// this was decided on; else read that and give it the notice again.
    #[must_use]
    pub fn on(self, notice: Notice) -> (Self, ConnectionAnswer) {
        match self.decide(notice) {
            Ok(after) => (after, ConnectionAnswer::Accepted),
            Err(answer) => (self, answer),
        }
    }

    /// The column of the table that a notice is, or the answer to one about another token or
    /// intent than those known here.
    ///
    /// # Errors
    /// The answer that such a notice gets in every phase.
    pub fn event(&self, notice: Notice) -> Result<ConnectionEvent, ConnectionAnswer> {
        use ConnectionAnswer::{Ignored, Refused, Reread};
        let column = match notice {
            Notice::Intended(intent) if self.is_in_flight(intent) => ConnectionEvent::Intend,
            Notice::Intended(_) => ConnectionEvent::IntendAgain,
            Notice::Sending { .. } => ConnectionEvent::Send,
            Notice::Answered(_) => ConnectionEvent::Answer,
            Notice::Refused { .. } => ConnectionEvent::Refuse,
            Notice::RefusedAgain { .. } => ConnectionEvent::RefuseAgain,
            Notice::Faulted => ConnectionEvent::Fault,
            Notice::Lost(_) => ConnectionEvent::Lose,
            Notice::Recovered => ConnectionEvent::Recover,
            Notice::Worked(_) => ConnectionEvent::Work,
            Notice::Authorized(_) => ConnectionEvent::Authorize,
            Notice::Revoked => ConnectionEvent::Revoke,
        };
        let (current, otherwise) = match notice {
            Notice::Intended(intent) => (intent.generation() == self.generation, Reread),
            Notice::Refused { generation, .. } | Notice::RefusedAgain { generation, .. } => {
                (generation == self.generation, Reread)
            }
            Notice::Worked(generation) => (generation == self.generation, Ignored),
            Notice::Answered(generation) | Notice::Authorized(generation) => {
                (generation > self.generation, Ignored)
            }
            Notice::Sending { intent, .. } => {
                (self.is_open(intent), Refused(ConnectionRefusal::NoIntent))
            }
            Notice::Lost(intent) => (self.is_open(intent), Ignored),
            Notice::Faulted | Notice::Recovered | Notice::Revoked => (true, Ignored),
        };
        if current { Ok(column) } else { Err(otherwise) }
    }

    fn decide(self, notice: Notice) -> Result<Self, ConnectionAnswer> {
        let step = self.state.phase().on(self.event(notice)?);
        match step.answer {
            ConnectionAnswer::Accepted => {}
            ConnectionAnswer::Ignored | ConnectionAnswer::Reread | ConnectionAnswer::Refused(_) => {
                return Err(step.answer);
            }
        }
        let state = self.state_in(step.next, notice)?;
        let (generation, previous) = match notice {
            Notice::Answered(generation) => (generation, Some(self.generation)),
            // The authorisation before is dead, and its tokens with it.
            Notice::Authorized(generation) => (generation, None),
            Notice::Worked(_) => (self.generation, None),
            Notice::Intended(_)
            | Notice::Sending { .. }
            | Notice::Refused { .. }
            | Notice::RefusedAgain { .. }
            | Notice::Faulted
            | Notice::Lost(_)
            | Notice::Recovered
            | Notice::Revoked => (self.generation, self.previous),
        };
        Ok(Self {
            generation,
            previous,
            state,
        })
    }

    /// The state of the phase that the table names, with the data that the notice brings.
    fn state_in(
        &self,
        phase: ConnectionPhase,
        notice: Notice,
    ) -> Result<ConnectionState, ConnectionAnswer> {
        let intent = self.intent_after(notice)?;
        let state = match phase {
            ConnectionPhase::Active => Some(ConnectionState::Active),
            ConnectionPhase::Renewing => intent.map(ConnectionState::Renewing),
            ConnectionPhase::RenewalUnknown => intent.map(ConnectionState::RenewalUnknown),
            ConnectionPhase::NeedsReauthorisation => self
                .cause(notice)
                .map(|cause| ConnectionState::NeedsReauthorisation { cause, intent }),
        };
        Ok(state.unwrap_or(self.state))
    }

    fn intent_after(&self, notice: Notice) -> Result<Option<Intent>, ConnectionAnswer> {
        let open = self.state.intent();
        match notice {
            Notice::Intended(intent) => Ok(Some(match open {
                Some(open) => intent.with_retry_of(open.id()),
                None => intent,
            })),
            Notice::Sending { now, .. } => open
                .map(|open| open.begin_attempt(now))
                .transpose()
                .map_err(|error| ConnectionAnswer::Refused(error.into())),
            Notice::Answered(_)
            | Notice::Refused { .. }
            | Notice::RefusedAgain { .. }
            | Notice::Faulted
            | Notice::Lost(_)
            | Notice::Recovered
            | Notice::Worked(_)
            | Notice::Authorized(_)
            | Notice::Revoked => Ok(open),
        }
    }

    fn cause(&self, notice: Notice) -> Option<ReauthorisationCause> {
        match notice.cause() {
            Some(ReauthorisationCause::TokenRejected) if self.is_in_doubt() => {
                Some(ReauthorisationCause::RenewalLost)
            }
            cause => cause,
        }
    }

    /// Whether a renewal was sent whose answer never came.
    fn is_in_doubt(&self) -> bool {
        match self.state {
            ConnectionState::RenewalUnknown(_) => true,
            ConnectionState::Renewing(intent) => intent.retry_of().is_some(),
            ConnectionState::Active | ConnectionState::NeedsReauthorisation { .. } => false,
        }
    }

    /// Whether the open intent can still be tried when `intent` is made.
    fn is_in_flight(&self, intent: Intent) -> bool {
        self.state
            .intent()
            .is_none_or(|open| open.begin_attempt(intent.made()).is_ok())
    }

    fn is_open(&self, intent: IntentId) -> bool {
        self.state.intent().is_some_and(|open| open.id() == intent)
    }
}

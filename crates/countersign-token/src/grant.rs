//! What a presented access token of a renewable grant may do: pure decisions.

use core::cmp::Ordering;

use countersign_clock::UnixTime;

use crate::{Answer, AuthorizationNumber, Cause, Event, Expiry, Generation, SessionState};

/// How the provider treats the token N after N+1 was issued.
///
/// | | strict | graceful |
/// |---|---|---|
/// | N is renewed again | refused | answered with the *same* N+1 |
/// | N is used at a resource | refused | served |
/// | until | N+1 is issued | N+1 is used, or the grace time is over, whichever is first |
///
/// So there is one moment at which N is superseded, the same for resources and renewals. In
/// graceful mode requests in flight while N is being renewed are served; at no time is there a
/// second successor, and whoever uses N+1 ends N.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a provider is strict or says for how long it is not"
)]
pub enum RenewalMode {
    /// The seed's API: N is superseded as soon as N+1 is issued.
    #[default]
    Strict,
    /// N is superseded when N+1 is used or `seconds` after N+1 was issued.
    Graceful {
        /// The grace time; it ends as an [`Expiry`] does, exclusively.
        seconds: u32,
    },
}

/// A renewable grant as stored: an authorisation and its newest access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "what is stored of a grant, and all that decides"
)]
pub struct Grant {
    /// Which authorisation.
    pub authorization: AuthorizationNumber,
    /// Its state.
    pub state: SessionState,
    /// When the whole authorisation is over.
    pub expiry: Expiry,
    /// The newest access token.
    pub generation: Generation,
    /// When the newest access token was issued.
    pub issued: UnixTime,
    /// Whether the newest access token was used.
    pub used: bool,
}

/// An access token as presented, after its signature was found right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "what is stored of a token, and all that decides"
)]
pub struct PresentedToken {
    /// The authorisation it was issued for.
    pub authorization: AuthorizationNumber,
    /// Its generation.
    pub generation: Generation,
    /// When it is over.
    pub expiry: Expiry,
}

/// What a token presented at a resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "usable or not, and what is to be written down"
)]
pub enum UseDecision {
    /// Usable, and nothing is to be written down.
    Live,
    /// Usable, and this is the newest token's first use: store [`Grant::used`] before serving.
    FirstUse,
    /// Not usable.
    Refused(Cause),
}

/// What a token presented for renewal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a new token, the same one again, or none"
)]
pub enum RenewalDecision {
    /// Issue this generation, the successor of the one presented: [`Grant::rotated`].
    Rotate(Generation),
    /// Answer with this generation once more, the token that was issued already.
    Repeat(Generation),
    /// No token.
    Refused(Cause),
}

/// How old a token is within its grant.
enum Age {
    Newest,
    InGrace,
    Superseded,
}

/// The decisions. Both look in this order: another authorisation, a generation never issued, the
/// end of the authorisation, the generation, and at resources the token's own expiry.
///
/// The end of the authorisation comes before the generation, because then only the user can help,
/// whichever token is presented; the generation before the expiry, because renewing helps an
/// expired token and not a superseded one.
impl Grant {
    /// A grant whose first access token was issued just now.
    #[must_use]
    pub const fn new(authorization: AuthorizationNumber, expiry: Expiry, now: UnixTime) -> Self {
        Self {
            authorization,
            state: SessionState::Live,
            expiry,
            generation: Generation::FIRST,
            issued: now,
            used: false,
        }
    }

    /// What becomes of the grant by an event of its newest token at `now`: first its time is looked
    /// at.
    ///
    /// A renewal raises the generation, a use is written down. Whether a token that was presented
    /// may do either is for [`decide_use`](Self::decide_use) and
    /// [`decide_renewal`](Self::decide_renewal) to say.
    #[must_use]
    pub fn on(&self, event: Event, now: UnixTime) -> (Self, Answer) {
        let step = self.state_at(now).on(event);
        let after = Self {
            state: step.next,
            ..*self
        };
        let accepted = step.answer == Answer::Accepted;
        let after = if accepted && event == Event::Use {
            Self {
                used: true,
                ..after
            }
        } else if accepted && event == Event::Renew {
            match self.generation.next() {
                Some(generation) => after.issued(generation, now),
                None => return (*self, Answer::Refused(Cause::NotRenewable)),
            }
        } else {
            after
        };
        (after, step.answer)
    }

    /// What `token` is at a resource.
    #[must_use]
    pub fn decide_use(
        &self,
        token: &PresentedToken,
        mode: RenewalMode,
        now: UnixTime,
    ) -> UseDecision {
        let age = match self.age(token, mode, now) {
            Ok(age) => age,
            Err(cause) => return UseDecision::Refused(cause),
        };
        let state = if token.expiry.is_over(now) {
            self.state.on(Event::Expire).next
        } else {
            self.state
        };
        match (state.on(Event::Use).answer, age) {
            (_, Age::Superseded) => UseDecision::Refused(Cause::Superseded),
            (Answer::Refused(cause), Age::Newest | Age::InGrace) => UseDecision::Refused(cause),
            (Answer::Accepted | Answer::Ignored, Age::Newest) if !self.used => {
                UseDecision::FirstUse
            }
            (Answer::Accepted | Answer::Ignored, Age::Newest | Age::InGrace) => UseDecision::Live,
        }
    }

    /// What `token` is in a renewal (OAuth Session draft 1 sections 5.3 and 5.4).
    ///
    /// An expired token is renewed like one that is still good.
    #[must_use]
    pub fn decide_renewal(
        &self,
        token: &PresentedToken,
        mode: RenewalMode,
        now: UnixTime,
    ) -> RenewalDecision {
        match self.age(token, mode, now) {
            Ok(Age::Newest) => self.generation.next().map_or(
                RenewalDecision::Refused(Cause::NotRenewable),
                RenewalDecision::Rotate,
            ),
            Ok(Age::InGrace) => RenewalDecision::Repeat(self.generation),
            Ok(Age::Superseded) => RenewalDecision::Refused(Cause::Superseded),
            Err(cause) => RenewalDecision::Refused(cause),
        }
    }

    /// The grant after its newest token was swapped for the next one at `now`; none if there is no
    /// next generation or the grant is not renewable.
    #[must_use]
    pub fn rotated(&self, now: UnixTime) -> Option<Self> {
        let (after, answer) = self.on(Event::Renew, now);
        (answer == Answer::Accepted).then_some(after)
    }

    /// The state with the end of the authorisation taken note of.
    #[must_use]
    pub fn state_at(&self, now: UnixTime) -> SessionState {
        if self.expiry.is_over(now) {
            self.state.on(Event::AuthorizationExpire).next
        } else {
            self.state
        }
    }

    const fn issued(self, generation: Generation, now: UnixTime) -> Self {
        Self {
            generation,
            issued: now,
            used: false,
            ..self
        }
    }

    fn age(&self, token: &PresentedToken, mode: RenewalMode, now: UnixTime) -> Result<Age, Cause> {
        if token.authorization != self.authorization {
            return Err(Cause::Foreign);
        }
        let order = token.generation.cmp(&self.generation);
        if order == Ordering::Greater {
            return Err(Cause::Unissued);
        }
        if let Answer::Refused(cause) = self.state_at(now).on(Event::Renew).answer {
            return Err(cause);
        }
        Ok(match order {
            Ordering::Equal | Ordering::Greater => Age::Newest,
            Ordering::Less if self.in_grace(token.generation, mode, now) => Age::InGrace,
            Ordering::Less => Age::Superseded,
        })
    }

    fn in_grace(&self, generation: Generation, mode: RenewalMode, now: UnixTime) -> bool {
        match mode {
            RenewalMode::Strict => false,
            RenewalMode::Graceful { seconds } => {
                generation.precedes(self.generation)
                    && !self.used
                    && !Expiry::after(self.issued, seconds).is_over(now)
            }
        }
    }
}

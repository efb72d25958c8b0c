//! The protocol of renewal as a pure machine: what to do next, given what came of the last step.
//!
//! Lease and intent become durable in one commit, then the request is sent, then the raw answer
//! becomes durable, then the token is swapped by compare-and-set. Only the first of these needs the
//! lease: a token is taken from whoever brings it.

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "tests")]
mod model;
mod step;

pub(crate) use step::{InHand, Input, Outcome, Plan, Reading, Step, View, Writing};

use countersign_clock::UnixTime;
use countersign_store::{ConnectionCommit, Fence, LeaseStep, RenewalFault};
use countersign_token::{
    Connection, ConnectionAnswer, ConnectionPhase, ConnectionState, Generation, Intent, IntentId,
    Notice, Refusal,
};

use crate::connections::Undelivered;

/// One request, and one more if its answer was lost.
const MOST_TRIES: u8 = 2;

/// So often a row may have changed under our hands before we leave it to the others.
const MOST_LOOKS: u8 = 16;

/// One renewal of one connection, as one process goes about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Renewal {
    /// A generation above this one is what is wanted.
    than: Generation,
    /// How long a lease lasts.
    seconds: u32,
    stage: Stage,
    /// What the last request came to, if that is not written down yet.
    conclusion: Option<Conclusion>,
    fence: Option<Fence>,
    intent: Option<IntentId>,
    tries: u8,
    looks: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Stage {
    Looking,
    Beginning(Connection),
    /// The row as it is since the intent was written.
    Sending(View),
    Keeping(View),
    Opening(View),
    /// What is told when it is written.
    Writing(Outcome),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Conclusion {
    Fault(RenewalFault),
    Lost,
    Refused(Refusal),
}

impl Renewal {
    /// Begins: first the connection is read.
    pub(crate) const fn new(than: Generation, seconds: u32) -> (Self, Step) {
        let renewal = Self {
            than,
            seconds,
            stage: Stage::Looking,
            conclusion: None,
            fence: None,
            intent: None,
            tries: 0,
            looks: 0,
        };
        (renewal, Step::Read)
    }

    /// The next step. An input that does not belong to the last one has the connection read again.
    pub(crate) fn next(&mut self, input: Input, now: UnixTime) -> Step {
        match (self.stage, input) {
            (Stage::Looking, Input::Found { view: None, .. }) => Step::Done(Outcome::Gone),
            (
                Stage::Looking,
                Input::Found {
                    view: Some(view),
                    hand,
                },
            ) => self.look(view, hand, now),
            (Stage::Looking, Input::Failed) => Step::Done(Outcome::StoreFailed),
            (Stage::Beginning(life), Input::Committed(begun)) => self.begun(life, begun, now),
            (Stage::Beginning(_), Input::Failed) => Step::Done(Outcome::StoreFailed),
            (Stage::Sending(view), Input::Arrived { keep: true }) => self.keep(view),
            (Stage::Sending(view), Input::Arrived { keep: false })
            // An answer that could not be kept is read all the same: it may still be stored.
            | (Stage::Keeping(view), Input::Kept | Input::Failed) => {
                self.stage = Stage::Opening(view);
                Step::Open
            }
            (Stage::Sending(_), Input::Undelivered(how)) => self.conclude(match how {
                Undelivered::Lost => Conclusion::Lost,
                Undelivered::NotSent => Conclusion::Fault(RenewalFault::NotSent),
            }),
            (Stage::Opening(view), Input::Opened(reading)) => self.opened(view, reading),
            (Stage::Writing(outcome), Input::Committed(ConnectionCommit::Done { .. })) => Step::Done(outcome),
            (Stage::Writing(Outcome::Renewed), Input::Failed) => Step::Done(Outcome::Held),
            (Stage::Writing(Outcome::Failed(fault)), Input::Failed) => {
                Step::Done(Outcome::Failed(fault))
            }
            (Stage::Writing(_), Input::Failed) => Step::Done(Outcome::StoreFailed),
            _ => self.read(),
        }
    }

    /// What it renews, and until when it may be sending.
    #[cfg(test)]
    fn sending(&self) -> Option<View> {
        match self.stage {
            Stage::Sending(view) => Some(view),
            _ => None,
        }
    }

    const fn read(&mut self) -> Step {
        self.stage = Stage::Looking;
        Step::Read
    }

    const fn conclude(&mut self, conclusion: Conclusion) -> Step {
        self.conclusion = Some(conclusion);
        self.read()
    }

    fn keep(&mut self, view: View) -> Step {
        let Some(intent) = self.intent else {
            return self.read();
        };
        self.stage = Stage::Keeping(view);
        Step::Keep {
            intent,
            renewed: view.life.generation,
        }
    }

    /// Decides on a connection as it was just read.
    fn look(&mut self, view: View, hand: Option<InHand>, now: UnixTime) -> Step {
        self.looks = self.looks.saturating_add(1);
        if self.looks > MOST_LOOKS {
            return Step::Done(Outcome::Contended);
        }
        // Before anything else, and whoever has the lease.
        if let Some(newer) = hand
            && let (life, ConnectionAnswer::Accepted) =
                view.life.on(Notice::Answered(newer.generation))
        {
            // What an earlier renewal could not store: nothing is sent under its lease any more.
            self.fence = self.fence.or(newer.fence);
            return self.write(view, life, Writing::Swap, Outcome::Renewed);
        }
        if let ConnectionState::NeedsReauthorisation { cause, .. } = view.life.state {
            return Step::Done(Outcome::Lost(cause));
        }
        if view.life.generation > self.than {
            return Step::Done(Outcome::Newer);
        }
        // Whoever holds the lease is about to find out more than we know.
        if let Some(lease) = view.lease
            && Some(lease.fence) != self.fence
            && !lease.is_over(now)
        {
            return Step::Done(Outcome::Busy { until: lease.until });
        }
        match self.conclusion {
            Some(Conclusion::Refused(refusal)) => self.refused_again(view, refusal),
            Some(Conclusion::Fault(fault)) => self.fault(view, fault),
            Some(Conclusion::Lost) if self.tries >= MOST_TRIES => {
                self.fault(view, RenewalFault::Lost)
            }
            Some(Conclusion::Lost) | None => self.begin(view, now),
        }
    }

    /// Writes down the intent of one try, with the lease.
    fn begin(&mut self, view: View, now: UnixTime) -> Step {
        let ours = view.lease.filter(|lease| Some(lease.fence) == self.fence);
        let mut life = view.life;
        if let (Some(_), Some(intent)) = (ours, self.intent) {
            (life, _) = life.on(Notice::Lost(intent));
        } else if view.lease.is_some() {
            // Whoever had it did not give it back.
            (life, _) = life.on(Notice::Recovered);
        }
        if life.state.phase() == ConnectionPhase::RenewalUnknown {
            // An earlier try may have been carried out: this is its one retry.
            self.tries = self.tries.max(1);
        }
        // Versions never come again, and each is of one commit.
        let id = IntentId::new(view.version.number().saturating_add(1));
        let intent = Intent::new(id, life.generation, now, self.seconds);
        for notice in [
            Notice::Intended(intent),
            Notice::Sending { intent: id, now },
        ] {
            match life.on(notice) {
                (next, ConnectionAnswer::Accepted) => life = next,
                // Its time is not over, and nobody has the lease: it was given back too early.
                _ => return Step::Done(Outcome::Busy { until: now }),
            }
        }
        let until = now.saturating_add(i64::from(self.seconds));
        let lease = match ours {
            Some(lease) => LeaseStep::Keep {
                fence: lease.fence,
                until,
            },
            None => LeaseStep::Take { now, until },
        };
        self.stage = Stage::Beginning(life);
        self.intent = Some(id);
        Step::Commit(Plan {
            expected: view.version,
            life,
            lease,
            writing: Writing::Intent {
                retry: self.conclusion.is_some(),
            },
        })
    }

    fn begun(&mut self, life: Connection, begun: ConnectionCommit, now: UnixTime) -> Step {
        match begun {
            ConnectionCommit::Done {
                version,
                lease: Some(lease),
            } => {
                self.fence = Some(lease.fence);
                // The fence guards sending: who slept past its lease sends nothing.
                if lease.is_over(now) {
                    return self.conclude(Conclusion::Lost);
                }
                self.tries = self.tries.saturating_add(1);
                self.conclusion = None;
                self.stage = Stage::Sending(View {
                    version,
                    life,
                    lease: Some(lease),
                });
                Step::Send {
                    renewed: life.generation,
                }
            }
            ConnectionCommit::Leased(lease) => Step::Done(Outcome::Busy { until: lease.until }),
            ConnectionCommit::Conflict
            | ConnectionCommit::LeaseLost
            | ConnectionCommit::Done { lease: None, .. } => self.read(),
        }
    }

    fn opened(&mut self, view: View, reading: Reading) -> Step {
        match reading {
            Reading::Token => {
                let next = view.life.generation.next().map(Notice::Answered);
                match next.map(|notice| view.life.on(notice)) {
                    Some((life, ConnectionAnswer::Accepted)) => {
                        self.write(view, life, Writing::Swap, Outcome::Renewed)
                    }
                    _ => self.fault(view, RenewalFault::Garbled),
                }
            }
            // Before it is believed the store is read again.
            Reading::Refused(refusal) => self.conclude(Conclusion::Refused(refusal)),
            // Whoever is told that its request came before has lost the answer to it.
            Reading::Garbled | Reading::Fault(RenewalFault::Lost) => {
                self.conclude(Conclusion::Lost)
            }
            Reading::Fault(fault) => self.fault(view, fault),
        }
    }

    fn refused_again(&mut self, view: View, refusal: Refusal) -> Step {
        let notice = Notice::RefusedAgain {
            generation: view.life.generation,
            refusal,
        };
        let (life, _) = view.life.on(notice);
        match life.state {
            ConnectionState::NeedsReauthorisation { cause, .. } => {
                self.write(view, life, Writing::Loss(cause), Outcome::Lost(cause))
            }
            ConnectionState::Active
            | ConnectionState::Renewing(_)
            | ConnectionState::RenewalUnknown(_) => Step::Done(Outcome::Contended),
        }
    }

    fn fault(&mut self, view: View, fault: RenewalFault) -> Step {
        self.conclusion = Some(Conclusion::Fault(fault));
        let life = match (fault, self.intent) {
            (RenewalFault::Lost, Some(intent)) => view.life.on(Notice::Lost(intent)).0,
            (RenewalFault::NotSent | RenewalFault::Refused, Some(intent))
                if is_first_try(view.life, intent) =>
            {
                // Nothing was sent for it, or nothing given: a later refusal is not the trace of a
                // lost answer.
                Connection {
                    state: ConnectionState::Active,
                    ..view.life
                }
            }
            _ => view.life.on(Notice::Faulted).0,
        };
        self.write(view, life, Writing::Fault(fault), Outcome::Failed(fault))
    }

    /// Writes the row, and gives the lease back if we have it.
    fn write(&mut self, view: View, life: Connection, writing: Writing, outcome: Outcome) -> Step {
        self.stage = Stage::Writing(outcome);
        Step::Commit(Plan {
            expected: view.version,
            life,
            lease: self.fence.map_or(LeaseStep::Leave, LeaseStep::Free),
            writing,
        })
    }
}

/// Whether this intent is the one that is open, and none before it is in doubt.
fn is_first_try(life: Connection, intent: IntentId) -> bool {
    matches!(life.state, ConnectionState::Renewing(open)
        if open.id() == intent && open.retry_of().is_none())
}

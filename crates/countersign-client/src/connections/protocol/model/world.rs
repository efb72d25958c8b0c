//! One state of everything: provider, store, two processes, time.

use countersign_clock::UnixTime;
use countersign_store::{ConnectionCommit, Fence, Lease, LeaseStep, Version};
use countersign_token::{Connection, Generation, Refusal};

use crate::connections::Undelivered;
use crate::connections::protocol::{
    InHand, Input, Outcome, Plan, Reading, Renewal, Step, View, Writing,
};

/// How long a lease lasts, in ticks.
const LEASE: u32 = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Mode {
    Strict,
    Graceful,
}

/// What is broken in the store, or in how it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Defect {
    None,
    FencesTheAnswer,
    ForgetsAnswers,
    IgnoresGeneration,
    LeasesTwice,
    SendsWithoutDurableIntent,
}

/// A token is the number that the provider gave it; its generation should be the same.
type Token = u64;

/// What the provider says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Reply {
    Token(Token),
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Process {
    machine: Renewal,
    /// What it is about to do.
    pub(super) step: Step,
    than: u64,
    /// An answer on its way.
    pub(super) flight: Option<Reply>,
    /// The answer that came.
    got: Option<Reply>,
    /// The token in hand.
    pub(super) hand: Option<Token>,
    /// The lease under which it sent for that.
    under: Option<Fence>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct World {
    pub(super) mode: Mode,
    pub(super) defect: Defect,
    /// The processes go on until they have this generation.
    pub(super) goal: u64,
    /// The newest token that the provider has issued.
    pub(super) issued: Token,
    pub(super) row: View,
    pub(super) token: Token,
    /// Kept answers: the generation renewed, and the token.
    pub(super) answers: Vec<(u64, Token)>,
    fences: u64,
    pub(super) now: i64,
    pub(super) processes: [Process; 2],
    /// The newest token that the store has said it has.
    pub(super) promised: Token,
    /// Whether an answer with a token came to nobody.
    pub(super) lost: bool,
}

impl Process {
    pub(super) fn new(than: u64) -> Self {
        let (machine, step) = Renewal::new(Generation::new(than), LEASE);
        Self {
            machine,
            step,
            than,
            flight: None,
            got: None,
            hand: None,
            under: None,
        }
    }

    pub(super) fn is_done(&self) -> bool {
        matches!(self.step, Step::Done(_))
    }

    /// The newest token that it knows.
    pub(super) fn knows(&self) -> Token {
        let got = match self.got {
            Some(Reply::Token(token)) => token,
            _ => 0,
        };
        got.max(self.hand.unwrap_or(0))
    }
}

impl World {
    pub(super) fn new(mode: Mode, defect: Defect, goal: u64) -> Self {
        Self {
            mode,
            defect,
            goal,
            issued: 1,
            row: View {
                version: Version::FIRST,
                life: Connection::new(Generation::FIRST),
                lease: None,
            },
            token: 1,
            answers: Vec::new(),
            fences: 0,
            now: 0,
            processes: [Process::new(1), Process::new(1)],
            promised: 1,
            lost: false,
        }
    }

    pub(super) fn durable(&self) -> Token {
        let kept = self.answers.iter().map(|(_, token)| *token).max();
        self.token.max(kept.unwrap_or(0))
    }

    fn feed(&mut self, number: usize, input: Input) -> Result<(), String> {
        let now = UnixTime::from_seconds(self.now);
        let process = &mut self.processes[number];
        let before = process.step;
        process.step = process.machine.next(input, now);
        if let Step::Send { .. } = process.step
            && !matches!(before, Step::Send { .. })
        {
            self.check_send(number)?;
        }
        let Process { step, under, .. } = self.processes[number];
        let lease = self.row.lease.map(|lease| lease.fence);
        if step == Step::Done(Outcome::Renewed) && lease.is_some() && lease == under {
            return Err("stored, and the lease of it goes on".to_owned());
        }
        Ok(())
    }

    /// What must be so when a request is about to be sent.
    fn check_send(&self, number: usize) -> Result<(), String> {
        let Process { machine, .. } = &self.processes[number];
        let recorded = self.row.life.state.intent();
        if recorded
            .is_none_or(|intent| Some(intent.id()) != machine.intent || intent.attempts() == 0)
        {
            return Err("I2: sent without a durable intent".to_owned());
        }
        let ours = self.row.lease.map(|lease| lease.fence) == machine.fence;
        if !ours || self.overlaps(number) {
            return Err("I2: sent without the lease".to_owned());
        }
        Ok(())
    }

    /// Whether the other is sending under a lease that is not over.
    fn overlaps(&self, number: usize) -> bool {
        let other = &self.processes[1 - number];
        let Step::Send { .. } = other.step else {
            return false;
        };
        let lease = other.machine.sending().and_then(|view| view.lease);
        lease.is_some_and(|lease| !lease.is_over(UnixTime::from_seconds(self.now)))
    }

    /// The process does what it is about to do, where that has one way to go.
    pub(super) fn act(&mut self, number: usize) -> Result<(), String> {
        match self.processes[number].step {
            Step::Read => self.read(number),
            Step::Commit(plan) => {
                let begun = self.commit(number, plan);
                self.feed(number, Input::Committed(begun))
            }
            Step::Keep { renewed, .. } => {
                self.keep(number, renewed.get());
                self.feed(number, Input::Kept)
            }
            Step::Open => {
                let reading = match self.processes[number].got {
                    Some(Reply::Token(token)) => {
                        let process = &mut self.processes[number];
                        process.hand = Some(token);
                        process.under = process.machine.fence;
                        Reading::Token
                    }
                    Some(Reply::Refused) => Reading::Refused(Refusal::TokenRejected),
                    None => Reading::Garbled,
                };
                self.feed(number, Input::Opened(reading))
            }
            Step::Send { .. } => Ok(()),
            Step::Done(outcome) => {
                self.again(number, outcome);
                Ok(())
            }
        }
    }

    /// Whether a process that is done goes on.
    pub(super) fn goes_on(&self, number: usize) -> bool {
        let Step::Done(outcome) = self.processes[number].step else {
            return true;
        };
        match outcome {
            Outcome::Renewed | Outcome::Newer => self.row.life.generation.get() < self.goal,
            Outcome::Busy { until } => UnixTime::from_seconds(self.now) >= until,
            Outcome::Held | Outcome::StoreFailed => true,
            _ => false,
        }
    }

    fn again(&mut self, number: usize, outcome: Outcome) {
        let Process {
            than, hand, under, ..
        } = self.processes[number];
        let than = match outcome {
            Outcome::Renewed | Outcome::Newer => self.row.life.generation.get(),
            _ => than,
        };
        let hand = hand.filter(|token| *token > self.token);
        self.processes[number] = Process {
            hand,
            under: under.filter(|_| hand.is_some()),
            ..Process::new(than)
        };
    }

    fn read(&mut self, number: usize) -> Result<(), String> {
        let generation = self.row.life.generation.get();
        let kept = self
            .answers
            .iter()
            .find(|(renewed, _)| *renewed == generation);
        let process = &mut self.processes[number];
        let hand = process.hand.or_else(|| kept.map(|(_, token)| *token));
        process.hand = hand;
        let mut view = self.row;
        if self.defect == Defect::LeasesTwice {
            view.lease = None;
        }
        let input = Input::Found {
            view: Some(view),
            hand: hand.map(|token| InHand {
                generation: Generation::new(token),
                fence: process.under,
            }),
        };
        self.feed(number, input)
    }

    fn commit(&mut self, number: usize, plan: Plan) -> ConnectionCommit {
        let swap = plan.writing == Writing::Swap;
        let blind = self.defect == Defect::IgnoresGeneration && swap;
        if plan.expected != self.row.version && !blind {
            return ConnectionCommit::Conflict;
        }
        let now = UnixTime::from_seconds(self.now);
        let held = self.row.lease;
        let lease = match (plan.lease, held) {
            (LeaseStep::Take { .. }, Some(lease))
                if !lease.is_over(now) && self.defect != Defect::LeasesTwice =>
            {
                return ConnectionCommit::Leased(lease);
            }
            (LeaseStep::Take { until, .. }, _) => {
                self.fences += 1;
                Some(Lease::new(Fence::new(self.fences), until))
            }
            (LeaseStep::Keep { fence, until }, Some(lease)) if lease.fence == fence => {
                Some(Lease::new(fence, until))
            }
            (LeaseStep::Keep { .. }, _) => return ConnectionCommit::LeaseLost,
            (LeaseStep::Free(fence), Some(lease)) if lease.fence == fence => None,
            (LeaseStep::Free(_), lease) if self.defect == Defect::FencesTheAnswer && swap => {
                return match lease {
                    Some(lease) => ConnectionCommit::Leased(lease),
                    None => ConnectionCommit::LeaseLost,
                };
            }
            (LeaseStep::Free(_) | LeaseStep::Leave, lease) => lease,
        };
        let version = self.row.version.next();
        let unrecorded = matches!(plan.writing, Writing::Intent { .. })
            && self.defect == Defect::SendsWithoutDurableIntent;
        let life = if unrecorded { self.row.life } else { plan.life };
        self.row = View {
            version,
            life,
            lease,
        };
        if swap {
            self.token = self.processes[number].hand.unwrap_or(0);
            self.promised = self.promised.max(self.token);
            let generation = life.generation.get();
            self.answers.retain(|(renewed, _)| *renewed >= generation);
        }
        ConnectionCommit::Done { version, lease }
    }

    fn keep(&mut self, number: usize, renewed: u64) {
        let Some(Reply::Token(token)) = self.processes[number].got else {
            return;
        };
        if renewed < self.row.life.generation.get() {
            return;
        }
        self.promised = self.promised.max(token);
        if self.defect != Defect::ForgetsAnswers {
            self.answers.push((renewed, token));
        }
    }

    /// The store says that it failed, and did nothing, or did it all the same.
    pub(super) fn fail(&mut self, number: usize, done: bool) -> Result<(), String> {
        match self.processes[number].step {
            Step::Commit(plan) if done => {
                let _ = self.commit(number, plan);
            }
            Step::Keep { renewed, .. } if done => self.keep(number, renewed.get()),
            _ => {}
        }
        self.feed(number, Input::Failed)
    }

    /// The provider gets the request of a process.
    pub(super) fn serve(&mut self, number: usize) {
        let Step::Send { .. } = self.processes[number].step else {
            return;
        };
        // What was read last, which for a paused process may be old.
        let sending = self.processes[number].machine.sending();
        let presented = sending.map_or(0, |view| view.life.generation.get());
        let reply = if presented == self.issued {
            self.issued += 1;
            Reply::Token(self.issued)
        } else if self.mode == Mode::Graceful && presented + 1 == self.issued {
            Reply::Token(self.issued)
        } else {
            Reply::Refused
        };
        self.processes[number].flight = Some(reply);
    }

    pub(super) fn deliver(&mut self, number: usize) -> Result<(), String> {
        let process = &mut self.processes[number];
        process.got = process.flight.take();
        let keep = matches!(process.got, Some(Reply::Token(_)));
        self.feed(number, Input::Arrived { keep })
    }

    pub(super) fn lose(&mut self, number: usize) -> Result<(), String> {
        let flight = self.processes[number].flight.take();
        self.lost |= matches!(flight, Some(Reply::Token(_)));
        self.feed(number, Input::Undelivered(Undelivered::Lost))
    }

    /// No connection comes about.
    pub(super) fn send_nothing(&mut self, number: usize) -> Result<(), String> {
        self.feed(number, Input::Undelivered(Undelivered::NotSent))
    }

    pub(super) fn crash(&mut self, number: usize) {
        let process = &self.processes[number];
        let on_its_way = matches!(process.flight, Some(Reply::Token(_)));
        self.lost |= on_its_way || process.knows() > self.durable();
        self.processes[number] = Process::new(process.than);
    }
}

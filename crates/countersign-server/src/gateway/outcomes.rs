//! How requests to the upstream came out, counted: nothing that was sent.

use http::{Response, StatusCode};
use metrics::{Counter, Histogram};
use tokio::time::Instant;

use super::answer::{AnswerBody, bad, closing};
use crate::refusals::{Reason, Unserved};

/// How a request to the upstream came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Answered,
    /// The upstream closed the connection, or spoke something else than HTTP.
    Broken,
    ClientBroken,
    ClientGone,
    ClientSlow,
    /// The head of the answer was there, and the body broke off.
    CutOff,
    TooLate,
    Unreachable,
}

impl Outcome {
    const fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Broken => "broken",
            Self::ClientBroken => "client_broken",
            Self::ClientGone => "client_gone",
            Self::ClientSlow => "client_slow",
            Self::CutOff => "cut_off",
            Self::TooLate => "too_late",
            Self::Unreachable => "unreachable",
        }
    }

    /// What the client is told: the upstream's faults are no problem of the request's.
    fn answer(self) -> Response<AnswerBody> {
        match self {
            Self::ClientBroken => closing(StatusCode::BAD_REQUEST),
            Self::ClientSlow => closing(StatusCode::REQUEST_TIMEOUT),
            Self::TooLate => bad(StatusCode::GATEWAY_TIMEOUT),
            Self::Answered | Self::Broken | Self::ClientGone | Self::CutOff | Self::Unreachable => {
                bad(StatusCode::BAD_GATEWAY)
            }
        }
    }

    const fn reason(self) -> Reason {
        match self {
            Self::ClientBroken | Self::ClientGone => Reason::ClientBroken,
            Self::ClientSlow => Reason::ClientSlow,
            Self::TooLate => Reason::UpstreamLate,
            Self::Unreachable => Reason::UpstreamUnreachable,
            Self::Answered | Self::Broken | Self::CutOff => Reason::UpstreamBroken,
        }
    }

    fn counter(self) -> Counter {
        metrics::counter!("countersign_upstream_total", "outcome" => self.name())
    }
}

/// Counters that every request needs.
#[derive(Debug, Clone)]
pub(super) struct Outcomes {
    answered: Counter,
    client_gone: Counter,
    cut_off: Counter,
    seconds: Histogram,
}

impl Outcomes {
    pub(super) fn new() -> Self {
        Self {
            answered: Outcome::Answered.counter(),
            client_gone: Outcome::ClientGone.counter(),
            cut_off: Outcome::CutOff.counter(),
            seconds: metrics::histogram!("countersign_upstream_seconds"),
        }
    }

    pub(super) fn cut_off(&self) -> Counter {
        self.cut_off.clone()
    }
}

/// A request that is under way; dropped, its client is gone.
#[derive(Debug)]
pub(super) struct Waiting<'o> {
    outcomes: Option<&'o Outcomes>,
    since: Instant,
}

impl<'o> Waiting<'o> {
    pub(super) fn new(outcomes: &'o Outcomes) -> Self {
        Self {
            outcomes: Some(outcomes),
            since: Instant::now(),
        }
    }

    pub(super) fn answered(mut self) {
        if let Some(outcomes) = self.outcomes.take() {
            outcomes.answered.increment(1);
            outcomes.seconds.record(self.since.elapsed());
        }
    }

    /// The answer instead, on which the log and what is kept go by.
    pub(super) fn failed(mut self, outcome: Outcome, consumer: &str) -> Response<AnswerBody> {
        self.outcomes = None;
        outcome.counter().increment(1);
        let mut response = outcome.answer();
        response.extensions_mut().insert(Unserved {
            reason: outcome.reason(),
            consumer: Some(consumer.to_owned()),
        });
        response
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(outcomes) = self.outcomes {
            outcomes.client_gone.increment(1);
        }
    }
}

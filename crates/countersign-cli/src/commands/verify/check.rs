//! The checks, and the answer a provider would give.

use countersign_base_string::Request;
use countersign_clock::UnixTime;
use countersign_problem::{Problem, ProblemCode};
use countersign_verify::{CheckId, Outcome, Policy, Proven, Refusal, verify};

use super::keys::Chosen;

/// What the request is and how it was read.
pub(super) struct Facts {
    pub(super) read_as: String,
    pub(super) method: String,
    pub(super) url: String,
    pub(super) scheme_assumed: bool,
    pub(super) at: UnixTime,
}

/// One line of the report.
pub(super) struct Line {
    pub(super) id: &'static str,
    pub(super) status: &'static str,
    pub(super) detail: String,
    pub(super) section: Option<&'static str>,
}

/// The answer of a provider: a status, and the problem if there is one.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) problem: Option<Problem>,
}

/// What came out.
pub(super) struct Report {
    pub(super) lines: Vec<Line>,
    pub(super) consumer_key: Option<String>,
    /// None if the request is good.
    pub(super) answer: Option<Answer>,
    /// Body bytes that the signature does not cover.
    pub(super) body_unsigned: bool,
}

impl Report {
    pub(super) fn new(
        request: &Request<'_>,
        chosen: &Chosen<'_>,
        now: UnixTime,
        policy: &Policy,
    ) -> Self {
        let report = verify(request, chosen.consumer(), chosen.token(), now, policy);
        let mut lines: Vec<Line> = report
            .checks()
            .into_iter()
            .map(|check| Line {
                id: check.id.as_str(),
                status: status(check.outcome),
                detail: check.detail,
                section: check.id.section(),
            })
            .collect();
        let mut answer = report.outcome().err().map(answer_to);
        let admitted = report.trail().outcome(CheckId::Consumer) == Outcome::Passed;
        if let (Some((own, sent)), true) = (&chosen.other_consumer, admitted) {
            unknown_consumer(&mut lines, own, sent);
            answer = Some(Answer {
                status: ProblemCode::CONSUMER_KEY_UNKNOWN.status(),
                problem: Some(Problem::new(ProblemCode::CONSUMER_KEY_UNKNOWN)),
            });
        }
        Self {
            consumer_key: report.claims().consumer_key().map(str::to_owned),
            body_unsigned: report.outcome().is_ok_and(|proven| is_unsigned(proven)),
            lines,
            answer,
        }
    }

    pub(super) const fn is_verified(&self) -> bool {
        self.answer.is_none()
    }
}

fn is_unsigned(proven: &Proven<'_>) -> bool {
    proven.body() == countersign_verify::BodyCoverage::Unsigned
}

const fn status(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "ok",
        Outcome::Failed => "fail",
        Outcome::NotRun | Outcome::NotApplicable => "skip",
    }
}

fn answer_to(refusal: &Refusal) -> Answer {
    let answer = refusal.answer();
    Answer {
        status: answer.status,
        problem: answer.problem,
    }
}

/// The keys are those of another consumer: what came of them means nothing.
fn unknown_consumer(lines: &mut [Line], own: &str, sent: &str) {
    let from = CheckId::Consumer.as_str();
    let mut after = false;
    for line in lines {
        if line.id == from {
            line.status = "fail";
            line.detail =
                format!("the request is signed for {sent:?}, the keys file is for {own:?}");
            after = true;
        } else if after {
            line.status = "skip";
            "not run after an earlier failure".clone_into(&mut line.detail);
        }
    }
}

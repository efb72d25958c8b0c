//! One refusal, explained.

use countersign_base_string::{Limits, Parameters};
use countersign_clock::UnixTime;
use countersign_provider::{Cause, Origin, Refusal, wire};
use countersign_tower::Refused;
use countersign_verify::{Cause as RequestCause, Claims, Outcome};

use super::causes;
use super::facts::Facts;
use super::search;
use super::unserved::Unserved;
use super::values::Sent;
use crate::records::{Explanation, RecordedFinding, RefusalRecord};
use crate::request_id::Known;
use crate::service::ServiceProvider;

/// With a longer body nothing is searched for: laying a form of a megabyte out takes half a second.
const SEARCHED: usize = 64 * 1024;

/// A refusal as it comes from a request.
pub(super) struct Job {
    pub(super) id: String,
    pub(super) at: UnixTime,
    pub(super) endpoint: &'static str,
    pub(super) method: &'static str,
    pub(super) what: What,
}

/// What became of the request.
pub(super) enum What {
    Refused {
        /// Where the sender signed for; `None` if that could not be read.
        origin: Option<Origin>,
        refused: Refused,
        /// What the service noted meanwhile.
        known: Option<Known>,
    },
    Unserved {
        status: u16,
        of: Unserved,
    },
}

impl What {
    /// The consumer, if it is a registered one.
    pub(super) fn consumer(&self) -> Option<&str> {
        match self {
            Self::Refused { refused, .. } => refused.refusal().consumer_key(),
            Self::Unserved { of, .. } => of.consumer.as_deref(),
        }
    }

    /// What it takes to keep it at hand.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Refused { refused, .. } => refused.body().map_or(0, bytes::Bytes::len),
            Self::Unserved { .. } => 0,
        }
    }
}

/// Explains a refusal; without `provider`, and if `is_brief`, from its cause alone.
pub(super) async fn explain(
    job: &Job,
    provider: Option<&ServiceProvider>,
    is_brief: bool,
) -> RefusalRecord {
    let (origin, refused, noted) = match &job.what {
        What::Refused {
            origin,
            refused,
            known,
        } => (origin.as_ref(), refused, *known),
        What::Unserved { status, of } => return unserved(job, *status, of),
    };
    let refusal = refused.refusal();
    let body = refused.body().map_or(&b""[..], |body| body);
    let request = origin.and_then(|origin| wire::read(refused.head(), body, origin).ok());
    let parameters = request
        .as_ref()
        .and_then(|request| Parameters::collect(request, &Limits::default()).ok());
    let claims = parameters.as_ref().map(Claims::of);
    let facts = match provider {
        // A store that fails has refused the request itself, or does so with the next.
        Some(provider) => Facts::of(provider, refusal, claims.as_ref())
            .await
            .unwrap_or_default(),
        None => Facts::default(),
    };
    let cause = refusal.cause();
    let sent = Sent::of(&refused.head().method, origin.map(Origin::scheme));
    let known = match noted {
        Some(noted) => Some(causes::of_known(noted)),
        None => causes::explain(cause, &facts, sent, job.at),
    };
    let mut findings: Vec<_> = known.into_iter().collect();
    let mut tried = 0;
    if let (Some(origin), Some(searches), false) = (origin, doctored(cause), is_brief) {
        let searches = searches && body.len() <= SEARCHED;
        let found = search::ask(
            refused,
            origin,
            parameters.as_ref(),
            &facts,
            job.at,
            searches,
        );
        tried = found.tried;
        merge(&mut findings, found.findings);
    }
    let (passed, failed) = checks(refusal);
    let told = match noted.map(Known::cause) {
        Some((name, words)) => (name, words.to_owned()),
        None => (cause.name(), in_words(cause)),
    };
    RefusalRecord {
        id: job.id.clone(),
        at: job.at,
        endpoint: job.endpoint.to_owned(),
        method: job.method.to_owned(),
        consumer: facts.consumer.map(|consumer| consumer.row.key.clone()),
        status: refusal.told().status,
        problem: refusal.problem().map(|code| code.as_str().to_owned()),
        cause: told.0.to_owned(),
        detail: told.1,
        explanation: Explanation {
            findings,
            passed,
            failed,
            tried,
        },
    }
}

/// What was not served, as far as it is known: nothing has to be looked up.
fn unserved(job: &Job, status: u16, of: &Unserved) -> RefusalRecord {
    RefusalRecord {
        id: job.id.clone(),
        at: job.at,
        endpoint: job.endpoint.to_owned(),
        method: job.method.to_owned(),
        consumer: of.consumer.clone(),
        status,
        problem: None,
        cause: of.reason.name().to_owned(),
        detail: of.reason.words().to_owned(),
        explanation: Explanation {
            findings: of.reason.finding().into_iter().collect(),
            ..Explanation::default()
        },
    }
}

/// Whether the doctor knows more than the cause says, and whether it is to search.
fn doctored(cause: &Cause) -> Option<bool> {
    let Cause::Request(cause) = cause else {
        return None;
    };
    match cause {
        RequestCause::SignatureMismatch
        | RequestCause::SignatureSyntax(_)
        | RequestCause::BodyHashMismatch => Some(true),
        RequestCause::Absent { .. }
        | RequestCause::Duplicated { .. }
        | RequestCause::Malformed { .. }
        | RequestCause::MethodNotAllowed { .. }
        | RequestCause::NotOAuth
        | RequestCause::NotUtf8 { .. }
        | RequestCause::Placement { .. }
        | RequestCause::TimestampRefused { .. }
        | RequestCause::TimestampSyntax(_)
        | RequestCause::Unreadable(_)
        | RequestCause::Version => Some(false),
        _ => None,
    }
}

/// What the service knows comes first; the doctor's reading of an odd timestamp says more than that
/// it is off.
fn merge(findings: &mut Vec<RecordedFinding>, doctors: Vec<RecordedFinding>) {
    const TIMES: [&str; 3] = ["time.example", "time.malformed", "time.unit"];
    let is_known = !findings.is_empty();
    for found in doctors {
        if let Some(known) = findings.iter_mut().find(|known| known.code == found.code) {
            for evidence in found.evidence {
                let is_told = known.evidence.iter().any(|it| it.what == evidence.what);
                if !is_told {
                    known.evidence.push(evidence);
                }
            }
            continue;
        }
        let is_possible = found.confidence == "possible";
        match findings.first_mut() {
            Some(known) if known.code == "time.skew" && TIMES.contains(&found.code.as_str()) => {
                known.code = found.code;
            }
            // Beside what is known, mere possibilities say nothing.
            _ if is_known && is_possible => {}
            _ => findings.push(found),
        }
    }
}

fn checks(refusal: &Refusal) -> (Vec<String>, Vec<String>) {
    let of = |wanted: Outcome| {
        let trail = refusal.trail().into_iter().flat_map(|trail| trail.iter());
        trail
            .filter(|(_, outcome)| *outcome == wanted)
            .map(|(id, _)| id.as_str().to_owned())
            .collect()
    };
    (of(Outcome::Passed), of(Outcome::Failed))
}

/// The cause in words that hold nothing of what was sent.
fn in_words(cause: &Cause) -> String {
    match cause {
        Cause::Request(RequestCause::Duplicated { .. }) => {
            "protocol parameters occur more than once".to_owned()
        }
        // Below these stand the bytes that were found.
        Cause::Request(RequestCause::Unreadable(error)) if error.is_limit() => error.to_string(),
        Cause::Request(
            below @ (RequestCause::Unreadable(_)
            | RequestCause::SignatureSyntax(_)
            | RequestCause::TimestampSyntax(_)),
        ) => below.to_string(),
        Cause::Request(below) => below.in_full(),
        Cause::Token(why) => why.to_string(),
        Cause::Wire(_) => cause.to_string(),
        _ => cause.in_full(),
    }
}

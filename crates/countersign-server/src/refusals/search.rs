//! The doctor's findings about a refused request, reduced to what may be kept.

use countersign_base_string::Parameters;
use countersign_capture::{Headers, OwnedAnswer, OwnedRequest};
use countersign_clock::UnixTime;
use countersign_doctor::{Case, Confidence, Diagnosis, Finding, Keys, diagnose};
use countersign_key::Secret;
use countersign_provider::Origin;
use countersign_store::Credential;
use countersign_tower::Refused;

use super::causes::listed;
use super::facts::{Facts, Token};
use super::finding::finding;
use super::places;
use crate::records::RecordedFinding;

/// Candidates compared for one refusal: all single deviations of most requests, a few milliseconds.
const BUDGET: u64 = 3_000;

/// More pieces of evidence are not kept of one finding.
const EVIDENCE: usize = 8;

/// What the doctor made of a request.
pub(super) struct Found {
    pub(super) findings: Vec<RecordedFinding>,
    pub(super) tried: u64,
}

/// Asks the doctor, with the keys that the provider verifies with.
///
/// `searches` says whether a signature that does not match is worth a search.
pub(super) fn ask(
    refused: &Refused,
    origin: &Origin,
    parameters: Option<&Parameters<'_>>,
    facts: &Facts,
    now: UnixTime,
    searches: bool,
) -> Found {
    let request = captured(refused, origin);
    let answer = answered(refused);
    let keys = keys(facts);
    let mut case = Case::default()
        .with_request(&request)
        .with_answer(&answer)
        .with_scheme(origin.scheme())
        .at(now)
        .with_budget(if searches { BUDGET } else { 0 });
    if let Some(keys) = &keys {
        case = case.with_keys(keys);
    }
    let diagnosis = diagnose(&case);
    let mut findings = reduced(&diagnosis, parameters);
    if searches && let Some(Credential::Certificates(registered)) = credential(facts) {
        for found in findings.iter_mut().filter(|it| it.code == FOREIGN_KEY) {
            let told = core::mem::take(found).or_else("rsa.key_mismatch");
            *found = listed(told, registered, now);
        }
    }
    Found {
        findings,
        tried: diagnosis.tried(),
    }
}

/// From certificates alone another key pair looks like an altered signature.
const FOREIGN_KEY: &str = "rsa.not_this_key_or_altered";

fn credential(facts: &Facts) -> Option<&Credential> {
    facts.consumer.as_ref().map(|it| &it.row.credential)
}

fn captured(refused: &Refused, origin: &Origin) -> OwnedRequest {
    let head = refused.head();
    let target = head.uri.path_and_query().map_or("*", |it| it.as_str());
    let mut headers = Headers::new();
    for (name, value) in &head.headers {
        headers.push(name.as_str(), value.as_bytes());
    }
    OwnedRequest::new(head.method.as_str(), target)
        .with_scheme(origin.scheme())
        .with_host(origin.authority())
        .with_headers(headers)
        .with_body(refused.body().map_or(&b""[..], |body| body))
}

/// The answer as far as it matters: its status and the code of its problem.
fn answered(refused: &Refused) -> OwnedAnswer {
    let refusal = refused.refusal();
    let answer = OwnedAnswer::new().with_status(refusal.told().status);
    match refusal.problem() {
        Some(code) => answer.with_body(format!("oauth_problem={code}")),
        None => answer,
    }
}

fn copied(secret: &Secret) -> Secret {
    Secret::new(secret.expose_secret())
}

fn keys(facts: &Facts) -> Option<Keys> {
    let consumer = &facts.consumer.as_ref()?.row;
    let keys = Keys::default().with_consumer_key(consumer.key.as_str());
    let keys = match &consumer.credential {
        Credential::Secret(secret) => keys.with_consumer_secret(copied(secret)),
        Credential::Certificates(registered) => registered
            .iter()
            .cloned()
            .fold(keys, Keys::with_certificate),
    };
    Some(match &facts.token {
        Token::None => keys,
        Token::Temporary(row) => keys.with_token_secret(copied(&row.row.secret)),
        Token::Access(row, _) => keys.with_token_secret(copied(&row.secret)),
    })
}

/// The findings without anything that was sent: codes, and the places concerned.
fn reduced(diagnosis: &Diagnosis, parameters: Option<&Parameters<'_>>) -> Vec<RecordedFinding> {
    let findings = diagnosis.findings().iter();
    findings
        .map(|found| without_values(found, parameters))
        .collect()
}

fn without_values(found: &Finding, parameters: Option<&Parameters<'_>>) -> RecordedFinding {
    let mut kept = finding(found.code.as_str(), found.confidence).on(found.side);
    let is_reproduced = found.evidence.iter().any(|it| it.what == "proof");
    if is_reproduced && found.confidence == Confidence::Proven {
        kept = kept.noting(
            "proof",
            "signing that way with the registered keys gives the signature received",
        );
    }
    let mut subjects: Vec<String> = Vec::new();
    for piece in &found.evidence {
        let subject = places::subject(&piece.what, parameters);
        if let Some(subject) = subject.filter(|it| !subjects.contains(it))
            && subjects.len() < EVIDENCE
        {
            subjects.push(subject);
        }
    }
    for subject in subjects {
        kept = kept.noting(subject, "is concerned; what was sent is not kept");
    }
    let also = found.also.iter();
    also.fold(kept, |kept, code| kept.or_else(code.as_str()))
}

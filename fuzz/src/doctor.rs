use countersign_capture::{Capture, OwnedAnswer, OwnedRequest, read};
use countersign_clock::UnixTime;
use countersign_doctor::{Case, Check, Confidence, Diagnosis, Finding, Keys, compare, diagnose};
use countersign_key::Secret;

use crate::capture::requests;
use crate::split;

/// No seed has these secrets; where an input has not either, no request can have been signed with them.
const FOREIGN: [&str; 2] = ["c4n4ry-of-the-consumer", "c4n4ry-of-the-token"];

/// In each secret of [`FOREIGN`], and in those of the seeds.
const CANARIES: [&str; 2] = ["c4n4ry", "s3cr3t"];

/// Codes of what only the signature itself can prove.
const BY_SIGNATURE: [&str; 6] = ["enc.", "key.", "method.", "sbs.", "sig.", "uri."];

/// Candidates that a search may try.
const BUDGET: u64 = 500;

/// A case has the signature received, the one the provider shows, and the base strings of both to search for.
const SEARCHES: u64 = 4;

/// Candidates that the checks outside of the search try.
const CHECKS: u64 = 256;

/// The moment of all cases.
const NOW: i64 = 1_191_242_100;

/// The whole doctor, from bytes: what the user has, the answer, the secrets (one a line: consumer, token, then those of
/// another set), the base string of the client, that of the provider; each but the first after a line of `%%`, and optional.
///
/// The search keeps within its budget; the same case gets the same diagnosis; secrets that can't have signed prove nothing; no secret stands in what is said;
/// nothing that is said steers a terminal.
pub fn doctor(data: &[u8]) {
    let mut rest = data;
    let [input, answer, secrets, client, provider] = [(); 5].map(|()| {
        let (part, tail) = split::once(rest, b"\n%%\n");
        rest = tail;
        part
    });
    let Ok(capture) = read(input) else { return };
    let answered = read(answer).ok();
    let answer_given = answered.as_ref().and_then(Capture::answer);
    let parts = Parts {
        answer: answer_given.or_else(|| capture.answer()),
        client: split::text(client).filter(|text| !text.is_empty()),
        provider: split::text(provider).filter(|text| !text.is_empty()),
    };
    let mut cases: Vec<Case<'_>> = requests(&capture)
        .take(2)
        .map(|request| parts.case(Some(request)))
        .collect();
    if cases.is_empty() {
        cases.push(parts.case(None));
    }
    let shown = [input, answer, client, provider].map(String::from_utf8_lossy);
    let hidden: Vec<&str> = CANARIES
        .into_iter()
        .filter(|canary| !shown.iter().any(|text| text.contains(*canary)))
        .collect();
    let given = keys(split::text(secrets).unwrap_or_default().lines());
    for case in &cases {
        let case = case.with_keys(&given);
        let diagnosis = diagnose(&case);
        sound(&diagnosis, &hidden);
        same(&diagnosis, &diagnose(&case));
    }
    if hidden.contains(&CANARIES[0]) {
        let foreign = keys(FOREIGN.into_iter());
        for case in &cases {
            let diagnosis = diagnose(&case.with_keys(&foreign));
            sound(&diagnosis, &hidden);
            proves_nothing(&diagnosis);
        }
    }
    if let [good, bad] = cases.as_slice() {
        let comparison = compare(&good.with_keys(&given), &bad.with_keys(&given));
        safe(comparison.findings(), comparison.checks(), &hidden);
    }
}

/// What the cases of one input share.
struct Parts<'a> {
    answer: Option<&'a OwnedAnswer>,
    client: Option<&'a str>,
    provider: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn case(&self, request: Option<&'a OwnedRequest>) -> Case<'a> {
        let mut case = Case::default()
            .at(UnixTime::from_seconds(NOW))
            .with_budget(BUDGET);
        if let Some(request) = request {
            case = case.with_request(request);
        }
        if let Some(answer) = self.answer {
            case = case.with_answer(answer);
        }
        if let Some(text) = self.client {
            case = case.with_client_base_string(text);
        }
        if let Some(text) = self.provider {
            case = case.with_provider_base_string(text);
        }
        case
    }
}

fn keys<'a>(mut secrets: impl Iterator<Item = &'a str>) -> Keys {
    let mut set = || {
        let mut keys = Keys::default();
        if let Some(secret) = secrets.next() {
            keys = keys.with_consumer_secret(Secret::new(secret));
        }
        if let Some(secret) = secrets.next().filter(|secret| !secret.is_empty()) {
            keys = keys.with_token_secret(Secret::new(secret));
        }
        keys
    };
    let first = set();
    let other = set();
    match other.consumer_secret() {
        Some(_) => first.with_other("sandbox", other),
        None => first,
    }
}

fn sound(diagnosis: &Diagnosis, hidden: &[&str]) {
    safe(diagnosis.findings(), diagnosis.checks(), hidden);
    let others = diagnosis
        .not_checked()
        .iter()
        .map(String::as_str)
        .chain(diagnosis.next())
        .chain(diagnosis.base_string());
    for text in others {
        keeps(text, hidden);
    }
    keeps(&format!("{diagnosis:?}"), hidden);
    assert!(
        diagnosis.tried() <= SEARCHES * BUDGET + CHECKS,
        "{}",
        diagnosis.tried()
    );
    let order: Vec<Confidence> = diagnosis.findings().iter().map(|f| f.confidence).collect();
    assert!(order.is_sorted(), "best first: {order:?}");
}

fn safe(findings: &[Finding], checks: &[Check], hidden: &[&str]) {
    for finding in findings {
        assert!(
            finding.code.row().is_some(),
            "{} is no code",
            finding.code.as_str()
        );
        assert!(!finding.also.contains(&finding.code));
        let evidence = finding.evidence.iter().flat_map(|evidence| {
            let sides = [&evidence.found, &evidence.expected, &evidence.note];
            sides.into_iter().flatten().chain([&evidence.what])
        });
        for text in evidence.chain([&finding.summary]).chain(&finding.remedies) {
            keeps(text, hidden);
            assert!(
                !text.contains(|c: char| c.is_control() && c != '\n'),
                "{text:?}"
            );
        }
    }
    for check in checks {
        keeps(&check.detail, hidden);
        assert!(
            !check.detail.contains(|c: char| c.is_control() && c != '\n'),
            "{:?}",
            check.detail
        );
    }
}

fn keeps(text: &str, hidden: &[&str]) {
    for secret in hidden {
        assert!(!text.contains(secret), "a secret is told");
    }
}

fn same(one: &Diagnosis, other: &Diagnosis) {
    assert_eq!(one.verdict(), other.verdict());
    assert_eq!(one.findings(), other.findings());
    assert_eq!(one.checks(), other.checks());
    assert_eq!(one.tried(), other.tried());
}

fn proves_nothing(diagnosis: &Diagnosis) {
    for finding in diagnosis.findings() {
        let code = finding.code.as_str();
        let is_by_signature = BY_SIGNATURE.iter().any(|family| code.starts_with(family));
        assert!(
            !(is_by_signature && finding.confidence == Confidence::Proven),
            "{code} is proven with secrets that have not signed"
        );
    }
}

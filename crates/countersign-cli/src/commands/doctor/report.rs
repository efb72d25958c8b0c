//! What is shown of a diagnosis, in text and in JSON: everything in it went through the veil.

use countersign_base_string::Scheme;
use countersign_doctor::{
    Check, Code, Confidence, Diagnosis, Evidence as Piece, Finding, Fix, Side, Status, Verdict,
};
use countersign_problem::Problem;

use super::inputs::{Evidence, Subject};
use super::language;
use super::veil::Veil;

/// Everything that is shown.
#[derive(Debug)]
pub(super) struct Report {
    /// The request, the status and the problem, each if known.
    pub(super) heading: Vec<String>,
    pub(super) advice: Option<String>,
    pub(super) read_as: Vec<(String, String, Vec<String>)>,
    pub(super) verdict: Verdict,
    pub(super) problem: Option<Problem>,
    pub(super) checks: Vec<Check>,
    pub(super) findings: Vec<Shown>,
    pub(super) tried: u64,
    pub(super) not_checked: Vec<String>,
    pub(super) next: Option<String>,
    /// Whether the keys at hand gave the signature received, for this text or another.
    pub(super) keys_are_right: bool,
    pub(super) redacted: bool,
}

/// A finding as it is shown.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) code: Code,
    pub(super) confidence: Confidence,
    pub(super) side: Side,
    pub(super) summary: String,
    pub(super) evidence: Vec<Piece>,
    pub(super) remedies: Vec<String>,
    pub(super) also: Vec<Code>,
    /// What to write instead; that of the client's language first.
    pub(super) fixes: Vec<&'static Fix>,
    /// Whether the first of them is for the client's language.
    pub(super) knows_language: bool,
}

impl Report {
    pub(super) fn of(diagnosis: &Diagnosis, evidence: &Evidence, veil: &Veil) -> Self {
        let subject = evidence.main();
        let language = subject
            .and_then(|subject| subject.request.as_ref())
            .and_then(language::of);
        Self {
            heading: heading(subject, diagnosis.problem(), veil),
            advice: diagnosis
                .problem()
                .and_then(Problem::advice)
                .map(|advice| veil.advice(advice)),
            read_as: read_as(evidence, veil),
            verdict: diagnosis.verdict(),
            problem: diagnosis.problem().cloned(),
            checks: checks(diagnosis.checks(), veil),
            findings: diagnosis
                .findings()
                .iter()
                .map(|finding| shown(finding, language, veil))
                .collect(),
            tried: diagnosis.tried(),
            not_checked: veiled(diagnosis.not_checked(), veil),
            next: diagnosis.next().map(|next| veil.prose(next)),
            keys_are_right: keys_are_right(diagnosis.checks(), diagnosis.findings()),
            redacted: veil.redacts(),
        }
    }

    /// How many findings are more than a possibility.
    pub(super) fn errors(&self) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.confidence != Confidence::Possible)
            .count()
    }

    pub(super) fn check(&self, id: &str) -> Option<Status> {
        self.checks
            .iter()
            .find(|check| check.id == id)
            .map(|check| check.status)
    }
}

fn veiled(texts: &[String], veil: &Veil) -> Vec<String> {
    texts.iter().map(|text| veil.prose(text)).collect()
}

fn read_as(evidence: &Evidence, veil: &Veil) -> Vec<(String, String, Vec<String>)> {
    let read = evidence.read_as.iter().enumerate();
    read.map(|(position, read)| {
        (
            veil.input(position, &read.input),
            veil.prose(&read.read_as),
            veiled(&read.notes, veil),
        )
    })
    .collect()
}

fn checks(checks: &[Check], veil: &Veil) -> Vec<Check> {
    let veiled = |check: &Check| {
        let mut check = check.clone();
        check.detail = veil.prose(&check.detail);
        check
    };
    checks.iter().map(veiled).collect()
}

/// `GET https://api.example.com/v1/search`, `401 signature_invalid`.
fn heading(subject: Option<&Subject>, problem: Option<&Problem>, veil: &Veil) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(request) = subject.and_then(|subject| subject.request.as_ref()) {
        let target = request.target().split('?').next().unwrap_or_default();
        let (scheme, rest) = match target.split_once("://") {
            Some((scheme, rest)) => (Some(scheme.to_owned()), rest),
            None => (
                request.scheme().map(|scheme: Scheme| scheme.to_string()),
                target,
            ),
        };
        let (host, path) = match request.host() {
            Some(host) if rest.starts_with('/') => (host, rest),
            _ => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        };
        let scheme = scheme
            .map(|scheme| format!("{scheme}://"))
            .unwrap_or_default();
        parts.push(format!(
            "{} {scheme}{}{}",
            request.method(),
            veil.host(host),
            veil.path(path)
        ));
    }
    let status = subject
        .and_then(|subject| subject.answer.as_ref())
        .and_then(countersign_capture::OwnedAnswer::status);
    let code = problem.map(|problem| veil.prose(problem.code().as_str()));
    let words = [status.map(|status| status.to_string()), code];
    let words: Vec<String> = words.into_iter().flatten().collect();
    if !words.is_empty() {
        parts.push(words.join(" "));
    }
    parts
}

fn shown(finding: &Finding, language: Option<&str>, veil: &Veil) -> Shown {
    let page = finding.code.row().and_then(|row| row.page());
    let mut fixes: Vec<&Fix> = page.map_or_else(Vec::new, |page| page.fixes.iter().collect());
    let fits = |fix: &&Fix| language.is_some_and(|language| language::is(fix.language, language));
    fixes.sort_by_key(|fix| !fits(fix));
    let knows_language = fixes.first().is_some_and(fits);
    Shown {
        code: finding.code,
        confidence: finding.confidence,
        side: finding.side,
        summary: veil.prose(&finding.summary),
        evidence: finding
            .evidence
            .iter()
            .map(|piece| self::piece(piece, veil))
            .collect(),
        remedies: veiled(&finding.remedies, veil),
        also: finding.also.clone(),
        fixes,
        knows_language,
    }
}

fn piece(piece: &Piece, veil: &Veil) -> Piece {
    let mut shown = Piece::note(veil.name(&piece.what), "");
    (shown.found, shown.expected) = veil.sides(
        &piece.what,
        piece.found.as_deref(),
        piece.expected.as_deref(),
    );
    shown.note = piece.note.as_deref().map(|note| veil.prose(note));
    shown
}

/// Families whose proof is that the keys at hand give the signature received.
const SIGNED: [&str; 7] = ["body.", "enc.", "method.", "sbs.", "sig.", "spec.", "uri."];

/// Whether the signature verifies, or was reproduced from another text.
fn keys_are_right(checks: &[Check], findings: &[Finding]) -> bool {
    let status = |id: &str| {
        checks
            .iter()
            .find(|check| check.id == id)
            .map(|check| check.status)
    };
    let reproduced = findings.first().is_some_and(|best| {
        best.confidence == Confidence::Proven
            && SIGNED
                .iter()
                .any(|family| best.code.as_str().starts_with(family))
    });
    match status("signature") {
        Some(Status::Ok) => true,
        Some(Status::Fail) => reproduced || status("keys") == Some(Status::Ok),
        _ => false,
    }
}

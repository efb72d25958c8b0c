//! What is shown of a diagnosis, in text and in JSON: everything in it went through the veil.

use countersign_base_string::Scheme;
use countersign_doctor::{
    Check, Code, Comparison, Confidence, Contrast, Diagnosis, Evidence as Piece, Finding, Fix,
    Relation, Side, Status, Verdict,
};
use countersign_problem::Problem;

use super::inputs::{Evidence, Subject};
use super::language;
use super::veil::Veil;

/// Everything that is shown.
#[derive(Debug)]
pub(super) struct Report {
    /// For each request one line: method and URL, status, problem, each if known.
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
    /// Whether the signature is one of RSA: then there is a key, and no secret.
    pub(super) is_rsa: bool,
    pub(super) redacted: bool,
    /// In what two requests differ.
    pub(super) compared: Option<Compared>,
    /// What the service kept of a refusal, if that is what is shown.
    pub(super) recorded: Option<Recorded>,
}

/// What the service kept of a refusal.
#[derive(Debug)]
pub(super) struct Recorded {
    pub(super) id: String,
    pub(super) at: String,
    pub(super) endpoint: String,
    pub(super) method: String,
    pub(super) consumer: Option<String>,
    pub(super) status: u16,
    pub(super) cause: String,
    pub(super) detail: String,
}

/// In what two requests differ.
#[derive(Debug)]
pub(super) struct Compared {
    pub(super) relation: Relation,
    pub(super) differences: Vec<Differs>,
    pub(super) immaterial: Vec<String>,
}

/// One difference, with what each of the two has.
#[derive(Debug)]
pub(super) struct Differs {
    pub(super) what: String,
    pub(super) first: Option<String>,
    pub(super) second: Option<String>,
    pub(super) note: Option<String>,
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
    /// Of one request.
    pub(super) fn of(diagnosis: &Diagnosis, evidence: &Evidence, veil: &Veil) -> Self {
        let whole = Whole {
            verdict: diagnosis.verdict(),
            problem: diagnosis.problem(),
            checks: diagnosis.checks(),
            findings: diagnosis.findings(),
            tried: diagnosis.tried(),
            not_checked: diagnosis.not_checked(),
            next: diagnosis.next(),
        };
        let mut report = Self::new(&whole, evidence, veil);
        report.heading = evidence
            .main()
            .and_then(|subject| heading(subject, diagnosis.problem(), veil))
            .into_iter()
            .collect();
        report
    }

    /// Of two requests.
    pub(super) fn of_two(comparison: &Comparison, evidence: &Evidence, veil: &Veil) -> Self {
        let [first, second] = comparison.diagnoses();
        let whole = Whole {
            verdict: comparison.verdict(),
            problem: second.problem(),
            checks: comparison.checks(),
            findings: comparison.findings(),
            tried: comparison.tried(),
            not_checked: comparison.not_checked(),
            next: comparison.next(),
        };
        let mut report = Self::new(&whole, evidence, veil);
        let problems = [first.problem(), second.problem()];
        let labels = comparison.relation().labels();
        let width = labels.map(str::len).into_iter().max().unwrap_or(0);
        let several = labels.into_iter().zip(problems).zip(&evidence.subjects);
        report.heading = several
            .filter_map(|((label, problem), subject)| {
                Some(format!(
                    "{label:width$}  {}",
                    heading(subject, problem, veil)?
                ))
            })
            .collect();
        report.compared = Some(Compared {
            relation: comparison.relation(),
            differences: comparison
                .differences()
                .iter()
                .map(|contrast| differs(contrast, veil))
                .collect(),
            immaterial: veiled(comparison.immaterial(), veil),
        });
        report
    }

    fn new(whole: &Whole<'_>, evidence: &Evidence, veil: &Veil) -> Self {
        let language = evidence
            .main()
            .and_then(|subject| subject.request.as_ref())
            .and_then(language::of);
        let advice = whole.problem.and_then(Problem::advice);
        Self {
            heading: Vec::new(),
            advice: advice.map(|advice| veil.advice(advice)),
            read_as: read_as(evidence, veil),
            verdict: whole.verdict,
            problem: whole.problem.cloned(),
            checks: checks(whole.checks, veil),
            findings: whole
                .findings
                .iter()
                .map(|finding| shown(finding, language, veil))
                .collect(),
            tried: whole.tried,
            not_checked: veiled(whole.not_checked, veil),
            next: whole.next.map(|next| veil.prose(next)),
            keys_are_right: keys_are_right(whole.checks, whole.findings),
            is_rsa: whole
                .checks
                .iter()
                .any(|check| check.id == "method" && check.detail.starts_with("RSA")),
            redacted: veil.redacts(),
            compared: None,
            recorded: None,
        }
    }

    /// How many findings are more than a possibility.
    pub(super) fn errors(&self) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.confidence != Confidence::Possible)
            .count()
    }

    /// What the check of the signature that is asked about came to.
    pub(super) fn signature(&self) -> Option<Status> {
        let status = |id: &str| {
            self.checks
                .iter()
                .find(|check| check.id == id)
                .map(|check| check.status)
        };
        status("signature").or_else(|| status("second_signature"))
    }
}

/// What a diagnosis and a comparison both have.
struct Whole<'a> {
    verdict: Verdict,
    problem: Option<&'a Problem>,
    checks: &'a [Check],
    findings: &'a [Finding],
    tried: u64,
    not_checked: &'a [String],
    next: Option<&'a str>,
}

fn differs(contrast: &Contrast, veil: &Veil) -> Differs {
    let (first, second) = veil.sides(
        &contrast.what,
        contrast.first.as_deref(),
        contrast.second.as_deref(),
    );
    Differs {
        what: veil.name(&contrast.what),
        first,
        second,
        note: contrast.note.as_deref().map(|note| veil.prose(note)),
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
fn heading(subject: &Subject, problem: Option<&Problem>, veil: &Veil) -> Option<String> {
    let mut parts = Vec::new();
    if let Some(request) = &subject.request {
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
        .answer
        .as_ref()
        .and_then(countersign_capture::OwnedAnswer::status);
    let code = problem.map(|problem| veil.prose(problem.code().as_str()));
    let words = [status.map(|status| status.to_string()), code];
    let words: Vec<String> = words.into_iter().flatten().collect();
    if !words.is_empty() {
        parts.push(words.join(" "));
    }
    (!parts.is_empty()).then(|| parts.join("   "))
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
pub(super) const SIGNED: [&str; 6] = ["body.", "enc.", "method.", "sbs.", "sig.", "uri."];

/// What the search says of keys that gave the signature received.
fn are_keys_said_right(finding: &Finding) -> bool {
    finding
        .evidence
        .iter()
        .any(|piece| piece.what == "keys" && piece.note.is_some())
}

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
            // The key was another one, or put together in another way.
            && best.evidence.iter().all(|piece| piece.what != "key")
            && SIGNED
                .iter()
                .any(|family| best.code.as_str().starts_with(family))
    });
    match status("signature").or_else(|| status("second_signature")) {
        Some(Status::Ok) => true,
        Some(Status::Fail) => {
            reproduced
                || findings.iter().any(are_keys_said_right)
                || status("keys") == Some(Status::Ok)
        }
        _ => false,
    }
}

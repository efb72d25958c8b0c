//! A refusal that the service kept, as a report.

use std::path::Path;

use countersign_clock::UnixTime;
use countersign_doctor::{
    Check, CodeRow, Confidence, Evidence as Piece, Fix, Side, Status, Verdict, row,
};
use countersign_problem::{Problem, ProblemCode};
use countersign_server::{
    Config, Explanation, RecordedEvidence, RecordedFinding, RecordsError, RefusalReader,
    RefusalRecord,
};
use countersign_verify::CheckId;

use super::report::{Recorded, Report, SIGNED, Shown};
use crate::exit::{Failure, in_full};

/// Where a service is configured if nothing else is said.
const CONFIG: &str = "countersign.toml";

/// The report of the refusal of this id, out of the file of the service.
pub(super) fn report(id: &str, config: Option<&Path>) -> Result<Report, Failure> {
    let config = read_config(config)?;
    let file = config.resolve(&config.store.records_file());
    let failed = |error: RecordsError| Failure::Work(in_full(&error));
    let reader = RefusalReader::open(&file).map_err(|error| match error {
        RecordsError::Missing { .. } => {
            Failure::Work(format!("{error}; name its configuration with --config"))
        }
        error => failed(error),
    })?;
    match reader.find(id).map_err(failed)? {
        Some(record) => Ok(report_of(&record)),
        None => {
            let kept = reader.kept().map_err(failed)?;
            Err(Failure::Work(unknown(id, kept.count, kept.oldest, &config)))
        }
    }
}

fn read_config(path: Option<&Path>) -> Result<Config, Failure> {
    let default = Path::new(CONFIG);
    match path {
        // As for the service: without a file there is a default.
        None if !default.exists() => {
            Config::parse("", default).map_err(|error| Failure::work(&error))
        }
        path => Config::read(path.unwrap_or(default)).map_err(|error| Failure::work(&error)),
    }
}

/// Why an id may be one that nothing is known of.
fn unknown(id: &str, count: u64, oldest: Option<UnixTime>, config: &Config) -> String {
    let since = match oldest {
        Some(oldest) => format!(", the oldest of {}", oldest.rfc3339()),
        None => String::new(),
    };
    let (keep, days) = (config.refusals.keep, config.refusals.days);
    format!(
        "no refusal is kept under {id:?}: it is another id than that of a refused request \
         (X-Request-Id), or older than what is kept ({count}{since}; at most {keep}, for {days} d), \
         or one of so many at once that not all were kept"
    )
}

fn report_of(record: &RefusalRecord) -> Report {
    let explanation = &record.explanation;
    let findings: Vec<Shown> = explanation.findings.iter().filter_map(shown).collect();
    let checks = checks(record);
    let verdict = if is_no_signature_matter(record) {
        Verdict::Explained
    } else {
        verdict(&findings)
    };
    let problem = record.problem.as_deref();
    let problem = problem.and_then(|code| ProblemCode::parse(code).ok());
    let code = problem.as_ref().map_or("", ProblemCode::as_str);
    let heading = format!(
        "{} {}   {} {code}",
        record.method, record.endpoint, record.status
    );
    let mut notes = vec![format!("cause: {}, {}", record.cause, record.detail)];
    if let Some(consumer) = &record.consumer {
        notes.push(format!("consumer: {consumer}"));
    }
    let read_as = format!("a refusal of {}, kept by the service", record.at.rfc3339());
    let reproduced = findings.first().is_some_and(|best| {
        let code = best.code.as_str();
        best.confidence == Confidence::Proven && SIGNED.iter().any(|it| code.starts_with(it))
    });
    let signature_failed = explanation.failed.iter().any(|id| id == "signature");
    Report {
        heading: vec![heading.trim_end().to_owned()],
        advice: None,
        read_as: vec![(record.id.clone(), read_as, notes)],
        verdict,
        problem: problem.map(Problem::new),
        checks,
        tried: explanation.tried,
        not_checked: vec!["request: the service keeps nothing that was sent".to_owned()],
        next: (verdict != Verdict::Explained).then(|| NEXT.to_owned()),
        keys_are_right: reproduced && signature_failed,
        is_rsa: findings
            .iter()
            .any(|finding| finding.code.as_str().starts_with("rsa.")),
        redacted: false,
        compared: None,
        recorded: Some(Recorded {
            id: record.id.clone(),
            at: record.at.rfc3339(),
            endpoint: record.endpoint.clone(),
            method: record.method.clone(),
            consumer: record.consumer.clone(),
            status: record.status,
            cause: record.cause.clone(),
            detail: record.detail.clone(),
        }),
        findings,
    }
}

/// Whether no check was made, so that the cause is all there is: a page, a path where nothing is.
fn is_no_signature_matter(record: &RefusalRecord) -> bool {
    let Explanation { passed, failed, .. } = &record.explanation;
    record.problem.is_none() && passed.is_empty() && failed.is_empty()
}

const NEXT: &str = "the request as its sender made it, and the keys it was signed with, explained \
                    where they are: countersign doctor with --keys FILE";

fn verdict(findings: &[Shown]) -> Verdict {
    // That it does not match is what is to be explained.
    let is_symptom =
        |it: &&Shown| it.code.as_str() == "sig.mismatch" && it.confidence == Confidence::Possible;
    let explained = findings.iter().filter(|it| !is_symptom(it));
    match explained.map(|finding| finding.confidence).min() {
        Some(Confidence::Proven) => Verdict::Explained,
        Some(_) => Verdict::Likely,
        None => Verdict::Unexplained,
    }
}

/// The checks that were made, in their order.
fn checks(record: &RefusalRecord) -> Vec<Check> {
    let (passed, failed) = (&record.explanation.passed, &record.explanation.failed);
    let is_in = |list: &[String], id: &str| list.iter().any(|known| known == id);
    let only = failed.len() == 1;
    let checks = countersign_verify::ORDER.into_iter().map(CheckId::as_str);
    checks
        .filter_map(|id| {
            if is_in(failed, id) {
                let is_cause = only || record.cause == id;
                let detail = if is_cause { &record.detail } else { "failed" };
                Some(Check::new(id, Status::Fail, detail))
            } else {
                is_in(passed, id).then(|| Check::new(id, Status::Ok, "passed"))
            }
        })
        .collect()
}

/// A finding with the texts of its code; one of a code that is not known here is left out.
fn shown(finding: &RecordedFinding) -> Option<Shown> {
    let row: &CodeRow = row(&finding.code)?;
    let confidences = [Confidence::Proven, Confidence::Likely, Confidence::Possible];
    let sides = [Side::Account, Side::Client, Side::Network, Side::Verifier];
    // What was found out here is nearer than what helps with all of the class.
    let is_special = !finding.remedies.is_empty();
    let page = row.page().filter(|_| !is_special);
    let fixes: Vec<&'static Fix> = page.map_or_else(Vec::new, |page| page.fixes.iter().collect());
    let general = || row.remedies.iter().map(|it| (*it).to_owned()).collect();
    Some(Shown {
        code: row.code,
        confidence: confidences
            .into_iter()
            .find(|known| known.as_str() == finding.confidence)
            .unwrap_or(Confidence::Possible),
        side: sides
            .into_iter()
            .find(|known| known.as_str() == finding.side)
            .unwrap_or(row.side),
        summary: finding
            .summary
            .clone()
            .unwrap_or_else(|| row.title.to_owned()),
        evidence: finding.evidence.iter().map(piece).collect(),
        remedies: if is_special {
            finding.remedies.clone()
        } else {
            general()
        },
        also: finding
            .also
            .iter()
            .filter_map(|code| Some(countersign_doctor::row(code)?.code))
            .collect(),
        fixes,
        knows_language: false,
    })
}

fn piece(evidence: &RecordedEvidence) -> Piece {
    let mut piece = Piece::note(evidence.what.as_str(), "");
    piece.found.clone_from(&evidence.found);
    piece.expected.clone_from(&evidence.expected);
    piece.note.clone_from(&evidence.note);
    piece
}

//! The report as JSON, schema `countersign/doctor/1` (see `schema/doctor-1.json`).

use countersign_doctor::{Check, Evidence, Fix};
use countersign_problem::{Problem, RejectedParameter};
use serde_json::{Value, json};

use super::report::{Compared, Recorded, Report, Shown};
use super::veil::Veil;

/// The document.
pub(super) fn document(report: &Report, veil: &Veil) -> Value {
    let mut document = json!({
        "schema": "countersign/doctor/1",
        "verdict": report.verdict.as_str(),
        "problem": report.problem.as_ref().map(|it| problem(it, veil)),
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
        "checks": report.checks.iter().map(check).collect::<Vec<_>>(),
        "tried": report.tried,
        "not_checked": report.not_checked,
        "next": report.next,
        "read_as": report
            .read_as
            .iter()
            .map(|(input, read_as, notes)| {
                json!({ "input": input, "read_as": read_as, "notes": notes })
            })
            .collect::<Vec<_>>(),
        "redacted": report.redacted,
    });
    if let (Some(compared), Some(members)) = (&report.compared, document.as_object_mut()) {
        members.insert("comparison".to_owned(), comparison(compared));
    }
    if let (Some(recorded), Some(members)) = (&report.recorded, document.as_object_mut()) {
        members.insert("refusal".to_owned(), refusal(recorded));
    }
    document
}

fn refusal(recorded: &Recorded) -> Value {
    json!({
        "id": recorded.id,
        "at": recorded.at,
        "endpoint": recorded.endpoint,
        "method": recorded.method,
        "consumer": recorded.consumer,
        "status": recorded.status,
        "cause": recorded.cause,
        "detail": recorded.detail,
    })
}

fn comparison(compared: &Compared) -> Value {
    json!({
        "relation": compared.relation.as_str(),
        "labels": compared.relation.labels(),
        "differences": compared
            .differences
            .iter()
            .map(|it| {
                json!({
                    "what": it.what,
                    "first": it.first,
                    "second": it.second,
                    "note": it.note,
                })
            })
            .collect::<Vec<_>>(),
        "immaterial": compared.immaterial,
    })
}

fn problem(problem: &Problem, veil: &Veil) -> Value {
    let names = |names: Vec<&str>| -> Vec<String> {
        names.into_iter().map(|name| veil.name(name)).collect()
    };
    json!({
        "code": veil.prose(problem.code().as_str()),
        "advice": problem.advice().map(|advice| veil.advice(advice)),
        "acceptable_timestamps": problem.acceptable_timestamps().map(|range| range.to_string()),
        "acceptable_versions": problem.acceptable_versions().map(|range| range.to_string()),
        "parameters_absent": names(problem.parameters_absent().iter().map(AsRef::as_ref).collect()),
        "parameters_rejected": names(
            problem.parameters_rejected().iter().map(RejectedParameter::name).collect()
        ),
    })
}

fn finding(finding: &Shown) -> Value {
    json!({
        "code": finding.code.as_str(),
        "confidence": finding.confidence.as_str(),
        "side": finding.side.as_str(),
        "summary": finding.summary,
        "evidence": finding.evidence.iter().map(evidence).collect::<Vec<_>>(),
        "remedies": finding.remedies,
        "also": finding.also.iter().map(|code| code.as_str()).collect::<Vec<_>>(),
        "rule": finding.code.row().map(|row| row.rule),
        "fixes": finding.fixes.iter().map(|it| fix(it)).collect::<Vec<_>>(),
    })
}

fn fix(fix: &Fix) -> Value {
    json!({ "language": fix.language, "text": fix.text })
}

fn evidence(evidence: &Evidence) -> Value {
    json!({
        "what": evidence.what,
        "found": evidence.found,
        "expected": evidence.expected,
        "note": evidence.note,
    })
}

fn check(check: &Check) -> Value {
    json!({ "id": check.id, "status": check.status.as_str(), "detail": check.detail })
}

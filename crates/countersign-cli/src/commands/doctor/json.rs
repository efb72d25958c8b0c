//! The diagnosis as JSON, schema `countersign/doctor/1`.

use countersign_doctor::{Check, Diagnosis, Evidence, Finding};
use countersign_problem::Problem;
use serde_json::{Value, json};

/// The document.
pub(super) fn document(diagnosis: &Diagnosis) -> Value {
    json!({
        "schema": "countersign/doctor/1",
        "verdict": diagnosis.verdict().as_str(),
        "problem": diagnosis.problem().map(problem),
        "findings": diagnosis.findings().iter().map(finding).collect::<Vec<_>>(),
        "checks": diagnosis.checks().iter().map(check).collect::<Vec<_>>(),
        "tried": diagnosis.tried(),
        "not_checked": diagnosis.not_checked(),
        "next": diagnosis.next(),
    })
}

fn problem(problem: &Problem) -> Value {
    json!({
        "code": problem.code().as_str(),
        "advice": problem.advice(),
        "acceptable_timestamps": problem.acceptable_timestamps().map(|range| range.to_string()),
        "acceptable_versions": problem.acceptable_versions().map(|range| range.to_string()),
        "parameters_absent": problem.parameters_absent(),
        "parameters_rejected": problem
            .parameters_rejected()
            .iter()
            .map(countersign_problem::RejectedParameter::name)
            .collect::<Vec<_>>(),
    })
}

fn finding(finding: &Finding) -> Value {
    json!({
        "code": finding.code.as_str(),
        "confidence": finding.confidence.as_str(),
        "side": finding.side.as_str(),
        "summary": finding.summary,
        "evidence": finding.evidence.iter().map(evidence).collect::<Vec<_>>(),
        "remedies": finding.remedies,
        "also": finding.also.iter().map(|code| code.as_str()).collect::<Vec<_>>(),
    })
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

//! The report as JSON, schema `countersign/verify/1`.

use serde_json::{Value, json};

use super::check::{Answer, Facts, Line, Report};

pub(super) fn document(facts: &Facts, report: &Report) -> Value {
    json!({
        "schema": "countersign/verify/1",
        "verified": report.is_verified(),
        "read_as": facts.read_as,
        "request": { "method": facts.method, "url": facts.url },
        "scheme_assumed": facts.scheme_assumed,
        "at": facts.at.seconds(),
        "consumer_key": report.consumer_key,
        "body_unsigned": report.body_unsigned,
        "checks": report.lines.iter().map(line).collect::<Vec<_>>(),
        "answer": report.answer.as_ref().map(answer),
    })
}

fn line(line: &Line) -> Value {
    json!({
        "id": line.id,
        "status": line.status,
        "detail": line.detail,
        "section": line.section,
    })
}

fn answer(answer: &Answer) -> Value {
    json!({
        "status": answer.status,
        "code": answer.problem.as_ref().map(|problem| problem.code().as_str()),
        "advice": answer.problem.as_ref().and_then(|problem| problem.advice()),
        "www_authenticate": answer.problem.as_ref().map(|problem| problem.challenge(None)),
    })
}

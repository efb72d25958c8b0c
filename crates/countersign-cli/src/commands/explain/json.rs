//! Explanations as JSON, schema `countersign/explain/1`.

use countersign_doctor::Fix;
use countersign_problem::text::TextRow;
use serde_json::{Value, json};

use super::finding;
use super::lookup::{self, Entry};

pub(super) fn document(query: &str, entries: &[Entry]) -> Value {
    json!({
        "schema": "countersign/explain/1",
        "query": query,
        "entries": entries.iter().map(entry).collect::<Vec<_>>(),
    })
}

fn entry(entry: &Entry) -> Value {
    match entry {
        Entry::Problem(row) => json!({
            "kind": "problem",
            "code": row.code.as_str(),
            "status": row.status,
            "status_elsewhere": row
                .status_elsewhere
                .iter()
                .map(|(who, status)| json!({ "who": who, "status": status }))
                .collect::<Vec<_>>(),
            "summary": row.meaning,
            "companion": row.companion,
            "acts": row.acts.to_string(),
            "retry": row.retry.to_string(),
            "remedies": row.remedies,
            "cases": lookup::cases(row).into_iter().map(text).collect::<Vec<_>>(),
            "other_names": lookup::other_names(row),
            "related": lookup::related(row),
            "findings": lookup::findings(row),
            "source": row.source,
        }),
        Entry::Finding(row) => json!({
            "kind": "finding",
            "code": row.code.as_str(),
            "side": row.side.as_str(),
            "summary": row.title,
            "meaning": row.meaning,
            "remedies": row.remedies,
            "recognise": row.page().map(|page| page.recognise),
            "wrong": row.page().map(|page| page.wrong),
            "right": row.page().map(|page| page.right),
            "fixes": row.page().map_or_else(Vec::new, |page| {
                let fix = |fix: &Fix| json!({ "language": fix.language, "text": fix.text });
                page.fixes.iter().map(fix).collect()
            }),
            "related": finding::related(row),
            "source": row.rule,
        }),
        Entry::Text(found) => text(found.row),
        Entry::Word(provider, word) => json!({
            "kind": "word",
            "code": word.problem,
            "text": word.code,
            "providers": [provider.name],
            "summary": word.means,
            "source": provider.source,
        }),
    }
}

fn text(row: &TextRow) -> Value {
    json!({
        "kind": "text",
        "code": row.code.as_ref().map(|code| code.as_str()),
        "text": row.pattern.text(),
        "providers": row.providers,
        "summary": row.meaning,
        "causes": row.causes,
        "remedies": row.remedies,
        "settles": row.settles,
        "source": row.source,
        "grade": row.grade.to_string(),
    })
}

//! Everything that has an entry of its own.

use countersign_problem::catalogue;
use serde_json::{Value, json};

use crate::text::wrapped;

pub(super) fn text() -> String {
    let mut out = String::from("Problem codes\n");
    for row in catalogue::rows() {
        wrapped(
            &mut out,
            &format!("  {:34}", row.code.as_str()),
            row.meaning,
        );
    }
    out.push_str("\nFindings of the doctor\n");
    for row in countersign_doctor::codes() {
        wrapped(&mut out, &format!("  {:34}", row.code.as_str()), row.title);
    }
    let texts = countersign_problem::text::rows().count();
    wrapped(
        &mut out,
        "\n",
        &format!("And {texts} texts, words and numbers of providers: give the text as it came."),
    );
    out
}

pub(super) fn document() -> Value {
    let problems: Vec<Value> = catalogue::rows()
        .iter()
        .map(|row| json!({ "kind": "problem", "code": row.code.as_str(), "summary": row.meaning }))
        .collect();
    let findings: Vec<Value> = countersign_doctor::codes()
        .map(|row| json!({ "kind": "finding", "code": row.code.as_str(), "summary": row.title }))
        .collect();
    let entries = [problems, findings].concat();
    json!({ "schema": "countersign/explain/1", "query": null, "entries": entries })
}

//! Every JSON document that a run prints fits the schema of its kind, where there is one.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::run::Ran;

/// The kinds of documents that have a schema, by what `countersign schema` calls them.
pub(crate) const KINDS: [&str; 6] = ["admin", "doctor", "profile", "presets", "request", "token"];

pub(crate) fn schema(kind: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("schema/{kind}-1.json"));
    serde_json::from_str(&std::fs::read_to_string(path).expect("the schema")).expect("JSON")
}

/// The schemas, and with them no member that they do not describe.
static STRICT: LazyLock<BTreeMap<&str, Validator>> = LazyLock::new(|| {
    KINDS
        .into_iter()
        .map(|kind| {
            let mut strict = schema(kind);
            close(&mut strict);
            (kind, jsonschema::validator_for(&strict).expect("a schema"))
        })
        .collect()
});

pub(crate) fn strict(kind: &str) -> &'static Validator {
    STRICT.get(kind).expect("a kind")
}

/// Forbids members that are not described, in every object of a schema.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            let describes = members.get("properties").is_some_and(|it| {
                // The properties of a schema, and not a property of that name.
                it.as_object()
                    .is_some_and(|all| all.values().all(Value::is_object))
            });
            members.values_mut().for_each(close);
            if describes {
                members.insert("additionalProperties".to_owned(), json!(false));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// The kind of the document that a command prints.
fn kind_of(arguments: &[&str]) -> Option<&'static str> {
    match arguments {
        ["admin", ..] => Some("admin"),
        ["doctor", ..] => Some("doctor"),
        ["profile", "presets", ..] => Some("presets"),
        ["profile", ..] => Some("profile"),
        ["request", ..] => Some("request"),
        ["token", ..] => Some("token"),
        _ => None,
    }
}

/// Whatever is printed as JSON fits its schema; all runs of these tests come by here.
#[track_caller]
pub(crate) fn holds_for(arguments: &[&str], ran: &Ran) {
    let is_json = arguments
        .windows(2)
        .any(|pair| pair == ["--format", "json"]);
    let Some(kind) = kind_of(arguments) else {
        return;
    };
    if !is_json || !matches!(ran.code, 0 | 1) {
        return;
    }
    let document = ran.json();
    let errors: Vec<String> = strict(kind)
        .iter_errors(&document)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{arguments:?}: {errors:?}\n{}", ran.out);
    if matches!(kind, "request" | "token") && !document["doctor"].is_null() {
        assert!(strict("doctor").is_valid(&document["doctor"]));
    }
    // Text and JSON say the same, so the exit code is that of the document.
    let is_yes = match kind {
        "admin" => document.get("error").is_none(),
        "doctor" => document["verdict"] == "valid",
        _ => return,
    };
    assert_eq!(is_yes, ran.code == 0);
}

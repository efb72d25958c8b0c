//! Every JSON document that a run of a command with a schema prints fits it.

use std::path::PathBuf;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::run::Ran;

pub(crate) fn schema() -> Value {
    schema_of("doctor")
}

/// The schema of a command's document, as committed.
pub(crate) fn schema_of(command: &str) -> Value {
    let file = format!("schema/{command}-1.json");
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file);
    serde_json::from_str(&std::fs::read_to_string(path).expect("the schema")).expect("JSON")
}

/// The schema, and with it no member that it does not describe.
pub(crate) static STRICT: LazyLock<Validator> = LazyLock::new(|| strict("doctor"));

pub(crate) static STRICT_ADMIN: LazyLock<Validator> = LazyLock::new(|| strict("admin"));

fn strict(command: &str) -> Validator {
    let mut strict = schema_of(command);
    close(&mut strict);
    jsonschema::validator_for(&strict).expect("a schema")
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

/// Whatever these commands print as JSON fits the schema; all runs of these tests come by here.
#[track_caller]
pub(crate) fn holds_for(arguments: &[&str], ran: &Ran) {
    let is_json = arguments
        .windows(2)
        .any(|pair| pair == ["--format", "json"]);
    let schema = match arguments.first() {
        Some(&"admin") => &STRICT_ADMIN,
        Some(&"doctor") => &STRICT,
        _ => return,
    };
    if !is_json || !matches!(ran.code, 0 | 1) {
        return;
    }
    let document = ran.json();
    let errors: Vec<String> = schema
        .iter_errors(&document)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{arguments:?}: {errors:?}\n{}", ran.out);
    // Text and JSON say the same, so the exit code is that of the verdict.
    let is_yes = match arguments.first() {
        Some(&"admin") => document.get("error").is_none(),
        _ => document["verdict"] == "valid",
    };
    assert_eq!(is_yes, ran.code == 0);
}

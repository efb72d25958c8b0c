//! Every JSON document that a run of the doctor prints fits its schema.

use std::path::PathBuf;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::run::Ran;

pub(crate) fn schema() -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schema/doctor-1.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("the schema")).expect("JSON")
}

/// The schema, and with it no member that it does not describe.
pub(crate) static STRICT: LazyLock<Validator> = LazyLock::new(|| {
    let mut strict = schema();
    close(&mut strict);
    jsonschema::validator_for(&strict).expect("a schema")
});

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

/// Whatever the doctor prints as JSON fits the schema; all runs of these tests come by here.
#[track_caller]
pub(crate) fn holds_for(arguments: &[&str], ran: &Ran) {
    let is_json = arguments
        .windows(2)
        .any(|pair| pair == ["--format", "json"]);
    if arguments.first() != Some(&"doctor") || !is_json || !matches!(ran.code, 0 | 1) {
        return;
    }
    let document = ran.json();
    let errors: Vec<String> = STRICT
        .iter_errors(&document)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{arguments:?}: {errors:?}\n{}", ran.out);
    // Text and JSON say the same, so the exit code is that of the verdict.
    assert_eq!(document["verdict"] == "valid", ran.code == 0);
}

//! The JSON Schemas of documents.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::run::{run, run_in};
use crate::valid::{KINDS, schema, strict};

fn document() -> Value {
    let examples = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples/refused");
    let arguments = [
        "doctor",
        "--format",
        "json",
        "--keys",
        "wrong-certificate/keys.toml",
        "wrong-certificate/request.http",
    ];
    run_in(&examples, &arguments, b"").exits(1).json()
}

#[test]
fn the_command_prints_the_committed_schemas() {
    for kind in KINDS {
        let ran = run(&["schema", kind]).exits(0);
        assert_eq!(ran.json(), schema(kind));
        assert_eq!(
            schema(kind)["$schema"],
            "https://json-schema.org/draft/2020-12/schema"
        );
        assert!(jsonschema::meta::is_valid(&schema(kind)), "{kind}");
    }
    run(&["schema", "nothing"]).exits(2);
}

#[cfg(feature = "service")]
#[test]
fn a_document_of_the_administrator_fits_and_a_tampered_one_does_not() {
    let hashed = run_in(
        &std::env::temp_dir(),
        &[
            "admin",
            "user",
            "hash",
            "--password-file",
            "-",
            "--format",
            "json",
        ],
        b"a password\n",
    );
    let whole = hashed.exits(0).json();
    let open = jsonschema::validator_for(&schema("admin")).expect("a schema");
    assert!(open.is_valid(&whole) && strict("admin").is_valid(&whole));
    for (name, value) in [
        ("schema", json!("countersign/admin/2")),
        ("notes", json!("none")),
        ("password_hash", json!(null)),
        ("grants_ended", json!(-1)),
        ("consumer", json!({ "key": "a" })),
        (
            "user",
            json!({ "name": "ann", "organisations": [], "in_config": "no" }),
        ),
    ] {
        let mut document = whole.clone();
        document[name] = value.clone();
        assert!(!open.is_valid(&document), "{name} = {value}");
    }
    let mut neither = whole;
    neither.as_object_mut().expect("an object").remove("notes");
    assert!(!open.is_valid(&neither));
}

#[test]
fn a_document_fits_and_a_tampered_one_does_not() {
    let whole = document();
    let open = jsonschema::validator_for(&schema("doctor")).expect("a schema");
    assert!(open.is_valid(&whole) && strict("doctor").is_valid(&whole));
    let tampered: [(&str, Value); 12] = [
        ("/schema", json!("countersign/doctor/2")),
        ("/verdict", json!("certain")),
        ("/tried", json!(-1)),
        ("/tried", json!("3")),
        ("/findings/0/code", json!("Key mismatch")),
        ("/findings/0/confidence", json!("sure")),
        ("/findings/0/side", json!("server")),
        ("/findings/0/evidence/0/note", json!(1)),
        ("/findings/0/also", json!([""])),
        ("/checks/0/status", json!("passed")),
        ("/not_checked", json!(null)),
        ("/problem", json!("signature_invalid")),
    ];
    for (pointer, value) in tampered {
        let mut document = whole.clone();
        *document.pointer_mut(pointer).expect(pointer) = value.clone();
        assert!(!open.is_valid(&document), "{pointer} = {value}");
    }
    let promised: Vec<String> = schema("doctor")["required"]
        .as_array()
        .expect("names")
        .iter()
        .map(|name| name.as_str().expect("a name").to_owned())
        .collect();
    for name in promised {
        let mut document = whole.clone();
        document.as_object_mut().expect("an object").remove(&name);
        assert!(!open.is_valid(&document), "without {name}");
    }
}

/// Members may be added: a reader that checks documents by the schema is not broken by that.
#[test]
fn what_is_not_described_is_allowed_but_never_printed() {
    let mut document = document();
    document["added"] = json!(1);
    let open = jsonschema::validator_for(&schema("doctor")).expect("a schema");
    assert!(open.is_valid(&document));
    assert!(!strict("doctor").is_valid(&document));
}

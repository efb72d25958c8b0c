//! The cases on disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Which of the groups a case belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Signature,
    Verifier,
    Others,
}

/// One refusal whose cause is known.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) id: String,
    pub(super) group: Group,
    pub(super) cause_class: String,
    pub(super) rebuild: Value,
}

impl Case {
    /// A text of the rebuilt request.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.rebuild.get(name)?.as_str()
    }

    /// What one side computes: `right` or `faulty`.
    pub(super) fn computed(&self, side: &str, name: &str) -> Option<&str> {
        self.rebuild.get(side)?.get(name)?.as_str()
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/failures")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every case, by name.
pub(super) fn all() -> Vec<Case> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(root())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    files.sort();
    files.iter().map(|path| case(path)).collect()
}

fn case(path: &Path) -> Case {
    let document: Value = serde_json::from_str(&read(path)).unwrap();
    let text = |name: &str| {
        let value = document.get(name).and_then(Value::as_str);
        value
            .unwrap_or_else(|| panic!("{}: no {name}", path.display()))
            .to_owned()
    };
    let id = text("id");
    assert_eq!(path.file_stem().and_then(|stem| stem.to_str()), Some(&*id));
    for field in ["source_url", "provider", "wrong_side", "confirmation"] {
        assert!(!text(field).is_empty(), "{id}: {field}");
    }
    let case = Case {
        group: match &*text("group") {
            "signature" => Group::Signature,
            "verifier" => Group::Verifier,
            "others" => Group::Others,
            other => panic!("{id}: group {other}"),
        },
        cause_class: text("cause_class"),
        rebuild: document.get("rebuild").unwrap().clone(),
        id,
    };
    assert_eq!(case.group, group_of(&case), "{}", case.id);
    case
}

/// The group by what the case gives.
fn group_of(case: &Case) -> Group {
    let has_both = ["right", "faulty"]
        .iter()
        .all(|side| case.computed(side, "base_string").is_some());
    match case.text("signature_on_wire") {
        Some("faulty") if has_both => Group::Signature,
        Some("right") if has_both => Group::Verifier,
        _ => Group::Others,
    }
}

/// The cases that are not found, each with its reason.
pub(super) fn misses() -> BTreeMap<String, String> {
    let document: toml::Table = toml::from_str(&read(&root().join("misses.toml"))).unwrap();
    let rows = document.get("miss").and_then(toml::Value::as_array);
    rows.into_iter()
        .flatten()
        .map(|row| {
            let text = |name: &str| row.get(name).unwrap().as_str().unwrap().to_owned();
            (text("case"), text("reason"))
        })
        .collect()
}

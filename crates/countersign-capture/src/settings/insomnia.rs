//! The `authentication` of the requests of an Insomnia export.

use std::collections::BTreeMap;

use serde_json::Value;

use super::draft::{Draft, Names, Target};
use super::{Settings, SettingsError, Tool, Where, error, postman};
use crate::json;
use crate::limits::Limits;
use crate::postman::Variables;

const NAMES: Names = &[
    ("consumerKey", Target::ConsumerKey),
    ("consumerSecret", Target::ConsumerSecret),
    ("tokenKey", Target::Token),
    ("tokenSecret", Target::TokenSecret),
    ("signatureMethod", Target::SignatureMethod),
    ("includeBodyHash", Target::BodyHash),
    ("realm", Target::Realm),
    ("callback", Target::Callback),
    ("privateKey", Target::PrivateKey),
];

const TOOL: Tool = Tool::Insomnia;

pub(super) fn read(input: &[u8], limits: &Limits) -> Result<Vec<Settings>, SettingsError> {
    if input.starts_with(b"type: ") || input.starts_with(b"---") {
        return Err(SettingsError::new(
            TOOL,
            "an export in format 4 (JSON): Export, Insomnia v4 (JSON)",
            "YAML",
            Where::Line(1),
        ));
    }
    let document = error::json(TOOL, input)?;
    let resources = document
        .get("resources")
        .and_then(Value::as_array)
        .ok_or_else(|| {
            SettingsError::new(TOOL, "a list resources", "another document", Where::Whole)
        })?;
    let defined = defined(resources);
    let variables = Variables::of(
        defined
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), (*value)?))),
    );
    let mut found = Vec::new();
    for (index, resource) in resources.iter().enumerate() {
        let number = index.saturating_add(1);
        postman::room(limits, number)?;
        let Some(auth) = resource.get("authentication") else {
            continue;
        };
        let is_off = auth.get("disabled").and_then(Value::as_bool) == Some(true);
        if json::text(auth, "type") != Some("oauth1") || is_off {
            continue;
        }
        let label = json::text(resource, "name").unwrap_or_default();
        let mut draft = Draft::new(TOOL, NAMES, &variables, label, Where::Entry(number));
        for (name, value) in auth.as_object().into_iter().flatten() {
            draft.set_json(name, value)?;
        }
        found.push(draft.finish());
    }
    Ok(found)
}

/// What the environments define, under both spellings; `None` where they do not agree.
fn defined(resources: &[Value]) -> BTreeMap<String, Option<&str>> {
    let mut defined = BTreeMap::new();
    let data = resources
        .iter()
        .filter(|it| json::text(it, "_type") == Some("environment"))
        .filter_map(|it| it.get("data")?.as_object());
    for (name, value) in data.flatten() {
        for name in [name.clone(), format!("_.{name}")] {
            let value = value.as_str();
            defined
                .entry(name)
                .and_modify(|known| {
                    if *known != value {
                        *known = None;
                    }
                })
                .or_insert(value);
        }
    }
    defined
}

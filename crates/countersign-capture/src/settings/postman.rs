//! The `oauth1` blocks of a Postman collection: of the collection, of folders, of requests.

use core::slice;

use serde_json::Value;

use super::draft::{Draft, Names, Target};
use super::{Settings, SettingsError, Tool, Where, error};
use crate::error::CaptureError;
use crate::json;
use crate::limits::Limits;
use crate::postman::Variables;

const NAMES: Names = &[
    ("consumerKey", Target::ConsumerKey),
    ("consumerSecret", Target::ConsumerSecret),
    ("token", Target::Token),
    ("tokenSecret", Target::TokenSecret),
    ("signatureMethod", Target::SignatureMethod),
    ("addParamsToHeader", Target::InHeader),
    ("includeBodyHash", Target::BodyHash),
    ("realm", Target::Realm),
    ("callback", Target::Callback),
    ("privateKey", Target::PrivateKey),
];

const TOOL: Tool = Tool::Postman;

pub(super) fn read(input: &[u8], limits: &Limits) -> Result<Vec<Settings>, SettingsError> {
    let mut document = error::json(TOOL, input)?;
    // The tool's own interface gives a collection in an object of its own.
    if let Some(inner) = document.get_mut("collection").filter(|it| it.is_object()) {
        document = inner.take();
    }
    if !crate::postman::is_postman(&document) {
        return Err(SettingsError::new(
            TOOL,
            "a collection or an item of one",
            "another document",
            Where::Whole,
        ));
    }
    let variables = Variables::new(json::list(&document, "variable"));
    let mut found = Vec::new();
    // One iterator and the names above it for each level of the tree.
    let mut open = vec![(slice::from_ref(&document).iter(), String::new())];
    let mut number = 0_usize;
    while let Some((items, above)) = open.last_mut() {
        let Some(node) = items.next() else {
            open.pop();
            continue;
        };
        number = number.saturating_add(1);
        room(limits, number)?;
        let label = label(node, above);
        for auth in [node.get("auth"), of_request(node)].into_iter().flatten() {
            if json::text(auth, "type") == Some("oauth1") {
                found.push(block(auth, &variables, &label, Where::Entry(number))?);
            }
        }
        let items = json::list(node, "item");
        if !items.is_empty() {
            open.push((items.iter(), label));
        }
    }
    Ok(found)
}

pub(super) fn room(limits: &Limits, found: usize) -> Result<(), SettingsError> {
    match json::room(limits, found) {
        Err(CaptureError::Limit(error)) => Err(SettingsError::Limit(error)),
        _ => Ok(()),
    }
}

fn of_request(node: &Value) -> Option<&Value> {
    node.get("request")?.get("auth")
}

/// The name of a node below those above it, kept short however deep the tree is.
pub(super) fn label(node: &Value, above: &str) -> String {
    const LONGEST: usize = 200;
    let name = json::text(node, "name")
        .or_else(|| json::text(node.get("info")?, "name"))
        .unwrap_or_default();
    let name: String = name.chars().take(LONGEST).collect();
    if above.is_empty() || above.len().saturating_add(name.len()) > LONGEST {
        name
    } else if name.is_empty() {
        above.to_owned()
    } else {
        format!("{above} / {name}")
    }
}

fn block(
    auth: &Value,
    variables: &Variables<'_>,
    label: &str,
    place: Where,
) -> Result<Settings, SettingsError> {
    let mut draft = Draft::new(TOOL, NAMES, variables, label, place);
    match auth.get("oauth1") {
        Some(Value::Array(fields)) => {
            for field in fields {
                let name = json::text(field, "key").ok_or_else(|| {
                    SettingsError::new(TOOL, "a field with a key", "another", place)
                })?;
                draft.set_json(name, field.get("value").unwrap_or(&Value::Null))?;
            }
        }
        Some(Value::Object(fields)) => {
            for (name, value) in fields {
                draft.set_json(name, value)?;
            }
        }
        _ => {
            return Err(SettingsError::new(
                TOOL,
                "a list or object oauth1",
                "something else",
                place,
            ));
        }
    }
    Ok(draft.finish())
}

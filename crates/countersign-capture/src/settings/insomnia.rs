//! The `authentication` of the requests and folders of an Insomnia export: format 4, which is JSON,
//! and format 5, which is YAML.

use std::collections::BTreeMap;

use serde_json::Value;

use super::draft::{Draft, Names, Target};
use super::{Settings, SettingsError, Tool, Where, document, error, postman};
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

/// The documents of format 5 that have a tree of requests.
const WITH_REQUESTS: [&str; 2] = ["collection.insomnia.rest/5.0", "spec.insomnia.rest/5.0"];

pub(super) fn read(input: &[u8], limits: &Limits) -> Result<Vec<Settings>, SettingsError> {
    if input.trim_ascii_start().starts_with(b"{") || input.trim_ascii_start().starts_with(b"[") {
        return resources(&error::json(TOOL, input)?, limits);
    }
    let whole = document::read(error::text(TOOL, input)?).map_err(|fault| {
        SettingsError::new(TOOL, fault.expected, fault.found, Where::Line(fault.line))
    })?;
    tree(&whole, limits)
}

/// Format 4: one list of everything.
fn resources(document: &Value, limits: &Limits) -> Result<Vec<Settings>, SettingsError> {
    let resources = document
        .get("resources")
        .and_then(Value::as_array)
        .ok_or_else(|| {
            SettingsError::new(TOOL, "a list resources", "another document", Where::Whole)
        })?;
    let environments = resources
        .iter()
        .filter(|it| json::text(it, "_type") == Some("environment"));
    let defined = defined(environments.filter_map(|it| it.get("data")));
    let variables = variables(&defined);
    let mut found = Vec::new();
    for (index, resource) in resources.iter().enumerate() {
        let number = index.saturating_add(1);
        postman::room(limits, number)?;
        let label = json::text(resource, "name").unwrap_or_default();
        found.extend(settings(resource, label, &variables, number)?);
    }
    Ok(found)
}

/// Format 5: folders within folders.
fn tree(document: &Value, limits: &Limits) -> Result<Vec<Settings>, SettingsError> {
    let kind = json::text(document, "type").unwrap_or_default();
    let items = document.get("collection").and_then(Value::as_array);
    let (true, Some(items)) = (WITH_REQUESTS.contains(&kind), items) else {
        return Err(SettingsError::new(
            TOOL,
            "type: collection.insomnia.rest/5.0 with a list collection",
            "another document",
            Where::Whole,
        ));
    };
    let mut environments = Vec::new();
    if let Some(base) = document.get("environments") {
        let others = base.get("subEnvironments").and_then(Value::as_array);
        let all = core::iter::once(base).chain(others.into_iter().flatten());
        environments.extend(all.filter_map(|it| it.get("data")));
    }
    // A folder's own environment is for what is in it. Where two do not agree, neither is put in.
    let mut within = vec![items.iter()];
    while let Some(list) = within.last_mut() {
        match list.next() {
            None => drop(within.pop()),
            Some(item) => {
                environments.extend(item.get("environment"));
                within.extend(children(item).map(|children| children.iter()));
            }
        }
    }
    let defined = defined(environments.into_iter());
    let variables = variables(&defined);

    let mut found = Vec::new();
    let mut number: usize = 0;
    let mut open = vec![(items.iter(), String::new())];
    while let Some((list, above)) = open.last_mut() {
        let Some(item) = list.next() else {
            open.pop();
            continue;
        };
        number = number.saturating_add(1);
        postman::room(limits, number)?;
        let label = postman::label(item, above);
        found.extend(settings(item, &label, &variables, number)?);
        if let Some(children) = children(item) {
            open.push((children.iter(), label));
        }
    }
    Ok(found)
}

fn children(item: &Value) -> Option<&Vec<Value>> {
    item.get("children").and_then(Value::as_array)
}

/// Those of a request or folder, if it has any that are in use.
fn settings(
    item: &Value,
    label: &str,
    variables: &Variables<'_>,
    number: usize,
) -> Result<Option<Settings>, SettingsError> {
    let Some(auth) = item.get("authentication") else {
        return Ok(None);
    };
    let is_off = auth.get("disabled").and_then(Value::as_bool) == Some(true);
    if json::text(auth, "type") != Some("oauth1") || is_off {
        return Ok(None);
    }
    let mut draft = Draft::new(TOOL, NAMES, variables, label, Where::Entry(number));
    for (name, value) in auth.as_object().into_iter().flatten() {
        draft.set_json(name, value)?;
    }
    Ok(Some(draft.finish()))
}

type Defined<'a> = BTreeMap<String, Option<&'a str>>;

fn variables<'a>(defined: &'a Defined<'a>) -> Variables<'a> {
    let known = defined.iter();
    Variables::of(known.filter_map(|(name, value)| Some((name.as_str(), (*value)?))))
}

/// What the environments define, under both spellings; `None` where they do not agree.
fn defined<'a>(environments: impl Iterator<Item = &'a Value>) -> Defined<'a> {
    let mut defined = BTreeMap::new();
    for (name, value) in environments.filter_map(Value::as_object).flatten() {
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

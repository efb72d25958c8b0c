//! The profiles of `.twurlrc`.

use super::draft::{Draft, Names, Target};
use super::yaml;
use super::{Settings, SettingsError, Tool, Where, postman};
use crate::limits::Limits;
use crate::postman::Variables;

const NAMES: Names = &[
    ("consumer_key", Target::ConsumerKey),
    ("consumer_secret", Target::ConsumerSecret),
    ("token", Target::Token),
    ("secret", Target::TokenSecret),
];

const TOOL: Tool = Tool::Twurl;

/// `profiles:`, below it users, below them consumer keys, below those the settings.
const USER: usize = 1;
const KEY: usize = 2;
const SETTING: usize = 3;

/// A user and a consumer key, with what is set for them.
struct Entry {
    user: String,
    key: String,
    line: usize,
    values: Vec<(String, String, usize)>,
}

pub(super) fn read(text: &str, limits: &Limits) -> Result<Vec<Settings>, SettingsError> {
    let mut section = String::new();
    let mut user = String::new();
    let mut entries: Vec<Entry> = Vec::new();
    let mut default = Vec::new();
    let mut is_default = false;
    for line in yaml::lines(text) {
        let line = line?;
        match (line.depth, line.name) {
            (_, None) => {
                if is_default {
                    default.push(line.value.unwrap_or_default());
                }
            }
            (0, Some(name)) => {
                section = name;
                is_default = false;
            }
            (depth, Some(name)) if section == "configuration" => {
                is_default = depth == USER && name == "default_profile";
            }
            (_, Some(_)) if section != "profiles" => {}
            (USER, Some(name)) => user = opened(name, line.value.as_ref(), line.number)?,
            (KEY, Some(name)) => {
                let key = opened(name, line.value.as_ref(), line.number)?;
                postman::room(limits, entries.len().saturating_add(1))?;
                entries.push(Entry {
                    user: user.clone(),
                    key,
                    line: line.number,
                    values: Vec::new(),
                });
            }
            (SETTING, Some(name)) => {
                let value = line
                    .value
                    .ok_or_else(|| fault("a value on the line", "none", line.number))?;
                let entry = entries
                    .last_mut()
                    .ok_or_else(|| fault("a consumer key above", "none", line.number))?;
                entry.values.push((name, value, line.number));
            }
            _ => return Err(fault("at most four levels", "more", line.number)),
        }
    }
    entries
        .iter()
        .map(|entry| entry.settings(&default))
        .collect()
}

fn fault(expected: &'static str, found: &'static str, line: usize) -> SettingsError {
    SettingsError::new(TOOL, expected, found, Where::Line(line))
}

/// A name with further lines below it.
fn opened(name: String, value: Option<&String>, line: usize) -> Result<String, SettingsError> {
    match value {
        None => Ok(name),
        Some(_) => Err(fault("lines below a name", "a value beside it", line)),
    }
}

impl Entry {
    fn settings(&self, default: &[String]) -> Result<Settings, SettingsError> {
        let variables = Variables::of(core::iter::empty());
        let mut draft = Draft::new(TOOL, NAMES, &variables, &self.user, Where::Line(self.line));
        let has_key = self
            .values
            .iter()
            .any(|(name, _, _)| name == "consumer_key");
        if !has_key {
            draft.set("consumer_key", &self.key, Where::Line(self.line))?;
        }
        for (name, value, line) in &self.values {
            draft.set(name, value, Where::Line(*line))?;
        }
        if default == [self.user.as_str(), self.key.as_str()] {
            draft.make_default();
        }
        Ok(draft.finish())
    }
}

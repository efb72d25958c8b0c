//! Settings in the making: values come by the names that a tool has for them.

use countersign_base_string::Place;
use countersign_key::Secret;

use super::{PrivateKey, Settings, SettingsError, Tool, Where};
use crate::notes::Note;
use crate::postman::Variables;

/// Which setting a name of a tool stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    BodyHash,
    Callback,
    ConsumerKey,
    ConsumerSecret,
    /// Whether the protocol parameters go into the header.
    InHeader,
    Placement,
    PrivateKey,
    Realm,
    SignatureMethod,
    Token,
    TokenSecret,
}

/// The names that one tool has.
pub(super) type Names = &'static [(&'static str, Target)];

pub(super) struct Draft<'a> {
    tool: Tool,
    names: Names,
    variables: &'a Variables<'a>,
    place: Where,
    settings: Settings,
    seen: Vec<Target>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(
        tool: Tool,
        names: Names,
        variables: &'a Variables<'a>,
        label: &str,
        place: Where,
    ) -> Self {
        /// Longer names are no help.
        const LONGEST: usize = 200;
        Self {
            tool,
            names,
            variables,
            place,
            settings: Settings {
                label: label.chars().take(LONGEST).collect(),
                ..Settings::default()
            },
            seen: Vec::new(),
        }
    }

    /// Takes a value; a name that has no part in OAuth 1.0 settings is passed over.
    pub(super) fn set(
        &mut self,
        name: &str,
        value: &str,
        place: Where,
    ) -> Result<(), SettingsError> {
        let Some((_, target)) = self.names.iter().find(|(known, _)| *known == name) else {
            return Ok(());
        };
        if self.seen.contains(target) {
            return Err(SettingsError::new(
                self.tool,
                "each setting once",
                "one that is there twice",
                place,
            ));
        }
        self.seen.push(*target);
        let Some(value) = self.resolved(value) else {
            return Ok(());
        };
        if value.is_empty() {
            return Ok(());
        }
        self.put(*target, value, place)
    }

    /// The value with its variables put in; `None` if one has no value.
    fn resolved(&mut self, value: &str) -> Option<String> {
        if value.contains("{%") {
            self.leave_out("{% %}");
            return None;
        }
        let mut notes = Vec::new();
        let resolved = self.variables.resolve(value, &mut notes).into_owned();
        let mut is_whole = true;
        for note in notes {
            if let Note::UnresolvedVariable { name } = note {
                self.leave_out(&name);
                is_whole = false;
            }
        }
        // A value of a variable may itself hold one; values are put in once.
        if is_whole && resolved.contains("{{") {
            self.leave_out("a variable in a variable");
            return None;
        }
        is_whole.then_some(resolved)
    }

    fn leave_out(&mut self, name: &str) {
        let names = &mut self.settings.unresolved;
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }

    fn put(&mut self, target: Target, value: String, place: Where) -> Result<(), SettingsError> {
        let settings = &mut self.settings;
        match target {
            Target::BodyHash => settings.body_hash = Some(truth(self.tool, &value, place)?),
            Target::Callback => settings.callback = Some(value),
            Target::ConsumerKey => settings.consumer_key = Some(value),
            Target::ConsumerSecret => settings.consumer_secret = Some(Secret::new(value)),
            Target::InHeader => {
                settings.placement = Some(if truth(self.tool, &value, place)? {
                    Place::Header
                } else {
                    Place::Query
                });
            }
            Target::Placement => {
                settings.placement = Some(match value.as_str() {
                    "header" => Place::Header,
                    "query" => Place::Query,
                    "body" => Place::Body,
                    _ => {
                        return Err(SettingsError::new(
                            self.tool,
                            "header, query or body",
                            "something else",
                            place,
                        ));
                    }
                });
            }
            Target::PrivateKey => {
                let path = value
                    .strip_prefix("@file(")
                    .and_then(|rest| rest.strip_suffix(')'));
                settings.private_key = Some(match path {
                    Some(path) => PrivateKey::File(path.to_owned()),
                    None => PrivateKey::Text(Secret::new(value)),
                });
            }
            Target::Realm => settings.realm = Some(value),
            Target::SignatureMethod => settings.signature_method = Some(value),
            Target::Token => settings.token = Some(value),
            Target::TokenSecret => settings.token_secret = Some(Secret::new(value)),
        }
        Ok(())
    }

    /// Takes a JSON value: a text or a truth value.
    pub(super) fn set_json(
        &mut self,
        name: &str,
        value: &serde_json::Value,
    ) -> Result<(), SettingsError> {
        let place = self.place;
        match value {
            serde_json::Value::String(text) => self.set(name, text, place),
            serde_json::Value::Bool(true) => self.set(name, "true", place),
            serde_json::Value::Bool(false) => self.set(name, "false", place),
            serde_json::Value::Null => Ok(()),
            _ if self.names.iter().any(|(known, _)| *known == name) => Err(SettingsError::new(
                self.tool,
                "a text",
                "a number, list or object",
                place,
            )),
            _ => Ok(()),
        }
    }

    pub(super) fn make_default(&mut self) {
        self.settings.is_default = true;
    }

    pub(super) fn finish(self) -> Settings {
        self.settings
    }
}

fn truth(tool: Tool, value: &str, place: Where) -> Result<bool, SettingsError> {
    match value {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(SettingsError::new(
            tool,
            "true or false",
            "something else",
            place,
        )),
    }
}

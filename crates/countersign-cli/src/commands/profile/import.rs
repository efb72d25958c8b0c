//! `countersign profile import`: profiles out of the files of other tools.

mod private_key;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use countersign_capture::Limits;
use countersign_capture::settings::{self, Settings, Tool};
use countersign_key::Secret;
use countersign_problem::harmless;

use super::add::{added, check_free, template};
use crate::exit::{Failure, Outcome};
use crate::input;
use crate::keys_file::{self, Hidden, Place, Written};
use crate::output::{self, Format};
use crate::profile::{Draft, Name, Profiles};
use private_key::Key;

const AFTER: &str = "\
Examples:
  countersign profile import --from twurl ~/.twurlrc
  countersign profile import --from postman shop.postman_collection.json --name shop
  countersign profile import --from bruno 'shop/collection.bru' --preset magento --fill host=shop.example
  countersign profile import --from insomnia export.json --item 'List orders'

Each set of settings becomes a profile, named after the request, folder or user that
it belongs to; settings that are the same become one. Variables are put in where the
file defines them; others are named, and their values left out. A private key that
stands in the file is written beside the profile, for its owner alone. Of a twurl
file the preset is x.

Exit codes: 0 imported, 2 usage, 3 the file can't be read, or is not the tool's.";

/// Import OAuth 1.0 settings of Postman, Bruno, Insomnia or twurl.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Import {
    /// The tool that wrote the file.
    #[arg(long, value_enum, value_name = "TOOL")]
    from: From,
    /// The name of the profile, where the file holds one set of settings.
    #[arg(long, value_name = "NAME")]
    name: Option<Name>,
    /// Only what belongs to a request, folder or user of this name.
    #[arg(long, value_name = "TEXT")]
    item: Option<String>,
    /// The provider: an id of `profile presets`.
    #[arg(long, value_name = "ID")]
    preset: Option<String>,
    /// A part of the preset's addresses, such as host=shop.example.
    #[arg(long, value_name = "PART=VALUE", requires = "preset")]
    fill: Vec<template::Filling>,
    /// Replace profiles of those names.
    #[arg(long)]
    force: bool,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The file; - for standard input.
    file: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum From {
    /// A collection v2.0 or v2.1.
    Postman,
    /// A .bru file of a request, folder or collection.
    Bruno,
    /// An export in format 4 (JSON) or 5 (YAML).
    Insomnia,
    /// ~/.twurlrc
    Twurl,
}

impl From {
    const fn tool(self) -> Tool {
        match self {
            Self::Postman => Tool::Postman,
            Self::Bruno => Tool::Bruno,
            Self::Insomnia => Tool::Insomnia,
            Self::Twurl => Tool::Twurl,
        }
    }

    /// The tool that speaks to one provider only.
    const fn preset(self) -> Option<&'static str> {
        match self {
            Self::Twurl => Some("x"),
            Self::Postman | Self::Bruno | Self::Insomnia => None,
        }
    }
}

/// A profile to be.
struct New {
    name: Name,
    label: String,
    written: Written,
    key: Option<Secret>,
    /// The token of the profile that it replaces stays.
    keeps_token: bool,
}

impl New {
    /// Credentials give way to whole ones, and the token to another: of the same consumer it stays.
    fn complete(&mut self, profiles: &Profiles) -> Result<(), Failure> {
        let name = &self.name;
        if !profiles.has(name)? {
            return Ok(());
        }
        let new = &mut self.written;
        let before = match profiles.read_file(name) {
            Ok(before) => Some(before.written),
            // The keyring may be back when the new one is written, and a token would be gone by then.
            Err(failure @ Failure::Work(_)) => return Err(failure),
            // What can't be read may hold some.
            Err(_) => None,
        };
        let had = before.as_ref().is_none_or(Written::has_credentials);
        let has_key =
            new.consumer_secret.is_some() || new.private_key.is_some() || self.key.is_some();
        if had && (new.consumer_key.is_none() || !has_key) {
            return Err(Failure::Usage(format!(
                "--force would put settings without {} in the place of the credentials of {name}; complete the file, or import it under another name with --name",
                if has_key {
                    "a consumer key"
                } else {
                    "a secret or a private key"
                }
            )));
        }
        if let Some(before) = before
            && new.token.is_none()
            && before.consumer_key == new.consumer_key
        {
            self.keeps_token = true;
            new.keep_token_of(before);
        }
        Ok(())
    }
}

impl Import {
    pub(super) fn run(&self) -> Outcome {
        let found = self.read()?;
        let profiles = Profiles::open()?;
        let mut new = self.name_all(found)?;
        let change = profiles.change()?;
        for new in &mut new {
            check_free(&profiles, &new.name, self.force)?;
            new.complete(&profiles)?;
        }
        // What any of them takes is asked for before the first is written.
        let drafts: Vec<Draft> = new
            .into_iter()
            .map(|new| change.draft(new.name, new.written, new.key, new.keeps_token))
            .collect::<Result<_, _>>()?;
        let names: Vec<Name> = drafts.iter().map(|draft| draft.name().clone()).collect();
        for draft in drafts {
            change.put(draft)?;
        }
        drop(change);
        added(&profiles, &names, self.format)
    }

    /// The sets of settings that are asked for, each once.
    fn read(&self) -> Result<Vec<(String, Written, Option<Secret>)>, Failure> {
        let bytes = input::read(&self.file)?;
        if self.file != Path::new("-") {
            keys_file::warn_if_others_can_read(&self.file);
        }
        let found = settings::read(self.from.tool(), &bytes, &Limits::default())
            .map_err(|error| Failure::input(self.file.display().to_string(), &error))?;
        let labels: BTreeSet<&str> = found.iter().map(Settings::label).collect();
        let labels: Vec<String> = labels.into_iter().map(harmless_label).collect();
        let mut sets: Vec<(String, Written, Option<Secret>)> = Vec::new();
        let mut seen = BTreeSet::new();
        let wanted = |it: &&Settings| {
            let item = self.item.as_deref();
            item.is_none_or(|item| {
                it.label() == item || it.label().ends_with(&format!(" / {item}"))
            })
        };
        for settings in found.iter().filter(wanted) {
            let (written, key) = self.written(settings)?;
            let text = written.to_toml()?;
            let key_text = key.as_ref().map_or("", Secret::expose_secret);
            // What is left out may be all that two sets differ in.
            let unresolved = settings.unresolved().join("\n");
            let whole = format!("{}\n{key_text}\n{unresolved}", text.expose_secret());
            if seen.insert(whole) {
                sets.push((settings.label().to_owned(), written, key));
                tell_unresolved(settings);
            }
        }
        if sets.is_empty() {
            return Err(Failure::Usage(format!(
                "--item: the file has settings of {}",
                labels.join(", ")
            )));
        }
        Ok(sets)
    }

    fn written(&self, settings: &Settings) -> Result<(Written, Option<Secret>), Failure> {
        let own = |text: Option<&str>| text.map(ToOwned::to_owned);
        let secret = |secret: Option<&Secret>| secret.map(|it| Hidden::new(it.expose_secret()));
        let mut written = Written {
            callback: own(settings.callback()),
            signature_method: own(settings.signature_method()),
            placement: settings.placement().map(Place::from),
            body_hash: settings.body_hash(),
            realm: own(settings.realm()),
            consumer_key: own(settings.consumer_key()),
            consumer_secret: secret(settings.consumer_secret()),
            token: own(settings.token()),
            token_secret: secret(settings.token_secret()),
            ..Written::default()
        };
        let mut text = None;
        match private_key::of(settings, &self.file)? {
            Some(Key::File(path)) => written.private_key = Some(path),
            Some(Key::Text(pem)) => text = Some(pem),
            None => {}
        }
        let preset = self.preset.as_deref().or_else(|| self.from.preset());
        if let Some(id) = preset {
            written.preset = Some(id.to_owned());
            template::apply(&mut written, template::row(id)?, &self.fill)?;
        }
        super::add::check(&written)?;
        Ok((written, text))
    }

    fn name_all(&self, found: Vec<(String, Written, Option<Secret>)>) -> Result<Vec<New>, Failure> {
        if let (Some(_), true) = (&self.name, found.len() > 1) {
            let labels: Vec<String> = found.iter().map(|it| harmless_label(&it.0)).collect();
            return Err(Failure::Usage(format!(
                "--name: the file has settings of {}; choose one with --item",
                labels.join(", ")
            )));
        }
        let stem = self.file.file_stem().and_then(|it| it.to_str());
        let mut taken = BTreeSet::new();
        let mut new: Vec<New> = Vec::new();
        for (label, written, key) in found {
            let name = match &self.name {
                Some(name) => name.clone(),
                None => free_name(&label, stem, &taken)?,
            };
            taken.insert(name.clone());
            new.push(New {
                name,
                label,
                written,
                key,
                keeps_token: false,
            });
        }
        for new in &new {
            if self.format == Format::Text {
                output::note(&format!("{} <- {}", new.name, harmless_label(&new.label)));
            }
        }
        Ok(new)
    }
}

/// A name after the label, or after the file; with a number if it is taken in this import.
fn free_name(label: &str, stem: Option<&str>, taken: &BTreeSet<Name>) -> Result<Name, Failure> {
    /// So many sets of one label are no file of a person.
    const MOST: usize = 1000;
    /// With a number behind it, it is as long as a name may be.
    const LONGEST: usize = 60;
    let base = Name::from_label(label)
        .or_else(|| Name::from_label(stem?))
        .ok_or_else(|| Failure::Usage("give the profile a name: --name NAME".to_owned()))?;
    if !taken.contains(&base) {
        return Ok(base);
    }
    let short = base.as_str().get(..LONGEST).unwrap_or(base.as_str());
    (2..MOST)
        .filter_map(|number| format!("{short}-{number}").parse().ok())
        .find(|name| !taken.contains(name))
        .ok_or_else(|| Failure::Usage(format!("too many settings of the name {base}")))
}

/// A label as it can be shown in a terminal.
fn harmless_label(label: &str) -> String {
    if label.is_empty() {
        "(no name)".to_owned()
    } else {
        harmless(label).into_owned()
    }
}

fn tell_unresolved(settings: &Settings) {
    if !settings.unresolved().is_empty() {
        let names: Vec<String> = settings
            .unresolved()
            .iter()
            .map(|it| harmless(it).into_owned())
            .collect();
        output::note(&format!(
            "{}: not defined in the file, so left out: {}",
            harmless_label(settings.label()),
            names.join(", ")
        ));
    }
}

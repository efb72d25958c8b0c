//! A profile as it is shown: which secrets are there, never their values.

use core::fmt::Write as _;
use std::path::Path;

use countersign_problem::harmless;
use serde_json::{Value, json};

use super::check::{self, Line};
use crate::exit::Failure;
use crate::keys_file::Written;
use crate::output::{self, Format};
use crate::profile::{Name, Profiles};

/// One profile, or why it can't be read.
pub(super) struct View {
    name: Name,
    is_active: bool,
    file: String,
    facts: Result<Facts, String>,
    /// What `status` found; the other commands check nothing.
    lines: Option<Vec<Line>>,
}

/// Lines of a profile by name, each in a form that can be shown.
struct Facts {
    lines: Vec<(&'static str, String)>,
    body_hash: Option<bool>,
    secrets: Vec<&'static str>,
    others: Vec<String>,
}

impl View {
    /// Reads a profile for showing; a broken one is shown as such.
    pub(super) fn of(profiles: &Profiles, name: &Name, active: Option<&Name>) -> Self {
        let facts = profiles
            .read(name)
            .map(|profile| Facts::of(&profile.written))
            .map_err(|failure| failure.to_string());
        Self {
            name: name.clone(),
            is_active: active == Some(name),
            file: profiles.path(name).display().to_string(),
            facts,
            lines: None,
        }
    }

    pub(super) fn with_lines(mut self, lines: Vec<Line>) -> Self {
        self.lines = Some(lines);
        self
    }

    fn is_good(&self) -> Option<bool> {
        let lines = self.lines.as_ref()?;
        Some(lines.iter().all(|line| !line.is_bad()))
    }

    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let facts = self.facts.as_ref().ok()?;
        let found = facts.lines.iter().find(|(known, _)| *known == name)?;
        Some(&found.1)
    }

    pub(super) fn error(&self) -> Option<&String> {
        self.facts.as_ref().err()
    }

    pub(super) const fn name(&self) -> &Name {
        &self.name
    }

    pub(super) const fn is_active(&self) -> bool {
        self.is_active
    }

    pub(super) fn heading(&self) -> String {
        let mark = if self.is_active { "   in use" } else { "" };
        format!("{}{mark}\n", self.name)
    }

    /// That it was added, and what is not good yet.
    pub(super) fn added(&self) -> String {
        let mut out = format!("profile: {} in {}\n", self.name, self.file);
        for line in self.lines.iter().flatten().filter(|line| line.is_bad()) {
            line.write(&mut out);
        }
        if self.is_good() == Some(false) {
            let _ignored = writeln!(
                out,
                "when that is done: countersign profile status {}",
                self.name
            );
        }
        out
    }

    /// Everything that may be shown, a line each.
    pub(super) fn text(&self) -> String {
        let mut out = self.heading();
        let mut row = |name: &str, value: &str| {
            // Writing to a string does not fail.
            let _ignored = writeln!(out, "  {name:18}{value}");
        };
        row("file", &self.file);
        let facts = match &self.facts {
            Ok(facts) => facts,
            Err(error) => {
                row("error", error);
                return out;
            }
        };
        for (name, value) in &facts.lines {
            row(name, value);
        }
        if let Some(wanted) = facts.body_hash {
            row("body_hash", if wanted { "true" } else { "false" });
        }
        for name in &facts.secrets {
            row(name, "set");
        }
        for name in &facts.others {
            row("other", name);
        }
        out
    }

    fn document(&self) -> Value {
        let facts = self.facts.as_ref().ok();
        let mut document = json!({
            "name": self.name.as_str(),
            "active": self.is_active,
            "file": self.file,
            "error": self.error(),
            "body_hash": facts.and_then(|facts| facts.body_hash),
            "secrets": facts.map(|facts| facts.secrets.clone()).unwrap_or_default(),
            "others": facts.map(|facts| facts.others.clone()).unwrap_or_default(),
            "good": self.is_good(),
            "checks": self.lines.as_ref().map(|lines| {
                lines.iter().map(Line::document).collect::<Vec<_>>()
            }),
        });
        if let Value::Object(members) = &mut document {
            for name in NAMES {
                members.insert(name.to_owned(), json!(self.value(name)));
            }
        }
        document
    }
}

/// The lines of a profile that are shown, secrets left out.
const NAMES: [&str; 13] = [
    "preset",
    "base_url",
    "request_token_url",
    "authorize_url",
    "access_token_url",
    "callback",
    "signature_method",
    "placement",
    "realm",
    "consumer_key",
    "token",
    "private_key",
    "certificate",
];

impl Facts {
    fn of(written: &Written) -> Self {
        let url = |url: &Option<String>| url.as_deref().map(shown_url);
        let path = |path: Option<&std::path::PathBuf>| path.map(|path| shown_path(path));
        let values = [
            written.preset.clone(),
            url(&written.base_url),
            url(&written.request_token_url),
            url(&written.authorize_url),
            url(&written.access_token_url),
            url(&written.callback),
            written.signature_method.clone(),
            written.placement.map(|place| place.as_str().to_owned()),
            written.realm.clone(),
            written.consumer_key.clone(),
            written.token.as_deref().map(masked),
            path(written.private_key.as_ref()),
            path(written.certificate.as_ref()),
        ];
        let lines = NAMES
            .into_iter()
            .zip(values)
            .filter_map(|(name, value)| Some((name, value?)))
            .collect();
        let secrets = [
            ("consumer_secret", written.consumer_secret.is_some()),
            ("token_secret", written.token_secret.is_some()),
            ("session_handle", written.session_handle.is_some()),
            ("passphrase_file", written.passphrase_file.is_some()),
        ];
        Self {
            lines,
            body_hash: written.body_hash,
            secrets: secrets
                .into_iter()
                .filter_map(|(name, is_set)| is_set.then_some(name))
                .collect(),
            others: written.other.keys().cloned().collect(),
        }
    }
}

fn shown_path(path: &Path) -> String {
    path.display().to_string()
}

/// A URL, unless a password may stand in it.
fn shown_url(url: &str) -> String {
    match check::url(url) {
        Ok(_) => url.to_owned(),
        Err(_) if url == "oob" => url.to_owned(),
        Err(error) => format!("not shown: {error}"),
    }
}

/// The beginning and the length: enough to tell tokens apart.
pub(crate) fn masked(token: &str) -> String {
    let length = token.chars().count();
    if length == 0 {
        return "empty".to_owned();
    }
    if length < 12 {
        return format!("{length} chars");
    }
    let beginning: String = token.chars().take(4).collect();
    format!("{beginning}... ({length} chars)")
}

/// The document of every command about profiles, schema `countersign/profile/1`.
pub(super) fn document(
    profiles: &Profiles,
    active: Option<&Name>,
    views: &[View],
    removed: Option<&Name>,
) -> Result<Value, Failure> {
    #[cfg(feature = "network")]
    let is_in_keyring = profiles.is_in_keyring()?;
    #[cfg(not(feature = "network"))]
    let is_in_keyring = false;
    Ok(json!({
        "schema": "countersign/profile/1",
        "directory": profiles.directory().display().to_string(),
        "keyring": is_in_keyring,
        "active": active.map(Name::as_str),
        "removed": removed.map(Name::as_str),
        "profiles": views.iter().map(View::document).collect::<Vec<_>>(),
    }))
}

/// Shows profiles in the format asked for; `text` makes the text.
pub(super) fn print(
    profiles: &Profiles,
    views: &[View],
    format: Format,
    text: impl FnOnce() -> String,
) -> Result<(), Failure> {
    match format {
        Format::Json => {
            let active = profiles.active()?;
            output::json(&document(profiles, active.as_ref(), views, None)?)
        }
        Format::Text => output::data(&crate::text::painted(&harmless(&text()))),
    }
}

#[cfg(test)]
mod tests {
    use super::{masked, shown_url};

    #[test]
    fn short_tokens_show_no_letter() {
        assert_eq!(masked("nnch734d00sl2jdk"), "nnch... (16 chars)");
        assert_eq!(masked("nnch734d00s"), "11 chars");
        assert_eq!(masked(""), "empty");
    }

    #[test]
    fn a_password_in_a_url_is_not_shown() {
        assert_eq!(shown_url("https://a.example/x"), "https://a.example/x");
        assert_eq!(shown_url("oob"), "oob");
        for url in [
            "https://ann:canary@a.example/",
            "canary",
            "https://{host}/canary",
        ] {
            assert!(!shown_url(url).contains("canary"), "{url}");
        }
    }
}

//! The values that a report must not show, in every spelling they may occur in.

use core::fmt;
use std::collections::HashSet;

use countersign_capture::{OwnedAnswer, OwnedRequest};
use countersign_doctor::Keys;
use countersign_encoding::{decode, encode};

use super::words;

/// Shorter values tell nothing, and would be found everywhere.
const SHORT: usize = 4;

/// Values of these parameters are facts about the protocol and no secret of anybody.
const PUBLIC: [&str; 3] = ["oauth_signature_method", "oauth_timestamp", "oauth_version"];

/// One value, and what stands for it.
struct Value {
    text: String,
    placeholder: String,
}

/// The values that must not be shown.
#[derive(Default)]
pub(super) struct Private {
    values: Vec<Value>,
    /// Texts of which no piece is shown.
    texts: Vec<String>,
    /// Names of parameters: they stay.
    names: HashSet<String>,
}

/// Shows no value.
impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Private({} values)", self.values.len())
    }
}

/// Whether the value of a parameter of this name is a secret at all times.
pub(super) fn is_sensitive(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let has = |part: &str| name.contains(part);
    ["password", "passwd", "passphrase", "oauth_verifier"]
        .into_iter()
        .any(has)
        || (has("parameter") && (has("secret") || has("verifier")))
        || (has("session") && has("handle"))
}

/// Whether the value of a parameter is no secret of anybody.
pub(super) fn is_public(name: &str) -> bool {
    PUBLIC.contains(&name)
}

/// Names below a provider's domain that say nothing of who calls.
const COMMON: [&str; 7] = ["api", "auth", "login", "oauth", "sandbox", "secure", "www"];

/// Whether a host is one that everybody calls, and not one with an account in its name.
pub(super) fn is_known_host(host: &str) -> bool {
    let name = host.split(':').next().unwrap_or(host);
    let first = name.split('.').next().unwrap_or(name);
    let belongs_to_known = countersign_dialect::by_host(name).is_some()
        || countersign_dialect::ended_by_host(name).is_some();
    belongs_to_known && (COMMON.contains(&first) || name.split('.').count() == 2)
}

/// A length in words.
pub(super) fn length(characters: usize) -> String {
    match characters {
        1 => "1 char".to_owned(),
        many => format!("{many} chars"),
    }
}

impl Private {
    pub(super) fn add_keys(&mut self, keys: &Keys, redact: bool) {
        for secret in [keys.consumer_secret(), keys.token_secret()]
            .into_iter()
            .flatten()
        {
            self.add_secret(secret.expose_secret());
        }
        if redact {
            for (label, value) in [
                ("oauth_consumer_key", keys.consumer_key()),
                ("oauth_token", keys.token()),
            ] {
                if let Some(value) = value {
                    self.add(label, value);
                }
            }
            for certificate in keys.certificates() {
                self.add("certificate subject", certificate.subject());
            }
        }
        for (_, other) in keys.others() {
            self.add_keys(other, redact);
        }
    }

    /// A secret, as it is and without the line end or blank that may have come along.
    fn add_secret(&mut self, secret: &str) {
        self.add("secret", secret);
        self.add("secret", secret.trim());
    }

    /// The secret parameters of a request; with `redact` everything in it.
    pub(super) fn add_request(&mut self, request: &OwnedRequest, redact: bool) {
        let target = request.target();
        let query = target.split_once('?').map_or("", |(_, query)| query);
        let body = String::from_utf8_lossy(request.body());
        let authorizations = request.authorizations();
        let header = authorizations
            .iter()
            .flat_map(|value| value.split(','))
            .filter_map(|pair| {
                let (name, value) = pair.trim().split_once('=')?;
                let name = name.rsplit(' ').next().unwrap_or(name);
                Some((name, value.trim_matches('"')))
            });
        let pairs = |form: &'_ str| -> Vec<(String, String)> {
            form.split('&')
                .filter_map(|pair| pair.split_once('='))
                .map(|(name, value)| (name.to_owned(), value.replace('+', " ")))
                .collect()
        };
        let all: Vec<(String, String)> = header
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .chain(pairs(query))
            .chain(pairs(&body))
            .collect();
        let is_plaintext = all
            .iter()
            .any(|(name, value)| name == "oauth_signature_method" && value == "PLAINTEXT");
        for (name, value) in &all {
            self.names.insert(plain(name));
            if is_sensitive(name) {
                self.add(name, &plain(value));
            } else if name == "oauth_signature" && is_plaintext {
                let value = plain(value);
                value
                    .split('&')
                    .for_each(|part| self.add_secret(&plain(part)));
                self.add("oauth_signature", &value);
            } else if redact && !is_public(name) {
                self.add(&label(name), &plain(value));
            }
        }
        if redact {
            self.add_text(target);
            self.add_text(&body);
            for header in request.headers().iter() {
                if header.name().eq_ignore_ascii_case("authorization") {
                    continue;
                }
                if let Some(value) = header.value_str() {
                    self.add_text(value);
                }
            }
            for (name, value) in &all {
                if !is_public(name) {
                    self.add_text(value);
                }
            }
        }
    }

    /// Everything that an answer says, but for its date.
    pub(super) fn add_answer(&mut self, answer: &OwnedAnswer) {
        for header in answer.headers().iter() {
            if let Some(value) = header
                .value_str()
                .filter(|_| !header.name().eq_ignore_ascii_case("date"))
            {
                self.add_text(value);
            }
        }
        self.add_text(&String::from_utf8_lossy(answer.body()));
    }

    /// A text of which no piece is to be shown, as it is and decoded.
    pub(super) fn add_text(&mut self, text: &str) {
        let mut text = text.to_owned();
        for _ in 0..3 {
            let below = plain(&text.replace('+', " "));
            self.texts.push(text.to_lowercase());
            if below == text {
                break;
            }
            text = below;
        }
    }

    fn add(&mut self, label: &str, text: &str) {
        if text.chars().count() < SHORT || words::is_vocabulary(text) {
            return;
        }
        if self.values.iter().any(|known| known.text == text) {
            return;
        }
        let placeholder = format!("<{label} ({})>", length(text.chars().count()));
        // Two values of one name and length are told apart.
        let same = self
            .values
            .iter()
            .filter(|known| known.placeholder.starts_with(&format!("<{label} ")))
            .count();
        let placeholder = match same {
            0 => placeholder,
            more => format!(
                "<{label} {} ({})>",
                more.saturating_add(1),
                length(text.chars().count())
            ),
        };
        let once = encode(text).into_owned();
        let twice = encode(&once).into_owned();
        for spelling in [
            twice.to_lowercase(),
            twice,
            once.to_lowercase(),
            once,
            text.replace(' ', "+"),
            text.to_owned(),
        ] {
            if !self.values.iter().any(|known| known.text == spelling) {
                self.values.push(Value {
                    text: spelling,
                    placeholder: placeholder.clone(),
                });
            }
        }
    }

    /// The longest first, so that no value hides a piece of a longer one.
    pub(super) fn sort(&mut self) {
        self.values
            .sort_by_key(|value| core::cmp::Reverse(value.text.len()));
    }

    pub(super) fn placeholder(&self, text: &str) -> Option<String> {
        self.values
            .iter()
            .find(|value| value.text == text)
            .map(|value| value.placeholder.clone())
    }

    /// The text with placeholders for the values in it. In a sentence, a value that is one of the
    /// doctor's own words stays: replacing it would tell that it is one.
    pub(super) fn replaced(&self, text: &str, is_sentence: bool) -> String {
        let mut out = text.to_owned();
        for value in &self.values {
            if out.contains(&value.text) && !(is_sentence && words::is_own(&value.text)) {
                out = whole(&out, &value.text, &value.placeholder);
            }
        }
        out
    }

    /// Whether a word is the name of a parameter, and looks like one.
    pub(super) fn is_name(&self, word: &str) -> bool {
        self.names.contains(word) && is_plain(word)
    }

    /// Whether a run of letters and digits stands in one of the inputs.
    pub(super) fn has_fragment(&self, run: &str) -> bool {
        let run = run.to_lowercase();
        self.texts.iter().any(|text| text.contains(&run))
            || self
                .values
                .iter()
                .any(|value| value.text.to_lowercase().contains(&run))
    }
}

/// Values of this length are no piece of another word by chance.
const LONG: usize = 8;

/// Replaces a value; a short one only where it is not a piece of a longer word.
fn whole(text: &str, value: &str, placeholder: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let is_letter = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    let is_long = value.chars().count() >= LONG;
    while let Some(at) = rest.find(value) {
        let (before, found) = rest.split_at(at);
        let after = found.get(value.len()..).unwrap_or_default();
        out.push_str(before);
        let joined = (is_letter(before.chars().next_back())
            && !ends_with_escape(before)
            && is_letter(value.chars().next()))
            || (is_letter(after.chars().next()) && is_letter(value.chars().next_back()));
        out.push_str(if joined && !is_long {
            value
        } else {
            placeholder
        });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Whether the last letters are an escape, such as `%3D`, and no word.
fn ends_with_escape(text: &str) -> bool {
    let bytes = text.as_bytes();
    let start = bytes.len().saturating_sub(3);
    matches!(
        bytes.get(start..),
        Some([b'%', one, two]) if one.is_ascii_hexdigit() && two.is_ascii_hexdigit()
    )
}

fn plain(text: &str) -> String {
    decode(text).map_or_else(|_| text.to_owned(), |plain| plain.into_owned())
}

/// Whether a text looks like the name of a parameter: a body that was read as one does not.
pub(super) fn is_plain(name: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-.[]:".contains(letter);
    !name.is_empty() && name.len() <= 40 && name.chars().all(plain)
}

/// The name of a parameter in a placeholder.
fn label(name: &str) -> String {
    if is_plain(name) {
        name.to_owned()
    } else {
        "value".to_owned()
    }
}

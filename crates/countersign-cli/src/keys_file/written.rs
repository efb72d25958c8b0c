//! The keys file as it is written, and the same text as a profile keeps it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use countersign_certificate::Certificate;
use countersign_key::Secret;
use serde::{Deserialize, Serialize};

use super::facts::{Facts, Place};
use super::hidden::Hidden;
use super::{KeySet, read_passphrase};
use crate::exit::Failure;
use crate::input;

/// Every line that a keys file or a profile may have.
#[derive(Deserialize, Serialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) preset: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) base_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request_token_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) authorize_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) access_token_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) callback: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) signature_method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) placement: Option<Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) body_hash: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) realm: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) consumer_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) consumer_secret: Option<Hidden>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) token_secret: Option<Hidden>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) session_handle: Option<Hidden>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) private_key: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) certificate: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// When the token ends, in seconds since 1970, as far as the provider said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) token_expires: Option<i64>,
    /// When nothing can be renewed any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) authorization_expires: Option<i64>,
    /// The token that this program wrote here as it could not be stored, and its generation: not the word
    /// of the user, who may have written another one since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unstored: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unstored_generation: Option<u64>,
    /// The lease under which it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unstored_lease: Option<u64>,
    /// When a renewal was sent whose answer is not here yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) renewal_began: Option<i64>,
    /// The token is that of a connection, and stands in the store of connections.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub(crate) connected: bool,
    /// All of a profile that is secret, sealed with keys that the keyring of the system has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sealed: Option<String>,
    /// Published credentials: nobody needs to be told that others can read them.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub(crate) example: bool,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) other: BTreeMap<String, Self>,
}

/// Moves one line.
type Move = fn(&mut Written, &mut Written);

/// The lines that belong to a token, and go where it goes.
const OF_A_TOKEN: [Move; 9] = [
    |from, to| to.token = from.token.take(),
    |from, to| to.token_secret = from.token_secret.take(),
    |from, to| to.session_handle = from.session_handle.take(),
    |from, to| to.token_expires = from.token_expires.take(),
    |from, to| to.authorization_expires = from.authorization_expires.take(),
    |from, to| to.unstored = from.unstored.take(),
    |from, to| to.unstored_generation = from.unstored_generation.take(),
    |from, to| to.unstored_lease = from.unstored_lease.take(),
    |from, to| to.renewal_began = from.renewal_began.take(),
];

impl Written {
    /// Reads the text of a keys file; an error shows nothing of what stands there.
    pub(crate) fn parse(text: &str, what: &str) -> Result<Self, Failure> {
        toml::from_str(text).map_err(|error| Failure::Input {
            what: what.to_owned(),
            // The error's own text quotes the line, which may hold a secret.
            reason: match error.span() {
                Some(span) => format!("{} (byte {})", without_value(error.message()), span.start),
                None => without_value(error.message()),
            },
        })
    }

    pub(crate) fn to_toml(&self) -> Result<Secret, Failure> {
        toml::to_string(self)
            .map(Secret::new)
            .map_err(|error| Failure::work(&error))
    }

    /// Refuses what only opens as the profile that it is.
    pub(crate) fn check_open(&self) -> Result<(), Failure> {
        if self.sealed.is_none() {
            return Ok(());
        }
        Err(Failure::Usage(
            "the secrets of this file are sealed, as a profile's are, and open in the profile of its name alone: it is used with --profile, and copied after countersign profile keyring off".to_owned(),
        ))
    }

    /// Makes the paths in it independent of the place where it stood.
    pub(crate) fn make_absolute(&mut self, base: &Path) -> Result<(), Failure> {
        for path in [
            &mut self.private_key,
            &mut self.certificate,
            &mut self.passphrase_file,
        ]
        .into_iter()
        .flatten()
        {
            let joined = base.join(&*path);
            *path = std::path::absolute(&joined).map_err(|source| Failure::File {
                path: joined,
                source,
            })?;
        }
        for other in self.other.values_mut() {
            other.make_absolute(base)?;
        }
        Ok(())
    }

    /// Whether it, or a further set in it, signs with the key in this file.
    pub(crate) fn names_key(&self, base: &Path, key: &Path) -> bool {
        let is_it = |path: &PathBuf| {
            let path = base.join(path);
            // One file may have several names.
            match (std::fs::canonicalize(&path), std::fs::canonicalize(key)) {
                (Ok(path), Ok(key)) => path == key,
                _ => path == key,
            }
        };
        self.private_key.as_ref().is_some_and(is_it)
            || self.other.values().any(|other| other.names_key(base, key))
    }

    /// Takes out the token, and what belongs to it.
    #[cfg(feature = "network")]
    pub(crate) fn take_token(&mut self) -> Self {
        let mut taken = Self::default();
        for line in OF_A_TOKEN {
            line(self, &mut taken);
        }
        taken
    }

    /// Takes over the token of the profile that this one replaces, wherever it is.
    pub(crate) fn keep_token_of(&mut self, mut before: Self) {
        for line in OF_A_TOKEN {
            line(&mut before, self);
        }
        self.connected = before.connected;
        self.other = before.other;
    }

    /// The generation of the token, if this program wrote it here.
    #[cfg(feature = "network")]
    pub(crate) fn rescued(&self) -> Option<u64> {
        let is_it = self.unstored.is_some() && self.unstored == self.token;
        self.unstored_generation.filter(|_| is_it)
    }

    /// Whether anything in it would be lost with it.
    pub(crate) fn has_credentials(&self) -> bool {
        let secrets = [
            &self.consumer_secret,
            &self.token_secret,
            &self.session_handle,
        ];
        let names = [&self.consumer_key, &self.token];
        secrets.into_iter().any(Option::is_some)
            || names.into_iter().any(Option::is_some)
            || self.private_key.is_some()
            || self.certificate.is_some()
            || !self.other.is_empty()
    }

    pub(crate) fn load(self, base: &Path) -> Result<KeySet, Failure> {
        self.check_open()?;
        let passphrase = self.passphrase(base)?;
        let certificates = self.certificates(base)?;
        let mut set = KeySet {
            facts: Facts {
                preset: self.preset,
                #[cfg(feature = "network")]
                base_url: self.base_url,
                signature_method: self.signature_method,
                placement: self.placement,
                body_hash: self.body_hash,
            },
            consumer_key: self.consumer_key,
            consumer_secret: self.consumer_secret.map(Hidden::into_secret),
            token: self.token,
            token_secret: self.token_secret.map(Hidden::into_secret),
            session_handle: self.session_handle.map(Hidden::into_secret),
            realm: self.realm,
            ..KeySet::default()
        };
        if let Some(path) = &self.private_key {
            set.load_private_key(&base.join(path), passphrase.as_ref())?;
        }
        if self.certificate.is_some() {
            set.certificates = certificates;
        }
        for (name, other) in self.other {
            set.other.insert(name, other.load(base)?);
        }
        Ok(set)
    }

    pub(crate) fn passphrase(&self, base: &Path) -> Result<Option<Secret>, Failure> {
        let path = self.passphrase_file.as_ref();
        path.map(|path| read_passphrase(&base.join(path)))
            .transpose()
    }

    pub(crate) fn certificates(&self, base: &Path) -> Result<Vec<Certificate>, Failure> {
        let Some(path) = &self.certificate else {
            return Ok(Vec::new());
        };
        let path = base.join(path);
        Certificate::read_all(&input::read(&path)?)
            .map_err(|error| Failure::input(path.display().to_string(), &error))
    }
}

/// A message of the reader without the value that it may quote: `invalid type: integer ..., expected
/// a string`.
fn without_value(message: &str) -> String {
    let quotes = ["invalid type: ", "invalid value: ", "unknown variant "];
    if !quotes.iter().any(|start| message.starts_with(start)) {
        return message.to_owned();
    }
    match message.rsplit_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}, found something else"),
        None => "found something that does not belong there".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Hidden, Place, Written, without_value};

    /// What is written reads back the same, whatever stands in it.
    #[test]
    fn what_is_written_reads_back() {
        let odd = "a\"b'c\\d\ne\u{7f}\u{e9}=#[";
        let text = || Some(odd.to_owned());
        let set = |other: std::collections::BTreeMap<String, Written>| Written {
            preset: text(),
            base_url: text(),
            callback: text(),
            placement: Some(Place::Query),
            body_hash: Some(true),
            realm: text(),
            consumer_key: text(),
            consumer_secret: text().map(Hidden::new),
            token: Some(String::new()),
            token_secret: text().map(Hidden::new),
            session_handle: text().map(Hidden::new),
            private_key: Some("a key.pem".into()),
            token_expires: Some(1),
            unstored: text(),
            unstored_generation: Some(7),
            unstored_lease: Some(8),
            renewal_began: Some(-1),
            example: true,
            other,
            ..Written::default()
        };
        let inner = set(std::collections::BTreeMap::new());
        let whole = set([(odd.to_owned(), inner)].into_iter().collect());
        let toml = whole.to_toml().unwrap();
        let again = Written::parse(toml.expose_secret(), "test").unwrap();
        assert_eq!(
            again.to_toml().unwrap().expose_secret(),
            toml.expose_secret()
        );
        let inner = again.other.get(odd).unwrap();
        assert_eq!(inner.consumer_secret.as_deref(), Some(odd));
        assert_eq!(again.token.as_deref(), Some(""));
        assert_eq!(again.placement, Some(Place::Query));
    }

    /// Whatever belongs to a token goes where it goes, and nothing else does.
    #[test]
    fn a_token_goes_with_all_that_belongs_to_it() {
        let bare = "consumer_key = \"key\"\n";
        let token = "token = \"t\"\ntoken_secret = \"s\"\nsession_handle = \"h\"\ntoken_expires = 1\n\
                     authorization_expires = 2\nunstored = \"t\"\nunstored_generation = 3\n\
                     unstored_lease = 5\nrenewal_began = 4\n";
        let text = |written: &Written| written.to_toml().unwrap().expose_secret().to_owned();
        let whole = || Written::parse(&format!("{bare}{token}"), "test").unwrap();
        let mut other = Written::parse("realm = \"r\"\ntoken = \"old\"\n", "test").unwrap();
        other.keep_token_of(whole());
        assert_eq!(text(&other), format!("realm = \"r\"\n{token}"));
        #[cfg(feature = "network")]
        {
            let mut before = whole();
            assert_eq!(text(&before.take_token()), token);
            assert_eq!(text(&before), bare);
        }
    }

    #[test]
    fn a_message_loses_the_value_that_it_quotes() {
        for (message, told) in [
            (
                "invalid type: integer `918273`, expected a string",
                "expected a string, found something else",
            ),
            (
                "unknown variant `canary`, expected `a` or `b`",
                "expected `a` or `b`, found something else",
            ),
            (
                "invalid type: string \"a, expected b\", expected a boolean",
                "expected a boolean, found something else",
            ),
            ("unknown field `tokens`", "unknown field `tokens`"),
        ] {
            assert_eq!(without_value(message), told);
        }
    }
}

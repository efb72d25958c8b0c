//! The keys that secrets are sealed by: the tokens in the store of connections, and where the keyring
//! of the system has these keys, all that profiles keep secret.
//!
//! ```toml
//! current = 1
//!
//! [keys]
//! 1 = "base64 of 32 random bytes"
//! ```
//!
//! With the keyring the file names its item in place of that. It has both while the keys are moved,
//! and then those in the file count, so that whoever is stopped in between loses nothing.

mod keyring;
mod keys;
#[cfg(feature = "keyring")]
mod moved;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use countersign_key::Secret;
use serde::{Deserialize, Serialize};

use crate::exit::Failure;
use crate::keys_file::Hidden;
use crate::profile::files;
pub(crate) use keys::SealKeys;

/// Below the configuration directory, beside the store of connections.
const DIRECTORY: &str = "connections";
const NAME: &str = "seal-keys.toml";

const IN_FILE: &str = "# The keys that secrets are sealed by. Without them they can't be read.\n";

/// What the file says.
#[derive(Deserialize, Serialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    keyring: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<u32>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    keys: BTreeMap<String, Hidden>,
}

/// The file with the keys, or with where they are.
pub(crate) struct KeyFile {
    path: PathBuf,
}

impl KeyFile {
    pub(crate) fn below(home: &Path) -> Self {
        Self {
            path: home.join(DIRECTORY).join(NAME),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The keys, wherever they are; none if none were made.
    pub(crate) fn keys(&self) -> Result<Option<SealKeys>, Failure> {
        self.keys_by(keyring::get)
    }

    fn keys_by(
        &self,
        get: impl Fn(&str) -> Result<Secret, Failure>,
    ) -> Result<Option<SealKeys>, Failure> {
        let Some(written) = self.read()? else {
            return Ok(None);
        };
        let found = self.keys_of(written, &get);
        // Who moves them out of the keyring has them in the file before the item is gone: perhaps they
        // are there by now.
        if let Err(Failure::Credentials(_)) = &found
            && let Some(again) = self.read()?
        {
            return self.keys_of(again, &get).map(Some);
        }
        found.map(Some)
    }

    fn keys_of(
        &self,
        written: Written,
        get: &impl Fn(&str) -> Result<Secret, Failure>,
    ) -> Result<SealKeys, Failure> {
        match (written.current, written.keyring) {
            (Some(current), _) => {
                SealKeys::of(current, written.keys).map_err(|reason| self.refused(reason))
            }
            (None, Some(item)) => {
                let text = get(&item)?;
                let kept = parse(&text).ok();
                kept.and_then(|kept| SealKeys::of(kept.current?, kept.keys).ok())
                    .ok_or_else(|| {
                        self.refused(&format!(
                            "expected keys in the keyring's item {item}, found something else"
                        ))
                    })
            }
            (None, None) => Err(self.refused(EXPECTED)),
        }
    }

    /// Whether the keyring has the keys, and nothing but it.
    pub(crate) fn is_in_keyring(&self) -> Result<bool, Failure> {
        let written = self.read()?;
        Ok(written.is_some_and(|it| it.current.is_none() && it.keyring.is_some()))
    }

    /// Makes the file with one new key, durable before anything is sealed with it. The caller holds the
    /// lock.
    pub(crate) fn make(&self) -> Result<SealKeys, Failure> {
        if let Some(directory) = self.path.parent() {
            files::make_directory(directory)?;
            files::check_directory(directory)?;
        }
        let keys = SealKeys::make()?;
        self.write(IN_FILE, &with_keys(&keys, None))?;
        Ok(keys)
    }

    fn read(&self) -> Result<Option<Written>, Failure> {
        if !files::is_there(&self.path)? {
            return Ok(None);
        }
        let text = Secret::new(files::read(&self.path)?);
        // The reader's own text quotes the line.
        parse(&text).map(Some).map_err(|_| self.refused(EXPECTED))
    }

    fn write(&self, note: &str, written: &Written) -> Result<(), Failure> {
        let toml = to_toml(written)?;
        let text = Secret::new(format!("{note}{}", toml.expose_secret()));
        files::write(&self.path, text.expose_secret().as_bytes())
    }

    fn refused(&self, reason: &str) -> Failure {
        Failure::Input {
            what: self.path.display().to_string(),
            reason: reason.to_owned(),
        }
    }
}

const EXPECTED: &str =
    "expected `current` and a table `keys`, or the name of a `keyring` item, found something else";

fn parse(text: &Secret) -> Result<Written, toml::de::Error> {
    toml::from_str(text.expose_secret())
}

fn to_toml(written: &Written) -> Result<Secret, Failure> {
    toml::to_string(written)
        .map(Secret::new)
        .map_err(|error| Failure::work(&error))
}

fn with_keys(keys: &SealKeys, keyring: Option<String>) -> Written {
    let (current, keys) = keys.written();
    Written {
        keyring,
        current: Some(current),
        keys,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who moves the keys into the file deletes the item after that, and a reader may have seen the file
    /// before.
    #[test]
    fn an_item_that_was_deleted_just_now_is_looked_for_in_the_file() {
        let home = tempfile::tempdir().unwrap();
        let file = KeyFile::below(home.path());
        let made = file.make().unwrap();
        let in_file = with_keys(&made, None);
        let named = || Written {
            keyring: Some("item".to_owned()),
            ..Written::default()
        };
        let missing = || Err(Failure::Credentials("no item".to_owned()));
        file.write("", &named()).unwrap();
        let found = file.keys_by(|_| {
            file.write("", &in_file).unwrap();
            missing()
        });
        let text = |keys: &SealKeys| to_toml(&with_keys(keys, None)).unwrap();
        let found = text(&found.unwrap().unwrap());
        assert_eq!(found.expose_secret(), text(&made).expose_secret());

        // One that is gone for good is told of, and so is a file that is gone with it.
        file.write("", &named()).unwrap();
        let asked = core::cell::Cell::new(0);
        let found = file.keys_by(|_| {
            asked.set(asked.get() + 1);
            missing()
        });
        assert!(matches!(found, Err(Failure::Credentials(_))));
        assert_eq!(asked.get(), 2);
        let found = file.keys_by(|_| {
            std::fs::remove_file(file.path()).unwrap();
            missing()
        });
        assert!(matches!(found, Err(Failure::Credentials(_))));
    }
}

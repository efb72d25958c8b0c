//! Profiles that are to be written, and the private keys that an import brings along with them.
//!
//! A key stands in a file of its own beside the profile, `NAME.key.pem`, or `NAME.key-2.pem` and so on
//! while another is there: that of a profile which is replaced goes when the new one is in its place.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use countersign_key::Secret;

use super::{Change, Name, Profiles, files};
use crate::exit::Failure;
use crate::keys_file::Written;
use crate::output;

/// A profile as it will stand in its file, and its key.
pub(crate) struct Draft {
    name: Name,
    written: Written,
    text: Secret,
    key: Option<(PathBuf, Secret)>,
    keeps_token: bool,
}

impl Draft {
    pub(crate) const fn name(&self) -> &Name {
        &self.name
    }
}

impl Change<'_> {
    /// A profile in the place of another or of none, sealed already where it has to be. Of the other the
    /// token stays or is forgotten.
    pub(crate) fn draft(
        &self,
        name: Name,
        mut written: Written,
        key: Option<Secret>,
        keeps_token: bool,
    ) -> Result<Draft, Failure> {
        let key = match key {
            Some(pem) => {
                let path = self.profiles.free_key(&name)?;
                written.private_key = path.file_name().map(PathBuf::from);
                Some((path, pem))
            }
            None => None,
        };
        let text = self.profiles.to_text(&name, &written)?;
        #[cfg(feature = "network")]
        if !keeps_token {
            let _opened = self.profiles.shelf()?;
        }
        Ok(Draft {
            name,
            written,
            text,
            key,
            keeps_token,
        })
    }

    /// Writes a profile with its key: both are there when this ends well, and otherwise neither; where
    /// only the disk can't vouch for them, both may be.
    pub(crate) fn put(&self, draft: Draft) -> Result<(), Failure> {
        let Draft {
            name,
            written,
            text,
            key,
            keeps_token,
        } = draft;
        let path = self.profiles.path(&name);
        let put_key = || match &key {
            Some((path, pem)) => files::write(path, pem.expose_secret().as_bytes()),
            None => Ok(()),
        };
        let put_profile = || {
            files::write_after(&path, text.expose_secret().as_bytes(), || {
                if keeps_token {
                    Ok(())
                } else {
                    self.forget_tokens(&name)
                }
            })
        };
        let done = put_key().and_then(|()| put_profile());
        if let (Err(_), Some((key, _))) = (&done, &key)
            && !may_have(&path, &text)
        {
            // What went wrong is told below.
            let _ignored = std::fs::remove_file(key);
        }
        done?;
        self.remove_keys(&name, Some(&written))
    }

    /// Removes the keys beside a profile, but for what it signs with, and for what another one does.
    pub(super) fn remove_keys(&self, name: &Name, now: Option<&Written>) -> Result<(), Failure> {
        let directory = self.profiles.directory();
        for key in self.profiles.keys_beside(name)? {
            // In whichever of its sets, and by whichever name.
            if now.is_some_and(|written| written.names_key(&directory, &key)) {
                continue;
            }
            match self.user_of(&key, name)? {
                None => files::remove(&key)?,
                Some(user) => output::note(&format!(
                    "{} stays: the profile {user} names it",
                    key.display()
                )),
            }
        }
        Ok(())
    }

    /// Another profile than `name` that has this key; one that can't be read may have it.
    fn user_of(&self, key: &Path, name: &Name) -> Result<Option<Name>, Failure> {
        let names = self.profiles.names()?;
        let mut others = names.into_iter().filter(|other| other != name);
        Ok(others.find(|other| {
            self.profiles
                .read_file(other)
                .map_or(true, |other| other.written.names_key(other.base(), key))
        }))
    }
}

impl Profiles {
    /// A profile as it is to stand in its file.
    #[cfg(not(feature = "network"))]
    pub(super) fn to_text(&self, _name: &Name, written: &Written) -> Result<Secret, Failure> {
        written.to_toml()
    }

    /// The first name for a key beside a profile that nothing has.
    fn free_key(&self, name: &Name) -> Result<PathBuf, Failure> {
        let directory = self.directory();
        let mut path = directory.join(format!("{name}.key.pem"));
        let mut number = 1_u64;
        while files::is_there(&path)? {
            number = number.saturating_add(1);
            path = directory.join(format!("{name}.key-{number}.pem"));
        }
        Ok(path)
    }

    /// The files beside a profile that hold keys brought along by imports.
    fn keys_beside(&self, name: &Name) -> Result<Vec<PathBuf>, Failure> {
        let directory = self.directory();
        let failed = |source| Failure::File {
            path: directory.clone(),
            source,
        };
        let mut keys = Vec::new();
        for entry in std::fs::read_dir(&directory).map_err(failed)? {
            let file = entry.map_err(failed)?.file_name();
            if file.to_str().is_some_and(|file| is_key_of(name, file)) {
                keys.push(directory.join(file));
            }
        }
        keys.sort();
        Ok(keys)
    }
}

/// Whether a file has this text, as far as can be seen.
fn may_have(path: &Path, text: &Secret) -> bool {
    match files::read(path).map(Secret::new) {
        Ok(now) => now.expose_secret() == text.expose_secret(),
        Err(Failure::File { source, .. }) => source.kind() != ErrorKind::NotFound,
        Err(_) => true,
    }
}

fn is_key_of(name: &Name, file: &str) -> bool {
    let rest = file.strip_prefix(name.as_str());
    let rest = rest.and_then(|rest| rest.strip_prefix(".key"));
    rest.and_then(|rest| rest.strip_suffix(".pem"))
        .is_some_and(|rest| {
            let number = rest.strip_prefix('-').unwrap_or(rest);
            rest.is_empty()
                || (rest.starts_with('-')
                    && !number.is_empty()
                    && number.bytes().all(|byte| byte.is_ascii_digit()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys_file::Hidden;

    /// A disk that fails leaves a profile with its key, or the one before with its own, and no key that
    /// is nobody's.
    #[cfg(unix)]
    #[test]
    fn a_profile_and_its_key_are_there_both_or_neither() {
        for (is_replaced, turn) in [(false, 1), (false, 2), (true, 1), (true, 2)] {
            let home = tempfile::tempdir().unwrap();
            let profiles = Profiles::at(home.path().join("config"));
            let name: Name = "acme".parse().unwrap();
            let change = profiles.change().unwrap();
            let put = |key: &str| {
                let written = Written {
                    consumer_key: Some(key.to_owned()),
                    consumer_secret: Some(Hidden::new("secret".to_owned())),
                    ..Written::default()
                };
                let draft = change.draft(name.clone(), written, Some(Secret::new(key)), false);
                change.put(draft.unwrap())
            };
            if is_replaced {
                put("one").unwrap();
            }
            files::faults::at(turn);
            put("two").unwrap_err();
            let what = format!("{is_replaced} {turn}");
            let keys = profiles.keys_beside(&name).unwrap();
            match profiles.read_file(&name) {
                Ok(profile) => {
                    let key = profile.written.private_key.as_ref().unwrap();
                    let key = profile.base().join(key);
                    let key = std::fs::read_to_string(key).expect(&what);
                    assert_eq!(Some(key), profile.written.consumer_key, "{what}");
                    // That of the profile before goes with the next change.
                    assert!(keys.len() <= 1 + usize::from(turn == 2), "{what}: {keys:?}");
                }
                Err(_) => assert!(!is_replaced && keys.is_empty(), "{what}: {keys:?}"),
            }
            put("three").unwrap();
            assert_eq!(profiles.keys_beside(&name).unwrap().len(), 1, "{what}");
        }
    }

    #[test]
    fn keys_are_known_by_their_names() {
        for (file, expected) in [
            ("acme.key.pem", true),
            ("acme.key-2.pem", true),
            ("acme.key-.pem", false),
            ("acme.key2.pem", false),
            ("acme.key-two.pem", false),
            ("acme.key.key.pem", false),
            ("acme.key-2.key.pem", false),
            ("acme2.key.pem", false),
            ("acme.pem", false),
            (".acme.key.pem.new", false),
        ] {
            assert_eq!(
                is_key_of(&"acme".parse().unwrap(), file),
                expected,
                "{file}"
            );
        }
    }
}

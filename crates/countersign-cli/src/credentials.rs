//! Where a command takes its credentials from: a keys file, a profile, or the profile in use.

use std::io::ErrorKind;
use std::path::PathBuf;

use clap::Args;

use crate::exit::Failure;
use crate::keys_file::{self, KeySet};
use crate::output;
use crate::profile::{Name, Profile, Profiles};

/// Names a profile where no option does.
const VARIABLE: &str = "COUNTERSIGN_PROFILE";

/// The options `--keys` and `--profile`.
#[derive(Args, Debug)]
pub(crate) struct Credentials {
    /// Keys file (TOML); - for standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "profile")]
    pub(crate) keys: Option<PathBuf>,
    /// A profile instead of a keys file; otherwise COUNTERSIGN_PROFILE, or that of `profile use`.
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<Name>,
}

impl Credentials {
    /// The credentials, or what to give.
    pub(crate) fn read(&self) -> Result<KeySet, Failure> {
        if let Some(path) = &self.keys {
            return keys_file::read(path);
        }
        let Some((_, profile)) = self.profile()? else {
            return Err(Failure::Usage(
                "no credentials: give --keys FILE or --profile NAME; countersign profile add makes a profile, countersign profile use sets one for all commands"
                    .to_owned(),
            ));
        };
        check(&profile)?;
        load(profile)
    }

    /// The profile that is meant, if there is one and no keys file; named on standard error if no
    /// option names it.
    pub(crate) fn profile(&self) -> Result<Option<(Profiles, Profile)>, Failure> {
        if self.keys.is_some() {
            return Ok(None);
        }
        if let Some(name) = &self.profile {
            let profiles = Profiles::open()?;
            let profile = profiles.read(name)?;
            return Ok(Some((profiles, profile)));
        }
        let Some((profiles, profile, by)) = find_in_use()? else {
            return Ok(None);
        };
        output::note(&format!("profile: {} ({by})", profile.name));
        Ok(Some((profiles, profile)))
    }

    /// The credentials that an option names.
    pub(crate) fn named(&self) -> Result<Option<KeySet>, Failure> {
        match (&self.keys, &self.profile) {
            (Some(path), _) => keys_file::read(path).map(Some),
            (None, Some(name)) => load(Profiles::open()?.read(name)?).map(Some),
            (None, None) => Ok(None),
        }
    }
}

/// Signing without the token that belongs to a profile would only be refused.
pub(crate) fn check(profile: &Profile) -> Result<(), Failure> {
    check_whole(profile)?;
    if !profile.written.connected || profile.written.token.is_some() {
        return Ok(());
    }
    let name = &profile.name;
    let why = if cfg!(feature = "network") {
        "is not in the store of connections"
    } else {
        "is in the store of connections, which this build has no part of"
    };
    Err(Failure::Credentials(format!(
        "the token of {name} {why}; countersign token authorize --profile {name} gets one"
    )))
}

/// A connection that can't be read is none to pass over.
pub(crate) fn check_whole(profile: &Profile) -> Result<(), Failure> {
    let Some(what) = &profile.damaged else {
        return Ok(());
    };
    let name = &profile.name;
    Err(Failure::Input {
        what: format!("the connection of {name}"),
        reason: format!(
            "it can't be read ({what}); countersign token authorize --profile {name} puts another in its place, countersign profile remove {name} removes it"
        ),
    })
}

/// The profile that no option named, and what did.
pub(crate) fn in_use() -> Result<Option<(Profile, &'static str)>, Failure> {
    Ok(find_in_use()?.map(|(_, profile, by)| (profile, by)))
}

/// The same, with all profiles.
pub(crate) fn find_in_use() -> Result<Option<(Profiles, Profile, &'static str)>, Failure> {
    if let Some(value) = std::env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
        let name = value
            .to_str()
            .and_then(|value| value.parse().ok())
            .ok_or_else(|| {
                Failure::Usage(format!(
                    "{VARIABLE} is set, but not to the name of a profile"
                ))
            })?;
        let profiles = Profiles::open()?;
        let profile = profiles.read(&name)?;
        return Ok(Some((profiles, profile, VARIABLE)));
    }
    // Who has no configuration directory has no profile in use.
    let Ok(profiles) = Profiles::open() else {
        return Ok(None);
    };
    let Some(name) = profiles.active()? else {
        return Ok(None);
    };
    let profile = profiles.read(&name)?;
    Ok(Some((profiles, profile, "in use")))
}

/// The keys of a profile.
pub(crate) fn load(profile: Profile) -> Result<KeySet, Failure> {
    load_by(profile, |name| Profiles::open()?.read(name))
}

/// An import may have put another key in the place of the profile's own after that was read, and then the
/// profile names it: it is read once more.
fn load_by(
    profile: Profile,
    again: impl FnOnce(&Name) -> Result<Profile, Failure>,
) -> Result<KeySet, Failure> {
    check_whole(&profile)?;
    if let Some(key) = &profile.written.private_key {
        keys_file::warn_if_others_can_read(&profile.base().join(key));
    }
    let base = profile.base().to_owned();
    let (name, key) = (profile.name, profile.written.private_key.clone());
    let loaded = profile.written.load(&base);
    if let Err(Failure::File { path, source }) = &loaded
        && source.kind() == ErrorKind::NotFound
        && key.as_ref().is_some_and(|key| base.join(key) == *path)
    {
        let now = again(&name)?;
        if now.written.private_key != key {
            check_whole(&now)?;
            let base = now.base().to_owned();
            return now.written.load(&base);
        }
    }
    loaded
}

#[cfg(test)]
mod tests {
    use countersign_test_support::fixtures;

    use super::*;
    use crate::keys_file::Written;

    /// An import puts another profile with another key in the place of what was just read.
    #[test]
    fn a_key_that_was_replaced_meanwhile_is_looked_for_again() {
        let directory = tempfile::tempdir().unwrap();
        let of = |key: &str| Profile {
            name: "acme".parse().unwrap(),
            path: directory.path().join("acme.toml"),
            written: Written {
                consumer_key: Some(key.to_owned()),
                private_key: Some(format!("{key}.pem").into()),
                ..Written::default()
            },
            damaged: None,
        };
        let there = directory.path().join("two.pem");
        std::fs::write(there, fixtures::key("rsa2048.pkcs8.pem")).unwrap();
        let set = load_by(of("one"), |name| {
            assert_eq!(name.as_str(), "acme");
            Ok(of("two"))
        });
        let set = set.unwrap();
        assert_eq!(set.consumer_key.as_deref(), Some("two"));
        assert!(set.private_key.is_some());
        // What is gone for good is what was asked for, and what is there needs no second look.
        for (first, second) in [("one", "one"), ("one", "three")] {
            let failure = load_by(of(first), |_| Ok(of(second))).err().unwrap();
            let named = format!("{second}.pem");
            assert!(failure.to_string().contains(&named), "{failure}");
        }
        load_by(of("two"), |_| unreachable!()).unwrap();
    }
}

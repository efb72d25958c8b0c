//! Where a command takes its credentials from: a keys file, a profile, or the profile in use.

use std::path::PathBuf;

use clap::Args;

use crate::exit::Failure;
use crate::keys_file::{self, KeySet};
use crate::output;
use crate::profile::{Name, Profile, Profiles};

/// Names a profile where no option does.
const VARIABLE: &str = "COUNTERSIGN_PROFILE";

/// The options `--keys` and `--profile`.
#[derive(Args, Clone, Debug)]
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
        if let Some(keys) = self.named()? {
            return Ok(keys);
        }
        let Some((profile, by)) = in_use()? else {
            return Err(Failure::Usage(
                "no credentials: give --keys FILE or --profile NAME; countersign profile add makes a profile, countersign profile use sets one for all commands"
                    .to_owned(),
            ));
        };
        output::note(&format!("profile: {} ({by})", profile.name));
        load(profile)
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

/// The profile that no option named, and what did.
pub(crate) fn in_use() -> Result<Option<(Profile, &'static str)>, Failure> {
    if let Some(value) = std::env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
        let name = value
            .to_str()
            .and_then(|value| value.parse().ok())
            .ok_or_else(|| {
                Failure::Usage(format!(
                    "{VARIABLE} is set, but not to the name of a profile"
                ))
            })?;
        return Ok(Some((Profiles::open()?.read(&name)?, VARIABLE)));
    }
    // Who has no configuration directory has no profile in use.
    let Ok(profiles) = Profiles::open() else {
        return Ok(None);
    };
    let Some(name) = profiles.active()? else {
        return Ok(None);
    };
    Ok(Some((profiles.read(&name)?, "in use")))
}

#[cfg(feature = "proxy")]
impl Credentials {
    /// The same, also when another profile is put in use later.
    pub(crate) fn pinned(&self) -> Result<Self, Failure> {
        let profile = match (&self.keys, &self.profile) {
            (Some(_), _) => None,
            (None, Some(name)) => Some(name.clone()),
            (None, None) => in_use()?.map(|(profile, _)| profile.name),
        };
        Ok(Self {
            keys: self.keys.clone(),
            profile,
        })
    }
}

impl Credentials {
    /// The credentials once more, without a word: another process may have put a new token into the
    /// profile. `None` for those of a keys file.
    #[cfg(feature = "network")]
    pub(crate) fn reread(&self) -> Result<Option<KeySet>, Failure> {
        let profile = match (&self.keys, &self.profile) {
            (Some(_), _) => None,
            (None, Some(name)) => Some(Profiles::open()?.read(name)?),
            (None, None) => in_use()?.map(|(profile, _)| profile),
        };
        profile.map(load).transpose()
    }
}

pub(crate) fn load(profile: Profile) -> Result<KeySet, Failure> {
    if let Some(key) = &profile.written.private_key {
        keys_file::warn_if_others_can_read(&profile.base().join(key));
    }
    let base = profile.base().to_owned();
    profile.written.load(&base)
}

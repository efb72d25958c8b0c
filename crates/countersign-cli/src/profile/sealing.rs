//! What profiles keep secret, sealed where the keyring of the system has the keys.

use countersign_key::Secret;
use countersign_store::seal::Sealer;

use super::{Change, Name, Profiles};
use crate::exit::Failure;
use crate::keys_file::Written;
use crate::seal_keys::{KeyFile, SealKeys};

impl Profiles {
    fn key_file(&self) -> KeyFile {
        KeyFile::below(&self.home)
    }

    /// Whether the keyring of the system has the keys, and secrets of profiles are sealed with them.
    pub(crate) fn is_in_keyring(&self) -> Result<bool, Failure> {
        self.key_file().is_in_keyring()
    }

    fn seal_keys(&self) -> Result<Option<&SealKeys>, Failure> {
        if self.seal_keys.get().is_none()
            && let Some(keys) = self.key_file().keys()?
        {
            // Nobody else can have set them.
            let _set = self.seal_keys.set(keys);
        }
        Ok(self.seal_keys.get())
    }

    /// What secrets are sealed by, if there are keys.
    pub(super) fn sealer(&self) -> Result<Option<Sealer>, Failure> {
        self.seal_keys()?.map(SealKeys::sealer).transpose()
    }

    /// A profile as it stands in its file, its secrets opened.
    pub(super) fn unsealed(&self, name: &Name, mut written: Written) -> Result<Written, Failure> {
        if written.sealed.is_some() {
            let sealer = self.sealer()?.ok_or_else(|| {
                Failure::Credentials(format!(
                    "{}: the keys are gone that the secrets of {name} are sealed by; put the file back, or add the profile anew",
                    self.key_file().path().display()
                ))
            })?;
            written.unseal(&sealer, name.as_str())?;
        }
        Ok(written)
    }

    /// A profile as it is to stand in its file.
    pub(super) fn to_text(&self, name: &Name, written: &Written) -> Result<Secret, Failure> {
        // Asked each time: another process may have moved the keys meanwhile.
        if !self.is_in_keyring()? {
            return written.to_toml();
        }
        match self.sealer()? {
            Some(sealer) => written.to_sealed_toml(&sealer, name.as_str()),
            None => written.to_toml(),
        }
    }
}

impl Change<'_> {
    /// New keys are none in the place of those that something is sealed by.
    fn check_unsealed(&self) -> Result<(), Failure> {
        for name in self.profiles.names()? {
            // One that can't be read is told of when it is used.
            let Err(Failure::Credentials(lost)) = self.profiles.read_file(&name) else {
                continue;
            };
            return Err(Failure::Credentials(lost));
        }
        Ok(())
    }

    /// What secrets are sealed by; keys are made if there are none.
    pub(super) fn sealer(&self) -> Result<Sealer, Failure> {
        if self.profiles.seal_keys()?.is_none() {
            self.check_unsealed()?;
            let _set = self
                .profiles
                .seal_keys
                .set(self.profiles.key_file().make()?);
        }
        let keys = self.profiles.seal_keys.get();
        keys.ok_or_else(|| Failure::Work("there is no key to seal with".to_owned()))?
            .sealer()
    }
}

#[cfg(feature = "keyring")]
impl Change<'_> {
    /// Moves the keys into the keyring of the system, and seals what profiles keep secret with them.
    /// Whoever is stopped in between leaves what can be read, and the next time goes on.
    pub(crate) fn use_keyring(&self) -> Result<(), Failure> {
        // What can't be read now would be no more readable then.
        let names = self.readable()?;
        if self.profiles.is_in_keyring()? {
            // That it still has them is what is asked for.
            self.profiles.sealer()?;
        } else {
            if self.profiles.seal_keys()?.is_none() {
                // No new key in the place of one that was lost.
                let _opened = self.profiles.shelf()?;
                self.check_unsealed()?;
            }
            self.profiles.key_file().move_to_keyring()?;
        }
        self.write_all(&names)
    }

    /// Moves the keys back into their file, and opens what is sealed in profiles.
    pub(crate) fn leave_keyring(&self) -> Result<(), Failure> {
        let names = self.readable()?;
        if self.profiles.is_in_keyring()? {
            self.profiles.key_file().copy_from_keyring()?;
        }
        self.write_all(&names)?;
        self.profiles.key_file().leave_keyring()
    }

    fn readable(&self) -> Result<Vec<Name>, Failure> {
        let names = self.profiles.names()?;
        for name in &names {
            let _readable = self.profiles.read_file(name)?;
        }
        Ok(names)
    }

    fn write_all(&self, names: &[Name]) -> Result<(), Failure> {
        for name in names {
            let profile = self.profiles.read_file(name)?;
            self.write(name, &profile.written)?;
        }
        Ok(())
    }
}

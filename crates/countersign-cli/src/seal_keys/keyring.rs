//! The keyring of the system: Keychain, Credential Manager, or a Secret Service of the desktop.

use countersign_key::Secret;

use crate::exit::Failure;

#[cfg(feature = "keyring")]
pub(super) use with::{check, delete, get, set};
#[cfg(not(feature = "keyring"))]
pub(super) use without::get;

#[cfg(feature = "keyring")]
mod with {
    use countersign_key::SecretBytes;
    use keyring::{Entry, Error};

    use super::{Failure, Secret};

    const SERVICE: &str = "countersign";

    pub(in super::super) fn get(item: &str) -> Result<Secret, Failure> {
        let found = entry(item)?
            .get_secret()
            .map_err(|error| failed(item, &error))?;
        let found = SecretBytes::new(found);
        let text = core::str::from_utf8(found.expose_secret());
        text.map(Secret::new)
            .map_err(|_| Failure::Work(format!("expected text in the keyring's item {item}")))
    }

    /// Whether the keyring can be asked, whatever it has of this item.
    pub(in super::super) fn check(item: &str) -> Result<(), Failure> {
        match entry(item)?.get_secret() {
            Ok(found) => {
                drop(SecretBytes::new(found));
                Ok(())
            }
            Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(failed(item, &error)),
        }
    }

    pub(in super::super) fn set(item: &str, text: &Secret) -> Result<(), Failure> {
        let bytes = text.expose_secret().as_bytes();
        entry(item)?
            .set_secret(bytes)
            .map_err(|error| failed(item, &error))
    }

    /// Deletes an item; one that is not there is as good as deleted.
    pub(in super::super) fn delete(item: &str) -> Result<(), Failure> {
        match entry(item)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(failed(item, &error)),
        }
    }

    fn entry(item: &str) -> Result<Entry, Failure> {
        // That the keyring is not there is told apart from what it has.
        if let Err(error) = Entry::store_status() {
            return Err(failed(item, error));
        }
        Entry::new(SERVICE, item).map_err(|error| failed(item, &error))
    }

    /// The sentences of the keyring name items, and no secret.
    fn failed(item: &str, error: &Error) -> Failure {
        match error {
            Error::NoEntry => Failure::Credentials(format!(
                "the keyring of the system has no item {item} of the service countersign: without it the secrets of profiles and their tokens can't be read; put it back, or move the directory of connections away, which has the key's file, and add the profiles anew with --force"
            )),
            error => Failure::Work(format!(
                "the keyring of the system can't be used: {error}; it takes the user's own session, unlocked (on Linux one with a Secret Service, such as GNOME Keyring or KWallet)"
            )),
        }
    }
}

#[cfg(not(feature = "keyring"))]
mod without {
    use super::{Failure, Secret};

    pub(in super::super) fn get(item: &str) -> Result<Secret, Failure> {
        Err(lacking(item))
    }

    fn lacking(item: &str) -> Failure {
        Failure::Work(format!(
            "the keyring of the system can't be asked for {item}: this program was built without the feature keyring"
        ))
    }
}

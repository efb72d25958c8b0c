//! The keys on their way into the keyring, and out of it.

use countersign_key::{Secret, SecureRandom as _};
use countersign_signature::OsRandom;

use super::{IN_FILE, KeyFile, Written, keyring, to_toml, with_keys};
use crate::exit::Failure;
use crate::output;
use crate::profile::files;

const IN_KEYRING: &str = "# The keys that secrets are sealed by are in the keyring of the system, in this item of the\n\
     # service countersign. Without them they can't be read.\n";

impl KeyFile {
    /// Moves the keys into the keyring. The caller holds the lock.
    pub(crate) fn move_to_keyring(&self) -> Result<(), Failure> {
        let before = if files::is_there(&self.path)? {
            Some(Secret::new(files::read(&self.path)?))
        } else {
            None
        };
        let (item, is_new) = match self.read()?.and_then(|written| written.keyring) {
            // Somebody was stopped on the way.
            Some(item) => (item, false),
            None => (new_item()?, true),
        };
        // Where there is no keyring nothing is changed.
        keyring::check(&item)?;
        let keys = match self.keys()? {
            Some(keys) => keys,
            None => self.make()?,
        };
        // The item is named before it is there, so that none is left over that nobody knows.
        self.write(IN_FILE, &with_keys(&keys, Some(item.clone())))?;
        let text = to_toml(&with_keys(&keys, None))?;
        if let Err(failure) = put(&item, &text) {
            // One that is locked is known by that alone. An item that may be there stays named.
            if is_new && keyring::delete(&item).is_ok() {
                // What went wrong is told below; with both in it the file is as good.
                let _ignored = self.put_back(before.as_ref());
            }
            return Err(failure);
        }
        let only_named = Written {
            keyring: Some(item),
            ..Written::default()
        };
        self.write(IN_KEYRING, &only_named)
    }

    /// Has the file as it was, or none; nothing was sealed meanwhile.
    fn put_back(&self, before: Option<&Secret>) -> Result<(), Failure> {
        match before {
            Some(text) => files::write(&self.path, text.expose_secret().as_bytes()),
            None => files::remove(&self.path),
        }
    }

    /// Takes the keys out of the keyring into the file, where both have them until
    /// [`KeyFile::leave_keyring`]. The caller holds the lock.
    pub(crate) fn copy_from_keyring(&self) -> Result<(), Failure> {
        let item = self.read()?.and_then(|written| written.keyring);
        match (item, self.keys()?) {
            (Some(item), Some(keys)) => self.write(IN_FILE, &with_keys(&keys, Some(item))),
            _ => Ok(()),
        }
    }

    /// Forgets the keyring's item, once the file has the keys. The caller holds the lock.
    pub(crate) fn leave_keyring(&self) -> Result<(), Failure> {
        let Some(written) = self.read()? else {
            return Ok(());
        };
        let (Some(item), Some(_), Some(keys)) = (written.keyring, written.current, self.keys()?)
        else {
            return Ok(());
        };
        self.write(IN_FILE, &with_keys(&keys, None))?;
        if let Err(failure) = keyring::delete(&item) {
            output::note(&format!(
                "the item {item} of the service countersign may still be in the keyring, and has the key that the file has: delete it there ({failure})"
            ));
        }
        Ok(())
    }
}

/// Puts an item in, and looks whether it comes out again.
fn put(item: &str, text: &Secret) -> Result<(), Failure> {
    keyring::set(item, text)?;
    if keyring::get(item)?.expose_secret() != text.expose_secret() {
        return Err(Failure::Work(
            "the keyring of the system gives back something else than was put in; nothing was moved"
                .to_owned(),
        ));
    }
    Ok(())
}

/// A name for an item that no other configuration directory of the user has.
fn new_item() -> Result<String, Failure> {
    let mut bytes = [0; 8];
    let filled = OsRandom::new().fill(&mut bytes);
    filled.map_err(|error| Failure::work(&error))?;
    Ok(format!("seal-keys-{:016x}", u64::from_be_bytes(bytes)))
}

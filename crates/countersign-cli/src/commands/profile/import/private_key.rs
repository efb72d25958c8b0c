//! The private key of imported settings.

use std::path::{Path, PathBuf};

use countersign_capture::settings::{PrivateKey, Settings};
use countersign_key::{RsaPrivateKey, Secret};

use crate::exit::Failure;

/// Where the key is.
pub(super) enum Key {
    /// In a file of its own already.
    File(PathBuf),
    /// In the settings.
    Text(Secret),
}

/// The private key, if there is one; what is no RSA key is refused.
pub(super) fn of(settings: &Settings, file: &Path) -> Result<Option<Key>, Failure> {
    match settings.private_key() {
        None => Ok(None),
        Some(PrivateKey::File(path)) => {
            // Tools name it from where their collection is.
            let base = file.parent().unwrap_or_else(|| Path::new(""));
            let joined = base.join(path);
            std::path::absolute(&joined)
                .map(|path| Some(Key::File(path)))
                .map_err(|source| Failure::File {
                    path: joined,
                    source,
                })
        }
        Some(PrivateKey::Text(pem)) => {
            RsaPrivateKey::read(pem.expose_secret().as_bytes(), None).map_err(|error| {
                Failure::input(format!("{}: the private key", file.display()), &error)
            })?;
            let text = pem.expose_secret();
            let end = if text.ends_with('\n') { "" } else { "\n" };
            Ok(Some(Key::Text(Secret::new(format!("{text}{end}")))))
        }
    }
}

//! Secrets: read from files or standard input, written to files for their owner alone.

use std::io::Write as _;
use std::path::Path;

use countersign_key::Secret;
use countersign_server::random_secret;

use super::Trouble;
use crate::exit::Failure;
use crate::{keys_file, output};

/// Reads a secret that is alone in its file, or on standard input for `-`.
pub(super) fn read(path: &Path) -> Result<Secret, Failure> {
    keys_file::warn_if_others_can_read(path);
    let secret = keys_file::read_passphrase(path)?;
    if secret.is_empty() {
        return Err(Failure::Input {
            what: path.display().to_string(),
            reason: "expected a secret on one line, found nothing".to_owned(),
        });
    }
    Ok(secret)
}

/// A random secret and where it goes. It is written before it is registered, so that none is lost,
/// and taken back if it is refused.
pub(super) struct New<'a> {
    path: &'a Path,
    text: Secret,
}

impl<'a> New<'a> {
    pub(super) fn write(path: &'a Path) -> Result<Self, Trouble> {
        let new = Self {
            path,
            text: random_secret()?,
        };
        if !new.is_printed() {
            create(path, new.text.expose_secret())?;
        }
        Ok(new)
    }

    /// For the store.
    pub(super) fn secret(&self) -> Secret {
        Secret::new(self.text.expose_secret())
    }

    /// Whether it goes to standard output.
    pub(super) fn is_printed(&self) -> bool {
        self.path == Path::new("-")
    }

    /// The secret, if it is to be printed.
    pub(super) fn printed(&self) -> Option<&str> {
        self.is_printed().then(|| self.text.expose_secret())
    }

    /// It is not registered.
    pub(super) fn take_back(&self) {
        if !self.is_printed() && std::fs::remove_file(self.path).is_err() {
            output::note(&format!(
                "warning: the secret in {} belongs to nobody",
                self.path.display()
            ));
        }
    }

    /// Where it went.
    pub(super) fn told(&self) -> String {
        if self.is_printed() {
            String::new()
        } else {
            format!("its secret is in {}", self.path.display())
        }
    }
}

fn create(path: &Path, text: &str) -> Result<(), Failure> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let failed = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Failure::Usage(format!("{} exists already", path.display()))
        }
        _ => Failure::File {
            path: path.to_owned(),
            source,
        },
    };
    let mut file = options.open(path).map_err(failed)?;
    let line = Secret::new(format!("{text}\n"));
    file.write_all(line.expose_secret().as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(failed)
}

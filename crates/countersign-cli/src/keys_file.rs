//! The keys file: a TOML file with the credentials of one application and token.

mod facts;
mod hidden;
#[cfg(feature = "network")]
mod sealed;
mod written;

use std::collections::BTreeMap;
use std::path::Path;

use countersign_certificate::Certificate;
#[cfg(feature = "network")]
use countersign_clock::UnixTime;
use countersign_key::{RsaPrivateKey, Secret};

use crate::exit::Failure;
use crate::{input, output};
pub(crate) use facts::{Facts, Place};
pub(crate) use hidden::Hidden;
pub(crate) use written::Written;

/// One set of credentials; every part is optional.
#[derive(Debug, Default)]
pub(crate) struct KeySet {
    pub(crate) consumer_key: Option<String>,
    pub(crate) consumer_secret: Option<Secret>,
    /// `Some("")` sends an empty `oauth_token`, `None` sends none.
    pub(crate) token: Option<String>,
    pub(crate) token_secret: Option<Secret>,
    pub(crate) session_handle: Option<Secret>,
    pub(crate) private_key: Option<RsaPrivateKey>,
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) realm: Option<String>,
    pub(crate) facts: Facts,
    /// Further sets by name: a sandbox, old keys.
    pub(crate) other: BTreeMap<String, Self>,
}

/// Reads a keys file, or standard input for `-`; paths in it are relative to it.
pub(crate) fn read(path: &Path) -> Result<KeySet, Failure> {
    let text = Secret::new(input::read_text(path)?);
    let written = Written::parse(text.expose_secret(), &path.display().to_string())?;
    let base = path.parent().unwrap_or_else(|| Path::new(""));
    if !written.example {
        warn_if_others_can_read(path);
        if let Some(key) = &written.private_key {
            warn_if_others_can_read(&base.join(key));
        }
    }
    written.load(base)
}

/// Reads a private key from any container, with the passphrase in a file of its own.
pub(crate) fn read_private_key(
    path: &Path,
    passphrase_file: Option<&Path>,
) -> Result<RsaPrivateKey, Failure> {
    read_container(path, passphrase_file).map(|(key, _)| key)
}

/// Reads a private key, and the certificates that a PKCS#12 file has beside it.
pub(crate) fn read_container(
    path: &Path,
    passphrase_file: Option<&Path>,
) -> Result<(RsaPrivateKey, Vec<Certificate>), Failure> {
    let mut set = KeySet::default();
    let passphrase = passphrase_file.map(read_passphrase).transpose()?;
    set.load_private_key(path, passphrase.as_ref())?;
    let key = set.private_key.ok_or_else(|| Failure::Input {
        what: path.display().to_string(),
        reason: "expected a private key, found none".to_owned(),
    })?;
    Ok((key, set.certificates))
}

/// Reads a secret that is alone in its file, on one line.
pub(crate) fn read_passphrase(path: &Path) -> Result<Secret, Failure> {
    let text = Secret::new(input::read_text(path)?);
    let line = text.expose_secret().trim_end_matches(['\r', '\n']);
    Ok(Secret::new(line))
}

pub(crate) fn warn_if_others_can_read(path: &Path) {
    if let Some(mode) = mode_if_others_can_read(path) {
        output::note(&format!(
            "warning: others can read {path} (mode {mode:04o}); close it: chmod 600 {path}",
            path = path.display()
        ));
    }
}

/// The permissions of a file, if they let others than its owner at it.
#[cfg(unix)]
pub(crate) fn mode_if_others_can_read(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;

    if path == Path::new("-") {
        return None;
    }
    let metadata = std::fs::metadata(path).ok()?;
    let mode = metadata.permissions().mode() & 0o777;
    (metadata.is_file() && mode & 0o077 != 0).then_some(mode)
}

#[cfg(not(unix))]
pub(crate) const fn mode_if_others_can_read(_path: &Path) -> Option<u32> {
    None
}

impl KeySet {
    /// When the certificate ends that the key signs under. Of several the last one counts, as during a
    /// change-over the others may end; those of issuers, which stand beside it in a chain, are none.
    #[cfg(feature = "network")]
    pub(crate) fn certificate_end(&self) -> Option<UnixTime> {
        let key = self.private_key.as_ref();
        let own = self.certificates.iter();
        own.filter(|it| key.is_none_or(|key| it.matches(key).is_ok()))
            .map(Certificate::not_after)
            .max()
    }

    /// Reads a private key from any container; a PKCS#12 file brings its certificates along.
    fn load_private_key(
        &mut self,
        path: &Path,
        passphrase: Option<&Secret>,
    ) -> Result<(), Failure> {
        let bytes = input::read(path)?;
        let failed =
            |error: &dyn core::error::Error| Failure::input(path.display().to_string(), error);
        // By itself a PKCS#12 file gives its key, without the certificates.
        let container = passphrase
            .and_then(|passphrase| countersign_key::pkcs12::read(&bytes, passphrase).ok());
        match container {
            Some(contents) => self.take_pkcs12(contents, path)?,
            None => {
                let key = RsaPrivateKey::read(&bytes, passphrase);
                self.private_key = Some(key.map_err(|error| failed(&error))?);
            }
        }
        Ok(())
    }

    fn take_pkcs12(
        &mut self,
        contents: countersign_key::pkcs12::Contents,
        path: &Path,
    ) -> Result<(), Failure> {
        let (private_key, certificates) = contents.into_parts();
        for der in certificates {
            let certificate = Certificate::read(&der)
                .map_err(|error| Failure::input(path.display().to_string(), &error))?;
            self.certificates.push(certificate);
        }
        self.private_key = Some(private_key);
        Ok(())
    }

    /// The keys for the doctor.
    pub(crate) fn into_doctor_keys(self) -> countersign_doctor::Keys {
        let mut keys = countersign_doctor::Keys::default();
        if let Some(row) = self.facts.row() {
            keys = keys.with_provider(row);
        }
        if let Some(key) = self.consumer_key {
            keys = keys.with_consumer_key(key);
        }
        if let Some(secret) = self.consumer_secret {
            keys = keys.with_consumer_secret(secret);
        }
        if let Some(token) = self.token {
            keys = keys.with_token(token);
        }
        if let Some(secret) = self.token_secret {
            keys = keys.with_token_secret(secret);
        }
        if let Some(key) = self.private_key {
            keys = keys.with_private_key(key);
        }
        for certificate in self.certificates {
            keys = keys.with_certificate(certificate);
        }
        for (name, other) in self.other {
            keys = keys.with_other(name, other.into_doctor_keys());
        }
        keys
    }
}

//! The keys file: a TOML file with the credentials of one application and token.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use countersign_certificate::Certificate;
use countersign_key::{RsaPrivateKey, Secret};
use serde::Deserialize;

use crate::exit::Failure;
use crate::{input, output};

/// The keys file as written.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Written {
    consumer_key: Option<String>,
    consumer_secret: Option<String>,
    token: Option<String>,
    token_secret: Option<String>,
    session_handle: Option<String>,
    private_key: Option<PathBuf>,
    certificate: Option<PathBuf>,
    passphrase_file: Option<PathBuf>,
    realm: Option<String>,
    /// Published credentials: nobody needs to be told that others can read them.
    #[serde(default)]
    example: bool,
    #[serde(default)]
    other: BTreeMap<String, Self>,
}

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
    /// Further sets by name: a sandbox, old keys.
    pub(crate) other: BTreeMap<String, Self>,
}

/// Reads a keys file, or standard input for `-`; paths in it are relative to it.
pub(crate) fn read(path: &Path) -> Result<KeySet, Failure> {
    let text = input::read_text(path)?;
    let written: Written = toml::from_str(&text).map_err(|error| Failure::Input {
        what: path.display().to_string(),
        // The error's own text quotes the line, which may hold a secret.
        reason: match error.span() {
            Some(span) => format!("{} (byte {})", error.message(), span.start),
            None => error.message().to_owned(),
        },
    })?;
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
    let mut set = KeySet::default();
    let passphrase = passphrase_file.map(read_passphrase).transpose()?;
    set.load_private_key(path, passphrase.as_ref())?;
    set.private_key.ok_or_else(|| Failure::Input {
        what: path.display().to_string(),
        reason: "expected a private key, found none".to_owned(),
    })
}

/// Reads a secret that is alone in its file, on one line.
pub(crate) fn read_passphrase(path: &Path) -> Result<Secret, Failure> {
    let text = Secret::new(input::read_text(path)?);
    let line = text.expose_secret().trim_end_matches(['\r', '\n']);
    Ok(Secret::new(line))
}

#[cfg(unix)]
pub(crate) fn warn_if_others_can_read(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;

    if path == Path::new("-") {
        return;
    }
    let Ok(metadata) = std::fs::metadata(path) else {
        return;
    };
    let mode = metadata.permissions().mode() & 0o777;
    if metadata.is_file() && mode & 0o077 != 0 {
        output::note(&format!(
            "warning: others can read {path} (mode {mode:04o}); close it: chmod 600 {path}",
            path = path.display()
        ));
    }
}

#[cfg(not(unix))]
pub(crate) const fn warn_if_others_can_read(_path: &Path) {}

impl Written {
    fn load(self, base: &Path) -> Result<KeySet, Failure> {
        let passphrase = match &self.passphrase_file {
            Some(path) => Some(read_passphrase(&base.join(path))?),
            None => None,
        };
        let mut set = KeySet {
            consumer_key: self.consumer_key,
            consumer_secret: self.consumer_secret.map(Secret::new),
            token: self.token,
            token_secret: self.token_secret.map(Secret::new),
            session_handle: self.session_handle.map(Secret::new),
            realm: self.realm,
            ..KeySet::default()
        };
        if let Some(path) = &self.private_key {
            set.load_private_key(&base.join(path), passphrase.as_ref())?;
        }
        if let Some(path) = &self.certificate {
            let path = base.join(path);
            set.certificates = Certificate::read_all(&input::read(&path)?)
                .map_err(|error| Failure::input(path.display().to_string(), &error))?;
        }
        for (name, other) in self.other {
            set.other.insert(name, other.load(base)?);
        }
        Ok(set)
    }
}

impl KeySet {
    /// Reads a private key from any container; a PKCS#12 file brings its certificates along.
    fn load_private_key(
        &mut self,
        path: &Path,
        passphrase: Option<&Secret>,
    ) -> Result<(), Failure> {
        let bytes = input::read(path)?;
        let failed =
            |error: &dyn core::error::Error| Failure::input(path.display().to_string(), error);
        match (RsaPrivateKey::read(&bytes, passphrase), passphrase) {
            (Ok(key), _) => self.private_key = Some(key),
            (Err(error), Some(passphrase)) => {
                let Ok(contents) = countersign_key::pkcs12::read(&bytes, passphrase) else {
                    return Err(failed(&error));
                };
                self.take_pkcs12(contents, path)?;
            }
            (Err(error), None) => return Err(failed(&error)),
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

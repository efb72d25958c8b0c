//! The file with the keys that secrets are sealed by.
//!
//! ```toml
//! current = 2
//!
//! [keys]
//! 1 = "base64 of 32 random bytes"
//! 2 = "…"
//! ```

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_key::{Secret, SecretBytes, SecureRandom};
use countersign_store::seal::{KeyId, SealKey, Sealer};
use serde::Deserialize;
use zeroize::Zeroizing;

const KEY_BYTES: usize = 32;

/// The file with the sealing keys can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealKeysError {
    /// A key is not what a key must be.
    #[error("expected 32 bytes as base64 for key {id} in {}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// Which key.
        id: String,
    },
    /// There is no such file.
    #[error(
        "expected the file with the keys that the store is sealed by, found none: {}; bring it back from a copy, since \
         the secrets in the store can't be read without it, or see whether `[store]` names the right files",
        path.display()
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// `current` names no key.
    #[error("expected a key {current} as `current` says, found none in {}", path.display())]
    NoCurrent {
        /// The file.
        path: PathBuf,
        /// The key named.
        current: u32,
    },
    /// Others can read the file.
    #[error("expected a file that only its owner can read, found mode {mode:04o}: chmod 600 {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// No random bytes for a new key.
    #[error("the source of random bytes failed")]
    Random,
    /// It can't be read or written.
    #[error("can't {doing} {}", path.display())]
    File {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is not such a file.
    #[error("expected `current` and a table `keys` in {}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
    },
}

/// The keys as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    current: u32,
    keys: BTreeMap<String, Zeroizing<String>>,
}

/// Reads the keys.
///
/// # Errors
///
/// [`SealKeysError`]; none repeats what the file holds.
pub(crate) fn read(path: &Path) -> Result<Sealer, SealKeysError> {
    let bytes = match std::fs::read(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(SealKeysError::Missing {
                path: path.to_owned(),
            });
        }
        read => read.map(SecretBytes::new).map_err(failed("read", path))?,
    };
    let syntax = || SealKeysError::Syntax {
        path: path.to_owned(),
    };
    let text = core::str::from_utf8(bytes.expose_secret()).map_err(|_| syntax())?;
    let written: Written = toml::from_str(text).map_err(|_| syntax())?;
    // Of another file nobody is told to change the mode.
    check_mode(path)?;
    let mut keys = BTreeMap::new();
    for (id, text) in written.keys {
        let bad = || SealKeysError::Key {
            path: path.to_owned(),
            id: id.clone(),
        };
        let number: u32 = id.parse().map_err(|_| bad())?;
        let decoded = STANDARD
            .decode(text.trim())
            .map(SecretBytes::new)
            .map_err(|_| bad())?;
        let key: [u8; KEY_BYTES] = decoded.expose_secret().try_into().map_err(|_| bad())?;
        keys.insert(number, SealKey::from_bytes(key));
    }
    let current = keys
        .remove(&written.current)
        .ok_or_else(|| SealKeysError::NoCurrent {
            path: path.to_owned(),
            current: written.current,
        })?;
    let sealer = Sealer::new(KeyId::new(written.current), current);
    keys.into_iter().try_fold(sealer, |sealer, (id, key)| {
        sealer
            .with_older_key(KeyId::new(id), key)
            .map_err(|_| syntax())
    })
}

/// Makes the file with one new key, readable for its owner only.
///
/// # Errors
///
/// There is one already, or it can't be written.
pub(crate) fn create(path: &Path, random: &mut dyn SecureRandom) -> Result<(), SealKeysError> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    random
        .fill(key.as_mut_slice())
        .map_err(|_| SealKeysError::Random)?;
    let text = Secret::new(format!(
        "# The keys that secrets in the store are sealed by. Keep a copy, apart from the store's.\n\
         current = 1\n\n[keys]\n1 = \"{}\"\n",
        Zeroizing::new(STANDARD.encode(key.as_slice())).as_str()
    ));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    owner_only(&mut options);
    options
        .open(path)
        .and_then(|mut file| {
            file.write_all(text.expose_secret().as_bytes())?;
            file.sync_all()
        })
        .map_err(failed("write", path))
}

fn failed(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> SealKeysError {
    move |source| SealKeysError::File {
        doing,
        path: path.to_owned(),
        source,
    }
}

#[cfg(unix)]
fn owner_only(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600);
}

#[cfg(not(unix))]
const fn owner_only(_options: &mut OpenOptions) {}

fn check_mode(path: &Path) -> Result<(), SealKeysError> {
    let mode = mode(path).map_err(failed("read", path))?;
    if !is_open(mode) {
        return Ok(());
    }
    Err(SealKeysError::Open {
        path: path.to_owned(),
        mode,
    })
}

/// Whether others than its owner may do anything with a file.
pub(crate) const fn is_open(mode: u32) -> bool {
    mode & 0o077 != 0
}

/// Who may do what with a file.
#[cfg(unix)]
pub(crate) fn mode(path: &Path) -> std::io::Result<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = std::fs::metadata(path)?;
    Ok(metadata.permissions().mode() & 0o777)
}

/// Where files have no modes, only their owners are to be asked.
#[cfg(not(unix))]
pub(crate) fn mode(path: &Path) -> std::io::Result<u32> {
    std::fs::metadata(path).map(|_| 0o600)
}

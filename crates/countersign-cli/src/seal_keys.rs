//! The file with the keys that the secrets of connections are sealed by.
//!
//! ```toml
//! current = 1
//!
//! [keys]
//! 1 = "base64 of 32 random bytes"
//! ```

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_key::{Secret, SecretBytes, SecureRandom as _};
use countersign_signature::OsRandom;
use countersign_store::seal::{KeyId, SealKey, Sealer};
use serde::Deserialize;

use crate::exit::Failure;
use crate::profile::files;

const KEY_BYTES: usize = 32;

/// The keys as written: what is sealed with any of them is opened, the current one seals.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    current: u32,
    keys: BTreeMap<String, String>,
}

/// Reads the keys; a file that others could have read is refused.
pub(super) fn read(path: &Path) -> Result<Sealer, Failure> {
    let refused = |reason: &str| Failure::Input {
        what: path.display().to_string(),
        reason: reason.to_owned(),
    };
    let text = Secret::new(files::read(path)?);
    // The reader's own text quotes the line.
    let written: Written = toml::from_str(text.expose_secret())
        .map_err(|_| refused("expected `current` and a table `keys`, found something else"))?;
    let keys: Vec<(u32, Secret)> = written
        .keys
        .into_iter()
        .map(|(id, text)| (id.parse(), Secret::new(text)))
        .map(|(id, text)| {
            Ok((
                id.map_err(|_| refused("expected numbers as names of keys"))?,
                text,
            ))
        })
        .collect::<Result<_, Failure>>()?;
    let mut current = None;
    let mut older = Vec::new();
    for (id, text) in keys {
        let key = key(&text).ok_or_else(|| refused("expected base64 of 32 bytes as a key"))?;
        if id == written.current {
            current = Some(Sealer::new(KeyId::new(id), key));
        } else {
            older.push((KeyId::new(id), key));
        }
    }
    let sealer = current.ok_or_else(|| refused("expected a key of the number `current`"))?;
    older.into_iter().try_fold(sealer, |sealer, (id, key)| {
        let twice = |_| refused("expected each number once");
        sealer.with_older_key(id, key).map_err(twice)
    })
}

fn key(text: &Secret) -> Option<SealKey> {
    let bytes = STANDARD.decode(text.expose_secret().trim()).ok()?;
    let bytes = SecretBytes::new(bytes);
    let bytes: [u8; KEY_BYTES] = bytes.expose_secret().try_into().ok()?;
    Some(SealKey::from_bytes(bytes))
}

/// Makes the file with one new key, durable before anything is sealed with it. The caller holds the
/// lock.
pub(super) fn make(path: &Path) -> Result<(), Failure> {
    let mut key = vec![0; KEY_BYTES];
    let filled = OsRandom::new().fill(&mut key);
    let key = SecretBytes::new(key);
    filled.map_err(|error| Failure::work(&error))?;
    let encoded = Secret::new(STANDARD.encode(key.expose_secret()));
    let text = Secret::new(format!(
        "# The keys that the tokens beside it are sealed by. Without them they can't be read.\n\
         current = 1\n\n[keys]\n1 = \"{}\"\n",
        encoded.expose_secret()
    ));
    files::write(path, text.expose_secret().as_bytes())
}

//! Keys by number, one of which seals.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_key::{SecretBytes, SecureRandom as _};
use countersign_signature::OsRandom;
use countersign_store::seal::{KeyId, SealKey, Sealer};

use crate::exit::Failure;
use crate::keys_file::Hidden;

const KEY_BYTES: usize = 32;

/// What is sealed with any of them is opened, the current one seals.
pub(crate) struct SealKeys {
    current: u32,
    /// In base64.
    keys: BTreeMap<u32, Hidden>,
}

impl core::fmt::Debug for SealKeys {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SealKeys")
            .field("current", &self.current)
            .finish_non_exhaustive()
    }
}

impl SealKeys {
    /// One new key.
    pub(super) fn make() -> Result<Self, Failure> {
        let mut key = vec![0; KEY_BYTES];
        let filled = OsRandom::new().fill(&mut key);
        let key = SecretBytes::new(key);
        filled.map_err(|error| Failure::work(&error))?;
        let encoded = Hidden::new(STANDARD.encode(key.expose_secret()));
        Ok(Self {
            current: 1,
            keys: BTreeMap::from([(1, encoded)]),
        })
    }

    /// The keys as they are written.
    pub(super) fn of(current: u32, keys: BTreeMap<String, Hidden>) -> Result<Self, &'static str> {
        let count = keys.len();
        let numbered = |(id, text): (String, Hidden)| {
            let id = id.parse::<u32>();
            Ok((id.map_err(|_| "expected numbers as names of keys")?, text))
        };
        let keys: Result<BTreeMap<u32, Hidden>, &'static str> =
            keys.into_iter().map(numbered).collect();
        let keys = keys?;
        if keys.len() != count {
            return Err("expected each number once");
        }
        if keys.values().any(|text| key(text).is_none()) {
            return Err("expected base64 of 32 bytes as a key");
        }
        if !keys.contains_key(&current) {
            return Err("expected a key of the number `current`");
        }
        Ok(Self { current, keys })
    }

    pub(super) fn written(&self) -> (u32, BTreeMap<String, Hidden>) {
        let keys = self.keys.iter();
        let keys = keys.map(|(id, text)| (id.to_string(), text.clone()));
        (self.current, keys.collect())
    }

    /// What seals and opens with them.
    pub(crate) fn sealer(&self) -> Result<Sealer, Failure> {
        let bad = || Failure::Work("a key to seal with can't be read".to_owned());
        let current = self.keys.get(&self.current).and_then(|text| key(text));
        let sealer = Sealer::new(KeyId::new(self.current), current.ok_or_else(bad)?);
        let older = self.keys.iter().filter(|(id, _)| **id != self.current);
        older.into_iter().try_fold(sealer, |sealer, (id, text)| {
            let key = key(text).ok_or_else(bad)?;
            sealer
                .with_older_key(KeyId::new(*id), key)
                .map_err(|error| Failure::work(&error))
        })
    }
}

fn key(text: &str) -> Option<SealKey> {
    let bytes = SecretBytes::new(STANDARD.decode(text.trim()).ok()?);
    let bytes: [u8; KEY_BYTES] = bytes.expose_secret().try_into().ok()?;
    Some(SealKey::from_bytes(bytes))
}

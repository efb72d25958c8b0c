//! A profile whose secrets are sealed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_key::Secret;
use countersign_signature::OsRandom;
use countersign_store::seal::{Place, Sealer};

use super::Written;
use crate::exit::Failure;

/// What is sealed opens in the profile of this name alone.
const TABLE: &str = "profile";

impl Written {
    /// The text of a profile, all secrets in it sealed for the profile of this name.
    pub(crate) fn to_sealed_toml(&self, sealer: &Sealer, name: &str) -> Result<Secret, Failure> {
        let whole = self.to_toml()?;
        let mut shown = Self::parse(whole.expose_secret(), name)?;
        let secrets = shown.take_secrets().to_toml()?;
        if !secrets.is_empty() {
            let plain = secrets.expose_secret().as_bytes();
            let sealed = sealer
                .seal(place(name), plain, &mut OsRandom::new())
                .map_err(|error| Failure::work(&error))?;
            shown.sealed = Some(STANDARD.encode(sealed));
        }
        shown.to_toml()
    }

    /// Opens what is sealed, for the profile of this name. A secret that stands beside it was written
    /// there since, and counts.
    pub(crate) fn unseal(&mut self, sealer: &Sealer, name: &str) -> Result<(), Failure> {
        let Some(sealed) = self.sealed.take() else {
            return Ok(());
        };
        let refused = |reason: String| Failure::Input {
            what: format!("the secrets of the profile {name}"),
            reason,
        };
        let sealed = STANDARD
            .decode(sealed.trim())
            .map_err(|_| refused("expected base64 as `sealed`".to_owned()))?;
        let plain = sealer.open(place(name), &sealed).map_err(|error| {
            refused(format!(
                "{error}; a profile's file keeps its name, as its secrets open under no other"
            ))
        })?;
        let text = core::str::from_utf8(plain.expose_secret())
            .map_err(|_| refused("expected text within `sealed`".to_owned()))?;
        self.put_secrets(Self::parse(text, "what is sealed")?);
        Ok(())
    }

    fn take_secrets(&mut self) -> Self {
        Self {
            consumer_secret: self.consumer_secret.take(),
            token: self.token.take(),
            token_secret: self.token_secret.take(),
            session_handle: self.session_handle.take(),
            unstored: self.unstored.take(),
            other: core::mem::take(&mut self.other),
            ..Self::default()
        }
    }

    fn put_secrets(&mut self, secrets: Self) {
        fn put<T>(place: &mut Option<T>, value: Option<T>) {
            if place.is_none() {
                *place = value;
            }
        }
        put(&mut self.consumer_secret, secrets.consumer_secret);
        // A token that was written by hand has another secret, or none.
        if self.token.is_none() {
            self.token = secrets.token;
            put(&mut self.token_secret, secrets.token_secret);
            put(&mut self.session_handle, secrets.session_handle);
            put(&mut self.unstored, secrets.unstored);
        }
        for (name, other) in secrets.other {
            self.other.entry(name).or_insert(other);
        }
    }
}

fn place(name: &str) -> Place<'_> {
    Place::new(TABLE, name.as_bytes(), 0)
}

#[cfg(test)]
mod tests {
    use countersign_store::seal::{KeyId, SealKey, Sealer};

    use super::Written;
    use crate::keys_file::Hidden;

    fn sealer(key: u8) -> Sealer {
        Sealer::new(KeyId::new(1), SealKey::from_bytes([key; 32]))
    }

    fn whole() -> Written {
        let canary = |name: &str| Some(Hidden::new(format!("canary-{name}")));
        let set = |other| Written {
            preset: Some("acme".to_owned()),
            consumer_key: Some("key".to_owned()),
            consumer_secret: canary("consumer"),
            token: Some("canary-token".to_owned()),
            token_secret: canary("token-secret"),
            session_handle: canary("handle"),
            unstored: Some("canary-token".to_owned()),
            unstored_generation: Some(3),
            other,
            ..Written::default()
        };
        let inner = set(std::collections::BTreeMap::new());
        set([("previous".to_owned(), inner)].into_iter().collect())
    }

    #[test]
    fn what_is_sealed_shows_no_secret_and_opens_as_it_was() {
        let text = whole().to_sealed_toml(&sealer(1), "acme").unwrap();
        let text = text.expose_secret();
        assert!(!text.contains("canary"), "{text}");
        assert!(text.contains("consumer_key = \"key\""), "{text}");
        let mut again = Written::parse(text, "test").unwrap();
        again.unseal(&sealer(1), "acme").unwrap();
        assert_eq!(
            again.to_toml().unwrap().expose_secret(),
            whole().to_toml().unwrap().expose_secret()
        );
    }

    /// Neither another key, nor another profile, nor a changed letter.
    #[test]
    fn it_opens_for_its_own_profile_alone() {
        let text = whole().to_sealed_toml(&sealer(1), "acme").unwrap();
        let read = || Written::parse(text.expose_secret(), "test").unwrap();
        assert!(read().unseal(&sealer(2), "acme").is_err());
        assert!(read().unseal(&sealer(1), "other").is_err());
        let mut tampered = read();
        let sealed = tampered.sealed.take().unwrap();
        let last = if sealed.ends_with("A=") { "B=" } else { "A=" };
        tampered.sealed = Some(format!("{}{last}", &sealed[..sealed.len() - 2]));
        assert!(tampered.unseal(&sealer(1), "acme").is_err());
        assert!(read().unseal(&sealer(1), "acme").is_ok());
    }

    #[test]
    fn what_was_written_beside_it_counts() {
        let text = whole().to_sealed_toml(&sealer(1), "acme").unwrap();
        let by_hand = format!("token = \"new\"\n{}", text.expose_secret());
        let mut read = Written::parse(&by_hand, "test").unwrap();
        read.unseal(&sealer(1), "acme").unwrap();
        assert_eq!(read.token.as_deref(), Some("new"));
        assert!(read.token_secret.is_none() && read.session_handle.is_none());
        assert_eq!(read.consumer_secret.as_deref(), Some("canary-consumer"));
        assert_eq!(read.rescued(), None);
    }

    #[test]
    fn nothing_secret_is_nothing_to_seal() {
        let bare = Written {
            preset: Some("acme".to_owned()),
            ..Written::default()
        };
        let text = bare.to_sealed_toml(&sealer(1), "acme").unwrap();
        assert_eq!(text.expose_secret(), "preset = \"acme\"\n");
    }
}

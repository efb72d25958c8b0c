//! A secret as it stands in a file.

use core::ops::Deref;

use countersign_key::Secret;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The text of a secret, wiped when it is dropped.
pub(crate) struct Hidden(Secret);

impl Hidden {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(Secret::new(text))
    }

    pub(crate) fn into_secret(self) -> Secret {
        self.0
    }
}

impl Clone for Hidden {
    fn clone(&self) -> Self {
        Self::new(self.0.expose_secret())
    }
}

impl Deref for Hidden {
    type Target = str;

    fn deref(&self) -> &str {
        self.0.expose_secret()
    }
}

impl Serialize for Hidden {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::Hidden;

    #[test]
    fn it_is_a_text_in_a_file_and_wiped_in_memory() {
        #[derive(serde::Serialize, serde::Deserialize)]
        struct File {
            secret: Option<Hidden>,
        }
        let text = "secret = \"canary\"\n";
        let file: File = toml::from_str(text).unwrap();
        assert_eq!(file.secret.as_deref(), Some("canary"));
        assert_eq!(toml::to_string(&file).unwrap(), text);
        let secret = file.secret.unwrap().clone().into_secret();
        assert_eq!(secret.expose_secret(), "canary");
    }
}

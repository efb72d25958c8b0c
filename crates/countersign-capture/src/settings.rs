//! The OAuth 1.0 settings that other tools keep, for taking them over.
//!
//! ```
//! use countersign_capture::Limits;
//! use countersign_capture::settings::{Tool, read};
//!
//! let file = b"\
//! meta {
//!   name: Photos
//! }
//!
//! auth:oauth1 {
//!   consumer_key: dpf43f3p2l4k3l03
//!   consumer_secret: {{secret}}
//!   signature_method: HMAC-SHA1
//!   placement: header
//! }
//! ";
//! let found = read(Tool::Bruno, file, &Limits::default())?;
//! assert_eq!(found[0].label(), "Photos");
//! assert_eq!(found[0].consumer_key(), Some("dpf43f3p2l4k3l03"));
//! assert!(found[0].consumer_secret().is_none());
//! assert_eq!(found[0].unresolved(), ["secret"]);
//! # Ok::<(), countersign_capture::settings::SettingsError>(())
//! ```

mod bruno;
mod document;
mod draft;
mod error;
mod insomnia;
mod postman;
mod twurl;
mod yaml;

#[cfg(test)]
mod tests;

use core::fmt;

use countersign_base_string::Place;
use countersign_key::Secret;

use crate::error::{Limit, LimitError};
use crate::limits::Limits;

pub use error::{SettingsError, Where};

/// Which tool wrote the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Tool {
    /// A `.bru` file of a request, folder or collection.
    Bruno,
    /// An export in format 4 (JSON) or 5 (YAML).
    Insomnia,
    /// A collection v2.0 or v2.1, or an item of one.
    Postman,
    /// `.twurlrc`.
    Twurl,
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bruno => "Bruno file",
            Self::Insomnia => "Insomnia export",
            Self::Postman => "Postman collection",
            Self::Twurl => ".twurlrc",
        })
    }
}

/// A private key as a tool keeps it.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "a key stands here or elsewhere")]
pub enum PrivateKey {
    /// The path of its file, relative to the collection.
    File(String),
    /// Its text.
    Text(Secret),
}

/// One set of OAuth 1.0 settings. Values that hold a variable nobody defines are left out.
#[derive(Default)]
pub struct Settings {
    label: String,
    is_default: bool,
    consumer_key: Option<String>,
    consumer_secret: Option<Secret>,
    token: Option<String>,
    token_secret: Option<Secret>,
    signature_method: Option<String>,
    placement: Option<Place>,
    realm: Option<String>,
    callback: Option<String>,
    body_hash: Option<bool>,
    private_key: Option<PrivateKey>,
    unresolved: Vec<String>,
}

/// Shows which settings there are, never their values.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            label,
            is_default,
            consumer_key,
            consumer_secret,
            token,
            token_secret,
            signature_method,
            placement,
            realm,
            callback,
            body_hash,
            private_key,
            unresolved,
        } = self;
        f.debug_struct("Settings")
            .field("label", label)
            .field("is_default", is_default)
            .field("consumer_key", &consumer_key.is_some())
            .field("consumer_secret", &consumer_secret.is_some())
            .field("token", &token.is_some())
            .field("token_secret", &token_secret.is_some())
            .field("signature_method", &signature_method.is_some())
            .field("placement", placement)
            .field("realm", &realm.is_some())
            .field("callback", &callback.is_some())
            .field("body_hash", body_hash)
            .field("private_key", &private_key.is_some())
            .field("unresolved", unresolved)
            .finish()
    }
}

impl Settings {
    /// What the tool calls it: the name of a request or folder, or of a user.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Whether the tool takes these where it is told nothing else.
    #[must_use]
    pub const fn is_default(&self) -> bool {
        self.is_default
    }

    /// The consumer key.
    #[must_use]
    pub fn consumer_key(&self) -> Option<&str> {
        self.consumer_key.as_deref()
    }

    /// The consumer secret.
    #[must_use]
    pub const fn consumer_secret(&self) -> Option<&Secret> {
        self.consumer_secret.as_ref()
    }

    /// The token.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The token's secret.
    #[must_use]
    pub const fn token_secret(&self) -> Option<&Secret> {
        self.token_secret.as_ref()
    }

    /// The signature method, as the tool names it.
    #[must_use]
    pub fn signature_method(&self) -> Option<&str> {
        self.signature_method.as_deref()
    }

    /// Where the protocol parameters go. Postman says only whether that is the header; where it is
    /// not, the query is named here, while Postman itself puts them into form bodies.
    #[must_use]
    pub const fn placement(&self) -> Option<Place> {
        self.placement
    }

    /// The realm.
    #[must_use]
    pub fn realm(&self) -> Option<&str> {
        self.realm.as_deref()
    }

    /// The callback.
    #[must_use]
    pub fn callback(&self) -> Option<&str> {
        self.callback.as_deref()
    }

    /// Whether bodies are hashed.
    #[must_use]
    pub const fn body_hash(&self) -> Option<bool> {
        self.body_hash
    }

    /// The private key.
    #[must_use]
    pub const fn private_key(&self) -> Option<&PrivateKey> {
        self.private_key.as_ref()
    }

    /// Names of variables that the file does not define; the values that use them are left out.
    #[must_use]
    pub fn unresolved(&self) -> &[String] {
        &self.unresolved
    }
}

/// Reads every set of OAuth 1.0 settings of a file, at least one.
///
/// # Errors
///
/// [`SettingsError`] says what was expected and found, and where; never what the input holds.
pub fn read(tool: Tool, input: &[u8], limits: &Limits) -> Result<Vec<Settings>, SettingsError> {
    if input.len() > limits.input_bytes() {
        return Err(SettingsError::Limit(LimitError {
            what: Limit::InputBytes,
            limit: limits.input_bytes(),
            found: input.len(),
        }));
    }
    let input = input.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(input);
    let found = match tool {
        Tool::Bruno => bruno::read(error::text(tool, input)?)?,
        Tool::Insomnia => insomnia::read(input, limits)?,
        Tool::Postman => postman::read(input, limits)?,
        Tool::Twurl => twurl::read(error::text(tool, input)?, limits)?,
    };
    if found.is_empty() {
        return Err(SettingsError::new(
            tool,
            "OAuth 1.0 settings",
            "none",
            Where::Whole,
        ));
    }
    Ok(found)
}

//! Applications and users in the configuration.

use core::fmt;
use std::path::PathBuf;

use serde::Deserialize;

/// `[[consumer]]`: an application that is registered at the start.
///
/// What the file says replaces what the store says, but for certificates: those that were added by
/// an administrator stay.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ConsumerEntry {
    /// The consumer key.
    pub key: String,
    /// Its name, for the person who is asked; the key without it.
    #[serde(default)]
    pub name: Option<String>,
    /// What it may do.
    pub kind: ConsumerEntryKind,
    /// The file with its secret, on one line. It signs with HMAC.
    #[serde(default)]
    pub secret_file: Option<PathBuf>,
    /// The files of its certificates. It signs with RSA.
    #[serde(default)]
    pub certificates: Vec<PathBuf>,
    /// Where users may be sent back to; `oob` to show a code instead.
    #[serde(default)]
    pub callbacks: Vec<String>,
    /// The signature methods it is pinned to; empty for all that its kind of key allows.
    #[serde(default)]
    pub methods: Vec<String>,
    /// The organisation that a private application belongs to.
    #[serde(default)]
    pub organisation: Option<String>,
    /// Whether it may sign requests without any token.
    #[serde(default)]
    pub two_legged: bool,
    /// Whether it may trade a user's name and password for a token.
    #[serde(default)]
    pub xauth: bool,
}

impl ConsumerEntry {
    /// An application with nothing but its key and kind.
    #[must_use]
    pub fn new(key: impl Into<String>, kind: ConsumerEntryKind) -> Self {
        Self {
            key: key.into(),
            name: None,
            kind,
            secret_file: None,
            certificates: Vec::new(),
            callbacks: Vec::new(),
            methods: Vec::new(),
            organisation: None,
            two_legged: false,
            xauth: false,
        }
    }
}

/// What an application may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ConsumerEntryKind {
    /// Runs the three-legged flow; its tokens live half an hour.
    Public,
    /// Belongs to one organisation and needs no flow.
    Private,
    /// Runs the three-legged flow and renews its tokens.
    Partner,
}

/// `[[user]]`: a user who may log in.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct UserEntry {
    /// The name to log in with.
    pub name: String,
    /// The hash of the password, as `countersign admin user hash` prints it.
    pub password_hash: String,
    /// The organisations the user belongs to.
    #[serde(default)]
    pub organisations: Vec<Membership>,
}

impl UserEntry {
    /// A user.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        password_hash: impl Into<String>,
        organisations: Vec<Membership>,
    ) -> Self {
        Self {
            name: name.into(),
            password_hash: password_hash.into(),
            organisations,
        }
    }
}

impl fmt::Debug for UserEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserEntry")
            .field("name", &self.name)
            .field("organisations", &self.organisations)
            .finish_non_exhaustive()
    }
}

/// A user's place in an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Membership {
    /// The organisation.
    pub name: String,
    /// The role there.
    pub role: String,
}

impl Membership {
    /// A role in an organisation.
    #[must_use]
    pub fn new(name: impl Into<String>, role: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            role: role.into(),
        }
    }
}

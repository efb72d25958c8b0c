//! The configuration: a TOML file, every key of which is known.

mod entries;
mod sections;

pub use entries::{ConsumerEntry, ConsumerEntryKind, Membership, UserEntry};
pub use sections::{
    Access, Clock, ForwardedKind, Mode, RefusalsSection, Renewal, ServerSection, Store, StoreKind,
    Wording,
};

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// A configuration file can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file can't be read.
    #[error("can't read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is no TOML, or has a key that is not known, or a value of another type.
    #[error("{} line {line}: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where, from 1.
        line: usize,
        /// What was expected and found.
        message: String,
    },
    /// A value that can't be used.
    #[error("[{section}] {key}: expected {expected}, found {found}")]
    Value {
        /// The section.
        section: &'static str,
        /// The key.
        key: String,
        /// What it has to be.
        expected: String,
        /// What it is.
        found: String,
    },
}

impl ConfigError {
    pub(crate) fn value(
        section: &'static str,
        key: impl Into<String>,
        expected: impl Into<String>,
        found: impl core::fmt::Display,
    ) -> Self {
        Self::Value {
            section,
            key: key.into(),
            expected: expected.into(),
            found: found.to_string(),
        }
    }
}

/// How a service is set up. Without a file it is [`Config::default`]: SQLite in the working
/// directory, on the loopback address, and nobody registered.
///
/// ```
/// use countersign_server::Config;
///
/// let config = Config::parse(
///     r#"
/// [server]
/// listen = "127.0.0.1:8080"
/// upstream = "http://127.0.0.1:9000"
///
/// [renewal]
/// mode = "graceful"
///
/// [[consumer]]
/// key = "photo-printer"
/// name = "Photo Printer"
/// kind = "public"
/// secret_file = "photo-printer.secret"
/// callbacks = ["https://printer.example/ready"]
/// "#,
///     "/etc/countersign/countersign.toml",
/// )?;
/// assert_eq!(config.server.listen.port(), 8080);
/// assert!(Config::parse("[server]\nlisten = 8080", "countersign.toml").is_err());
/// # Ok::<(), countersign_server::ConfigError>(())
/// ```
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Config {
    /// Where it is served and what is behind it.
    pub server: ServerSection,
    /// The acceptance window of timestamps.
    pub clock: Clock,
    /// Where consumers, tokens, nonces and users are kept.
    pub store: Store,
    /// What becomes of a renewal with a token that was replaced.
    pub renewal: Renewal,
    /// Who may connect applications.
    pub access: Access,
    /// How much is kept of what was refused.
    pub refusals: RefusalsSection,
    /// The applications to register at the start.
    pub consumer: Vec<ConsumerEntry>,
    /// The users to register at the start.
    pub user: Vec<UserEntry>,
    /// What relative paths begin at: the directory of the file.
    #[serde(skip)]
    pub directory: PathBuf,
}

/// Every key of the configuration, with what it is for and its default.
pub const EXAMPLE_CONFIG: &str = include_str!("../countersign.example.toml");

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the line and what was expected there.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text, path)
    }

    /// Reads a text; `path` is for messages and is where relative paths begin.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn parse(text: &str, path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let path = path.as_ref();
        let mut config: Self = toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            ConfigError::Syntax {
                path: path.to_owned(),
                line: before.map_or(1, |before| before.split('\n').count()),
                // The error's own text quotes the line, which may hold what is nobody's business.
                message: error.message().to_owned(),
            }
        })?;
        let directory = path.parent().unwrap_or_else(|| Path::new(""));
        directory.clone_into(&mut config.directory);
        Ok(config)
    }

    /// A path of the configuration, from where the process is.
    #[must_use]
    pub fn resolve(&self, path: &Path) -> PathBuf {
        self.directory.join(path)
    }

    /// Where the audit trail is.
    pub(crate) fn audit_path(&self) -> PathBuf {
        let beside_store = self.store.audit_file();
        self.resolve(self.server.audit_file.as_ref().unwrap_or(&beside_store))
    }
}

#[cfg(test)]
mod tests;

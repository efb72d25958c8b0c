//! Registering what the configuration names.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use countersign_certificate::Certificate;
use countersign_clock::UnixTime;
use countersign_key::{RegistrationPolicy, Secret};
use countersign_provider::{EndingError, RegistrationError, read_certificate};
use countersign_store::{Consumer, ConsumerKind, ConsumerStore as _, Credential, Expected};

use crate::config::{Config, ConfigError, ConsumerEntry, ConsumerEntryKind};
use crate::records::{Records, User, UserError};
use crate::service::ServiceProvider;

/// An application or a user of the configuration is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// Secret and certificates, or neither.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The application itself.
    #[error("the consumer {key:?} is refused")]
    Consumer {
        /// The consumer key.
        key: String,
        /// Why.
        source: RegistrationError,
    },
    /// One of its files.
    #[error("can't read {} of the consumer {key:?}", path.display())]
    File {
        /// The consumer key.
        key: String,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A user lost a place or a role, and their grants can't be ended.
    #[error("the grants of the user {name:?} can't be ended")]
    Grants {
        /// The user.
        name: String,
        /// Why not.
        source: EndingError,
    },
    /// A user.
    #[error("the user {name:?} is refused")]
    User {
        /// The user.
        name: String,
        /// Why.
        source: UserError,
    },
}

impl RegisterError {
    /// Whether what was named can't be meant; otherwise a store failed.
    pub(crate) const fn is_misuse(&self) -> bool {
        match self {
            Self::Config(_) | Self::File { .. } => true,
            Self::Consumer { source, .. } => !matches!(
                source,
                RegistrationError::Audit | RegistrationError::Store(_)
            ),
            Self::Grants { .. } => false,
            Self::User { source, .. } => !matches!(source, UserError::Records(_)),
        }
    }
}

/// Registers the applications and users of the configuration; those that are there are brought up
/// to what it says.
pub(crate) async fn all(
    config: &Config,
    provider: &ServiceProvider,
    records: &Records,
    now: UnixTime,
) -> Result<(), RegisterError> {
    for entry in &config.consumer {
        consumer(config, entry, provider, now).await?;
    }
    for entry in &config.user {
        let user = User {
            name: entry.name.clone(),
            organisations: entry.organisations.clone(),
        };
        let before = records.user(&entry.name).await;
        let refused = |source| RegisterError::User {
            name: entry.name.clone(),
            source,
        };
        let before = before.map_err(|error| refused(error.into()))?;
        records
            .put_user(user.clone(), entry.password_hash.clone())
            .await
            .map_err(refused)?;
        // Also for one who is new: an earlier start or command may have ended half-way.
        let before = before.unwrap_or_else(|| User {
            organisations: Vec::new(),
            ..user.clone()
        });
        crate::lifecycle::user_changed(provider, &before, Some(&user), now)
            .await
            .map_err(|source| RegisterError::Grants {
                name: entry.name.clone(),
                source,
            })?;
    }
    Ok(())
}

async fn consumer(
    config: &Config,
    entry: &ConsumerEntry,
    provider: &ServiceProvider,
    now: UnixTime,
) -> Result<(), RegisterError> {
    let refused = |source: RegistrationError| RegisterError::Consumer {
        key: entry.key.clone(),
        source,
    };
    let stored = provider.stores().consumers.consumer(&entry.key).await;
    let stored = stored.map_err(|error| refused(error.into()))?;
    let mut named = read(config, entry)?;
    let made = match &stored {
        None => provider.register(Expected::Absent, named, now).await,
        Some(stored) => {
            named.standing = stored.row.standing;
            keep_certificates(&mut named, &stored.row);
            if stored.row.difference(&named).is_none() {
                return Ok(());
            }
            provider.change_consumer(stored, named, now).await
        }
    };
    made.map_err(refused)
}

fn read(config: &Config, entry: &ConsumerEntry) -> Result<Consumer, RegisterError> {
    let key = &entry.key;
    let file = |path: &Path| {
        let path = config.resolve(path);
        std::fs::read(&path).map_err(|source| RegisterError::File {
            key: key.clone(),
            path,
            source,
        })
    };
    let credential = match (&entry.secret_file, entry.certificates.as_slice()) {
        (Some(path), []) => {
            let text = String::from_utf8_lossy(&file(path)?).into_owned();
            let text = Secret::new(text);
            let line = text.expose_secret().trim_end_matches(['\r', '\n']);
            Credential::Secret(Arc::new(Secret::new(line)))
        }
        (None, [_, ..]) => {
            let policy = RegistrationPolicy::default();
            let certificates: Result<Vec<Certificate>, RegisterError> = entry
                .certificates
                .iter()
                .map(|path| {
                    read_certificate(&file(path)?, &policy).map_err(|source| {
                        RegisterError::Consumer {
                            key: key.clone(),
                            source,
                        }
                    })
                })
                .collect();
            Credential::Certificates(certificates?.into())
        }
        (Some(_), _) => return Err(one_kind_of_key(key, "both").into()),
        (None, []) => return Err(one_kind_of_key(key, "neither").into()),
    };
    let kind = match entry.kind {
        ConsumerEntryKind::Public => ConsumerKind::Public,
        ConsumerEntryKind::Private => ConsumerKind::Private,
        ConsumerEntryKind::Partner => ConsumerKind::Partner,
    };
    let mut consumer = Consumer::new(key.as_str(), kind, credential);
    if let Some(name) = &entry.name {
        consumer.name.clone_from(name);
    }
    consumer.callbacks.clone_from(&entry.callbacks);
    consumer.methods.clone_from(&entry.methods);
    consumer.organisation.clone_from(&entry.organisation);
    consumer.may_use_two_legged = entry.two_legged;
    consumer.may_use_xauth = entry.xauth;
    Ok(consumer)
}

fn one_kind_of_key(key: &str, found: &'static str) -> ConfigError {
    ConfigError::value(
        "[consumer]",
        key,
        "a `secret_file` or `certificates`",
        found,
    )
}

/// Certificates that an administrator added stay beside those of the file.
fn keep_certificates(named: &mut Consumer, stored: &Consumer) {
    let (Credential::Certificates(mine), Credential::Certificates(theirs)) =
        (&named.credential, &stored.credential)
    else {
        return;
    };
    let others = theirs
        .iter()
        .filter(|theirs| mine.iter().all(|mine| mine.der() != theirs.der()));
    let all: Arc<[Certificate]> = mine.iter().chain(others).cloned().collect();
    named.credential = Credential::Certificates(all);
}

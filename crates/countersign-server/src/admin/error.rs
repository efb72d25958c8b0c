//! Why an administrator's change was not made.

use std::path::PathBuf;

use countersign_certificate::Validity;
use countersign_key::RandomError;
use countersign_provider::{EndingError, RegistrationError};
use countersign_store::StoreError;
use countersign_store_sqlite::OpenError;

use crate::config::ConfigError;
use crate::records::{RecordsError, UserError};
use crate::seal_keys::SealKeysError;

/// Why an administrator's change was not made, or what was asked for is not there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AdminError {
    /// Several certificates begin like this.
    #[error("expected the beginning of one fingerprint, found {found} that begin with {prefix}")]
    Ambiguous {
        /// What was given.
        prefix: String,
        /// How many begin so.
        found: usize,
    },
    /// The trail could not be written before anything was changed.
    #[error("the audit trail can't be written: nothing was changed")]
    Audit,
    /// The certificate can't be used now, nor later.
    #[error("expected a certificate that is valid now or later, found one that {validity}")]
    CertificateOver {
        /// Since when it is over.
        validity: Validity,
    },
    /// The configuration can't be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Somebody else changed the same row again and again.
    #[error("the {what} {name:?} changed under each of several tries")]
    Contention {
        /// What it is.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// Grants could not be ended.
    #[error("not all grants could be ended: do it again")]
    Ending(#[from] EndingError),
    /// It is there already.
    #[error("expected a new {what}, found that {name:?} is there already")]
    Exists {
        /// What it is.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// The audit trail can't be opened.
    #[error("can't open {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Too few digits, or other characters.
    #[error("expected 8 or more hexadecimal digits of a SHA-256 fingerprint, found {found:?}")]
    Fingerprint {
        /// What was given.
        found: String,
    },
    /// Not the identity of a grant.
    #[error("expected 32 hexadecimal digits for a grant, found {found:?}")]
    GrantId {
        /// What was given.
        found: String,
    },
    /// Without it every request of the consumer is refused.
    #[error(
        "expected another live certificate of {consumer:?}, found that this is the last one: without it each request is refused"
    )]
    LastCertificate {
        /// The consumer.
        consumer: String,
    },
    /// An organisation or role that can't be meant.
    #[error("expected {what} of 1 to 255 bytes without control characters, found {found}")]
    Name {
        /// What it is of.
        what: &'static str,
        /// What was found.
        found: &'static str,
    },
    /// The store is there and the file of users is not.
    #[error(
        "expected the file of users {} beside the store, found none; bring it back from a copy, or if it is lost, \
         start the service once with --after-loss",
        path.display()
    )]
    NoRecords {
        /// Where it should be.
        path: PathBuf,
    },
    /// There is no store. None is made: a wrong directory would look like a first start.
    #[error(
        "expected the store of a service, found no file {}: start the service once, or name its configuration",
        path.display()
    )]
    NoStore {
        /// Where it should be.
        path: PathBuf,
    },
    /// There is none.
    #[error("there is no {what} {name}")]
    NotFound {
        /// What it is.
        what: &'static str,
        /// Its name, quoted; never a token.
        name: String,
    },
    /// A secret for certificates, or the other way round.
    #[error("expected {expected} of {consumer:?}, which signs with {found}")]
    OtherKeys {
        /// The consumer.
        consumer: String,
        /// What was given.
        expected: &'static str,
        /// What the consumer has.
        found: &'static str,
    },
    /// The source of random bytes failed.
    #[error("the source of random bytes failed")]
    Random(#[from] RandomError),
    /// The service's own file.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// What was given for a consumer is refused.
    #[error("the consumer {key:?} is refused")]
    Refused {
        /// The consumer key.
        key: String,
        /// Why.
        source: RegistrationError,
    },
    /// The sealing keys.
    #[error(transparent)]
    SealKeys(#[from] SealKeysError),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
    /// The store can't be opened.
    #[error(transparent)]
    StoreOpen(#[from] OpenError),
    /// The change was made and its line is missing.
    #[error("the change was made, but its line in the audit trail can't be written")]
    Untold,
    /// What was given for a user is refused.
    #[error("the user {name:?} is refused")]
    User {
        /// The user.
        name: String,
        /// Why.
        source: UserError,
    },
}

/// What an [`AdminError`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It could not be done.
    Work,
    /// The answer is no.
    Refusal,
    /// It was not asked rightly.
    Usage,
}

impl AdminError {
    /// Whether the answer is no: what was asked for is not there, or what was given is refused.
    /// Otherwise it could not be done.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        self.fault() == Fault::Refusal
    }

    /// Whether what was given can't be meant, whatever is in the store.
    #[must_use]
    pub fn is_misuse(&self) -> bool {
        self.fault() == Fault::Usage
    }

    fn fault(&self) -> Fault {
        match self {
            Self::Fingerprint { .. } | Self::GrantId { .. } | Self::Name { .. } => Fault::Usage,
            Self::Ambiguous { .. }
            | Self::CertificateOver { .. }
            | Self::Exists { .. }
            | Self::LastCertificate { .. }
            | Self::NotFound { .. }
            | Self::OtherKeys { .. } => Fault::Refusal,
            Self::Refused { source, .. } => match source {
                RegistrationError::Audit | RegistrationError::Store(_) => Fault::Work,
                _ => Fault::Refusal,
            },
            Self::User { source, .. } => match source {
                UserError::Records(_) => Fault::Work,
                _ => Fault::Refusal,
            },
            Self::Audit
            | Self::Config(_)
            | Self::Contention { .. }
            | Self::Ending(_)
            | Self::File { .. }
            | Self::NoRecords { .. }
            | Self::NoStore { .. }
            | Self::Random(_)
            | Self::Records(_)
            | Self::SealKeys(_)
            | Self::Store(_)
            | Self::StoreOpen(_)
            | Self::Untold => Fault::Work,
        }
    }
}

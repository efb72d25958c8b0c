//! Changes by an administrator: consumers, certificates, users, grants and tokens, beside a running
//! service or without one.

mod certificates;
mod consumers;
mod error;
mod grants;
mod rows;
mod tokens;
mod trail;
mod users;

pub use consumers::{ConsumerChange, NewConsumer, NewKeys};
pub use error::AdminError;
pub use grants::GrantFilter;
pub use rows::{
    CertificateRow, CertificateState, ConsumerRow, GrantRow, OrganisationRow, TokenKind, TokenRow,
    UserRow,
};

use std::collections::BTreeSet;
use std::sync::Arc;

use countersign_clock::{UnixTime, system};
use countersign_key::{Secret, SecureRandom as _};
use countersign_provider::{Provider, Stores};
use countersign_signature::OsRandom;
use countersign_store::{Domain, Fingerprint, FingerprintKey, NullNonceStore};
use countersign_store_sqlite::{Administration, Options, SqliteStore};

use crate::audit_file::AuditFile;
use crate::config::Config;
use crate::records::{Records, RecordsError, StoreMark};
use crate::service::ClockFn;
use crate::{seal_keys, settings};
use trail::Trail;

type AdminStore = SqliteStore<Administration>;
type AdminProvider = Provider<AdminStore, AdminStore, NullNonceStore>;

/// How often a change is tried again where somebody else changed the same row.
const TRIES: usize = 16;

/// How many rows are read at a time.
const PAGE: usize = 100;

/// What an administrator may do with the store of a service.
///
/// A service that runs sees each change with its next request. Every change has its line in the
/// service's audit trail, marked `by="administrator"`.
///
/// The service must run in another process, if it runs: see the README of
/// `countersign-store-sqlite` on locks.
///
/// ```
/// use countersign_key::Secret;
/// use countersign_server::{Admin, Config, ConsumerEntryKind, Inputs, NewConsumer, NewKeys, Server};
///
/// # async fn administer(directory: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
/// # let free = "[server]\nlisten = \"127.0.0.1:0\"\nadmin_listen = \"127.0.0.1:0\"";
/// let config = Config::parse(free, directory.join("countersign.toml"))?;
/// // A first start makes the store.
/// drop(Server::open(config.clone(), Inputs::default()).await?);
///
/// let admin = Admin::open(&config)?;
/// let keys = NewKeys::Secret(Secret::new("a secret of 16 characters or more"));
/// let new = NewConsumer::new("photo-printer", ConsumerEntryKind::Public, keys);
/// admin.add_consumer(new).await?;
/// assert_eq!(admin.consumer("photo-printer").await?.kind, "public");
/// assert!(admin.consumer("photo-scanner").await.is_err());
/// # Ok(())
/// # }
/// # let directory = tempfile::tempdir()?;
/// # let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
/// # runtime.block_on(administer(directory.path()))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Admin {
    provider: AdminProvider,
    records: Records,
    trail: Trail,
    fingerprints: FingerprintKey,
    in_config: InConfig,
    clock: ClockFn,
}

/// What stands in the configuration: the next start of the service goes by that.
struct InConfig {
    consumers: BTreeSet<String>,
    users: BTreeSet<String>,
}

impl core::fmt::Debug for Admin {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Admin")
            .field("records", &self.records)
            .finish_non_exhaustive()
    }
}

impl Admin {
    /// Opens the store of the service with this configuration.
    ///
    /// # Errors
    ///
    /// [`AdminError`]. A store or a file of users that is not there is not made.
    pub fn open(config: &Config) -> Result<Self, AdminError> {
        Self::open_at(config, Arc::new(system::now))
    }

    /// The same with a clock.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn open_at(config: &Config, clock: ClockFn) -> Result<Self, AdminError> {
        let path = config.resolve(&config.store.path);
        if !path.exists() {
            return Err(AdminError::NoStore { path });
        }
        settings::check(config)?;
        let settings = settings::provider(config);
        let sealer = seal_keys::read(&config.resolve(&config.store.key_file()))?;
        let options = Options::sealed_by(sealer).with_window(*settings.policy.window());
        let store = SqliteStore::open_for_administration(&path, &options, OsRandom::new())?;
        let records = Records::open(&config.resolve(&config.store.records_file()));
        let records = records.map_err(|error| match error {
            RecordsError::Missing { path } => AdminError::NoRecords { path },
            error => error.into(),
        })?;
        records.belong_to(&StoreMark::of(&store.fingerprint_key()), false)?;
        let audit_path = config.audit_path();
        let file = AuditFile::open(&audit_path).map_err(|source| AdminError::File {
            path: audit_path,
            source,
        })?;
        let trail = Trail::new(file);
        let fingerprints = store.fingerprint_key();
        let stores = Stores {
            consumers: store.clone(),
            tokens: store,
            nonces: NullNonceStore::new(),
        };
        let provider = Provider::new(stores, settings, fingerprints.clone(), OsRandom::new())?;
        Ok(Self {
            provider: provider.with_audit(trail.clone()),
            records,
            trail,
            fingerprints,
            in_config: InConfig {
                consumers: config.consumer.iter().map(|it| it.key.clone()).collect(),
                users: config.user.iter().map(|it| it.name.clone()).collect(),
            },
            clock,
        })
    }

    /// The time that validity is judged by.
    #[must_use]
    pub fn now(&self) -> UnixTime {
        (self.clock)()
    }

    /// Whether the configuration names this application: the next start of the service brings it
    /// back to what is said there, but for certificates that were added.
    #[must_use]
    pub fn is_consumer_in_config(&self, key: &str) -> bool {
        self.in_config.consumers.contains(key)
    }

    /// Whether the configuration names this user: the next start of the service goes by that.
    #[must_use]
    pub fn is_user_in_config(&self, name: &str) -> bool {
        self.in_config.users.contains(name)
    }

    fn token_fingerprint(&self, token: &str) -> Fingerprint {
        self.fingerprints.of(Domain::Token, &[token.as_bytes()])
    }
}

/// A consumer secret of 256 random bits, as 64 hexadecimal digits.
///
/// # Errors
///
/// The source of random bytes failed.
pub fn random_secret() -> Result<Secret, AdminError> {
    let mut bytes = zeroize::Zeroizing::new([0_u8; 32]);
    OsRandom::new().fill(bytes.as_mut_slice())?;
    let mut text = String::with_capacity(64);
    for byte in bytes.iter() {
        for digit in [byte >> 4, byte & 0xf] {
            text.extend(char::from_digit(digit.into(), 16));
        }
    }
    Ok(Secret::new(text))
}

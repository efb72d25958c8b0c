//! Opening a service: everything that can be refused is refused before anything is served.

mod beginning;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use countersign_clock::system;
use countersign_key::{RandomError, SecureRandom as _};
use countersign_provider::Provider;
use countersign_provider::Stores;
use countersign_signature::OsRandom;
use countersign_store::NonceLimits;
use countersign_store::seal::Sealer;
use countersign_store_sqlite::{OpenError, Options, SqliteStore};
use countersign_tower::{Site, tokio_timer};
use tokio::net::TcpListener;

use crate::allowance::Lines;
use crate::audit_file::AuditFile;
use crate::config::{Config, ConfigError};
use crate::facts::Facts;
use crate::login::{Gate, Xauth};
use crate::observe;
use crate::pages::Sessions;
use crate::readiness::Readiness;
use crate::records::{self, Records, RecordsError, Retention, StoreMark};
use crate::refusals::Refusals;
use crate::register::{self, RegisterError};
use crate::request_id::RequestIds;
use crate::seal_keys::SealKeysError;
use crate::serve::Peer;
use crate::service::{ClockFn, Service, ServiceProvider};
use crate::settings;
use beginning::{Beginning, Files};

/// How many applications may have live nonces at once. Only those count that signed rightly: it is
/// the administrator who bounds them.
const BUSY_CONSUMERS: usize = 1_000_000;

/// What a service can't have of itself.
#[derive(Clone)]
#[non_exhaustive]
pub struct Inputs {
    /// The time.
    pub clock: ClockFn,
    /// Makes a new store, or a new file of users, where those of the configuration were lost, or
    /// opens a copy that was put back: nonces of timestamps that are acceptable now are refused.
    pub after_loss: bool,
}

impl Default for Inputs {
    /// The system's clock, and no loss.
    fn default() -> Self {
        Self {
            clock: Arc::new(system::now),
            after_loss: false,
        }
    }
}

impl core::fmt::Debug for Inputs {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Inputs")
            .field("after_loss", &self.after_loss)
            .finish_non_exhaustive()
    }
}

/// Why a service does not start. Nothing was served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The configuration can't be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// An address can't be listened on, or a file can't be opened.
    #[error("can't {doing} {what}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// With which address or file.
        what: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The sealing keys or the users are there and the store is not: it may have been lost, or the
    /// path is wrong.
    #[error(
        "expected the store {} that {} belongs to, found none; if it is lost, start once with --after-loss",
        store.display(), beside.display()
    )]
    Lost {
        /// The store.
        store: PathBuf,
        /// What is there: the file with the sealing keys, or that of the users.
        beside: PathBuf,
    },
    /// The store is there and the file of users is not: its grants were given by nobody who is
    /// known.
    #[error(
        "expected the file of users {} that belongs to {}, found none; bring it back from a copy, or if it is lost, \
         start once with --after-loss",
        records.display(), store.display()
    )]
    LostRecords {
        /// The service's own file.
        records: PathBuf,
        /// The store.
        store: PathBuf,
    },
    /// Nothing that counts requests could be set up.
    #[error("the metrics can't be set up: {reason}")]
    Metrics {
        /// Why not.
        reason: String,
    },
    /// The source of random bytes failed.
    #[error("the source of random bytes failed")]
    Random(#[from] RandomError),
    /// The service's own file.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// An application or a user of the configuration.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The sealing keys.
    #[error(transparent)]
    SealKeys(#[from] SealKeysError),
    /// The store.
    #[error(transparent)]
    Store(#[from] OpenError),
}

impl StartError {
    /// Whether the configuration, or what it names, can't be meant. Otherwise the machine could not
    /// do it.
    #[must_use]
    pub fn is_misuse(&self) -> bool {
        match self {
            Self::Config(_) => true,
            Self::Register(error) => error.is_misuse(),
            Self::Io { .. }
            | Self::Lost { .. }
            | Self::LostRecords { .. }
            | Self::Metrics { .. }
            | Self::Random(_)
            | Self::Records(_)
            | Self::SealKeys(_)
            | Self::Store(_) => false,
        }
    }
}

/// A service that is open and listens, but answers nobody yet.
pub struct Server {
    pub(crate) service: Arc<Service>,
    pub(crate) listener: TcpListener,
    pub(crate) admin: TcpListener,
    pub(crate) facts: Facts,
}

impl core::fmt::Debug for Server {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Server")
            .field("facts", &self.facts)
            .finish_non_exhaustive()
    }
}

impl Server {
    /// Opens the store, registers what the configuration names, and listens.
    ///
    /// On a first start, when there is neither a store nor a file with sealing keys, both are made.
    ///
    /// # Errors
    ///
    /// [`StartError`] says what was expected, what was found and where.
    pub async fn open(config: Config, inputs: Inputs) -> Result<Self, StartError> {
        settings::check(&config)?;
        let proxies = settings::trusted_proxies(&config)?;
        let upstream = settings::upstream(&config)?;
        let listener = listen(config.server.listen).await?;
        let admin = listen(config.server.admin_listen).await?;
        let bound = listener
            .local_addr()
            .map_err(io("look at", "the address"))?;
        let admin_bound = admin.local_addr().map_err(io("look at", "the address"))?;
        let origin = settings::origin(&config, bound)?;
        let now = (inputs.clock)();

        let settings = settings::provider(&config);
        let files = Files::of(&config);
        let beginning = Beginning::of(&files, &inputs)?;
        let sealer = files.sealer()?;
        let records = match beginning {
            Beginning::Again => files.records()?,
            // Before the store: what is cut short in between is a store that is missing, and told.
            Beginning::First | Beginning::AfterLoss => Records::create(&files.records)?,
        };
        let store = open_store(&config, &settings, &inputs, &files.store, sealer, beginning)?;
        let mark = StoreMark::of(&store.fingerprint_key());
        records.belong_to(&mark, beginning == Beginning::AfterLoss)?;
        let audit_path = config.audit_path();
        let audit =
            AuditFile::open(&audit_path).map_err(io("open", audit_path.display().to_string()))?;
        let fingerprints = store.fingerprint_key();
        let stores = Stores {
            consumers: store.clone(),
            tokens: store.clone(),
            nonces: store,
        };
        tokio::task::spawn_blocking(records::prepare);
        let gate = Arc::new(Gate::new(records.clone(), Arc::clone(&inputs.clock)));
        let xauth = Xauth::new(Arc::clone(&gate), settings.clone());
        let provider: ServiceProvider =
            Provider::new(stores, settings, fingerprints, OsRandom::new())?
                .with_audit(audit.clone())
                .with_login(xauth);
        register::all(&config, &provider, &records, now).await?;
        observe::install().map_err(|reason| StartError::Metrics { reason })?;

        let clock = Arc::clone(&inputs.clock);
        let mut site = Site::new(provider, origin.clone(), move || clock(), tokio_timer)
            .with_body_deadline(settings::seconds(config.server.body_seconds))
            .with_body_room(settings::mebibytes(config.server.body_room_mib));
        if let Some(proxies) = proxies {
            site = site.with_trusted_proxies(proxies, |extensions| {
                extensions.get::<Peer>().map(|peer| peer.0.ip())
            });
        }
        let retention = Retention {
            keep: config.refusals.keep,
            days: config.refusals.days,
        };
        // A connection of their own: whoever logs in does not wait for them.
        let refusals = Refusals::start(
            Records::open(&files.records)?,
            retention,
            Arc::downgrade(site.provider()),
            Arc::clone(&inputs.clock),
        )
        .map_err(io("start", "the thread that explains refusals"))?;
        let mut random = [0; 8];
        OsRandom::new().fill(&mut random)?;
        let service = Service {
            config,
            origin,
            site,
            upstream,
            records,
            audit,
            ids: RequestIds::beginning_at(u64::from_be_bytes(random)),
            clock: inputs.clock,
            gate,
            sessions: Sessions::new(),
            refusals,
            log_lines: Lines::new(),
            login_lines: Lines::new(),
            nonce_lines: Lines::new(),
            replay_lines: Lines::new(),
            fault_lines: Lines::new(),
            readiness: Readiness::default(),
        };
        let facts = Facts::of(&service, bound, admin_bound, now).await?;
        Ok(Self {
            service: Arc::new(service),
            listener,
            admin,
            facts,
        })
    }

    /// What an operator should see at the start.
    #[must_use]
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }
}

fn open_store(
    config: &Config,
    settings: &countersign_provider::Settings,
    inputs: &Inputs,
    path: &Path,
    sealer: Sealer,
    beginning: Beginning,
) -> Result<SqliteStore, StartError> {
    let now = (inputs.clock)();
    let mut options = Options::sealed_by(sealer).with_window(*settings.policy.window());
    let mut limits = NonceLimits::default().with_consumers(BUSY_CONSUMERS);
    if let Some(nonces) = config.store.nonces {
        limits = limits.with_nonces(nonces);
    }
    options = options.with_nonce_limits(limits);
    options = match beginning {
        Beginning::First => options.create_if_missing(),
        Beginning::Again => options,
        Beginning::AfterLoss => options.after_loss(now),
    };
    Ok(SqliteStore::open(path, &options, now, OsRandom::new())?)
}

async fn listen(address: core::net::SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address)
        .await
        .map_err(io("listen on", address.to_string()))
}

fn io(doing: &'static str, what: impl Into<String>) -> impl FnOnce(std::io::Error) -> StartError {
    let what = what.into();
    move |source| StartError::Io {
        doing,
        what,
        source,
    }
}

//! What an operator should see at the start.

use core::fmt;
use core::net::SocketAddr;
use std::path::PathBuf;

use countersign_certificate::live_set;
use countersign_clock::UnixTime;
use countersign_store::{ConsumerStore as _, Credential};

use crate::config::{Mode, Wording};
use crate::open::StartError;
use crate::register::RegisterError;
use crate::seal_keys;
use crate::service::Service;

/// From how many days before the end of its last certificate an application is warned of.
const WARNING_DAYS: u32 = 30;

const SECONDS_OF_A_DAY: i64 = 86_400;

/// How many applications are looked at for warnings.
const LOOKED_AT: usize = 1_000;

/// What an operator should see at the start.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Facts {
    /// The address that is listened on.
    pub listen: SocketAddr,
    /// The address of metrics and readiness.
    pub admin_listen: SocketAddr,
    /// Scheme and host that clients sign.
    pub signed_as: String,
    /// Who ends TLS.
    pub tls: Option<String>,
    /// The API behind the gateway.
    pub upstream: Option<String>,
    /// The acceptance window: how old, how far ahead, in seconds.
    pub window: (u32, u32),
    /// Whether renewals are graceful.
    pub graceful: bool,
    /// Whether refused callers are told little.
    pub terse: bool,
    /// The roles that may connect applications.
    pub roles: Vec<String>,
    /// The store's file.
    pub store: String,
    /// The applications, up to a thousand.
    pub consumers: usize,
    /// How many users may log in.
    pub users: usize,
    /// What wants looking after.
    pub warnings: Vec<Warning>,
}

/// Something that wants looking after.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// The last certificate of an application ends soon.
    CertificateEnds {
        /// The application.
        consumer: String,
        /// In how many days.
        days: i64,
        /// When.
        at: UnixTime,
    },
    /// No certificate of an application is valid now: each of its requests is refused.
    NoLiveCertificate {
        /// The application.
        consumer: String,
    },
    /// Forwarded fields are not looked at, since no proxy is listed.
    ForwardedIgnored,
    /// The admin address can be reached from elsewhere.
    AdminReachable,
    /// Others than its owner can read the file with the secret of an application.
    SecretReadable {
        /// The file.
        path: PathBuf,
    },
    /// A row of the store can't be read: whom it stands for is refused.
    Unreadable {
        /// Which one, and why.
        what: String,
    },
    /// Nobody may log in, so that nobody can connect an application.
    NoUsers,
}

impl Warning {
    /// A stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::CertificateEnds { .. } => "certificate_ends",
            Self::NoLiveCertificate { .. } => "no_live_certificate",
            Self::ForwardedIgnored => "forwarded_ignored",
            Self::AdminReachable => "admin_reachable",
            Self::SecretReadable { .. } => "secret_readable",
            Self::Unreadable { .. } => "unreadable",
            Self::NoUsers => "no_users",
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CertificateEnds { consumer, days, at } => write!(
                f,
                "consumer {consumer}: the last certificate ends in {days} d ({})",
                at.rfc3339()
            ),
            Self::NoLiveCertificate { consumer } => write!(
                f,
                "consumer {consumer}: no certificate is valid now, each request is refused"
            ),
            Self::ForwardedIgnored => f.write_str(
                "X-Forwarded-* and Forwarded are ignored: no `trusted_proxies` are listed",
            ),
            Self::AdminReachable => f.write_str(
                "`admin_listen` is no loopback address: whoever reaches it reads the metrics",
            ),
            Self::SecretReadable { path } => {
                let path = path.display();
                write!(f, "others can read the secret in {path}: chmod 600 {path}")
            }
            Self::Unreadable { what } => f.write_str(what),
            Self::NoUsers => f.write_str(
                "no user may log in, so that no application can be connected: countersign admin user add",
            ),
        }
    }
}

impl Facts {
    pub(crate) async fn of(
        service: &Service,
        listen: SocketAddr,
        admin_listen: SocketAddr,
        now: UnixTime,
    ) -> Result<Self, StartError> {
        let config = &service.config;
        let consumers = service
            .provider()
            .stores()
            .consumers
            .consumers(None, LOOKED_AT)
            .await
            .map_err(|error| RegisterError::Consumer {
                key: String::new(),
                source: error.into(),
            })?;
        let users = service.records.users().await?.len();
        let mut warnings = Vec::new();
        warnings.extend(consumers.damaged.iter().map(|error| Warning::Unreadable {
            what: error.to_string(),
        }));
        for consumer in consumers.iter() {
            if let Credential::Certificates(certificates) = &consumer.row.credential {
                warnings.extend(certificate(&consumer.row.key, certificates, now));
            }
        }
        let secrets = config
            .consumer
            .iter()
            .filter_map(|it| it.secret_file.as_ref());
        let open = secrets
            .map(|file| config.resolve(file))
            .filter(|path| seal_keys::mode(path).is_ok_and(seal_keys::is_open));
        warnings.extend(open.map(|path| Warning::SecretReadable { path }));
        if config.server.trusted_proxies.is_empty() && config.server.public_url.is_some() {
            warnings.push(Warning::ForwardedIgnored);
        }
        if !admin_listen.ip().is_loopback() {
            warnings.push(Warning::AdminReachable);
        }
        if users == 0 {
            warnings.push(Warning::NoUsers);
        }
        Ok(Self {
            listen,
            admin_listen,
            signed_as: service.origin.to_string(),
            tls: config.server.tls.clone(),
            upstream: config.server.upstream.clone(),
            window: (config.clock.past, config.clock.future),
            graceful: config.renewal.mode == Mode::Graceful,
            terse: config.server.answers == Wording::Terse,
            roles: config.access.roles.clone(),
            store: config.resolve(&config.store.path).display().to_string(),
            consumers: consumers.len(),
            users,
            warnings,
        })
    }
}

fn certificate(
    consumer: &str,
    certificates: &[countersign_certificate::Certificate],
    now: UnixTime,
) -> Option<Warning> {
    let consumer = consumer.to_owned();
    let Some(at) = live_set(certificates, now).covered_until() else {
        return Some(Warning::NoLiveCertificate { consumer });
    };
    let left = at.seconds().saturating_sub(now.seconds());
    let days = left.checked_div(SECONDS_OF_A_DAY).unwrap_or(0);
    (days < i64::from(WARNING_DAYS)).then_some(Warning::CertificateEnds { consumer, days, at })
}

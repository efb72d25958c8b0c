//! The sections of the configuration.

use core::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// `[server]`: where the service is reached, and what is behind it.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ServerSection {
    /// The address that is listened on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Scheme and host that clients sign. Without it, `http://` and the address, which must then be
    /// a loopback address.
    pub public_url: Option<String>,
    /// Who ends TLS in front of an address that is not a loopback one: for the operator to have
    /// thought of, and for the start-up block.
    pub tls: Option<String>,
    /// The API behind the gateway, as `http://host:port`. Without it there is `/echo` instead.
    pub upstream: Option<String>,
    /// Networks whose forwarded fields are believed, such as `10.0.0.0/8`.
    pub trusted_proxies: Vec<String>,
    /// Which fields those proxies set.
    pub forwarded: ForwardedKind,
    /// Where metrics, readiness and liveness are served. It should be a loopback address.
    pub admin_listen: SocketAddr,
    /// How much a refused caller is told.
    pub answers: Wording,
    /// The realm of challenges.
    pub realm: Option<String>,
    /// How many connections are served at once. Beyond, those give way that were idle longest; where
    /// none is, others wait in the system's queue.
    pub max_connections: usize,
    /// How many MiB the bodies of all requests may take together that are read first, of each what is
    /// beyond 16 KiB; where there is no more, the one that began first of those that are not whole
    /// gives way: its request is asked to come again.
    pub body_room_mib: u32,
    /// How long the head of a request may take, and how long a connection may be idle.
    pub header_seconds: u32,
    /// How long the body of a request may take where it is read before the handler, and how long
    /// one that is passed on while it comes may bring too little.
    pub body_seconds: u32,
    /// How long the upstream may take to begin its answer.
    pub upstream_seconds: u32,
    /// How long requests that are under way may take once the service is told to stop.
    pub drain_seconds: u32,
    /// Where the audit trail is written; without it beside the store.
    pub audit_file: Option<PathBuf>,
}

impl Default for ServerSection {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            tls: None,
            upstream: None,
            trusted_proxies: Vec::new(),
            forwarded: ForwardedKind::default(),
            admin_listen: SocketAddr::from(([127, 0, 0, 1], 8081)),
            answers: Wording::default(),
            realm: None,
            max_connections: 4096,
            body_room_mib: 64,
            header_seconds: 10,
            body_seconds: 30,
            upstream_seconds: 30,
            drain_seconds: 30,
            audit_file: None,
        }
    }
}

/// How much a refused caller is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Wording {
    /// The true problem with its advice.
    #[default]
    Explicit,
    /// One answer for all that would tell which keys and tokens exist.
    Terse,
}

/// Which forwarded fields trusted proxies set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ForwardedKind {
    /// `X-Forwarded-Proto` and `X-Forwarded-Host`.
    #[default]
    XForwarded,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// `[clock]`: the acceptance window of timestamps, in seconds.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Clock {
    /// How old a timestamp may be.
    pub past: u32,
    /// How far ahead it may be.
    pub future: u32,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            past: 300,
            future: 300,
        }
    }
}

/// `[store]`: where consumers, tokens, nonces and users are kept.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Store {
    /// Which store.
    pub kind: StoreKind,
    /// The SQLite file.
    pub path: PathBuf,
    /// The file with the keys that secrets are sealed by; keep it elsewhere than the store and its
    /// copies. Without it, beside the store with the ending `.key`.
    pub key_file: Option<PathBuf>,
    /// How many nonces may be live; beyond, requests are refused.
    pub nonces: Option<usize>,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            kind: StoreKind::default(),
            path: PathBuf::from("countersign.db"),
            key_file: None,
            nonces: None,
        }
    }
}

impl Store {
    /// The file with the sealing keys.
    #[must_use]
    pub fn key_file(&self) -> PathBuf {
        self.key_file
            .clone()
            .unwrap_or_else(|| self.path.with_extension("key"))
    }

    /// The file with users and refusals.
    #[must_use]
    pub fn records_file(&self) -> PathBuf {
        beside(&self.path, "-service.db")
    }

    /// Where the audit trail goes by default.
    #[must_use]
    pub fn audit_file(&self) -> PathBuf {
        beside(&self.path, "-audit.log")
    }
}

/// `countersign.db` becomes `countersign-service.db`.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

/// Which store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum StoreKind {
    /// One file, one serving process.
    #[default]
    Sqlite,
}

/// `[renewal]`
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Renewal {
    /// What becomes of a renewal with a token that was replaced.
    pub mode: Mode,
    /// How long a retry gets the same answer in graceful mode.
    pub grace_seconds: u32,
}

impl Default for Renewal {
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            grace_seconds: 60,
        }
    }
}

/// What becomes of a renewal with a token that was replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Mode {
    /// It is refused.
    #[default]
    Strict,
    /// A retry gets the same next token, for the grace time or until that is used.
    Graceful,
}

/// `[access]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Access {
    /// The roles whose users may connect applications.
    pub roles: Vec<String>,
}

impl Default for Access {
    fn default() -> Self {
        Self {
            roles: vec!["standard".to_owned(), "financial adviser".to_owned()],
        }
    }
}

/// `[refusals]`: how much is kept of what was refused, for `countersign doctor --id`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct RefusalsSection {
    /// How many; 0 keeps none.
    pub keep: usize,
    /// For how many days.
    pub days: u32,
}

impl Default for RefusalsSection {
    fn default() -> Self {
        Self {
            keep: 10_000,
            days: 30,
        }
    }
}

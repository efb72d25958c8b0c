//! What all parts of a running service share.

use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_provider::{Origin, Provider};
use countersign_store_sqlite::SqliteStore;
use countersign_tower::Site;

use crate::allowance::Lines;
use crate::audit_file::AuditFile;
use crate::config::Config;
use crate::gateway::Upstream;
use crate::login::Gate;
use crate::pages::Sessions;
use crate::readiness::Readiness;
use crate::records::Records;
use crate::refusals::Refusals;
use crate::request_id::RequestIds;

/// The time, as an input.
pub type ClockFn = Arc<dyn Fn() -> UnixTime + Send + Sync>;

pub(crate) type ServiceProvider = Provider<SqliteStore, SqliteStore, SqliteStore>;
pub(crate) type ServiceSite = Site<SqliteStore, SqliteStore, SqliteStore>;

/// What all parts of a running service share.
pub(crate) struct Service {
    pub(crate) config: Config,
    pub(crate) origin: Origin,
    pub(crate) site: ServiceSite,
    pub(crate) upstream: Option<Upstream>,
    pub(crate) records: Records,
    pub(crate) audit: AuditFile,
    pub(crate) ids: RequestIds,
    pub(crate) clock: ClockFn,
    pub(crate) gate: Arc<Gate>,
    pub(crate) sessions: Sessions,
    pub(crate) refusals: Refusals,
    pub(crate) log_lines: Lines,
    pub(crate) login_lines: Lines,
    pub(crate) nonce_lines: Lines,
    pub(crate) replay_lines: Lines,
    pub(crate) fault_lines: Lines,
    pub(crate) readiness: Readiness,
}

impl Service {
    pub(crate) fn provider(&self) -> &Arc<ServiceProvider> {
        self.site.provider()
    }

    pub(crate) fn now(&self) -> UnixTime {
        (self.clock)()
    }
}

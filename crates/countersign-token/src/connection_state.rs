//! Where a connection stands.

use crate::{ConnectionPhase, Intent, ReauthorisationCause};

/// Where a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "one for each phase")]
pub enum ConnectionState {
    /// The newest token is taken to be good.
    Active,
    /// This intent to renew is durable.
    Renewing(Intent),
    /// This intent may have been carried out.
    RenewalUnknown(Intent),
    /// Only the user can help.
    NeedsReauthorisation {
        /// Why.
        cause: ReauthorisationCause,
        /// The renewal that was open at the time.
        intent: Option<Intent>,
    },
}

impl ConnectionState {
    /// The state without its data.
    #[must_use]
    pub const fn phase(&self) -> ConnectionPhase {
        match self {
            Self::Active => ConnectionPhase::Active,
            Self::Renewing(_) => ConnectionPhase::Renewing,
            Self::RenewalUnknown(_) => ConnectionPhase::RenewalUnknown,
            Self::NeedsReauthorisation { .. } => ConnectionPhase::NeedsReauthorisation,
        }
    }

    /// The renewal that is or was open.
    #[must_use]
    pub const fn intent(&self) -> Option<Intent> {
        match self {
            Self::Active => None,
            Self::Renewing(intent) | Self::RenewalUnknown(intent) => Some(*intent),
            Self::NeedsReauthorisation { intent, .. } => *intent,
        }
    }
}

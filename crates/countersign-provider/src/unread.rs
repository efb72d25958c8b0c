//! Requests that were never read whole.

use countersign_clock::UnixTime;
use countersign_store::{ConsumerStore, NonceStore, TokenStore};

use crate::audit::Action;
use crate::check::Seen;
use crate::provider::Provider;
use crate::refusal::Refusal;

/// Why the body of a request was not read to its end. It is answered without a problem: it says
/// nothing about credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyFault {
    /// It broke off.
    #[error("the body broke off")]
    Broken,
    /// It is longer than the policy's limit, or was declared to be.
    #[error("expected a body of at most {limit} bytes, found a longer one")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// There is no room for it now, as there are too many others.
    #[error("there is no room for the body beside those of other requests")]
    NoRoom,
    /// It did not come in time.
    #[error("the body did not come in time")]
    TooSlow,
}

impl BodyFault {
    pub(crate) const fn status(self) -> u16 {
        match self {
            Self::Broken => 400,
            Self::NoRoom => 503,
            Self::TooLong { .. } => 413,
            Self::TooSlow => 408,
        }
    }

    /// Seconds until there may be room.
    pub(crate) const fn retry_after(self) -> Option<u32> {
        match self {
            Self::NoRoom => Some(1),
            Self::Broken | Self::TooLong { .. } | Self::TooSlow => None,
        }
    }
}

impl<C: ConsumerStore, T: TokenStore, N: NonceStore> Provider<C, T, N> {
    /// Refuses a request that could not be read: writes the audit line, and gives the refusal.
    ///
    /// A server that reads requests calls it with a [`BodyFault`](crate::BodyFault) or a
    /// [`WireError`](crate::WireError); all other refusals were written by whatever gave them.
    pub async fn refuse_unread(
        &self,
        refusal: impl Into<Refusal>,
        action: Action,
        now: UnixTime,
    ) -> Refusal {
        let refusal = refusal.into();
        self.note_refusal(&refusal, action, now, &Seen::default())
            .await;
        refusal
    }
}

//! What an application is told.

use countersign_clock::UnixTime;
use countersign_store::{ConnectionId, Happening, HistoryEntry, RenewalFault};
use countersign_token::{Generation, ReauthorisationCause};

use crate::connections::Loss;

/// Something that happened, to one connection or to all of a consumer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// When.
    pub at: UnixTime,
    /// To which connection, if it is about one.
    pub connection: Option<ConnectionId>,
    /// What.
    pub kind: EventKind,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// The certificate that requests are signed under ends soon.
    CertificateExpires {
        /// In so many days.
        days: i64,
    },
    /// This clock and the provider's differ.
    ClockOff {
        /// How far the provider's is ahead.
        seconds: i64,
    },
    /// The user authorised it.
    Connected,
    /// Only the user can help: ask them to authorise again.
    Lost(Loss),
    /// A newer token came.
    Renewed(Generation),
    /// A renewal came to nothing. The token is what it was.
    RenewalFailed(RenewalFault),
    /// It was lost for the same cause again and again: to authorise once more will not last.
    RepeatedLoss {
        /// The cause.
        cause: ReauthorisationCause,
        /// How often, one after the other.
        times: usize,
    },
}

/// What to tell the user of a lost connection.
#[must_use]
pub const fn advice(cause: ReauthorisationCause) -> &'static str {
    match cause {
        ReauthorisationCause::PermissionDenied => {
            "The provider no longer permits this connection. Ask whoever administers the organisation \
             whether your role allows it, then connect again."
        }
        ReauthorisationCause::RenewalLost => {
            "The answer to a renewal was lost on the way, and the provider does not repeat it. Connect \
             again; nothing else is wrong."
        }
        ReauthorisationCause::Revoked => "The connection was ended. Connect again to use it.",
        ReauthorisationCause::TokenRejected => {
            "The provider no longer accepts this connection: it was revoked, the user was removed or \
             changed role, or the application was connected a second time. Connect again."
        }
    }
}

/// What happened to one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct History {
    /// Oldest first.
    pub entries: Vec<HistoryEntry>,
}

impl History {
    pub(super) const fn new(entries: Vec<HistoryEntry>) -> Self {
        Self { entries }
    }

    /// How often it was lost, and why.
    pub fn losses(&self) -> impl Iterator<Item = (UnixTime, ReauthorisationCause)> {
        self.entries.iter().filter_map(|entry| match entry.what {
            Happening::Lost(cause) => Some((entry.at, cause)),
            Happening::Connected | Happening::Renewed | Happening::RenewalFailed(_) => None,
        })
    }

    /// The cause of the last losses, if it was the same more than once, and how often in a row.
    ///
    /// ```
    /// # use countersign_client::connections::History;
    /// # fn show(history: &History) {
    /// if let Some((cause, times)) = history.repeated() {
    ///     println!("lost {times} times in a row: {cause}");
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn repeated(&self) -> Option<(ReauthorisationCause, usize)> {
        let causes: Vec<_> = self.losses().map(|(_, cause)| cause).collect();
        let last = *causes.last()?;
        let times = causes
            .iter()
            .rev()
            .take_while(|cause| **cause == last)
            .count();
        (times > 1).then_some((last, times))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(causes: &[ReauthorisationCause]) -> History {
        let entry = |what| HistoryEntry::new(UnixTime::from_seconds(1), Generation::FIRST, what);
        let lost = causes
            .iter()
            .flat_map(|cause| [Happening::Connected, Happening::Lost(*cause)].map(entry));
        History::new(lost.collect())
    }

    #[test]
    fn the_same_cause_in_a_row_is_a_warning() {
        use ReauthorisationCause::{RenewalLost, TokenRejected};
        assert_eq!(history(&[]).repeated(), None);
        assert_eq!(history(&[TokenRejected]).repeated(), None);
        assert_eq!(history(&[RenewalLost, TokenRejected]).repeated(), None);
        let twice = history(&[RenewalLost, TokenRejected, TokenRejected]);
        assert_eq!(twice.repeated(), Some((TokenRejected, 2)));
        assert_eq!(twice.losses().count(), 3);
    }
}

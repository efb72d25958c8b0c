//! What happened to a connection.

use countersign_clock::UnixTime;
use countersign_token::{Generation, ReauthorisationCause, UnknownName};

/// Why a renewal came to nothing, and left everything as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a face has a text for each")]
pub enum RenewalFault {
    /// An answer came that is none: it was cut off, or it is no answer to a renewal.
    Garbled,
    /// The request may have arrived, and no answer came.
    Lost,
    /// The provider could not be reached: nothing was sent.
    NotSent,
    /// The provider has a fault of its own: 5xx, or asked to wait.
    Provider,
    /// The provider refused for a reason that says nothing of the token.
    Refused,
    /// The store failed. What came is held in memory.
    Store,
}

impl RenewalFault {
    /// Each with its stable name.
    const NAMES: &'static [(Self, &'static str)] = &[
        (Self::Garbled, "garbled"),
        (Self::Lost, "lost"),
        (Self::NotSent, "not_sent"),
        (Self::Provider, "provider"),
        (Self::Refused, "refused"),
        (Self::Store, "store"),
    ];

    /// The stable name, as stored and printed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Garbled => "garbled",
            Self::Lost => "lost",
            Self::NotSent => "not_sent",
            Self::Provider => "provider",
            Self::Refused => "refused",
            Self::Store => "store",
        }
    }

    fn named(text: &str) -> Option<Self> {
        Self::NAMES
            .iter()
            .find_map(|(fault, name)| (*name == text).then_some(*fault))
    }
}

/// Something worth remembering of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a face has a text for each")]
pub enum Happening {
    /// The user authorised it.
    Connected,
    /// A newer token came.
    Renewed,
    /// A renewal came to nothing.
    RenewalFailed(RenewalFault),
    /// Only the user can help.
    Lost(ReauthorisationCause),
}

impl Happening {
    /// The stable name, and that of the cause if there is one.
    #[must_use]
    pub const fn as_strs(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Connected => ("connected", None),
            Self::Renewed => ("renewed", None),
            Self::RenewalFailed(fault) => ("renewal_failed", Some(fault.as_str())),
            Self::Lost(cause) => ("lost", Some(cause.as_str())),
        }
    }

    /// Reads the names back.
    ///
    /// # Errors
    ///
    /// [`UnknownName`] if the cause is none of a loss; `None` for any other name that is not known.
    pub fn from_strs(name: &str, cause: Option<&str>) -> Result<Option<Self>, UnknownName> {
        Ok(match (name, cause) {
            ("connected", None) => Some(Self::Connected),
            ("renewed", None) => Some(Self::Renewed),
            ("renewal_failed", Some(fault)) => RenewalFault::named(fault).map(Self::RenewalFailed),
            ("lost", Some(cause)) => Some(Self::Lost(ReauthorisationCause::parse(cause)?)),
            _ => None,
        })
    }
}

/// One line of a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct HistoryEntry {
    /// When.
    pub at: UnixTime,
    /// The newest generation after it.
    pub generation: Generation,
    /// What.
    pub what: Happening,
}

impl HistoryEntry {
    /// How many entries of one connection are kept, the newest ones.
    pub const KEPT: usize = 64;

    /// An entry.
    #[must_use]
    pub const fn new(at: UnixTime, generation: Generation, what: Happening) -> Self {
        Self {
            at,
            generation,
            what,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_others_are_not() {
        let faults = RenewalFault::NAMES.iter().map(|(fault, name)| {
            assert_eq!(fault.as_str(), *name);
            Happening::RenewalFailed(*fault)
        });
        let losses = ReauthorisationCause::ALL
            .iter()
            .map(|cause| Happening::Lost(*cause));
        for what in faults
            .chain(losses)
            .chain([Happening::Connected, Happening::Renewed])
        {
            let (name, cause) = what.as_strs();
            assert_eq!(Happening::from_strs(name, cause).unwrap(), Some(what));
            assert_ne!(
                Happening::from_strs(name, Some("?")).ok().flatten(),
                Some(what)
            );
        }
        assert!(Happening::from_strs("lost", Some("bored")).is_err());
        assert_eq!(Happening::from_strs("lost", None).unwrap(), None);
    }
}

//! A name for each request, in the log, the audit trail and the answer.

use core::cell::Cell;
use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};

use crate::then::then;

/// Digits and letters that are not taken for one another (Crockford).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Letters of an id.
const LENGTH: usize = 13;

/// The name of one request: 64 bits in 13 letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct RequestId(u64);

impl RequestId {
    /// As it is shown.
    pub(crate) fn letters(self) -> [u8; LENGTH] {
        let mut letters = [b'0'; LENGTH];
        let mut rest = self.0;
        for letter in letters.iter_mut().rev() {
            let digit = usize::try_from(rest & 31).ok();
            if let Some(known) = digit.and_then(|digit| ALPHABET.get(digit)) {
                *letter = *known;
            }
            rest >>= 5;
        }
        letters
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters = self.letters();
        f.write_str(str::from_utf8(&letters).unwrap_or_default())
    }
}

/// Gives out ids that do not repeat within a process and, with a random beginning, over restarts.
#[derive(Debug)]
pub(crate) struct RequestIds(AtomicU64);

impl RequestIds {
    pub(crate) const fn beginning_at(random: u64) -> Self {
        Self(AtomicU64::new(random))
    }

    pub(crate) fn next(&self) -> RequestId {
        RequestId(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// The request that is being answered.
struct Current {
    id: RequestId,
    /// What the service knows of its refusal and the provider does not.
    known: Cell<Option<Known>>,
    /// What failed of the service's own.
    failure: Cell<Option<String>>,
}

/// What was noted of a request while it was answered.
#[derive(Debug, Default)]
pub(crate) struct Noted {
    pub(crate) known: Option<Known>,
    pub(crate) failure: Option<String>,
}

/// Why no token was given out for a name and a password that were right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// No role of the user's may connect applications.
    NoRole,
    /// The user may connect them for several organisations, and can't say which is meant.
    SeveralOrganisations,
}

impl Known {
    /// Its stable name as a cause, and the same in words.
    pub(crate) const fn cause(self) -> (&'static str, &'static str) {
        match self {
            Self::NoRole => (
                "no_role",
                "the password was right; no role of the user's may connect applications",
            ),
            Self::SeveralOrganisations => (
                "several_organisations",
                "the password was right; the user may connect applications for several organisations",
            ),
        }
    }
}

tokio::task_local! {
    static CURRENT: Current;
}

/// The id of the request that is being answered.
pub(crate) fn current() -> Option<RequestId> {
    CURRENT.try_with(|current| current.id).ok()
}

/// Notes what is known of the refusal of the request that is being answered.
pub(crate) fn note(known: Known) {
    // Where no request is answered nobody asks.
    let _none = CURRENT.try_with(|current| current.known.set(Some(known)));
}

/// Notes that something failed for the request that is being answered, for its line in the log.
pub(crate) fn note_failure(what: &str, error: &dyn fmt::Display) {
    let failure = format!("{what}: {error}");
    let _none = CURRENT.try_with(|current| current.failure.set(Some(failure)));
}

/// What was noted of its refusal.
pub(crate) fn noted() -> Option<Known> {
    CURRENT.try_with(|current| current.known.get()).ok()?
}

/// The same as it is shown, for the log.
pub(crate) fn shown() -> Option<String> {
    current().map(|id| id.to_string())
}

/// Answers a request under its id; gives what was noted beside the answer.
pub(crate) fn within<F: Future>(
    id: RequestId,
    answer: F,
) -> impl Future<Output = (F::Output, Noted)> {
    let current = Current {
        id,
        known: Cell::new(None),
        failure: Cell::new(None),
    };
    let noting = then(answer, |answered| {
        let noted = CURRENT.try_with(|current| Noted {
            known: current.known.take(),
            failure: current.failure.take(),
        });
        (answered, noted.unwrap_or_default())
    });
    CURRENT.scope(current, noting)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_thirteen_letters_and_none_repeats() {
        let ids = RequestIds::beginning_at(u64::MAX);
        let shown: Vec<String> = (0..3).map(|_| ids.next().to_string()).collect();
        assert_eq!(shown, ["FZZZZZZZZZZZZ", "0000000000000", "0000000000001"]);
    }
}

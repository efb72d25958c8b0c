//! A name for each request, in the log, the audit trail and the answer.

use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};

/// Digits and letters that are not taken for one another (Crockford).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Letters of an id.
const LENGTH: usize = 13;

/// The name of one request: 64 bits in 13 letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct RequestId(u64);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters = (0..LENGTH).rev().map(|place| {
            let shifted = u32::try_from(place.saturating_mul(5))
                .ok()
                .and_then(|bits| self.0.checked_shr(bits))
                .unwrap_or(0);
            usize::try_from(shifted & 31)
                .ok()
                .and_then(|digit| ALPHABET.get(digit))
                .map_or('0', |letter| char::from(*letter))
        });
        f.write_str(&letters.collect::<String>())
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

tokio::task_local! {
    static CURRENT: RequestId;
}

/// The id of the request that is being answered.
pub(crate) fn current() -> Option<RequestId> {
    CURRENT.try_get().ok()
}

/// Answers a request under its id.
pub(crate) fn within<F: Future>(id: RequestId, answer: F) -> impl Future<Output = F::Output> {
    CURRENT.scope(id, answer)
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

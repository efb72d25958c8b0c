//! The browsers that users logged in with before.

use std::sync::{Mutex, PoisonError};

use countersign_clock::UnixTime;

use crate::aged::Aged;
use crate::digest::{self, Digest};
use crate::random_id::RandomId;

/// How many browsers are known.
const BROWSERS: usize = 16_384;

/// For how many seconds after the last login: 90 days.
pub(crate) const SECONDS: i64 = 90 * 86_400;

/// Which browser was whose. It opens nothing: it only keeps the tries of strangers from being
/// counted as those of the user.
pub(crate) struct Known(Mutex<Aged<Digest>>);

impl Known {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Aged::new(BROWSERS, SECONDS)))
    }

    pub(crate) fn remember(&self, name: &str, browser: &RandomId, now: UnixTime) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.put(browser_key(browser), user_key(name), now);
    }

    pub(crate) fn knows(&self, name: &str, browser: &RandomId, now: UnixTime) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .get(&browser_key(browser), now)
            .is_some_and(|entry| entry.value == user_key(name))
    }
}

fn browser_key(browser: &RandomId) -> Digest {
    browser.digest("known browser")
}

fn user_key(name: &str) -> Digest {
    digest::of("user of a browser", &[name.as_bytes()])
}

#[cfg(test)]
mod tests {
    use countersign_signature::OsRandom;

    use super::*;

    #[test]
    fn a_browser_is_known_for_the_user_who_used_it_last_and_for_its_time() {
        let known = Known::new();
        let [mine, other] = [(); 2].map(|()| RandomId::draw(&mut OsRandom::new()).unwrap());
        let now = UnixTime::from_seconds(0);
        known.remember("ann", &mine, now);
        assert!(known.knows("ann", &mine, now));
        assert!(!known.knows("ann", &other, now));
        assert!(!known.knows("bob", &mine, now));
        assert!(!known.knows("ann", &mine, UnixTime::from_seconds(SECONDS)));
        known.remember("bob", &mine, now);
        assert!(!known.knows("ann", &mine, now));
    }
}

//! The one way in for names and passwords: pages and xAuth both go through it.

mod known;
mod settled;
mod throttle;
mod xauth;

pub(crate) use known::SECONDS as KNOWN_SECONDS;
pub(crate) use settled::{Unsettled, still_stands};
pub(crate) use xauth::Xauth;

use std::sync::Arc;
use std::thread;

use countersign_clock::UnixTime;
use countersign_key::Secret;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::allowance::Lines;
use crate::digest::{self, Digest};
use crate::login::known::Known;
use crate::login::throttle::Throttle;
use crate::random_id::RandomId;
use crate::records::{Mark, Records, RecordsError, User};
use crate::service::ClockFn;

/// How many may wait for their turn to be hashed; with a turn of some hundredth of a second, the
/// last of them waits for a second or two.
const WAITING: usize = 48;

/// How many more may wait in browsers that their users logged in with before: anybody can fill the
/// other places with any names.
const KNOWN_WAITING: usize = 16;

/// After how many seconds somebody should come back who found the queue full.
const FULL: u32 = 2;

/// Who logged in.
pub(crate) struct LoggedIn {
    pub(crate) user: User,
    pub(crate) mark: Mark,
}

/// Why nobody is logged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LoginError {
    /// Not before so many seconds; nothing was checked.
    Later(u32),
    /// The users can't be read.
    Unavailable,
    /// No such user, or another password: nobody is told which.
    Wrong,
}

impl LoginError {
    /// A stable name, for the log and the count.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Later(_) => "throttled",
            Self::Unavailable => "unavailable",
            Self::Wrong => "wrong",
        }
    }
}

/// Checks names and passwords, not too often and not too many at once.
pub(crate) struct Gate {
    records: Records,
    clock: ClockFn,
    throttle: Throttle,
    known: Known,
    hashing: Semaphore,
    waiting: Arc<Semaphore>,
    known_waiting: Arc<Semaphore>,
    /// Anybody may try while the users can't be read.
    failures: Lines,
}

impl Gate {
    pub(crate) fn new(records: Records, clock: ClockFn) -> Self {
        // Half of the cores: requests are to be verified while somebody guesses passwords.
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self::with_room(records, clock, cores.div_ceil(2), (WAITING, KNOWN_WAITING))
    }

    fn with_room(
        records: Records,
        clock: ClockFn,
        hashing: usize,
        (waiting, known): (usize, usize),
    ) -> Self {
        Self {
            records,
            clock,
            throttle: Throttle::new(),
            known: Known::new(),
            hashing: Semaphore::new(hashing),
            waiting: Arc::new(Semaphore::new(waiting)),
            known_waiting: Arc::new(Semaphore::new(known)),
            failures: Lines::new(),
        }
    }

    /// Checks a name and a password, from a browser if there is one.
    ///
    /// A browser that the user logged in with before has its own count of tries: whoever else
    /// guesses does not make this one wait.
    pub(crate) async fn log_in(
        self: &Arc<Self>,
        name: &str,
        password: Secret,
        browser: Option<&RandomId>,
    ) -> Result<LoggedIn, LoginError> {
        let outcome = self.admit(name, password, browser).await;
        let name = outcome
            .as_ref()
            .map_or_else(|error| error.name(), |_| "accepted");
        metrics::counter!("countersign_logins_total", "outcome" => name).increment(1);
        outcome
    }

    async fn admit(
        self: &Arc<Self>,
        name: &str,
        password: Secret,
        browser: Option<&RandomId>,
    ) -> Result<LoggedIn, LoginError> {
        let now = self.now();
        let browser = browser.filter(|browser| self.known.knows(name, browser, now));
        let place = self.place(browser.is_some());
        let place = place.ok_or(LoginError::Later(FULL))?;
        let key = count_of(name, browser);
        self.throttle.admit(key, now).map_err(LoginError::Later)?;
        let (this, name) = (Arc::clone(self), name.to_owned());
        // A task of its own, which ends in its own time: whoever hangs up must not make room for
        // the next hash while this one is still being made.
        let checked = tokio::spawn(async move {
            let _place = place;
            this.check(&name, password, &key).await
        });
        checked.await.unwrap_or(Err(LoginError::Unavailable))
    }

    /// This is a browser of the user's from now on.
    pub(crate) fn remember(&self, name: &str, browser: &RandomId) {
        self.known.remember(name, browser, self.now());
    }

    /// The user of this name as of now.
    async fn user(&self, name: &str) -> Result<Option<User>, RecordsError> {
        self.records.user(name).await
    }

    async fn check(
        &self,
        name: &str,
        password: Secret,
        key: &Digest,
    ) -> Result<LoggedIn, LoginError> {
        let turn = self.hashing.acquire().await;
        let found = self.records.log_in_marked(name, password).await;
        drop(turn);
        match found {
            Ok(Some((user, mark))) => {
                self.throttle.clear(key);
                Ok(LoggedIn { user, mark })
            }
            Ok(None) => Err(LoginError::Wrong),
            Err(error) => {
                if self.failures.admit(self.now()).is_some() {
                    tracing::error!(%error, "nobody can log in");
                }
                self.throttle.forgive(key, self.now());
                Err(LoginError::Unavailable)
            }
        }
    }

    /// A place to wait, if there is one.
    fn place(&self, is_known: bool) -> Option<OwnedSemaphorePermit> {
        let free = |places: &Arc<Semaphore>| Arc::clone(places).try_acquire_owned().ok();
        let reserved = || is_known.then(|| free(&self.known_waiting)).flatten();
        free(&self.waiting).or_else(reserved)
    }

    fn now(&self) -> UnixTime {
        (self.clock)()
    }
}

/// What the tries are counted under: a browser that is the user's, or the name.
fn count_of(name: &str, browser: Option<&RandomId>) -> Digest {
    match browser {
        Some(browser) => browser.digest("tries of a browser"),
        None => digest::of("tries for a name", &[name.as_bytes()]),
    }
}

#[cfg(test)]
mod tests;

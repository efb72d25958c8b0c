//! Time, chance and waiting, for a command that does one thing.

use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Wake;
use std::thread::Thread;
use std::time::Instant;

use countersign_client::connections;
use countersign_clock::{UnixTime, system};
use countersign_key::SecureRandom as _;
use countersign_signature::OsRandom;
use countersign_store::{ConnectionId, ConnectionStore as _};
use countersign_store_sqlite::SqliteConnectionStore;

use crate::output;

/// How long a renewal by another process is waited for in all.
pub(super) const PATIENCE: Duration = Duration::from_secs(90);
/// And how long without a word.
const SILENCE: Duration = Duration::from_secs(1);
/// How far apart two waits are of which the one does not go on with the other.
const APART: Duration = Duration::from_secs(1);

/// The system's clock and generator. It waits by stopping the thread, which has nothing else to do.
#[derive(Debug)]
pub(crate) struct Host {
    store: SqliteConnectionStore,
    id: ConnectionId,
    silence: Mutex<Silence>,
}

impl Host {
    /// For the connection that is looked after.
    pub(super) const fn new(store: SqliteConnectionStore, id: ConnectionId) -> Self {
        Self {
            store,
            id,
            silence: Mutex::new(Silence::NONE),
        }
    }

    fn silence(&self) -> MutexGuard<'_, Silence> {
        self.silence.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells who is waited for, and how long at most; whether anybody is.
    async fn tell(&self) -> bool {
        let found = self.store.connection(&self.id).await;
        let lease = found.ok().flatten().and_then(|found| found.lease);
        let rest = lease.map(|lease| lease.until.since(system::now()));
        let Some(rest) = rest.and_then(|rest| u64::try_from(rest).ok()) else {
            return false;
        };
        let rest = rest.min(PATIENCE.as_secs());
        output::note(&format!(
            "another process seems to be renewing the token; waiting for it, {rest} s at most if it has ended"
        ));
        true
    }
}

/// How long was waited at a stretch, as far as nothing was told.
#[derive(Debug)]
struct Silence {
    waited: Duration,
    ended: Option<Instant>,
}

impl Silence {
    const NONE: Self = Self {
        waited: Duration::ZERO,
        ended: None,
    };

    /// Takes in a wait; whether it is the one after which it is time for a word.
    fn is_over(&mut self, began: Instant, ended: Instant) -> bool {
        let goes_on = |before: Instant| began.saturating_duration_since(before) <= APART;
        if !self.ended.is_some_and(goes_on) {
            self.waited = Duration::ZERO;
        }
        self.ended = Some(ended);
        let before = self.waited;
        self.waited = before.saturating_add(ended.saturating_duration_since(began));
        before < SILENCE && self.waited >= SILENCE
    }
}

impl connections::Host for Host {
    fn now(&self) -> UnixTime {
        system::now()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "another process renews, and this one looks again later"
    )]
    async fn wait(&self, time: Duration) {
        let began = Instant::now();
        std::thread::sleep(time);
        let is_over = self.silence().is_over(began, Instant::now());
        if is_over && !self.tell().await {
            // Who is waited for may be there a second later.
            *self.silence() = Silence::NONE;
        }
    }

    fn jitter(&self) -> u64 {
        let mut octets = [0; 8];
        match OsRandom::new().fill(&mut octets) {
            Ok(()) => u64::from_ne_bytes(octets),
            // Then it looks again when others do.
            Err(_) => 0,
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for a future; those of a store are woken by its threads.
pub(crate) fn wait<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        std::thread::park();
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "tests")]
#[expect(clippy::disallowed_methods, reason = "waits are compared")]
mod tests {
    use countersign_client::connections::Host as _;
    use countersign_key::Secret;
    use countersign_store::seal::{KeyId, SealKey, Sealer};
    use countersign_store::{
        Connection, ConnectionChange, ConnectionCommit, Expected, LeaseStep, TokenCredentials,
    };
    use countersign_store_sqlite::Options;
    use countersign_token::{self as token, Generation};

    use super::*;

    /// When it is told, of waits that begin and end at these milliseconds.
    fn told(waits: &[(u64, u64)]) -> Vec<u64> {
        let (mut silence, start) = (Silence::NONE, Instant::now());
        let at = |time: u64| start + Duration::from_millis(time);
        let mut told = Vec::new();
        for (began, ended) in waits {
            if silence.is_over(at(*began), at(*ended)) {
                told.push(*ended);
            }
        }
        told
    }

    #[test]
    fn each_wait_is_told_after_a_second_and_once() {
        let wait = |from: u64| (0..20).map(move |at| (from + at * 210, from + at * 210 + 200));
        let waits: Vec<_> = wait(0).chain(wait(60_000)).collect();
        assert_eq!(told(&waits), [1_040, 61_040]);
        // Short ones do not add up.
        let short: Vec<_> = (1..20).map(|at| (at * 60_000, at * 60_000 + 200)).collect();
        assert!(told(&short).is_empty());
        assert_eq!(told(&[(0, 900), (1_000, 1_200), (1_300, 3_000)]), [1_200]);
    }

    #[test]
    fn where_nobody_was_found_it_is_looked_once_more() {
        let directory = tempfile::tempdir().unwrap();
        let key = Sealer::new(KeyId::new(1), SealKey::from_bytes([7; 32]));
        let path = directory.path().join("store.db");
        let options = Options::sealed_by(key).create_if_missing();
        let store = SqliteConnectionStore::open(path, &options, OsRandom::new()).unwrap();
        let id = ConnectionId::new("key", "acme");
        let host = Host::new(store.clone(), id.clone());
        let wait_for_a_second = || {
            let began = Instant::now();
            let waited = SILENCE - Duration::from_millis(1);
            assert!(!host.silence().is_over(began, began + waited));
            wait(host.wait(Duration::from_millis(2)));
            host.silence().waited
        };
        assert_eq!(wait_for_a_second(), Duration::ZERO);

        let secret = || Arc::new(Secret::new("canary"));
        let credentials = TokenCredentials::new(secret(), secret(), system::now());
        let row = Connection::new(id, token::Connection::new(Generation::FIRST), credentials);
        let now = system::now();
        let until = now.saturating_add(600);
        let change = ConnectionChange::new(Expected::Absent, row);
        let change = change.leasing(LeaseStep::Take { now, until });
        let done = wait(store.commit(change)).unwrap();
        assert!(matches!(done, ConnectionCommit::Done { .. }), "{done:?}");
        assert!(wait_for_a_second() >= SILENCE);
    }
}

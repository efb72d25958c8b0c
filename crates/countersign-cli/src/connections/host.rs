//! Time, chance and waiting, for a command that does one thing.

use core::future::Future;
use core::pin::pin;
use core::sync::atomic::{AtomicU64, Ordering};
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::sync::Arc;
use std::task::Wake;
use std::thread::Thread;

use countersign_client::connections;
use countersign_clock::{UnixTime, system};
use countersign_key::SecureRandom as _;
use countersign_signature::OsRandom;
use countersign_store::{ConnectionId, ConnectionStore as _};
use countersign_store_sqlite::SqliteConnectionStore;

use crate::output;

/// How long a renewal by another process is waited for in all.
pub(super) const PATIENCE: Duration = Duration::from_secs(90);
/// And how long without a word, in milliseconds.
const SILENCE: u64 = 1000;

/// The system's clock and generator. It waits by stopping the thread, which has nothing else to do.
#[derive(Debug)]
pub(crate) struct Host {
    store: SqliteConnectionStore,
    id: ConnectionId,
    /// In milliseconds.
    waited: AtomicU64,
}

impl Host {
    /// For the connection that is looked after.
    pub(super) const fn new(store: SqliteConnectionStore, id: ConnectionId) -> Self {
        Self {
            store,
            id,
            waited: AtomicU64::new(0),
        }
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

impl connections::Host for Host {
    fn now(&self) -> UnixTime {
        system::now()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "another process renews, and this one looks again later"
    )]
    async fn wait(&self, time: Duration) {
        std::thread::sleep(time);
        let time = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let before = self.waited.fetch_add(time, Ordering::Relaxed);
        if before < SILENCE && before.saturating_add(time) >= SILENCE {
            let told = self.tell().await;
            if !told {
                // Who is waited for may be there a second later.
                self.waited.store(0, Ordering::Relaxed);
            }
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

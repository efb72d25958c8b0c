//! Time, threads and stores for the tests.

use core::future::Future;
use core::pin::Pin;
use core::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::path::Path;
use std::sync::{Arc, Mutex};

use countersign_client::connections::{
    ConnectionError, Connections, Current, Event, EventKind, Host, Settings, Used, Verdict,
};
use countersign_clock::UnixTime;
use countersign_key::{RandomError, SecureRandom};
use countersign_store::seal::{KeyId, SealKey, Sealer};
use countersign_store::{ConnectionId, ConnectionStore};
use countersign_store_sqlite::{Options, SqliteConnectionStore};
use countersign_token::Generation;

pub(crate) use countersign_store::testing::block_on;

use crate::provider::{Network, Provider, credentials, number};

pub(crate) const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);

/// One second is ten milliseconds where somebody waits, and none where somebody looks at the clock.
const FASTER: u32 = 100;

#[derive(Debug, Clone)]
pub(crate) struct Clock(Arc<AtomicI64>);

impl Clock {
    pub(crate) fn new() -> Self {
        Self::at(NOW)
    }

    pub(crate) fn at(now: UnixTime) -> Self {
        Self(Arc::new(AtomicI64::new(now.seconds())))
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

static JITTER: AtomicU64 = AtomicU64::new(1);

impl Host for Clock {
    fn now(&self) -> UnixTime {
        UnixTime::from_seconds(self.0.load(Ordering::Relaxed))
    }

    fn wait(&self, time: Duration) -> impl Future<Output = ()> + Send {
        elsewhere(move || std::thread::sleep(time / FASTER))
    }

    fn jitter(&self) -> u64 {
        JITTER
            .fetch_add(1, Ordering::Relaxed)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

type Shared<T> = Arc<Mutex<(Option<T>, Option<Waker>)>>;

/// Begins work on a thread of its own when it is first polled.
pub(crate) struct Elsewhere<T> {
    work: Option<Box<dyn FnOnce() -> T + Send>>,
    shared: Shared<T>,
}

pub(crate) fn elsewhere<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Elsewhere<T> {
    Elsewhere {
        work: Some(Box::new(work)),
        shared: Arc::new(Mutex::new((None, None))),
    }
}

impl<T: Send + 'static> Future for Elsewhere<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let shared = Arc::clone(&self.shared);
        let mut state = shared.lock().unwrap();
        if let Some(done) = state.0.take() {
            return Poll::Ready(done);
        }
        state.1 = Some(context.waker().clone());
        if let Some(work) = self.work.take() {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || {
                let done = work();
                let mut state = shared.lock().unwrap();
                state.0 = Some(done);
                let waker = state.1.take();
                drop(state);
                waker.unwrap().wake();
            });
        }
        Poll::Pending
    }
}

/// Different bytes each time.
#[derive(Debug)]
pub(crate) struct Counter;

impl SecureRandom for Counter {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError> {
        for chunk in out.chunks_mut(8) {
            let number = JITTER.fetch_add(1, Ordering::Relaxed);
            let number = number.wrapping_add(u64::from(std::process::id()) << 32);
            let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes();
            chunk.copy_from_slice(&mixed[..chunk.len()]);
        }
        Ok(())
    }
}

pub(crate) fn open(path: &Path) -> SqliteConnectionStore {
    let sealer = Sealer::new(KeyId::new(1), SealKey::from_bytes([1; 32]));
    let options = Options::sealed_by(sealer)
        .create_if_missing()
        .with_busy_timeout(Duration::from_secs(60));
    SqliteConnectionStore::open(path, &options, Counter).unwrap()
}

pub(crate) fn id(account: &str) -> ConnectionId {
    ConnectionId::new("consumer", account)
}

pub(crate) type Ours<S = SqliteConnectionStore> = Connections<S, Network, Clock>;

/// One process: its connections, and what it told.
pub(crate) struct Process<S> {
    pub(crate) connections: Ours<S>,
    pub(crate) events: Arc<Mutex<Vec<Event>>>,
}

impl<S: ConnectionStore + 'static> Process<S> {
    pub(crate) fn new(store: S, provider: &Arc<Provider>, clock: &Clock) -> Self {
        Self::with(store, provider, clock, Settings::default())
    }

    pub(crate) fn with(
        store: S,
        provider: &Arc<Provider>,
        clock: &Clock,
        settings: Settings,
    ) -> Self {
        let network = Network(Arc::clone(provider));
        let connections = Connections::new(store, network, clock.clone(), settings);
        let events = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&events);
        connections.subscribe(move |event| told.lock().unwrap().push(event.clone()));
        Self {
            connections,
            events,
        }
    }

    /// Authorised just now, with the provider's first token.
    pub(crate) fn connect(&self, account: &str, clock: &Clock) {
        let first = credentials(account, 1, clock.now());
        block_on(self.connections.connect(&id(account), first)).unwrap();
    }

    pub(crate) fn report(
        &self,
        account: &str,
        generation: u64,
        verdict: Verdict,
    ) -> Result<Option<Arc<Current>>, ConnectionError> {
        let token = format!("token-{generation}-{account}");
        let used = Used::new(Generation::new(generation), &token);
        block_on(self.connections.report(&id(account), used, verdict))
    }

    /// A token above that of a generation, as a number of the provider.
    pub(crate) fn renew(&self, account: &str, than: u64) -> Result<u64, ConnectionError> {
        let id = id(account);
        let renewed = self.connections.renew(&id, Generation::new(than));
        Ok(number(&block_on(renewed)?.credentials))
    }

    /// The number of the token to sign with.
    pub(crate) fn token(&self, account: &str) -> Result<u64, ConnectionError> {
        let current = block_on(self.connections.token(&id(account)))?;
        Ok(number(&current.credentials))
    }

    pub(crate) fn events(&self) -> Vec<EventKind> {
        let events = self.events.lock().unwrap();
        events.iter().map(|event| event.kind).collect()
    }
}

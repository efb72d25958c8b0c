//! All connections of one process.

mod change;
mod tend;
mod unstored;

pub use change::Verdict;
pub use tend::Tally;
pub use unstored::Unstored;

use core::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use countersign_clock::UnixTime;
use countersign_store::{ConnectionId, ConnectionStore};
use countersign_token::Generation;

use crate::connections::flight::{Flight, Joined};
use crate::connections::gate::Gate;
use crate::connections::protocol::Outcome;
use crate::connections::run::{Landing, fly};
use crate::connections::slot::{ConnectionHandle, Slot, lock};
use crate::connections::slots::Slots;
use crate::connections::{
    ConnectionError, Current, Event, EventKind, Exchange, History, Host, Loss, Settings, Watch,
};

type Listener = Arc<dyn Fn(&Event) + Send + Sync>;

pub(super) struct Inner<S, X, H> {
    pub(super) store: S,
    pub(super) exchange: X,
    pub(super) host: H,
    pub(super) settings: Settings,
    pub(super) gate: Arc<Gate>,
    slots: Slots,
    listeners: RwLock<Vec<Listener>>,
    watch: Mutex<Watch>,
}

/// Connections that never lose a token.
///
/// A handle; clones share everything. The futures need no runtime of their own; a renewal that was
/// begun goes on as long as anyone waits for its connection, whoever gives up.
pub struct Connections<S, X, H>(Arc<Inner<S, X, H>>);

impl<S, X, H> Clone for Connections<S, X, H> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S, X, H> fmt::Debug for Connections<S, X, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections")
            .field("settings", &self.0.settings)
            .finish_non_exhaustive()
    }
}

impl<S, X, H: Host> Inner<S, X, H> {
    pub(super) fn tell(&self, id: Option<&ConnectionId>, kind: EventKind) {
        let listeners = self
            .listeners
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if listeners.is_empty() {
            return;
        }
        let event = Event {
            at: self.host.now(),
            connection: id.cloned(),
            kind,
        };
        for listener in listeners {
            listener(&event);
        }
    }
}

impl<S, X, H: Host> Inner<S, X, H> {
    fn watched(&self, look: impl FnOnce(&mut Watch, UnixTime) -> Option<EventKind>) {
        let now = self.host.now();
        // Whoever is told may call again.
        let told = look(&mut lock(&self.watch), now);
        if let Some(kind) = told {
            self.tell(None, kind);
        }
    }
}

impl<S: ConnectionStore, X, H: Host> Inner<S, X, H> {
    pub(super) async fn lost(&self, id: &ConnectionId, loss: Loss) {
        self.tell(Some(id), EventKind::Lost(loss));
        let history = self.store.history(id).await.map(History::new);
        if let Some((cause, times)) = history.ok().and_then(|history| history.repeated()) {
            self.tell(Some(id), EventKind::RepeatedLoss { cause, times });
        }
    }
}

impl<S: ConnectionStore + 'static, X: Exchange, H: Host> Connections<S, X, H> {
    /// Looks after the connections in `store`.
    ///
    /// Call [`recover`](Self::recover) next: an earlier process may have left renewals half done.
    #[must_use]
    pub fn new(store: S, exchange: X, host: H, settings: Settings) -> Self {
        Self(Arc::new(Inner {
            gate: Arc::new(Gate::new(settings.concurrency.max(1))),
            store,
            exchange,
            host,
            watch: Mutex::new(settings.watch),
            settings,
            slots: Slots::new(settings.most_known),
            listeners: RwLock::default(),
        }))
    }

    /// Has `listener` told of everything that happens to connections by this process. It is called
    /// by whoever waits for a renewal and should be quick: a prompt to authorise again is put on its
    /// way here, and not waited for.
    pub fn subscribe(&self, listener: impl Fn(&Event) + Send + Sync + 'static) {
        let listeners = &self.0.listeners;
        listeners
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Arc::new(listener));
    }

    /// Tells the subscribers how far the provider's clock is ahead of this one.
    pub fn clock_off(&self, seconds: i64) {
        self.0.tell(None, EventKind::ClockOff { seconds });
    }

    /// Tells the subscribers that a certificate ends.
    pub fn certificate_expires(&self, days: i64) {
        self.0.tell(None, EventKind::CertificateExpires { days });
    }

    /// Takes in how far the provider's clock is ahead, as often as that is seen: the subscribers are
    /// told if it is [worth it](Settings::with_watch).
    pub fn clock_seen(&self, seconds: i64) {
        self.0.watched(|watch, now| watch.clock(seconds, now));
    }

    /// Takes in when the certificate ends that requests are signed under, as often as one likes: the
    /// subscribers are told if it is [worth it](Settings::with_watch).
    pub fn certificate_seen(&self, ends: UnixTime) {
        self.0.watched(|watch, now| watch.certificate(ends, now));
    }

    /// The token of a connection as this process knows it, at once: no store is asked.
    #[must_use]
    pub fn current(&self, id: &ConnectionId) -> Option<Arc<Current>> {
        self.0.slots.look(id, Slot::current).flatten()
    }

    /// A connection, read from the store if it was not yet. Its token stays known as long as there is
    /// a handle.
    ///
    /// # Errors
    ///
    /// [`ConnectionError::Unknown`] or [`ConnectionError::Store`].
    pub async fn handle(&self, id: &ConnectionId) -> Result<ConnectionHandle, ConnectionError> {
        let slot = self.0.slots.of(id);
        if slot.current().is_none()
            && let Err(error) = self.read(id).await
        {
            drop(slot);
            self.0.slots.remove(id);
            return Err(error);
        }
        Ok(ConnectionHandle(slot))
    }

    /// Reads a connection from the store.
    ///
    /// # Errors
    ///
    /// [`ConnectionError::Unknown`] or [`ConnectionError::Store`].
    pub async fn read(&self, id: &ConnectionId) -> Result<Arc<Current>, ConnectionError> {
        self.look(id).await.map(|(current, _)| current)
    }

    /// The same, and whether answers are kept for it of which nothing was made yet.
    async fn look(&self, id: &ConnectionId) -> Result<(Arc<Current>, bool), ConnectionError> {
        let inner = &self.0;
        let found = inner.store.connection(id).await?;
        let Some(found) = found else {
            if let Some(slot) = inner.slots.find(id) {
                slot.forget();
            }
            inner.slots.remove(id);
            return Err(ConnectionError::Unknown);
        };
        let current = Current::of(&found.row, &inner.settings, inner.host.jitter());
        let current = self.0.slots.of(id).publish(current);
        Ok((current, !found.answers.is_empty()))
    }

    /// A token to sign with: the one at hand as long as its time is not over, else a newer one.
    ///
    /// # Errors
    ///
    /// [`ConnectionError`] says why there is none.
    pub async fn token(&self, id: &ConnectionId) -> Result<Arc<Current>, ConnectionError> {
        let current = match self.current(id) {
            Some(current) if current.loss().is_none() => current,
            // A loss may be over by now: another process brought a token, or the user came back.
            _ => self.read(id).await?,
        };
        if let Some(loss) = current.loss() {
            return Err(ConnectionError::NeedsReauthorisation(loss));
        }
        if !current.is_over(self.0.host.now()) {
            return Ok(current);
        }
        self.renew(id, current.generation).await
    }

    /// A token above the generation `than`: from memory, from the store, or from the provider. Of
    /// all who ask at the same time, in this process and others, one sends a request.
    ///
    /// # Errors
    ///
    /// [`ConnectionError`] says why there is none. After [`Failed`](ConnectionError::Failed) the token
    /// at hand is what it was.
    pub async fn renew(
        &self,
        id: &ConnectionId,
        than: Generation,
    ) -> Result<Arc<Current>, ConnectionError> {
        let current = match self.current(id) {
            Some(current) => current,
            None => self.read(id).await?,
        };
        if current.generation > than && current.loss().is_none() {
            return Ok(current);
        }
        if current.credentials.session_handle.is_none() {
            return self.newer_than(id, than).await;
        }
        let slot = self.0.slots.of(id);
        for _ in 0..TRIES {
            let landing = self.join(&slot, than).await;
            let current = self.landed(&slot, landing)?;
            // What was in flight may have been for one who wanted less.
            if current.generation > than {
                return Ok(current);
            }
        }
        Err(ConnectionError::Busy)
    }

    /// What can't be renewed may have been authorised again, by way of another process.
    async fn newer_than(
        &self,
        id: &ConnectionId,
        than: Generation,
    ) -> Result<Arc<Current>, ConnectionError> {
        let current = self.read(id).await?;
        match current.loss() {
            Some(loss) => Err(ConnectionError::NeedsReauthorisation(loss)),
            None if current.generation > than => Ok(current),
            None => Err(ConnectionError::NotRenewable),
        }
    }

    /// The renewal in flight, or a new one.
    fn join(&self, slot: &Arc<Slot>, than: Generation) -> Joined<Landing> {
        let mut flight = lock(&slot.flight);
        match &*flight {
            Some(flying) if !flying.is_done() => flying.join(),
            _ => {
                let work = fly(Arc::clone(&self.0), Arc::clone(slot), than);
                let begun = Flight::new(Box::pin(work), Landing::NOWHERE);
                let joined = begun.join();
                let gone_on = begun.join();
                *flight = Some(begun);
                drop(flight);
                self.0
                    .host
                    .go_on(Box::pin(async move { drop(gone_on.await) }));
                joined
            }
        }
    }

    fn landed(&self, slot: &Slot, landing: Landing) -> Result<Arc<Current>, ConnectionError> {
        let current = slot.current().ok_or(ConnectionError::Unknown);
        match landing.outcome {
            Outcome::Renewed | Outcome::Newer | Outcome::Held => current,
            Outcome::Lost(cause) => {
                let loss = current?.loss().unwrap_or_else(|| Loss::new(cause, None));
                Err(ConnectionError::NeedsReauthorisation(loss))
            }
            Outcome::Busy { .. } | Outcome::Contended => Err(ConnectionError::Busy),
            Outcome::Failed(fault) => Err(ConnectionError::Failed(fault)),
            Outcome::Gone => Err(ConnectionError::Unknown),
            Outcome::StoreFailed => Err(match landing.error {
                Some(error) => ConnectionError::Store(error),
                None => ConnectionError::Busy,
            }),
        }
    }

    /// What happened to a connection.
    ///
    /// # Errors
    ///
    /// [`ConnectionError::Store`] if it can't be read.
    pub async fn history(&self, id: &ConnectionId) -> Result<History, ConnectionError> {
        Ok(History::new(self.0.store.history(id).await?))
    }
}

/// So often a row may be changed under our hands.
const TRIES: usize = 16;

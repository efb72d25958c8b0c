//! Whether the store takes a write now: a disk that is full is read as before.

use core::time::Duration;

use countersign_store::{Insertion, Nonce, NonceStore as _};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::service::Service;

/// How long an answer holds: whoever asks more often costs the store no more.
const HOLDS: Duration = Duration::from_secs(1);

/// How long a write is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// No application is registered without a key.
const NOBODY: &str = "";

/// What there is to say of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It does what a request needs of it.
    Ok,
    /// It does not.
    Failing,
    /// The store lost its memory of used nonces, and takes no request of now yet.
    Fenced,
}

impl State {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failing => "failing",
            Self::Fenced => "fenced",
        }
    }
}

impl From<bool> for State {
    fn from(is_ok: bool) -> Self {
        if is_ok { Self::Ok } else { Self::Failing }
    }
}

/// When a write was tried last, and how it came out.
#[derive(Debug, Default)]
pub(crate) struct Readiness(Mutex<Option<(Instant, State)>>);

impl Readiness {
    /// Has the store take a nonce, which every request needs of it.
    pub(crate) async fn of_store(&self, service: &Service) -> State {
        let mut last = self.0.lock().await;
        if let Some((at, taken)) = *last
            && at.elapsed() < HOLDS
        {
            return taken;
        }
        let taken = timeout(PATIENCE, taken(service)).await;
        let taken = taken.unwrap_or(State::Failing);
        *last = Some((Instant::now(), taken));
        taken
    }
}

async fn taken(service: &Service) -> State {
    let nonces = &service.provider().stores().nonces;
    let id = service.ids.next().to_string();
    let now = service.now();
    // One that is over with the next second, unless the store lost its memory of times so old.
    let oldest = now.saturating_sub(service.config.clock.past.into());
    for timestamp in [oldest, now] {
        let nonce = Nonce::new(NOBODY, "", timestamp, &id);
        match nonces.insert(nonce, now).await {
            Ok(Insertion::Fenced { .. }) => {}
            Ok(Insertion::New | Insertion::Used) => return State::Ok,
            Ok(Insertion::OverQuota { .. }) | Err(_) => return State::Failing,
        }
    }
    State::Fenced
}

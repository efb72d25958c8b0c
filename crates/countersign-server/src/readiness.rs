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

/// When a write was tried last, and how it came out.
#[derive(Debug, Default)]
pub(crate) struct Readiness(Mutex<Option<(Instant, bool)>>);

impl Readiness {
    /// Has the store take a nonce, which every request needs of it.
    pub(crate) async fn store_takes_writes(&self, service: &Service) -> bool {
        let mut last = self.0.lock().await;
        if let Some((at, taken)) = *last
            && at.elapsed() < HOLDS
        {
            return taken;
        }
        let taken = timeout(PATIENCE, taken(service)).await.unwrap_or(false);
        *last = Some((Instant::now(), taken));
        taken
    }
}

async fn taken(service: &Service) -> bool {
    let nonces = &service.provider().stores().nonces;
    let id = service.ids.next().to_string();
    let now = service.now();
    // One that is over with the next second, unless the store lost its memory of times so old.
    let oldest = now.saturating_sub(service.config.clock.past.into());
    for timestamp in [oldest, now] {
        let nonce = Nonce::new(NOBODY, "", timestamp, &id);
        match nonces.insert(nonce, now).await {
            Ok(Insertion::Fenced { .. }) => {}
            Ok(_) => return true,
            Err(_) => return false,
        }
    }
    true
}

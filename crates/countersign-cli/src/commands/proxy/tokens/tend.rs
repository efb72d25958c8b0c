//! Renewal ahead of the end, and what is left to be done when the proxy stops.

use core::time::Duration;
use std::sync::Arc;

use countersign_problem::harmless;
use countersign_token::Generation;

use super::{Connected, Tokens, lock};
use crate::connections::{Place, adopt, rescue};
use crate::exit::Failure;

/// How often it is looked whether a token is to be renewed.
const EVERY: Duration = Duration::from_secs(2);

impl Tokens {
    /// Renews the token ahead of its end, for as long as it is let.
    pub(in crate::commands::proxy) async fn tend(self: Arc<Self>) {
        let mut written = None;
        loop {
            let this = Arc::clone(&self);
            let tended = tokio::task::spawn_blocking(move || {
                let connected = this.connected.as_ref()?;
                connected.tend(written)
            });
            written = tended.await.unwrap_or(written);
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Waits for what is under way, and brings the newest token into safety; to be called before the
    /// process ends. An answer that has not begun to come is waited for no longer than `patience`.
    pub(in crate::commands::proxy) async fn end(
        self: &Arc<Self>,
        patience: Duration,
    ) -> Result<(), Failure> {
        let this = Arc::clone(self);
        let mut ended = tokio::task::spawn_blocking(move || match &this.connected {
            Some(connected) => match connected.bring(false)?.told(&connected.name) {
                None => Ok(()),
                Some(told) => Err(Failure::Work(told)),
            },
            None => Ok(()),
        });
        loop {
            match tokio::time::timeout(patience, &mut ended).await {
                Ok(ended) => return ended.map_err(|error| Failure::work(&error))?,
                Err(_) if self.has_news() => {}
                // The intent is durable: the next process finds out what became of it.
                Err(_) => return Ok(()),
            }
        }
    }

    fn has_news(&self) -> bool {
        let connected = self.connected.as_ref();
        connected.is_some_and(|connected| connected.kept.has_news())
    }
}

impl Connected {
    /// `written` is the generation of a token that could not be stored and stands in the profile's file;
    /// gives the one that stands there now.
    fn tend(&self, written: Option<Generation>) -> Option<Generation> {
        // A connection that this process has not read is not known to be due.
        if self.kept.is_unread() {
            drop(self.kept.current());
        }
        self.kept.renew_due();
        self.kept.forget_answer();
        let unstored = self.kept.unstored().map(|unstored| unstored.generation);
        if unstored == written {
            return written;
        }
        match self.bring(written.is_some()) {
            Ok(place) => {
                let told = place.told(&self.name)?;
                tracing::warn!("{told}");
                unstored
            }
            Err(failure) => {
                let cause = failure.to_string();
                tracing::error!(cause = %harmless(&cause), "the newest token is in no safe place");
                written
            }
        }
    }

    fn bring(&self, is_written: bool) -> Result<Place, Failure> {
        let was_unstored = self.kept.unstored().is_some();
        let profiles = lock(&self.profiles);
        let place = rescue(&profiles, &self.name, &self.kept)?;
        if place == Place::Store && (is_written || was_unstored) {
            // One that stood in the file until now stands there no more.
            drop(adopt(&profiles, &self.name)?);
        }
        Ok(place)
    }
}

//! Looking after all connections.

use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_store::ConnectionStore;
use countersign_token::Generation;

use crate::connections::driver::Connections;
use crate::connections::slot::{Slot, lock};
use crate::connections::together::some_at_once;
use crate::connections::{ConnectionError, Current, Exchange, Host};

/// Rows read at once.
const PAGE: usize = 500;

/// How many connections came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// They have a token that is newer than before, or did not need one.
    pub renewed: usize,
    /// Only the user can help.
    pub lost: usize,
    /// Nothing came of it; to be tried again.
    pub failed: usize,
}

impl<S: ConnectionStore + 'static, X: Exchange, H: Host> Connections<S, X, H> {
    /// Renews what is due by now among the connections that this process knows, not more at once
    /// than [configured](crate::connections::Settings::with_concurrency), and goes on with what others gave up waiting
    /// for. To be called every few seconds.
    pub async fn renew_due(&self) -> Tally {
        let due = self.due(self.0.host.now());
        self.renew_all(due, than).await
    }

    fn due(&self, now: UnixTime) -> Vec<Arc<Slot>> {
        let is_due = |slot: &Slot| {
            let flight = lock(&slot.flight).clone();
            if flight.is_some_and(|flight| !flight.is_done()) {
                return true;
            }
            let held = lock(&slot.hand).is_some();
            let current = slot.current();
            let due =
                current.is_some_and(|current| current.is_due(now) && current.loss().is_none());
            (held || due) && !slot.is_left_alone(now)
        };
        self.0.slots.filter(is_due)
    }

    /// Brings each to a token above the generation that `than` says.
    pub(super) async fn renew_all(
        &self,
        mut slots: Vec<Arc<Slot>>,
        than: impl Fn(&Slot) -> Generation,
    ) -> Tally {
        // All that are under way, and first: they may have the places for which the others wait.
        let is_flying = |slot: &Arc<Slot>| {
            let flight = lock(&slot.flight).clone();
            flight.is_some_and(|flight| !flight.is_done())
        };
        slots.sort_by_cached_key(|slot| !is_flying(slot));
        let flying = slots.iter().filter(|slot| is_flying(slot)).count();
        let joined = slots.iter().map(|slot| self.join(slot, than(slot)));
        // No more than can be under way: a request that needs a token does not wait behind all.
        let most = self.0.settings.concurrency.saturating_add(flying);
        let landings = some_at_once(most, joined).await;
        let mut tally = Tally::default();
        for (slot, landing) in slots.iter().zip(landings) {
            let count = match self.landed(slot, landing) {
                Ok(_) => &mut tally.renewed,
                Err(ConnectionError::NeedsReauthorisation(_)) => &mut tally.lost,
                Err(_) => &mut tally.failed,
            };
            *count = count.saturating_add(1);
        }
        tally
    }

    /// Finishes what earlier processes left half done: tokens are taken out of kept answers, and
    /// renewals of which nobody knows the outcome are tried once more.
    ///
    /// # Errors
    ///
    /// [`ConnectionError::Store`] if it can't be read.
    pub async fn recover(&self) -> Result<Tally, ConnectionError> {
        let mut slots = Vec::new();
        let mut unread = 0_usize;
        let mut after = None;
        loop {
            let page = self.0.store.unsettled(after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else {
                let mut tally = self.renew_all(slots, than).await;
                tally.failed = tally.failed.saturating_add(unread);
                return Ok(tally);
            };
            after = Some(last.clone());
            for id in &page {
                // One that can't be read keeps no other waiting.
                match self.read(id).await {
                    Ok(_) => slots.push(self.0.slots.of(id)),
                    Err(ConnectionError::Unknown) => {}
                    Err(_) => unread = unread.saturating_add(1),
                }
            }
        }
    }

    /// Reads all connections of the store into memory, as far as there is
    /// [room](crate::connections::Settings::with_most_known); gives how many there are. Damaged ones
    /// are passed over.
    ///
    /// # Errors
    ///
    /// [`ConnectionError::Store`] if it can't be read.
    pub async fn load(&self) -> Result<usize, ConnectionError> {
        let inner = &self.0;
        let mut after = None;
        let mut count = 0_usize;
        loop {
            let page = inner.store.connections(after.as_ref(), PAGE).await?;
            let Some(last) = page.rows.last() else {
                return Ok(count);
            };
            after = Some(last.row.id.clone());
            count = count.saturating_add(page.rows.len());
            for row in &page.rows {
                let current = Current::of(row, &inner.settings, inner.host.jitter());
                self.0.slots.of(&row.row.id).publish(current);
            }
        }
    }
}

/// Above which generation a token is wanted: one that is in hand and only has to be stored is enough.
fn than(slot: &Slot) -> Generation {
    let held = lock(&slot.hand).as_ref().map(|hand| hand.generation);
    let before = held.map(|held| Generation::new(held.get().saturating_sub(1)));
    let current = || slot.current().map(|current| current.generation);
    before.or_else(current).unwrap_or(Generation::new(0))
}

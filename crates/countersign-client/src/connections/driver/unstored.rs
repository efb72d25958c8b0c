//! Tokens that came and could not be stored.

use countersign_store::{ConnectionId, ConnectionStore, Fence, TokenCredentials};
use countersign_token::Generation;

use crate::connections::driver::Connections;
use crate::connections::slot::{Slot, lock};
use crate::connections::{Exchange, Host};

/// A token that came and could not be stored: this process has the only copy.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Unstored {
    /// Of which connection.
    pub id: ConnectionId,
    /// Its generation.
    pub generation: Generation,
    /// The token, whole: with the session handle of the one before, if the provider gave none.
    pub credentials: TokenCredentials,
    /// The lease under which this process sent for it; none if it was found. When
    /// [`flush`](Connections::flush) has given it nothing is sent under that any more: who brings the token
    /// into the store may [free](countersign_store::LeaseStep::Free) it, so that nobody waits for its end.
    pub fence: Option<Fence>,
}

impl<S: ConnectionStore + 'static, X: Exchange, H: Host> Connections<S, X, H> {
    /// The tokens that came and could not be stored. They are used all the same, and
    /// [`renew_due`](Self::renew_due) tries again.
    #[must_use]
    pub fn unstored(&self) -> Vec<Unstored> {
        let slots = self.0.slots.filter(|slot| lock(&slot.hand).is_some());
        let held = slots.iter().filter_map(|slot| {
            let hand = lock(&slot.hand).clone()?;
            Some(Unstored {
                id: slot.id.clone(),
                generation: hand.generation,
                credentials: hand.credentials,
                fence: hand.fence,
            })
        });
        held.collect()
    }

    /// Waits for the renewals under way, and tries once more to store what could not be stored; begins
    /// no renewal. Call it before the process ends: what it gives is lost with it, unless it is put
    /// elsewhere.
    pub async fn flush(&self) -> Vec<Unstored> {
        let is_flying = |slot: &Slot| {
            let flight = lock(&slot.flight).clone();
            flight.is_some_and(|flight| !flight.is_done())
        };
        // Any token will do, so that nothing is renewed where it is over or stored by now.
        let than = |_: &Slot| Generation::new(0);
        self.renew_all(self.0.slots.filter(is_flying), than).await;
        let held = self.0.slots.filter(|slot| lock(&slot.hand).is_some());
        self.renew_all(held, than).await;
        self.unstored()
    }
}

//! The slots of all connections that this process knows, not more than so many.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use countersign_store::ConnectionId;

use crate::connections::slot::Slot;

/// One part of so many is given up at a time, so that not each that is new has all looked through.
const PART: usize = 8;

pub(super) struct Slots {
    known: RwLock<HashMap<ConnectionId, Arc<Slot>>>,
    most: usize,
}

impl Slots {
    pub(super) fn new(most: usize) -> Self {
        Self {
            known: RwLock::default(),
            most,
        }
    }

    /// The slot of a connection, made if there is none.
    pub(super) fn of(&self, id: &ConnectionId) -> Arc<Slot> {
        if let Some(slot) = self.find(id) {
            return slot;
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= self.most && !known.contains_key(id) {
            make_room(&mut known, self.most);
        }
        let slot = known
            .entry(id.clone())
            .or_insert_with(|| Arc::new(Slot::new(id.clone())));
        Arc::clone(slot)
    }

    pub(super) fn find(&self, id: &ConnectionId) -> Option<Arc<Slot>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let slot = known.get(id)?;
        slot.use_it();
        Some(Arc::clone(slot))
    }

    /// What comes of looking at the slot of a connection.
    pub(super) fn look<T>(&self, id: &ConnectionId, look: impl FnOnce(&Slot) -> T) -> Option<T> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let slot = known.get(id)?;
        slot.use_it();
        Some(look(slot))
    }

    pub(super) fn filter(&self, is_wanted: impl Fn(&Slot) -> bool) -> Vec<Arc<Slot>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known
            .values()
            .filter(|slot| is_wanted(slot))
            .cloned()
            .collect()
    }

    /// Gives up the slot of a connection that is gone, unless somebody still has it.
    pub(super) fn remove(&self, id: &ConnectionId) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.get(id).is_some_and(is_idle) {
            known.remove(id);
        }
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.known.read().unwrap().len()
    }
}

/// Whether nobody has it, and nothing is in it that the store has not.
fn is_idle(slot: &Arc<Slot>) -> bool {
    Arc::strong_count(slot) == 1 && slot.is_at_rest()
}

/// Gives up slots that were not used since the last time, and of the others as many as it takes.
fn make_room(known: &mut HashMap<ConnectionId, Arc<Slot>>, most: usize) {
    let part = most.checked_div(PART).unwrap_or(0).saturating_add(1);
    let mut left = part;
    for was_used in [false, true] {
        known.retain(|_, slot| {
            // Asked of each once, in the first round, which makes them all unused.
            let used = !was_used && slot.was_used();
            let goes = left > 0 && !used && is_idle(slot);
            left = left.saturating_sub(usize::from(goes));
            !goes
        });
    }
}

#[cfg(test)]
mod tests {
    use countersign_clock::UnixTime;
    use countersign_key::Secret;
    use countersign_store::TokenCredentials;
    use countersign_token::Generation;

    use super::*;
    use crate::connections::slot::{Hand, lock};

    fn id(number: usize) -> ConnectionId {
        ConnectionId::new("key", number.to_string())
    }

    #[test]
    fn there_are_never_more_than_so_many() {
        let slots = Slots::new(16);
        for number in 0..1000 {
            drop(slots.of(&id(number)));
            assert!(slots.len() <= 16, "{number}");
            assert!(slots.find(&id(number)).is_some());
        }
    }

    #[test]
    fn those_in_use_stay() {
        let slots = Slots::new(16);
        // Somebody has this one, this one holds what is not stored, and this one is asked for often.
        let held = slots.of(&id(0));
        let secret = || Arc::new(Secret::new("s"));
        let credentials = TokenCredentials::new(secret(), secret(), UnixTime::from_seconds(0));
        let hand = Hand::new(Generation::FIRST, credentials.clone(), &credentials);
        *lock(&slots.of(&id(1)).hand) = Some(hand);
        drop(slots.of(&id(2)));
        for number in 3..1000 {
            drop(slots.of(&id(number)));
            slots.look(&id(2), |_| ()).expect("often used");
        }
        assert!(Arc::ptr_eq(&held, &slots.find(&id(0)).unwrap()));
        assert!(lock(&slots.find(&id(1)).unwrap().hand).is_some());
        assert!(slots.len() <= 16);
        // What nobody has any more can go.
        slots.remove(&id(0));
        assert!(slots.find(&id(0)).is_some());
        drop(held);
        slots.remove(&id(0));
        slots.remove(&id(1));
        assert!(slots.find(&id(0)).is_none());
        assert!(slots.find(&id(1)).is_some());
    }

    /// Where nothing can go, the limit gives way and no token does.
    #[test]
    fn what_can_not_go_stays_above_the_limit() {
        let slots = Slots::new(4);
        let held: Vec<_> = (0..8).map(|number| slots.of(&id(number))).collect();
        assert_eq!(slots.len(), 8);
        drop(held);
        drop(slots.of(&id(9)));
        assert!(slots.len() < 9);
    }
}

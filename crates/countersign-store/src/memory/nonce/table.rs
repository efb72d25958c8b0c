//! A set of fingerprints in one block of memory.

use crate::memory::nonce::pool::{FREE, Pool};

/// Open addressing with linear probing. Fingerprints are uniform, so their bits are the hash.
#[derive(Debug, Default)]
pub(super) struct Table {
    slots: Box<[u128]>,
    len: usize,
}

/// Where a fingerprint is, or where it would go.
enum Place {
    Taken,
    Free(usize),
    NoRoom,
}

impl Table {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn contains(&self, fingerprint: u128) -> bool {
        matches!(self.place(stored(fingerprint)), Place::Taken)
    }

    /// Whether it was not there before.
    pub(super) fn insert(&mut self, fingerprint: u128, pool: &mut Pool) -> bool {
        let fingerprint = stored(fingerprint);
        match self.place(fingerprint) {
            Place::Taken => return false,
            Place::Free(at) if !self.is_crowded() => self.fill(at, fingerprint),
            Place::Free(_) | Place::NoRoom => {
                self.grow(pool);
                if let Place::Free(at) = self.place(fingerprint) {
                    self.fill(at, fingerprint);
                }
            }
        }
        self.len = self.len.saturating_add(1);
        true
    }

    pub(super) fn into_slots(self) -> Box<[u128]> {
        self.slots
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u128> + '_ {
        self.slots.iter().copied().filter(|slot| *slot != FREE)
    }

    fn place(&self, fingerprint: u128) -> Place {
        let home = home(fingerprint, self.slots.len());
        let Some((before, from_home)) = self.slots.split_at_checked(home) else {
            return Place::NoRoom;
        };
        for (slots, first) in [(from_home, home), (before, 0)] {
            let stop = slots
                .iter()
                .position(|slot| *slot == FREE || *slot == fingerprint);
            if let Some(offset) = stop {
                return match slots.get(offset) {
                    Some(&FREE) => Place::Free(first.saturating_add(offset)),
                    _ => Place::Taken,
                };
            }
        }
        Place::NoRoom
    }

    fn fill(&mut self, at: usize, fingerprint: u128) {
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = fingerprint;
        }
    }

    /// Four fifths full: beyond that the runs of taken slots get long.
    fn is_crowded(&self) -> bool {
        self.len.saturating_mul(5) >= self.slots.len().saturating_mul(4)
    }

    fn grow(&mut self, pool: &mut Pool) {
        let larger = pool.larger_than(self.slots.len());
        let old = core::mem::replace(&mut self.slots, larger);
        for fingerprint in old.iter().copied().filter(|slot| *slot != FREE) {
            if let Place::Free(at) = self.place(fingerprint) {
                self.fill(at, fingerprint);
            }
        }
    }
}

/// One fingerprint in 2^128 shares its place with its neighbour, so that no flag is needed for free
/// slots. A false "used" is harmless.
const fn stored(fingerprint: u128) -> u128 {
    if fingerprint == FREE { 1 } else { fingerprint }
}

/// The low half, scaled to the number of slots: any number of them will do.
fn home(fingerprint: u128, slots: usize) -> usize {
    let low = fingerprint & u128::from(u64::MAX);
    let slots = u128::try_from(slots).unwrap_or(0);
    usize::try_from(low.wrapping_mul(slots) >> 64).unwrap_or(0)
}

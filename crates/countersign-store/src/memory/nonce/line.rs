//! What is read of a table in one look: a line of the processor's cache.

/// How many marks a line holds.
pub(super) const SLOTS: usize = 8;
const FREE: u64 = 0;

/// Marks, then free slots. A table of many nonces is in no cache, and to wait for memory takes
/// longer than all else: so a mark and its place to be lie in one line, and a mark is half of a
/// fingerprint.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(64))]
pub(super) struct Line([u64; SLOTS]);

impl Line {
    pub(super) const EMPTY: Self = Self([FREE; SLOTS]);

    pub(super) fn has(&self, mark: u64) -> bool {
        // All of them, without a branch for each.
        self.0.iter().fold(false, |has, slot| has | (*slot == mark))
    }

    pub(super) fn is_full(&self) -> bool {
        self.0.last() != Some(&FREE)
    }

    /// Whether there was room.
    pub(super) fn put(&mut self, mark: u64) -> bool {
        let taken: usize = self.0.iter().map(|slot| usize::from(*slot != FREE)).sum();
        match self.0.get_mut(taken) {
            Some(slot) => {
                *slot = mark;
                true
            }
            None => false,
        }
    }

    pub(super) fn marks(&self) -> impl Iterator<Item = u64> + '_ {
        self.0.iter().copied().take_while(|slot| *slot != FREE)
    }
}

/// What a table keeps of a fingerprint. Two of them share the mark beside that of a free slot: a
/// false "used" is harmless.
pub(super) fn mark(fingerprint: u128) -> u64 {
    let low = fingerprint & u128::from(u64::MAX);
    match u64::try_from(low) {
        Ok(FREE) | Err(_) => 1,
        Ok(mark) => mark,
    }
}

//! A set of marks in one block of memory.

use crate::memory::nonce::line::{Line, SLOTS};
use crate::memory::nonce::pool::Pool;

/// Open addressing, line by line. Marks are uniform, so their bits are the hash.
#[derive(Debug, Default)]
pub(super) struct Table {
    lines: Box<[Line]>,
    len: u32,
}

impl Table {
    pub(super) fn len(&self) -> usize {
        usize::try_from(self.len).unwrap_or(usize::MAX)
    }

    /// The line in which a mark is, or would be unless it is full.
    pub(super) fn line(&self, mark: u64) -> Option<&Line> {
        self.lines.get(home(mark, self.lines.len()))
    }

    pub(super) fn contains(&self, mark: u64) -> bool {
        for line in self.from(home(mark, self.lines.len())) {
            if line.has(mark) {
                return true;
            }
            if !line.is_full() {
                break;
            }
        }
        false
    }

    /// Adds a mark that is not there.
    pub(super) fn add(&mut self, mark: u64, pool: &mut Pool) {
        if self.is_crowded() {
            self.grow(pool);
        }
        self.put(mark);
        self.len = self.len.saturating_add(1);
    }

    pub(super) fn into_lines(self) -> Box<[Line]> {
        self.lines
    }

    pub(super) fn marks(&self) -> impl Iterator<Item = u64> + '_ {
        self.lines.iter().flat_map(Line::marks)
    }

    fn from(&self, home: usize) -> impl Iterator<Item = &Line> {
        let (before, from_home) = self.lines.split_at(home.min(self.lines.len()));
        from_home.iter().chain(before)
    }

    fn put(&mut self, mark: u64) {
        let home = home(mark, self.lines.len());
        if self.lines.get_mut(home).is_some_and(|line| line.put(mark)) {
            return;
        }
        let (before, from_home) = self.lines.split_at_mut(home.min(self.lines.len()));
        let others = from_home.iter_mut().skip(1).chain(before);
        for line in others {
            if line.put(mark) {
                return;
            }
        }
    }

    /// Three quarters full: beyond that too many find their line full.
    fn is_crowded(&self) -> bool {
        let slots = self.lines.len().saturating_mul(SLOTS);
        self.len().saturating_mul(4) >= slots.saturating_mul(3)
    }

    fn grow(&mut self, pool: &mut Pool) {
        let larger = pool.larger_than(self.lines.len());
        let old = core::mem::replace(&mut self.lines, larger);
        for mark in old.iter().flat_map(Line::marks) {
            self.put(mark);
        }
        pool.take(old);
    }
}

/// The high bits, scaled to the number of lines: any number of them will do.
fn home(mark: u64, lines: usize) -> usize {
    let lines = u128::try_from(lines).unwrap_or(0);
    usize::try_from(u128::from(mark).wrapping_mul(lines) >> 64).unwrap_or(0)
}

//! A set of marks that grows in small steps, however many it holds.

use crate::memory::nonce::line::Line;
use crate::memory::nonce::pool::Pool;
use crate::memory::nonce::table::Table;

/// The most that is ever moved as one block: a table with more is split up. That bounds
/// the longest call.
const SPLIT_AT: usize = 4096;
/// Bits of the mark that choose the part.
const BITS: u32 = 6;
const PARTS: usize = 1 << BITS;
/// The high bits are left: they place a mark in its table.
const DEEPEST: u32 = 6;

#[derive(Debug)]
pub(super) enum Set {
    Table(Table),
    Parts(Box<[Self]>),
}

impl Default for Set {
    fn default() -> Self {
        Self::Table(Table::default())
    }
}

impl Set {
    /// The line in which a mark is, or would be unless it is full. To ask for it first and to look
    /// at it later leaves the memory the time between.
    pub(super) fn line(&self, mark: u64) -> Line {
        let line = self.table(mark).and_then(|table| table.line(mark));
        line.copied().unwrap_or_default()
    }

    pub(super) fn contains(&self, mark: u64) -> bool {
        self.table(mark).is_some_and(|table| table.contains(mark))
    }

    /// Adds a mark that is not there.
    pub(super) fn add(&mut self, mark: u64, pool: &mut Pool) {
        self.add_at(mark, 0, pool);
    }

    /// Takes the set apart; how many marks there were.
    pub(super) fn recycle(self, pool: &mut Pool) -> usize {
        match self {
            Self::Table(table) => {
                let len = table.len();
                pool.take(table.into_lines());
                len
            }
            Self::Parts(parts) => parts.into_iter().map(|part| part.recycle(pool)).sum(),
        }
    }

    /// `None` does not happen.
    fn table(&self, mark: u64) -> Option<&Table> {
        let mut set = self;
        let mut depth = 0;
        loop {
            match set {
                Self::Table(table) => return Some(table),
                Self::Parts(parts) => set = parts.get(part(mark, depth))?,
            }
            depth = depth.saturating_add(1);
        }
    }

    fn add_at(&mut self, mark: u64, depth: u32, pool: &mut Pool) {
        if let Self::Table(table) = self {
            if table.len() < SPLIT_AT || depth >= DEEPEST {
                return table.add(mark, pool);
            }
            *self = Self::split(core::mem::take(table), depth, pool);
        }
        if let Self::Parts(parts) = self
            && let Some(inner) = parts.get_mut(part(mark, depth))
        {
            inner.add_at(mark, depth.saturating_add(1), pool);
        }
    }

    fn split(table: Table, depth: u32, pool: &mut Pool) -> Self {
        let mut parts: Vec<Table> = Vec::new();
        parts.resize_with(PARTS, Table::default);
        for mark in table.marks() {
            if let Some(inner) = parts.get_mut(part(mark, depth)) {
                inner.add(mark, pool);
            }
        }
        pool.take(table.into_lines());
        Self::Parts(parts.into_iter().map(Self::Table).collect())
    }
}

/// Bits from below.
fn part(mark: u64, depth: u32) -> usize {
    let bits = mark.checked_shr(depth.saturating_mul(BITS)).unwrap_or(0);
    usize::try_from(bits & 0x3f).unwrap_or(0)
}

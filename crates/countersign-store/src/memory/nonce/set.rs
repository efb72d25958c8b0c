//! A set of fingerprints that grows in small steps, however many it holds.

use crate::memory::nonce::pool::Pool;
use crate::memory::nonce::table::Table;

/// The most that is ever moved as one block: a table with more is split up. That bounds
/// the longest call.
const SPLIT_AT: usize = 4096;
/// Bits of the fingerprint that choose the part.
const BITS: u32 = 6;
const PARTS: usize = 1 << BITS;
/// The bits above are left: the low half places a fingerprint in its table.
const DEEPEST: u32 = 9;

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
    pub(super) fn contains(&self, fingerprint: u128) -> bool {
        let mut set = self;
        let mut depth = 0;
        loop {
            match set {
                Self::Table(table) => return table.contains(fingerprint),
                Self::Parts(parts) => match parts.get(part(fingerprint, depth)) {
                    Some(inner) => set = inner,
                    None => return false,
                },
            }
            depth = depth.saturating_add(1);
        }
    }

    /// Whether it was not there before.
    pub(super) fn insert(&mut self, fingerprint: u128, pool: &mut Pool) -> bool {
        self.insert_at(fingerprint, 0, pool)
    }

    pub(super) fn for_each(&self, each: &mut impl FnMut(u128)) {
        match self {
            Self::Table(table) => table.iter().for_each(each),
            Self::Parts(parts) => parts.iter().for_each(|part| part.for_each(each)),
        }
    }

    /// Takes the set apart; how many fingerprints there were.
    pub(super) fn recycle(self, pool: &mut Pool) -> usize {
        match self {
            Self::Table(table) => {
                let len = table.len();
                pool.end(table.into_slots());
                len
            }
            Self::Parts(parts) => parts.into_iter().map(|part| part.recycle(pool)).sum(),
        }
    }

    fn insert_at(&mut self, fingerprint: u128, depth: u32, pool: &mut Pool) -> bool {
        if let Self::Table(table) = self {
            if table.len() < SPLIT_AT || depth >= DEEPEST {
                return table.insert(fingerprint, pool);
            }
            *self = Self::split(table, depth, pool);
        }
        match self {
            Self::Parts(parts) => parts
                .get_mut(part(fingerprint, depth))
                .is_some_and(|inner| inner.insert_at(fingerprint, depth.saturating_add(1), pool)),
            Self::Table(table) => table.insert(fingerprint, pool),
        }
    }

    fn split(table: &Table, depth: u32, pool: &mut Pool) -> Self {
        let mut parts: Vec<Table> = Vec::new();
        parts.resize_with(PARTS, Table::default);
        for fingerprint in table.iter() {
            if let Some(inner) = parts.get_mut(part(fingerprint, depth)) {
                inner.insert(fingerprint, pool);
            }
        }
        Self::Parts(parts.into_iter().map(Self::Table).collect())
    }
}

/// Bits above the low half, from below.
fn part(fingerprint: u128, depth: u32) -> usize {
    let shift = depth.saturating_mul(BITS).saturating_add(64);
    let bits = fingerprint.checked_shr(shift).unwrap_or(0);
    usize::try_from(bits & 0x3f).unwrap_or(0)
}

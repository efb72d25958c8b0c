//! What a search may cost, by count.

use core::cell::Cell;
use core::ops::ControlFlow;

/// What a search may cost: candidates tried, and work that leads to them. Long texts count more,
/// so that no request makes a search last.
#[derive(Debug)]
pub(crate) struct Budget {
    left: Cell<u64>,
    tried: Cell<u64>,
    /// Octets of the base strings of those.
    octets: Cell<u64>,
}

impl Budget {
    pub(crate) const fn new(candidates: u64) -> Self {
        Self {
            left: Cell::new(candidates),
            tried: Cell::new(0),
            octets: Cell::new(0),
        }
    }

    /// One candidate whose text has so many octets, behind a head of so many that was hashed before.
    #[inline]
    pub(crate) fn try_one(&self, octets: usize, head: usize) -> ControlFlow<()> {
        self.spend(
            u64::try_from(octets >> 10)
                .unwrap_or(u64::MAX)
                .saturating_add(1),
        )?;
        self.tried.set(self.tried.get().saturating_add(1));
        let octets = u64::try_from(octets.saturating_add(head)).unwrap_or(u64::MAX);
        self.octets.set(self.octets.get().saturating_add(octets));
        ControlFlow::Continue(())
    }

    /// One state of so many parameters that may lead to a candidate: it costs more work than a
    /// candidate does, and large ones cost more still.
    #[inline]
    pub(crate) fn make(&self, parameters: usize) -> ControlFlow<()> {
        let price = u64::try_from(parameters >> 5).unwrap_or(u64::MAX);
        self.spend(price.saturating_add(1))
    }

    /// So many octets that were written or hashed beside a candidate's own.
    #[inline]
    pub(crate) fn write(&self, octets: usize) -> ControlFlow<()> {
        self.spend(u64::try_from(octets >> 10).unwrap_or(u64::MAX))
    }

    /// Work that led to no candidate.
    #[inline]
    pub(crate) fn pass(&self, price: u64) -> ControlFlow<()> {
        self.spend(price)
    }

    fn spend(&self, price: u64) -> ControlFlow<()> {
        match self.left.get().checked_sub(price) {
            Some(left) => {
                self.left.set(left);
                ControlFlow::Continue(())
            }
            None => {
                self.left.set(0);
                ControlFlow::Break(())
            }
        }
    }

    /// Gives up what is left.
    pub(crate) fn end(&self) {
        self.left.set(0);
    }

    pub(crate) fn left(&self) -> u64 {
        self.left.get()
    }

    pub(crate) fn is_spent(&self) -> bool {
        self.left.get() == 0
    }

    pub(crate) fn tried(&self) -> u64 {
        self.tried.get()
    }

    /// Octets of all base strings that were tried.
    pub(crate) fn octets(&self) -> u64 {
        self.octets.get()
    }
}

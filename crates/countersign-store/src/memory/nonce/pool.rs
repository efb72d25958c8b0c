//! Blocks of memory that are out of use.

use crate::memory::nonce::line::Line;

/// Sizes of blocks: each is twice the one before, up to 64 KiB.
const CLASSES: usize = 11;
/// So many lines may be spare whatever is in use, and one more for so many that are.
const SPARED: usize = 256;
const PER_SPARE: usize = 8;
/// The most blocks that go back to the allocator in one call.
const DROPPED_AT_ONCE: usize = 2;

/// Gives and takes blocks.
///
/// Tables grow and end all the time, so that nearly every block is one that was used before. After
/// a flood far more are spare than will be needed: they go back a few at a time, and not all of
/// them. Those that stay lie between the others, so that no allocator sees the memory of a whole
/// flood become one free piece, which it would hand back to the system within one call, for
/// milliseconds.
#[derive(Debug, Default)]
pub(super) struct Pool {
    classes: [Vec<Box<[Line]>>; CLASSES],
    /// Lines that are spare, and lines that tables have.
    spare: usize,
    given: usize,
}

impl Pool {
    /// A free block twice as large as one of `lines`.
    pub(super) fn larger_than(&mut self, lines: usize) -> Box<[Line]> {
        let more = lines.saturating_mul(2).max(1);
        self.given = self.given.saturating_add(more);
        let spare = class(more).and_then(|class| self.classes.get_mut(class)?.pop());
        match spare {
            Some(mut block) => {
                self.spare = self.spare.saturating_sub(block.len());
                block.fill(Line::EMPTY);
                block
            }
            None => vec![Line::EMPTY; more].into_boxed_slice(),
        }
    }

    /// Takes back a block.
    pub(super) fn take(&mut self, block: Box<[Line]>) {
        let lines = block.len();
        self.given = self.given.saturating_sub(lines);
        if let Some(blocks) = class(lines).and_then(|class| self.classes.get_mut(class)) {
            blocks.push(block);
            self.spare = self.spare.saturating_add(lines);
        }
    }

    /// Hands back a little of what is spare, if that is too much.
    pub(super) fn tidy(&mut self) {
        for _ in 0..DROPPED_AT_ONCE {
            if self.is_tidy() {
                return;
            }
            let largest = self.classes.iter_mut().rev().find_map(Vec::pop);
            let lines = largest.map_or(self.spare, |block| block.len());
            self.spare = self.spare.saturating_sub(lines);
        }
    }

    pub(super) const fn is_tidy(&self) -> bool {
        self.spare <= SPARED.saturating_add(self.given.div_euclid(PER_SPARE))
    }
}

/// The place of a size in the sequence of sizes; `None` for one that is not kept.
fn class(lines: usize) -> Option<usize> {
    usize::try_from(lines.checked_ilog2()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_of_what_is_spare_goes_back_a_little_at_a_time() {
        let mut pool = Pool::default();
        let blocks: Vec<_> = (0..100).map(|_| pool.larger_than(16)).collect();
        assert!(blocks.iter().all(|block| block.len() == 32));
        assert_eq!((pool.given, pool.spare), (3200, 0));
        blocks.into_iter().for_each(|block| pool.take(block));
        assert_eq!((pool.given, pool.spare), (0, 3200));
        let mut calls = 0;
        while !pool.is_tidy() {
            pool.tidy();
            calls += 1;
        }
        assert_eq!((calls, pool.spare), (46, SPARED));
        pool.tidy();
        assert_eq!(pool.spare, SPARED);
    }

    #[test]
    fn a_block_that_comes_again_is_empty() {
        let mut pool = Pool::default();
        let mut block = pool.larger_than(1);
        assert!(block.iter_mut().all(|line| line.put(7)));
        let address = block.as_ptr();
        pool.take(block);
        let again = pool.larger_than(1);
        assert_eq!(again.as_ptr(), address);
        assert!(again.iter().all(|line| line.marks().next().is_none()));
        assert_eq!(pool.spare, 0);
    }
}

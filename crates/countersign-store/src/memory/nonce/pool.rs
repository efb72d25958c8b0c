//! Blocks of memory that are out of use.

/// Marks a slot without a fingerprint.
pub(super) const FREE: u128 = 0;
const SMALLEST: usize = 4;
/// Sizes of blocks: each is half as large again as the one before, up to 100 KiB.
const CLASSES: usize = 19;
/// One block in so many is kept.
const KEPT: u8 = 16;

/// Gives and takes blocks.
///
/// Of the blocks of ended buckets some are kept for reuse: they lie between the others, so that no
/// allocator sees the memory of a whole flood become one free piece, which it would hand back to
/// the system within one call, for milliseconds.
#[derive(Debug, Default)]
pub(super) struct Pool {
    classes: Vec<Vec<Box<[u128]>>>,
    turn: u8,
}

impl Pool {
    /// A free block of the size that comes after one of `slots`.
    pub(super) fn larger_than(&mut self, slots: usize) -> Box<[u128]> {
        // By half and not to the double: what is free is most of what a nonce costs.
        let more = slots.saturating_add(slots.div_ceil(2)).max(SMALLEST);
        let kept = class(more).and_then(|class| self.classes.get_mut(class)?.pop());
        match kept {
            Some(mut block) => {
                block.fill(FREE);
                block
            }
            None => vec![FREE; more].into_boxed_slice(),
        }
    }

    /// Takes a block of an ended bucket.
    pub(super) fn end(&mut self, block: Box<[u128]>) {
        self.turn = self.turn.wrapping_add(1);
        let Some(class) = class(block.len()).filter(|_| self.turn.is_multiple_of(KEPT)) else {
            return;
        };
        if self.classes.is_empty() {
            self.classes.resize_with(CLASSES, Vec::new);
        }
        if let Some(blocks) = self.classes.get_mut(class) {
            blocks.push(block);
        }
    }
}

/// The place of a size in the sequence of sizes; `None` for one that is not kept.
fn class(slots: usize) -> Option<usize> {
    const SIZES: [usize; CLASSES] = sizes();
    SIZES.binary_search(&slots).ok()
}

const fn sizes() -> [usize; CLASSES] {
    let mut sizes = [SMALLEST; CLASSES];
    let mut rest: &mut [usize] = &mut sizes;
    let mut size = SMALLEST;
    while let Some((first, others)) = rest.split_first_mut() {
        *first = size;
        size = size.saturating_add(size.div_ceil(2));
        rest = others;
    }
    sizes
}

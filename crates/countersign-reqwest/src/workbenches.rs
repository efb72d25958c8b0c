//! What signing keeps from one request to the next, for several threads.

use std::sync::Mutex;

use crate::outgoing::Workbench;

/// Signing takes a microsecond: seldom are so many requests signed in the same.
const KEPT: usize = 8;

/// Workbenches, of which a request takes one that nobody is at.
#[derive(Default)]
pub(crate) struct Workbenches([Mutex<Workbench>; KEPT]);

impl Workbenches {
    /// Works at a free one. Nobody waits: if there is none, at a new one. One that somebody left in a
    /// panic is never free again.
    pub(crate) fn at_one<T>(&self, work: impl FnOnce(&mut Workbench) -> T) -> T {
        for bench in &self.0 {
            if let Ok(mut bench) = bench.try_lock() {
                return work(&mut bench);
            }
        }
        work(&mut Workbench::default())
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT, Workbenches};

    #[test]
    fn nobody_waits_for_a_bench() {
        fn at_so_many(benches: &Workbenches, more: usize) -> usize {
            benches.at_one(|_| match more.checked_sub(1) {
                Some(more) => at_so_many(benches, more).saturating_add(1),
                None => 1,
            })
        }
        let benches = Workbenches::default();
        assert_eq!(at_so_many(&benches, KEPT + 1), KEPT + 2);
    }

    #[test]
    fn what_is_left_in_a_panic_is_used_no_more() {
        let benches = Workbenches::default();
        let left = std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| {
            benches.at_one(|bench| {
                bench.values.extend_from_slice(b"half a header");
                panic!("at work");
            })
        }));
        assert!(left.is_err());
        benches.at_one(|bench| assert!(bench.values.is_empty()));
    }
}

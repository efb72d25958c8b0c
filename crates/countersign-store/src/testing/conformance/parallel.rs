//! The same work on many threads at once.

use std::sync::Barrier;
use std::thread;

/// What each of `threads` threads gave, started together.
pub(super) fn together<T: Send>(threads: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let start = Barrier::new(threads);
    let one = |number| {
        start.wait();
        work(number)
    };
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|number| scope.spawn(move || one(number)))
            .collect();
        running
            .into_iter()
            .filter_map(|thread| thread.join().ok())
            .collect()
    })
}

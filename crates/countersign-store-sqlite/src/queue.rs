//! What waits for the writer: bounded, taken all at once.

use core::mem;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use core::time::Duration;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// How long is waited for who comes from another processor before others may go first, which takes
/// whole slices of time where strangers have work to do.
const AWAKE: Duration = Duration::from_micros(30);

/// After so long with nothing to do there is time for what nobody waits for.
const IDLE: Duration = Duration::from_millis(10);

/// However many keep coming, those that came first are not kept waiting for ever.
const MOST_ROUNDS: usize = 10_000;

/// A microsecond or less.
const SPINS: usize = 24;

#[derive(Debug)]
pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    arrival: Condvar,
    /// Places that are reserved or filled.
    places: AtomicUsize,
    /// How many are in `waiting`, to be read without the lock.
    arrived: AtomicUsize,
    /// As in the state.
    closed: AtomicBool,
    capacity: usize,
    /// Whether who comes may come from another processor.
    many_processors: bool,
}

#[derive(Debug)]
struct State<T> {
    waiting: Vec<T>,
    /// Whether the writer sleeps.
    idle: bool,
    closed: bool,
}

impl<T> Queue<T> {
    pub(crate) fn new(capacity: usize) -> Self {
        let processors = std::thread::available_parallelism();
        Self {
            state: Mutex::new(State {
                waiting: Vec::new(),
                idle: false,
                closed: false,
            }),
            arrival: Condvar::new(),
            places: AtomicUsize::new(0),
            arrived: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
            capacity,
            many_processors: processors.is_ok_and(|processors| processors.get() > 1),
        }
    }

    pub(crate) const fn capacity(&self) -> usize {
        self.capacity
    }

    /// How many wait, or are about to.
    pub(crate) fn filled(&self) -> usize {
        self.places.load(Ordering::Relaxed)
    }

    /// How many wait.
    pub(crate) fn arrived(&self) -> usize {
        self.arrived.load(Ordering::Relaxed)
    }

    /// A place, if there is one. Taken before anything is changed elsewhere, so that nothing has to
    /// be taken back when the queue is full.
    pub(crate) fn reserve(&self) -> Option<Place<'_, T>> {
        let more = |places: usize| (places < self.capacity).then(|| places.saturating_add(1));
        self.places
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more)
            .ok()
            .map(|_| Place(self))
    }

    /// Sleeps until there is something to take; whether there is, or the queue is closed. `idle` is
    /// called once nothing has come for a while, or nothing will.
    pub(crate) fn sleep(&self, mut idle: Option<impl FnOnce()>) -> bool {
        let mut state = self.lock();
        while state.waiting.is_empty() {
            let is_over = state.closed;
            state.idle = !is_over;
            if idle.is_some() {
                let while_open = |state: &mut State<T>| state.waiting.is_empty() && !state.closed;
                let slept = self.arrival.wait_timeout_while(state, IDLE, while_open);
                let slept = slept.unwrap_or_else(PoisonError::into_inner);
                state = slept.0;
                if is_over || slept.1.timed_out() {
                    // Whoever comes meanwhile does not wait for it.
                    drop(state);
                    idle.take().into_iter().for_each(|idle| idle());
                    state = self.lock();
                }
                continue;
            }
            if is_over {
                return false;
            }
            let slept = self.arrival.wait(state);
            state = slept.unwrap_or_else(PoisonError::into_inner);
        }
        true
    }

    /// Waits for `wanted` items as long as one more comes in each time of `patience`, and moves all
    /// there are; whether they were as many as wanted.
    ///
    /// Those answered last are the ones that ask next: without patience the first of them would get
    /// a commit alone and the others wait for it.
    pub(crate) fn take(&self, wanted: usize, patience: Duration, into: &mut Vec<T>) -> bool {
        let mut arrived = 0;
        loop {
            let before = arrived;
            arrived = self.expect(wanted, before, patience);
            if arrived >= wanted || arrived == before {
                break;
            }
        }
        let mut state = self.lock();
        let taken = state.waiting.len();
        into.append(&mut state.waiting);
        self.arrived.store(0, Ordering::Relaxed);
        drop(state);
        self.places.fetch_sub(taken, Ordering::Relaxed);
        taken >= wanted
    }

    /// Waits a little for a first item, so as not to be asleep when it comes. On the only processor
    /// that would keep it from coming.
    pub(crate) fn expect_one(&self, patience: Duration) {
        if self.many_processors {
            self.expect(1, 0, patience.min(AWAKE));
        }
    }

    /// Waits for `target` items, or for `patience` while there are no more than `before`; how many
    /// there are. Does not sleep: to be woken up takes longer than those who are awaited take.
    #[expect(
        clippy::disallowed_methods,
        reason = "how long callers are waited for is a matter of real time alone"
    )]
    fn expect(&self, target: usize, before: usize, patience: Duration) -> usize {
        let start = Instant::now();
        for _ in 0..MOST_ROUNDS {
            let arrived = self.arrived.load(Ordering::Relaxed);
            if arrived >= target || arrived > before || self.closed.load(Ordering::Relaxed) {
                return arrived;
            }
            let waited = start.elapsed();
            if waited >= patience {
                break;
            }
            if self.many_processors {
                // Not at once: each look takes the line away from those who come.
                for _ in 0..SPINS {
                    core::hint::spin_loop();
                }
            }
            if !self.many_processors || waited >= AWAKE {
                std::thread::yield_now();
            }
        }
        self.arrived.load(Ordering::Relaxed)
    }

    /// Nothing more is taken in. What waits is still given out.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.closed.store(true, Ordering::Relaxed);
        self.arrival.notify_all();
    }

    /// Closes the queue and drops what waits: nobody will take it.
    pub(crate) fn abandon(&self) {
        let mut state = self.lock();
        state.closed = true;
        self.closed.store(true, Ordering::Relaxed);
        let dropped = mem::take(&mut state.waiting);
        drop(state);
        drop(dropped);
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in a queue; given back unless it is filled.
#[derive(Debug)]
pub(crate) struct Place<'q, T>(&'q Queue<T>);

impl<T> Place<'_, T> {
    /// Drops the item if the queue is closed.
    pub(crate) fn fill(self, item: T) {
        let queue = self.0;
        let mut state = queue.lock();
        if state.closed {
            return;
        }
        // The writer gives the place back when it takes the item.
        mem::forget(self);
        state.waiting.push(item);
        queue.arrived.store(state.waiting.len(), Ordering::Relaxed);
        if mem::take(&mut state.idle) {
            drop(state);
            queue.arrival.notify_one();
        }
    }
}

impl<T> Drop for Place<'_, T> {
    fn drop(&mut self) {
        self.0.places.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl<T> Queue<T> {
        fn taken(&self, wanted: usize, patience: Duration) -> Vec<T> {
            let mut taken = Vec::new();
            self.take(wanted, patience, &mut taken);
            taken
        }
    }

    const NONE: Duration = Duration::ZERO;
    const NOTHING: Option<fn()> = None;

    #[test]
    fn takes_all_and_gives_the_places_back() {
        let queue = Queue::new(2);
        queue.reserve().unwrap().fill(1);
        let place = queue.reserve().unwrap();
        assert!(queue.reserve().is_none());
        drop(place);
        queue.reserve().unwrap().fill(2);
        assert!(queue.reserve().is_none());
        assert!(queue.sleep(NOTHING));
        assert_eq!(queue.taken(1, NONE), [1, 2]);
        assert!(queue.reserve().is_some());
    }

    #[test]
    fn a_closed_queue_gives_out_what_waits_and_takes_nothing_in() {
        let queue = Queue::new(2);
        queue.reserve().unwrap().fill(1);
        queue.close();
        queue.reserve().unwrap().fill(2);
        assert!(queue.sleep(NOTHING));
        assert_eq!(queue.taken(2, Duration::MAX), [1]);
        assert!(!queue.sleep(NOTHING));
    }

    #[test]
    fn an_abandoned_queue_drops_what_waits() {
        let queue = Queue::new(2);
        let (sender, receiver) = std::sync::mpsc::channel::<()>();
        queue.reserve().unwrap().fill(sender);
        queue.abandon();
        assert!(receiver.recv().is_err());
    }

    #[test]
    fn idle_is_who_has_nothing_to_take_for_a_while_or_ever() {
        let queue = Queue::new(2);
        let calls = AtomicUsize::new(0);
        let idle = || {
            calls.fetch_add(1, Ordering::Relaxed);
        };
        queue.reserve().unwrap().fill(1);
        assert!(queue.sleep(Some(idle)));
        assert_eq!(calls.load(Ordering::Relaxed), 0);
        assert_eq!(queue.taken(1, NONE), [1]);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while calls.load(Ordering::Relaxed) == 0 {
                    std::thread::yield_now();
                }
                queue.reserve().unwrap().fill(2);
            });
            assert!(queue.sleep(Some(idle)));
        });
        assert_eq!(calls.load(Ordering::Relaxed), 1);
        assert_eq!(queue.taken(1, NONE), [2]);
        queue.close();
        assert!(!queue.sleep(Some(idle)));
        assert_eq!(calls.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn wakes_when_enough_have_come() {
        let queue = Queue::new(8);
        std::thread::scope(|scope| {
            let taker = scope.spawn(|| {
                assert!(queue.sleep(NOTHING));
                queue.taken(3, Duration::from_secs(3600))
            });
            for item in 0..3 {
                queue.reserve().unwrap().fill(item);
            }
            assert_eq!(taker.join().unwrap(), [0, 1, 2]);
        });
    }
}

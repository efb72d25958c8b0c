//! One value from a thread to a future, for any executor.

use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Debug)]
enum State<T> {
    Empty,
    Awaited(Waker),
    Sent(T, Option<Arc<Chain>>),
    /// The sender is gone, or the value was taken.
    Over,
}

type Shared<T> = Mutex<State<T>>;

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Those who are still to be woken, of many who were answered at once.
///
/// To wake a thread that sleeps is a system call, and one that finds a single task to go on with
/// sleeps again at once: many tasks of one thread, woken one by one from another, would cost a call
/// each. So the first is woken, and wakes the others when it goes on, which is cheap from where
/// they run, unless whoever made the chain has come to it before.
#[derive(Debug, Default)]
pub(crate) struct Chain(Mutex<Vec<Waker>>);

impl Chain {
    /// Has one of them woken, and through it the others.
    pub(crate) fn start(&self, mut wakers: Vec<Waker>) {
        if wakers.is_empty() {
            return;
        }
        let first = wakers.swap_remove(0);
        // Before anyone wakes up.
        *lock(&self.0) = wakers;
        first.wake();
    }

    /// Wakes all that are left.
    pub(crate) fn finish(&self) {
        let wakers = mem::take(&mut *lock(&self.0));
        for waker in wakers {
            waker.wake();
        }
    }
}

pub(crate) fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let shared = Arc::new(Mutex::new(State::Empty));
    (Sender(Some(Arc::clone(&shared))), Receiver(Some(shared)))
}

#[derive(Debug)]
pub(crate) struct Sender<T>(Option<Arc<Shared<T>>>);

impl<T> Sender<T> {
    pub(crate) fn send(self, value: T) {
        if let Some(waker) = self.put(State::Sent(value, None)) {
            waker.wake();
        }
    }

    /// Sends without waking up; who takes the value goes on with the chain. Gives whom to wake.
    pub(crate) fn send_in(self, chain: &Arc<Chain>, value: T) -> Option<Waker> {
        self.put(State::Sent(value, Some(Arc::clone(chain))))
    }

    fn put(mut self, state: State<T>) -> Option<Waker> {
        let shared = self.0.take()?;
        let before = mem::replace(&mut *lock(&shared), state);
        match before {
            State::Awaited(waker) => Some(waker),
            _ => None,
        }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        if let Some(shared) = self.0.take()
            && let State::Awaited(waker) = mem::replace(&mut *lock(&shared), State::Over)
        {
            // Outside of the lock: what is woken may poll at once.
            waker.wake();
        }
    }
}

/// Gives `None` if the sender went away without sending.
#[derive(Debug)]
pub(crate) struct Receiver<T>(Option<Arc<Shared<T>>>);

impl<T> Receiver<T> {
    fn end(&mut self, state: State<T>) -> Option<T> {
        self.0 = None;
        let State::Sent(value, chain) = state else {
            return None;
        };
        if let Some(chain) = chain {
            chain.finish();
        }
        Some(value)
    }
}

impl<T> Future for Receiver<T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let Some(shared) = &self.0 else {
            return Poll::Ready(None);
        };
        let mut state = lock(shared);
        let found = mem::replace(&mut *state, State::Over);
        let waker = match found {
            State::Empty => context.waker().clone(),
            State::Awaited(mut waker) => {
                waker.clone_from(context.waker());
                waker
            }
            ended => {
                drop(state);
                return Poll::Ready(self.end(ended));
            }
        };
        *state = State::Awaited(waker);
        Poll::Pending
    }
}

impl<T> Drop for Receiver<T> {
    /// One who does not wait any more goes on with the chain all the same.
    fn drop(&mut self) {
        if let Some(shared) = self.0.take() {
            let found = mem::replace(&mut *lock(&shared), State::Over);
            self.end(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use core::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    use super::*;

    fn poll<T>(receiver: &mut Receiver<T>) -> Poll<Option<T>> {
        Pin::new(receiver).poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn gives_what_was_sent() {
        let (sender, mut receiver) = channel();
        assert_eq!(poll(&mut receiver), Poll::Pending);
        assert_eq!(poll(&mut receiver), Poll::Pending);
        sender.send(7);
        assert_eq!(poll(&mut receiver), Poll::Ready(Some(7)));
        assert_eq!(poll(&mut receiver), Poll::Ready(None));
    }

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    type Waiting = (Receiver<usize>, Arc<Count>);

    fn waiting() -> (Sender<usize>, Waiting) {
        let (sender, mut receiver) = channel();
        let count = Arc::new(Count::default());
        let waker = Waker::from(Arc::clone(&count));
        let pinned = Pin::new(&mut receiver);
        assert!(pinned.poll(&mut Context::from_waker(&waker)).is_pending());
        (sender, (receiver, count))
    }

    /// Three who wait for values of one chain.
    fn chained() -> (Arc<Chain>, Vec<Waiting>) {
        let chain = Arc::new(Chain::default());
        let mut wakers = Vec::new();
        let waiting: Vec<_> = (0..3)
            .map(|number| {
                let (sender, waiting) = waiting();
                wakers.extend(sender.send_in(&chain, number));
                waiting
            })
            .collect();
        chain.start(wakers);
        (chain, waiting)
    }

    fn woken(waiting: &[Waiting]) -> Vec<usize> {
        let count = |(_, count): &Waiting| count.0.load(Ordering::Relaxed);
        waiting.iter().map(count).collect()
    }

    #[test]
    fn the_first_of_a_chain_wakes_the_others() {
        let (chain, mut waiting) = chained();
        assert_eq!(woken(&waiting), [1, 0, 0]);
        assert_eq!(poll(&mut waiting[0].0), Poll::Ready(Some(0)));
        assert_eq!(woken(&waiting), [1, 1, 1]);
        chain.finish();
        assert_eq!(woken(&waiting), [1, 1, 1]);
        assert_eq!(poll(&mut waiting[1].0), Poll::Ready(Some(1)));
    }

    #[test]
    fn a_chain_goes_on_without_those_who_left() {
        let (_chain, mut waiting) = chained();
        let (first, _) = waiting.remove(0);
        drop(first);
        assert_eq!(woken(&waiting), [1, 1]);
    }

    #[test]
    fn a_chain_is_finished_by_its_maker_if_the_first_sleeps_on() {
        let (chain, waiting) = chained();
        chain.finish();
        assert_eq!(woken(&waiting), [1, 1, 1]);
    }

    #[test]
    fn tells_that_nothing_will_come() {
        let (sender, mut receiver) = channel::<u8>();
        drop(sender);
        assert_eq!(poll(&mut receiver), Poll::Ready(None));
    }
}

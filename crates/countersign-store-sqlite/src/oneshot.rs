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
    Sent(T),
    /// The sender is gone, or the value was taken.
    Over,
}

type Shared<T> = Mutex<State<T>>;

fn lock<T>(shared: &Shared<T>) -> MutexGuard<'_, State<T>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn put<T>(shared: &Shared<T>, state: State<T>) {
    let before = mem::replace(&mut *lock(shared), state);
    // Outside of the lock: what is woken may poll at once.
    if let State::Awaited(waker) = before {
        waker.wake();
    }
}

pub(crate) fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let shared = Arc::new(Mutex::new(State::Empty));
    (Sender(Some(Arc::clone(&shared))), Receiver(shared))
}

#[derive(Debug)]
pub(crate) struct Sender<T>(Option<Arc<Shared<T>>>);

impl<T> Sender<T> {
    pub(crate) fn send(mut self, value: T) {
        if let Some(shared) = self.0.take() {
            put(&shared, State::Sent(value));
        }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        if let Some(shared) = self.0.take() {
            put(&shared, State::Over);
        }
    }
}

/// Gives `None` if the sender went away without sending.
#[derive(Debug)]
pub(crate) struct Receiver<T>(Arc<Shared<T>>);

impl<T> Future for Receiver<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let mut state = lock(&self.0);
        match mem::replace(&mut *state, State::Over) {
            State::Sent(value) => Poll::Ready(Some(value)),
            State::Over => Poll::Ready(None),
            State::Empty => {
                *state = State::Awaited(context.waker().clone());
                Poll::Pending
            }
            State::Awaited(mut waker) => {
                waker.clone_from(context.waker());
                *state = State::Awaited(waker);
                Poll::Pending
            }
        }
    }
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn tells_that_nothing_will_come() {
        let (sender, mut receiver) = channel::<u8>();
        drop(sender);
        assert_eq!(poll(&mut receiver), Poll::Ready(None));
    }
}

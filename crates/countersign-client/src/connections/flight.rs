//! One renewal in flight, for all who wait for it.
//!
//! Whoever waits drives it; it belongs to none of them, so that one who gives up takes no answer
//! along that is on its way.

use core::future::Future;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use core::task::{Context, Poll, Waker};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};
use std::task::Wake;

use countersign_store::BoxFuture;

pub(super) struct Flight<T> {
    work: Mutex<Option<BoxFuture<'static, T>>>,
    /// What is told if the work panics.
    otherwise: T,
    done: OnceLock<T>,
    waiting: Mutex<Vec<(u64, Waker)>>,
    /// Whether the work is worth another look.
    due: AtomicBool,
    next: AtomicU64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T: Clone + Send + Sync + 'static> Flight<T> {
    pub(super) fn new(work: BoxFuture<'static, T>, otherwise: T) -> Arc<Self> {
        Arc::new(Self {
            work: Mutex::new(Some(work)),
            otherwise,
            done: OnceLock::new(),
            waiting: Mutex::default(),
            due: AtomicBool::new(true),
            next: AtomicU64::new(0),
        })
    }

    pub(super) fn join(self: &Arc<Self>) -> Joined<T> {
        Joined {
            number: self.next.fetch_add(1, Ordering::Relaxed),
            flight: Arc::clone(self),
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.done.get().is_some()
    }

    fn wake_all(&self) {
        let waiting: Vec<_> = lock(&self.waiting)
            .iter()
            .map(|(_, waker)| waker.clone())
            .collect();
        for waker in waiting {
            waker.wake();
        }
    }
}

impl<T: Clone + Send + Sync + 'static> Wake for Flight<T> {
    fn wake(self: Arc<Self>) {
        self.due.store(true, Ordering::Release);
        self.wake_all();
    }
}

/// One who waits.
pub(super) struct Joined<T: Clone + Send + Sync + 'static> {
    flight: Arc<Flight<T>>,
    number: u64,
}

impl<T: Clone + Send + Sync + 'static> Future for Joined<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let flight = &self.flight;
        // Before the look at what is done, so that nothing done meanwhile goes unheard.
        {
            let mut waiting = lock(&flight.waiting);
            match waiting
                .iter_mut()
                .find(|(number, _)| *number == self.number)
            {
                Some((_, waker)) => waker.clone_from(context.waker()),
                None => waiting.push((self.number, context.waker().clone())),
            }
        }
        if let Some(done) = flight.done.get() {
            return Poll::Ready(done.clone());
        }
        let mut work = match flight.work.try_lock() {
            Ok(work) => work,
            Err(TryLockError::Poisoned(_)) => {
                let done = flight.done.get_or_init(|| flight.otherwise.clone());
                return Poll::Ready(done.clone());
            }
            // Another is at it, and will wake us.
            Err(TryLockError::WouldBlock) => return Poll::Pending,
        };
        if !flight.due.swap(false, Ordering::AcqRel) {
            return Poll::Pending;
        }
        let Some(running) = work.as_mut() else {
            drop(work);
            return flight
                .done
                .get()
                .cloned()
                .map_or(Poll::Pending, Poll::Ready);
        };
        let waker = Waker::from(Arc::clone(flight));
        let Poll::Ready(done) = running.as_mut().poll(&mut Context::from_waker(&waker)) else {
            drop(work);
            // Woken while we were at it, when the others could not look.
            if flight.due.load(Ordering::Acquire) {
                flight.wake_all();
            }
            return Poll::Pending;
        };
        *work = None;
        drop(work);
        let done = flight.done.get_or_init(|| done).clone();
        flight.wake_all();
        Poll::Ready(done)
    }
}

impl<T: Clone + Send + Sync + 'static> Drop for Joined<T> {
    fn drop(&mut self) {
        lock(&self.flight.waiting).retain(|(number, _)| *number != self.number);
        // The one who was woken may be the one who leaves.
        let flight = &self.flight;
        let stuck = flight.due.load(Ordering::Acquire) || flight.work.is_poisoned();
        if stuck && !flight.is_done() {
            flight.wake_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poll<T: Clone + Send + Sync + 'static>(joined: &mut Joined<T>) -> Poll<T> {
        Pin::new(joined).poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn one_who_leaves_takes_nothing_along() {
        let gate = Arc::new(crate::connections::gate::Gate::new(0));
        let entering = gate.enter();
        let work = async move {
            let _place = entering.await;
            7
        };
        let flight = Flight::new(Box::pin(work), 0);
        let mut first = flight.join();
        let mut second = flight.join();
        assert_eq!(poll(&mut first), Poll::Pending);
        assert_eq!(poll(&mut second), Poll::Pending);
        drop(first);
        assert!(!flight.is_done());
        // One place more than there were.
        gate.open_one();
        assert_eq!(poll(&mut second), Poll::Ready(7));
        assert_eq!(poll(&mut flight.join()), Poll::Ready(7));
    }
    #[test]
    fn a_panic_is_its_callers_own_and_keeps_nobody_waiting() {
        let flight = Flight::new(Box::pin(async { panic!("on purpose") }), 7);
        let mut other = flight.join();
        let mut first = flight.join();
        let unwound = std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| poll(&mut first)));
        assert!(unwound.is_err());
        drop(first);
        assert_eq!(poll(&mut other), Poll::Ready(7));
    }
}

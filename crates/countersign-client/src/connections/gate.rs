//! So many at once, and those that came first go first.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Debug)]
pub(super) struct Gate(Mutex<State>);

#[derive(Debug)]
struct State {
    free: usize,
    queue: VecDeque<(u64, Waker)>,
    next: u64,
}

impl State {
    fn first(&self) -> Option<Waker> {
        let free = self.free > 0;
        self.queue
            .front()
            .filter(|_| free)
            .map(|(_, waker)| waker.clone())
    }
}

impl Gate {
    pub(super) const fn new(places: usize) -> Self {
        Self(Mutex::new(State {
            free: places,
            queue: VecDeque::new(),
            next: 0,
        }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(super) fn open_one(self: &Arc<Self>) {
        drop(Place(Arc::clone(self)));
    }

    pub(super) fn enter(self: &Arc<Self>) -> Entering {
        Entering {
            gate: Arc::clone(self),
            ticket: None,
        }
    }
}

/// Waits for a place.
#[derive(Debug)]
pub(super) struct Entering {
    gate: Arc<Gate>,
    ticket: Option<u64>,
}

/// A place, until it is dropped.
#[derive(Debug)]
pub(super) struct Place(Arc<Gate>);

impl Future for Entering {
    type Output = Place;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Place> {
        let gate = Arc::clone(&self.gate);
        let mut state = gate.lock();
        let ticket = if let Some(ticket) = self.ticket {
            ticket
        } else {
            let ticket = state.next;
            state.next = ticket.wrapping_add(1);
            state.queue.push_back((ticket, context.waker().clone()));
            self.ticket = Some(ticket);
            ticket
        };
        let is_first = state
            .queue
            .front()
            .is_some_and(|(first, _)| *first == ticket);
        if is_first && state.free > 0 {
            state.free = state.free.saturating_sub(1);
            state.queue.pop_front();
            self.ticket = None;
            let next = state.first();
            drop(state);
            if let Some(next) = next {
                next.wake();
            }
            return Poll::Ready(Place(gate));
        }
        for (waiting, waker) in &mut state.queue {
            if *waiting == ticket {
                waker.clone_from(context.waker());
            }
        }
        Poll::Pending
    }
}

impl Drop for Entering {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else {
            return;
        };
        let mut state = self.gate.lock();
        state.queue.retain(|(waiting, _)| *waiting != ticket);
        let next = state.first();
        drop(state);
        if let Some(next) = next {
            next.wake();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.free = state.free.saturating_add(1);
        let next = state.first();
        drop(state);
        if let Some(next) = next {
            next.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poll(entering: &mut Entering) -> Option<Place> {
        match Pin::new(entering).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(place) => Some(place),
            Poll::Pending => None,
        }
    }

    #[test]
    fn those_who_came_first_enter_first_and_those_who_left_do_not_stand_in_the_way() {
        let gate = Arc::new(Gate::new(1));
        let mut waiting: Vec<_> = (0..4).map(|_| gate.enter()).collect();
        let place = poll(&mut waiting[0]).unwrap();
        assert!(
            waiting[1..]
                .iter_mut()
                .all(|waiting| poll(waiting).is_none())
        );
        drop(place);
        assert!(poll(&mut waiting[2]).is_none());
        drop(waiting.remove(1));
        let place = poll(&mut waiting[1]).unwrap();
        assert!(poll(&mut waiting[2]).is_none());
        drop(place);
        assert!(poll(&mut waiting[2]).is_some());
    }
}

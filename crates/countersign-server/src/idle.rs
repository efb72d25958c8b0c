//! Connections that wait for a request: the longest idle gives way when there is room for no more.

use core::pin::Pin;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use core::task::{Context, Poll};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::Notify;

/// A connection that is not idle.
const BUSY: u64 = 0;

/// Of how many connections one is closed at once, so that looking for it costs little.
const PART: usize = 64;

/// The connections of one address.
#[derive(Debug, Default)]
pub(crate) struct Idle {
    /// Who became idle earlier has the smaller number.
    turn: AtomicU64,
    /// Whether nobody is waited for any more.
    is_cut_off: AtomicBool,
    open: Mutex<HashMap<u64, Arc<State>>>,
}

#[derive(Debug)]
struct State {
    since: AtomicU64,
    close: Notify,
}

impl Idle {
    fn open(&self) -> MutexGuard<'_, HashMap<u64, Arc<State>>> {
        // It is whole whenever it can be locked.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> u64 {
        self.turn.fetch_add(1, Ordering::Relaxed).saturating_add(1)
    }

    /// A new connection, idle until it asks something.
    pub(crate) fn enter(self: &Arc<Self>) -> Connection {
        let number = self.next();
        let state = Arc::new(State {
            since: AtomicU64::new(number),
            close: Notify::new(),
        });
        let mut open = self.open();
        if self.is_cut_off.load(Ordering::Relaxed) {
            state.close.notify_one();
        }
        open.insert(number, Arc::clone(&state));
        drop(open);
        Connection {
            idle: Arc::clone(self),
            number,
            state,
        }
    }

    /// How many are not idle.
    pub(crate) fn busy(&self) -> usize {
        let open = self.open();
        let since = open
            .values()
            .map(|state| state.since.load(Ordering::Relaxed));
        since.filter(|since| *since == BUSY).count()
    }

    /// Closes all there are, idle or not, and those still to come.
    pub(crate) fn cut_off(&self) {
        let open = self.open();
        self.is_cut_off.store(true, Ordering::Relaxed);
        for state in open.values() {
            state.close.notify_one();
        }
    }

    /// Closes those that are idle longest.
    pub(crate) fn give_way(&self) {
        let open = self.open();
        let mut idle: Vec<(u64, &Arc<State>)> = open
            .values()
            .map(|state| (state.since.load(Ordering::Relaxed), state))
            .filter(|(since, _)| *since != BUSY)
            .collect();
        let most = open.len().div_ceil(PART);
        if idle.len() > most {
            idle.select_nth_unstable_by_key(most, |(since, _)| *since);
        }
        for (_, state) in idle.iter().take(most) {
            state.close.notify_one();
        }
    }
}

/// One connection, for as long as it is open.
#[derive(Debug)]
pub(crate) struct Connection {
    idle: Arc<Idle>,
    number: u64,
    state: Arc<State>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.idle.open().remove(&self.number);
    }
}

impl Connection {
    /// Is ready when the connection has to give way, and is idle, or is cut off.
    pub(crate) async fn is_to_close(&self) {
        loop {
            self.state.close.notified().await;
            let is_idle = self.state.since.load(Ordering::Relaxed) != BUSY;
            if is_idle || self.idle.is_cut_off.load(Ordering::Relaxed) {
                return;
            }
        }
    }

    /// What makes its requests known.
    pub(crate) fn asking(&self) -> Asking {
        Asking {
            idle: Arc::clone(&self.idle),
            state: Arc::clone(&self.state),
        }
    }
}

/// Makes the requests of a connection known.
#[derive(Debug, Clone)]
pub(crate) struct Asking {
    idle: Arc<Idle>,
    state: Arc<State>,
}

impl Asking {
    pub(crate) fn begin(&self) -> Busy {
        self.state.since.store(BUSY, Ordering::Relaxed);
        Busy(self.clone())
    }
}

/// A request that is being answered.
#[derive(Debug)]
pub(crate) struct Busy(Asking);

impl Busy {
    /// Until the answer was read to its end.
    pub(crate) const fn until_end<B>(self, body: B) -> BusyBody<B> {
        BusyBody { body, _busy: self }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let Asking { idle, state } = &self.0;
        state.since.store(idle.next(), Ordering::Relaxed);
    }
}

/// The body of an answer, whose connection is busy with it.
#[derive(Debug)]
pub(crate) struct BusyBody<B> {
    body: B,
    _busy: Busy,
}

impl<B: Body<Data = Bytes> + Unpin> Body for BusyBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(connection: &Connection) -> bool {
        let mut context = Context::from_waker(core::task::Waker::noop());
        let waiting = core::pin::pin!(connection.is_to_close());
        waiting.poll(&mut context).is_ready()
    }

    #[test]
    fn the_longest_idle_gives_way_and_nobody_busy() {
        let idle = Arc::new(Idle::default());
        let connections: Vec<Connection> = (0..4).map(|_| idle.enter()).collect();
        let busy = connections[0].asking().begin();
        drop(connections[1].asking().begin());
        idle.give_way();
        let gone: Vec<bool> = connections.iter().map(told).collect();
        assert_eq!(gone, [false, false, true, false]);
        drop(busy);
        idle.give_way();
        assert!(told(&connections[2]), "it is still the longest");
        drop(connections);
        assert!(idle.open().is_empty());
    }

    #[test]
    fn who_became_busy_meanwhile_stays() {
        let idle = Arc::new(Idle::default());
        let connection = idle.enter();
        idle.give_way();
        let _busy = connection.asking().begin();
        assert!(!told(&connection));
    }

    #[test]
    fn all_are_cut_off_at_the_end() {
        let idle = Arc::new(Idle::default());
        let connections: Vec<Connection> = (0..3).map(|_| idle.enter()).collect();
        let _busy = connections[1].asking().begin();
        idle.cut_off();
        let late = idle.enter();
        assert!(connections.iter().chain([&late]).all(told));
    }

    #[test]
    fn of_many_a_part_gives_way_at_once() {
        let idle = Arc::new(Idle::default());
        let connections: Vec<Connection> = (0..200).map(|_| idle.enter()).collect();
        idle.give_way();
        let gone: Vec<bool> = connections.iter().map(told).collect();
        assert!(gone[..4].iter().all(|gone| *gone) && !gone[4..].contains(&true));
    }
}

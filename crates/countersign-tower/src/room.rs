//! How much memory the bodies of all requests may take together.

use core::mem;
use core::task::{Context, Waker};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// So much of a body counts for nothing, so that forms come through whatever others send.
const FREE: usize = 16 * 1024;

/// What all bodies share that are read before their handlers. Nobody has proven anything before a
/// body is whole, so where there is no more room, the one that has taken longest gives way: whoever
/// holds room without sending loses it to those who begin later.
#[derive(Debug)]
pub(crate) struct Room {
    most: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    taken: usize,
    next: u64,
    /// Bodies that are not whole, the oldest first.
    unfinished: BTreeMap<u64, Unfinished>,
}

#[derive(Debug, Default)]
struct Unfinished {
    taken: usize,
    /// Who waits for more of it.
    waker: Option<Waker>,
}

/// What one of them takes; it is given back with it.
#[derive(Debug)]
pub(crate) struct Share {
    room: Arc<Room>,
    number: u64,
    /// Of a whole body.
    whole: usize,
}

impl Room {
    /// 64 MiB without a word of the application.
    pub(crate) const DEFAULT: usize = 64 * 1024 * 1024;

    pub(crate) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            most,
            state: Mutex::default(),
        })
    }

    /// How long a body may be that has all of it.
    pub(crate) const fn longest(&self) -> usize {
        self.most.saturating_add(FREE)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Takes so much in all for this body, for which older ones give way.
    fn take(&mut self, number: u64, due: usize, most: usize, waiting: &mut Vec<Waker>) -> bool {
        let Some(body) = self.unfinished.get(&number) else {
            return false;
        };
        let more = due.saturating_sub(body.taken);
        let over = self.taken.saturating_add(more).saturating_sub(most);
        let mut freed = 0_usize;
        let mut ended = Vec::new();
        for (older, body) in self.unfinished.range(..number) {
            if freed >= over {
                break;
            }
            freed = freed.saturating_add(body.taken);
            ended.push(*older);
        }
        // Nobody else loses anything for a body that finds no room even so.
        if freed < over {
            return false;
        }
        for older in ended {
            waiting.extend(self.end(older).and_then(|body| body.waker));
        }
        self.taken = self.taken.saturating_add(more);
        if let Some(body) = self.unfinished.get_mut(&number) {
            body.taken = body.taken.saturating_add(more);
        }
        true
    }

    fn end(&mut self, number: u64) -> Option<Unfinished> {
        let body = self.unfinished.remove(&number)?;
        self.taken = self.taken.saturating_sub(body.taken);
        Some(body)
    }
}

impl Share {
    /// Whether there is room for a body that is so long by now; `share` has what it takes then.
    pub(crate) fn grow(share: &mut Option<Self>, room: &Arc<Room>, length: usize) -> bool {
        let due = length.saturating_sub(FREE);
        if due == 0 {
            return true;
        }
        let share = share.get_or_insert_with(|| Self::begin(room));
        let mut waiting = Vec::new();
        let taken = room
            .state()
            .take(share.number, due, room.most, &mut waiting);
        waiting.into_iter().for_each(Waker::wake);
        taken
    }

    fn begin(room: &Arc<Room>) -> Self {
        let mut state = room.state();
        let number = state.next;
        state.next = number.wrapping_add(1);
        state.unfinished.insert(number, Unfinished::default());
        Self {
            room: Arc::clone(room),
            number,
            whole: 0,
        }
    }

    /// Whether it had to give way. If not, the task is woken when it has to.
    pub(crate) fn gave_way(&self, context: &Context<'_>) -> bool {
        let mut state = self.room.state();
        let Some(body) = state.unfinished.get_mut(&self.number) else {
            return true;
        };
        match &mut body.waker {
            Some(waker) => waker.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        false
    }

    /// The body is whole and gives way to none; `false` if it did already.
    pub(crate) fn finish(&mut self) -> bool {
        let mut state = self.room.state();
        let Some(body) = state.unfinished.remove(&self.number) else {
            return false;
        };
        self.whole = body.taken;
        true
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut state = self.room.state();
        let whole = mem::take(&mut self.whole);
        state.taken = state.taken.saturating_sub(whole);
        drop(state.end(self.number));
    }
}

#[cfg(test)]
mod tests {
    use super::{FREE, Room, Share};

    fn taken(room: &Room) -> usize {
        room.state().taken
    }

    #[test]
    fn what_is_taken_is_given_back() {
        let room = Room::new(100);
        let (mut one, mut other) = (None, None);
        assert!(Share::grow(&mut one, &room, FREE));
        assert!(one.is_none());
        assert!(Share::grow(&mut one, &room, FREE + 60));
        assert!(Share::grow(&mut other, &room, FREE + 40));
        assert_eq!(taken(&room), 100);
        drop(other);
        assert!(Share::grow(&mut one, &room, FREE + 100));
        assert!(one.as_mut().unwrap().finish());
        assert_eq!(taken(&room), 100);
        drop(one);
        assert_eq!(taken(&room), 0);
        assert!(room.state().unfinished.is_empty());
    }

    #[test]
    fn the_oldest_that_is_not_whole_gives_way() {
        let room = Room::new(100);
        let mut shares: Vec<Option<Share>> = vec![None, None, None];
        for share in &mut shares {
            assert!(Share::grow(share, &room, FREE + 30));
        }
        assert!(shares[0].as_mut().unwrap().finish());
        let mut new = None;
        assert!(Share::grow(&mut new, &room, FREE + 40));
        assert_eq!(taken(&room), 100);
        assert!(!shares[1].as_mut().unwrap().finish(), "the oldest");
        assert!(!Share::grow(&mut shares[1], &room, FREE + 31));
        // The oldest there is now gives way itself.
        assert!(!Share::grow(&mut shares[2], &room, FREE + 31));
        // For what finds no room even so nobody does.
        let mut long = None;
        assert!(!Share::grow(&mut long, &room, FREE + 71));
        assert!(shares[2].as_mut().unwrap().finish());
        assert!(new.as_mut().unwrap().finish());
        drop((shares, new, long));
        assert_eq!(taken(&room), 0);
    }

    #[test]
    fn nobody_gives_way_in_vain() {
        let room = Room::new(100);
        let mut shares: [Option<Share>; 3] = [None, None, None];
        for (share, taken) in shares.iter_mut().zip([10, 30, 60]) {
            assert!(Share::grow(share, &room, FREE + taken));
        }
        let [oldest, mut middle, newest] = shares;
        assert!(!Share::grow(&mut middle, &room, FREE + 50));
        drop(middle);
        for share in [oldest, newest] {
            assert!(share.unwrap().finish());
        }
    }
}

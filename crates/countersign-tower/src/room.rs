//! How much memory the bodies of all requests may take together.

use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

/// So much of a body counts for nothing, so that forms come through whatever others send.
const FREE: usize = 16 * 1024;

/// What all bodies share that are read before their handlers.
#[derive(Debug)]
pub(crate) struct Room {
    taken: AtomicUsize,
    most: usize,
}

/// What one of them takes; it is given back with it.
#[derive(Debug)]
pub(crate) struct Share {
    room: Arc<Room>,
    taken: usize,
}

impl Room {
    /// 64 MiB without a word of the application.
    pub(crate) const DEFAULT: usize = 64 * 1024 * 1024;

    pub(crate) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            taken: AtomicUsize::new(0),
            most,
        })
    }

    fn take(&self, more: usize) -> bool {
        let taken = self
            .taken
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |taken| {
                taken.checked_add(more).filter(|taken| *taken <= self.most)
            });
        taken.is_ok()
    }
}

impl Share {
    /// Whether there is room for a body that is so long by now; `share` has what it takes then.
    pub(crate) fn grow(share: &mut Option<Self>, room: &Arc<Room>, length: usize) -> bool {
        let due = length.saturating_sub(FREE);
        let has = share.as_ref().map_or(0, |share| share.taken);
        let more = due.saturating_sub(has);
        if more == 0 {
            return true;
        }
        if !room.take(more) {
            return false;
        }
        let share = share.get_or_insert_with(|| Self {
            room: Arc::clone(room),
            taken: 0,
        });
        share.taken = due;
        true
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.room.taken.fetch_sub(self.taken, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::{FREE, Room, Share};
    use core::sync::atomic::Ordering;

    #[test]
    fn what_is_taken_is_given_back() {
        let room = Room::new(100);
        let (mut one, mut other) = (None, None);
        assert!(Share::grow(&mut one, &room, FREE));
        assert!(one.is_none());
        assert!(Share::grow(&mut one, &room, FREE + 60));
        assert!(!Share::grow(&mut other, &room, FREE + 41));
        assert!(other.is_none());
        assert!(Share::grow(&mut other, &room, FREE + 40));
        assert!(!Share::grow(&mut one, &room, FREE + 61));
        assert!(Share::grow(&mut one, &room, FREE + 60));
        drop(other);
        assert!(Share::grow(&mut one, &room, FREE + 100));
        drop(one);
        assert_eq!(room.taken.load(Ordering::Relaxed), 0);
    }
}

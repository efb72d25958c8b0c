//! A bounded map that forgets.

use std::collections::HashMap;

use countersign_clock::UnixTime;

use crate::digest::Digest;

/// A map from digests whose entries are over once nothing was heard of them for a time, and where
/// the one unheard of for longest makes room.
pub(crate) struct Aged<V> {
    entries: HashMap<Digest, Entry<V>>,
    most: usize,
    idle: i64,
}

/// A value, and when it was last heard of.
pub(crate) struct Entry<V> {
    pub(crate) value: V,
    pub(crate) seen: UnixTime,
}

impl<V> Aged<V> {
    /// At most `most` entries, each for `idle` seconds.
    pub(crate) fn new(most: usize, idle: i64) -> Self {
        Self {
            entries: HashMap::new(),
            most,
            idle,
        }
    }

    pub(crate) fn get(&mut self, key: &Digest, now: UnixTime) -> Option<&mut Entry<V>> {
        let idle = self.idle;
        if self
            .entries
            .get(key)
            .is_some_and(|it| it.is_over(idle, now))
        {
            self.entries.remove(key);
        }
        self.entries.get_mut(key)
    }

    pub(crate) fn put(&mut self, key: Digest, value: V, now: UnixTime) {
        if self.entries.len() >= self.most && !self.entries.contains_key(&key) {
            let idle = self.idle;
            self.entries.retain(|_, entry| !entry.is_over(idle, now));
            while self.entries.len() >= self.most && self.remove_eldest(|_| true) {}
        }
        self.entries.insert(key, Entry { value, seen: now });
    }

    pub(crate) fn remove(&mut self, key: &Digest) -> Option<V> {
        self.entries.remove(key).map(|entry| entry.value)
    }

    /// How many there are of a kind.
    pub(crate) fn count(&self, kind: impl Fn(&V) -> bool) -> usize {
        self.entries.values().filter(|it| kind(&it.value)).count()
    }

    /// Takes out the one of a kind that was unheard of for longest. Gives whether there was one.
    pub(crate) fn remove_eldest(&mut self, kind: impl Fn(&V) -> bool) -> bool {
        let eldest = self
            .entries
            .iter()
            .filter(|(_, entry)| kind(&entry.value))
            .min_by_key(|(_, entry)| entry.seen)
            .map(|(key, _)| *key);
        eldest.is_some_and(|key| self.entries.remove(&key).is_some())
    }
}

impl<V> Entry<V> {
    fn is_over(&self, idle: i64, now: UnixTime) -> bool {
        now.since(self.seen) >= idle
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "tests")]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::*;

    fn at(seconds: i64) -> UnixTime {
        UnixTime::from_seconds(seconds)
    }

    fn key(number: u8) -> Digest {
        [number; 32]
    }

    #[test]
    fn an_entry_is_over_after_its_time_and_not_before() {
        let mut map = Aged::new(2, 10);
        map.put(key(1), 'a', at(100));
        assert_eq!(map.get(&key(1), at(109)).unwrap().value, 'a');
        assert!(map.get(&key(1), at(110)).is_none());
        assert!(map.get(&key(1), at(100)).is_none(), "gone for good");
    }

    #[test]
    fn what_was_heard_of_stays_and_the_eldest_makes_room() {
        let mut map = Aged::new(2, 1_000);
        map.put(key(1), 'a', at(1));
        map.put(key(2), 'b', at(2));
        map.get(&key(1), at(3)).unwrap().seen = at(3);
        map.put(key(3), 'c', at(4));
        assert!(map.get(&key(1), at(4)).is_some());
        assert!(map.get(&key(2), at(4)).is_none());
        assert!(map.get(&key(3), at(4)).is_some());
    }

    proptest! {
        #[test]
        fn it_is_never_larger_than_its_bound_and_the_newest_is_in_it(
            most in 1_usize..8,
            steps in proptest::collection::vec((any::<u8>(), 0_i64..50), 0..100),
        ) {
            let mut map = Aged::new(most, 100);
            let mut now = 0;
            for (number, later) in steps {
                now += later;
                map.put(key(number), number, at(now));
                prop_assert!(map.entries.len() <= most);
                prop_assert_eq!(map.get(&key(number), at(now)).map(|it| it.value), Some(number));
            }
        }
    }
}

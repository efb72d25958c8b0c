//! Decoded rows: opening secrets and reading certificates is what a look-up would spend its time on.
//!
//! A row that was decoded before is given again while it is the same in the file, which is looked at
//! each time: no change of any process is missed.

use core::borrow::Borrow;
use core::hash::Hash;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

const MOST: usize = 4096;

/// Values by key, each with what its row is known by.
#[derive(Debug)]
pub(crate) struct Cache<K, S, V>(Mutex<HashMap<K, (S, V)>>);

impl<K, S, V> Default for Cache<K, S, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Hash + Eq, S, V: Clone> Cache<K, S, V> {
    pub(crate) fn get<Q: Hash + Eq + ?Sized>(
        &self,
        key: &Q,
        is_same: impl FnOnce(&S) -> bool,
    ) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let entries = self.lock();
        let (of, value) = entries.get(key)?;
        is_same(of).then(|| value.clone())
    }

    pub(crate) fn put(&self, key: K, stamp: S, value: &V) {
        let mut entries = self.lock();
        if entries.len() >= MOST && !entries.contains_key(&key) {
            entries.clear();
        }
        entries.insert(key, (stamp, value.clone()));
    }

    pub(crate) fn forget<Q: Hash + Eq + ?Sized>(&self, key: &Q)
    where
        K: Borrow<Q>,
    {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, (S, V)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

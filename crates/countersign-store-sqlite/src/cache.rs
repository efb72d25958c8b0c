//! Decoded rows: opening secrets and reading certificates is what a look-up would spend its time on.
//!
//! A row that was decoded before is given again while [nobody committed](crate::commits) who may have
//! changed it; and if somebody did, while it is the same in the file, which is looked at then: no
//! change of any process is missed.

use core::borrow::Borrow;
use core::hash::Hash;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

const MOST: usize = 4096;

/// Values by key.
#[derive(Debug)]
pub(crate) struct Cache<K, S, V>(Mutex<HashMap<K, Entry<S, V>>>);

#[derive(Debug)]
struct Entry<S, V> {
    /// What its row is known by.
    stamp: S,
    /// The age of the commits before it was looked up last.
    age: Option<u64>,
    value: V,
}

impl<K, S, V> Default for Cache<K, S, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Hash + Eq, S, V: Clone> Cache<K, S, V> {
    /// What was looked up since anything changed.
    pub(crate) fn since<Q: Hash + Eq + ?Sized>(&self, age: Option<u64>, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let age = age?;
        let entries = self.lock();
        let entry = entries.get(key)?;
        (entry.age == Some(age)).then(|| entry.value.clone())
    }

    /// What was decoded before, of a row that is the same still. `age` is the one before the row was
    /// looked at.
    pub(crate) fn get<Q: Hash + Eq + ?Sized>(
        &self,
        age: Option<u64>,
        key: &Q,
        is_same: impl FnOnce(&S) -> bool,
    ) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let mut entries = self.lock();
        let entry = entries.get_mut(key)?;
        if !is_same(&entry.stamp) {
            return None;
        }
        entry.age = age;
        Some(entry.value.clone())
    }

    pub(crate) fn put(&self, age: Option<u64>, key: K, stamp: S, value: &V) {
        let mut entries = self.lock();
        if entries.len() >= MOST && !entries.contains_key(&key) {
            entries.clear();
        }
        let value = value.clone();
        entries.insert(key, Entry { stamp, age, value });
    }

    pub(crate) fn forget<Q: Hash + Eq + ?Sized>(&self, key: &Q)
    where
        K: Borrow<Q>,
    {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Entry<S, V>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

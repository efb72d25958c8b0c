//! Decoded consumers: reading certificates is what a look-up would spend its time on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_store::{Consumer, Versioned};

const MOST: usize = 4096;

type Entries = HashMap<String, (i64, Arc<Versioned<Consumer>>)>;

#[derive(Debug, Default)]
pub(crate) struct Cache(Mutex<Entries>);

impl Cache {
    pub(super) fn get(&self, key: &str, stamp: i64) -> Option<Arc<Versioned<Consumer>>> {
        let entries = self.lock();
        let (of, consumer) = entries.get(key)?;
        (*of == stamp).then(|| Arc::clone(consumer))
    }

    pub(super) fn put(&self, key: &str, stamp: i64, consumer: &Arc<Versioned<Consumer>>) {
        let mut entries = self.lock();
        if entries.len() >= MOST && !entries.contains_key(key) {
            entries.clear();
        }
        entries.insert(key.to_owned(), (stamp, Arc::clone(consumer)));
    }

    pub(super) fn forget(&self, key: &str) {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! Consumers in memory.

use core::ops::Bound;
use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use crate::consumer::{Consumer, ConsumerStore};
use crate::error::StoreError;
use crate::listing::Listing;
use crate::memory::{read, write};
use crate::version::{Commit, Expected, Version, Versioned};

/// Keeps registered applications in the memory of one process.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use countersign_key::Secret;
/// use countersign_store::{
///     Commit, Consumer, ConsumerKind, ConsumerStore, Credential, Expected, MemoryConsumerStore,
/// };
///
/// # async fn example() -> Result<(), countersign_store::StoreError> {
/// let store = MemoryConsumerStore::new();
/// let secret = Credential::Secret(Arc::new(Secret::new("kd94hf93k423kf44")));
/// let consumer = Consumer::new("dpf43f3p2l4k3l03", ConsumerKind::Public, secret);
/// assert_eq!(store.put_consumer(Expected::Absent, consumer.clone()).await?, Commit::Done);
/// assert_eq!(store.put_consumer(Expected::Absent, consumer).await?, Commit::Conflict);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct MemoryConsumerStore {
    limit: usize,
    table: RwLock<Table>,
}

#[derive(Debug)]
struct Table {
    consumers: BTreeMap<String, Arc<Versioned<Consumer>>>,
    /// New consumers begin here: above every version of those removed, whatever their key was.
    first: Version,
}

impl Table {
    fn version(&self, key: &str) -> Option<Version> {
        self.consumers.get(key).map(|found| found.version)
    }
}

impl Default for MemoryConsumerStore {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryConsumerStore {
    /// An empty store for at most 65,536 consumers.
    #[must_use]
    pub const fn new() -> Self {
        Self::with_limit(65_536)
    }

    /// An empty store for at most so many consumers.
    #[must_use]
    pub const fn with_limit(limit: usize) -> Self {
        Self {
            limit,
            table: RwLock::new(Table {
                consumers: BTreeMap::new(),
                first: Version::FIRST,
            }),
        }
    }
}

impl ConsumerStore for MemoryConsumerStore {
    async fn consumer(&self, key: &str) -> Result<Option<Arc<Versioned<Consumer>>>, StoreError> {
        Ok(read(&self.table).consumers.get(key).cloned())
    }

    async fn put_consumer(
        &self,
        expected: Expected,
        consumer: Consumer,
    ) -> Result<Commit, StoreError> {
        let mut table = write(&self.table);
        let found = table.version(&consumer.key);
        if !expected.holds(found) {
            return Ok(Commit::Conflict);
        }
        if found.is_none() && table.consumers.len() >= self.limit {
            return Err(StoreError::Full {
                limit: self.limit,
                what: "consumers",
            });
        }
        let version = found.map_or(table.first, Version::next);
        // A clone, so that nothing made of the row it was changed from comes along.
        let consumer = consumer.clone();
        let row = Arc::new(Versioned::new(version, consumer));
        table.consumers.insert(row.row.key.clone(), row);
        Ok(Commit::Done)
    }

    async fn remove_consumer(&self, expected: Expected, key: &str) -> Result<Commit, StoreError> {
        let mut table = write(&self.table);
        let found = table.version(key);
        if !expected.holds(found) {
            return Ok(Commit::Conflict);
        }
        if let Some(version) = found {
            table.first = table.first.max(version.next());
        }
        table.consumers.remove(key);
        Ok(Commit::Done)
    }

    async fn consumers(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Listing<Consumer>, StoreError> {
        let behind = after.map_or(Bound::Unbounded, Bound::Excluded);
        let table = read(&self.table);
        let page = table.consumers.range::<str, _>((behind, Bound::Unbounded));
        Ok(page
            .take(limit)
            .map(|(_, row)| Arc::clone(row))
            .collect::<Listing<_>>())
    }
}

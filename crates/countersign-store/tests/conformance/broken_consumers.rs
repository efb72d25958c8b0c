//! Stores of consumers with one defect each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use countersign_clock::UnixTime;
use countersign_store::testing::conformance::{Factory, Promises, Settings, consumers};
use countersign_store::{
    Commit, Consumer, ConsumerStore, Expected, MemoryConsumerStore, StoreError, Versioned,
};

use crate::noticed;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Defect {
    None,
    ChecksThenWrites,
    Full,
    IgnoresExpectation,
    LosesFields,
    LosesOnRestart,
    PagesFromAfter,
    ServesStale,
    ServesRemoved,
}

type Row = Option<Arc<Versioned<Consumer>>>;

struct Wrapped {
    defect: Defect,
    inner: Arc<MemoryConsumerStore>,
    cache: Mutex<HashMap<String, Row>>,
}

impl Wrapped {
    async fn current(&self, key: &str) -> Result<Expected, StoreError> {
        let found = self.inner.consumer(key).await?;
        Ok(found.map_or(Expected::Absent, |found| Expected::Version(found.version)))
    }
}

impl ConsumerStore for Wrapped {
    async fn consumer(&self, key: &str) -> Result<Row, StoreError> {
        let found = self.inner.consumer(key).await?;
        let mut cache = self.cache.lock().unwrap();
        let serves_old = match self.defect {
            Defect::ServesStale => found.is_some(),
            Defect::ServesRemoved => found.is_none(),
            _ => false,
        };
        let cached = cache.get(key).cloned().flatten();
        if serves_old && cached.is_some() {
            return Ok(cached);
        }
        cache.insert(key.to_owned(), found.clone());
        Ok(found)
    }

    async fn put_consumer(
        &self,
        expected: Expected,
        mut consumer: Consumer,
    ) -> Result<Commit, StoreError> {
        let current = self.current(&consumer.key).await?;
        let expected = match self.defect {
            Defect::IgnoresExpectation => current,
            Defect::ChecksThenWrites if current != expected => return Ok(Commit::Conflict),
            Defect::ChecksThenWrites => {
                std::thread::yield_now();
                loop {
                    let now = self.current(&consumer.key).await?;
                    let put = self.inner.put_consumer(now, consumer.clone()).await?;
                    if put == Commit::Done {
                        return Ok(put);
                    }
                }
            }
            _ => expected,
        };
        if self.defect == Defect::LosesFields {
            consumer.callbacks.truncate(1);
        }
        let key = consumer.key.clone();
        match self.inner.put_consumer(expected, consumer.clone()).await {
            Err(StoreError::Full { .. }) if self.defect == Defect::Full => {
                let first = self.inner.consumers(None, 1).await?;
                let first = first.first().map(|row| row.row.key.clone()).unwrap();
                let version = self.current(&first).await?;
                let _ = self.inner.remove_consumer(version, &first).await?;
                self.inner
                    .put_consumer(self.current(&key).await?, consumer)
                    .await
            }
            done => done,
        }
    }

    async fn remove_consumer(&self, expected: Expected, key: &str) -> Result<Commit, StoreError> {
        self.inner.remove_consumer(expected, key).await
    }

    async fn consumers(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Arc<Versioned<Consumer>>>, StoreError> {
        let mut page = self.inner.consumers(after, limit).await?;
        if let (Defect::PagesFromAfter, Some(after)) = (self.defect, after) {
            page.insert(
                0,
                self.inner
                    .consumer(after)
                    .await?
                    .unwrap_or_else(|| page[0].clone()),
            );
            page.truncate(limit);
        }
        Ok(page)
    }
}

struct Broken(Defect);

impl Broken {
    fn wrap(&self, inner: Arc<MemoryConsumerStore>) -> Wrapped {
        Wrapped {
            defect: self.0,
            inner,
            cache: Mutex::new(HashMap::new()),
        }
    }
}

impl Factory for Broken {
    type Store = Wrapped;

    fn promises(&self) -> Promises {
        Promises::durable().with_limits().with_handles()
    }

    fn fresh(&self, settings: &Settings) -> Result<Wrapped, StoreError> {
        let inner = MemoryConsumerStore::with_limit(settings.rows);
        Ok(self.wrap(Arc::new(inner)))
    }

    fn reopen(
        &self,
        old: Wrapped,
        settings: &Settings,
        _: UnixTime,
    ) -> Result<Option<Wrapped>, StoreError> {
        match self.0 {
            Defect::LosesOnRestart => self.fresh(settings).map(Some),
            _ => Ok(Some(self.wrap(old.inner))),
        }
    }

    fn another(&self, store: &Wrapped) -> Result<Option<Wrapped>, StoreError> {
        Ok(Some(self.wrap(Arc::clone(&store.inner))))
    }
}

#[test]
fn the_wrapped_store_passes() {
    let report = consumers(&Broken(Defect::None)).unwrap();
    assert!(report.skipped().is_empty(), "{report:?}");
}

#[test]
fn each_defect_is_noticed() {
    for (defect, check) in [
        (
            Defect::ChecksThenWrites,
            "consumers.one_of_many_changes_wins",
        ),
        (Defect::Full, "consumers.full_refuses_new_rows"),
        (Defect::IgnoresExpectation, "consumers.compare_and_set"),
        (Defect::LosesFields, "consumers.kept_as_written"),
        (Defect::LosesOnRestart, "consumers.restart"),
        (Defect::PagesFromAfter, "consumers.pages_in_order"),
        (Defect::ServesStale, "consumers.never_stale"),
        (Defect::ServesStale, "consumers.handles_share"),
        (Defect::ServesRemoved, "consumers.removed_is_gone_at_once"),
    ] {
        noticed(defect, consumers(&Broken(defect)), check);
    }
}

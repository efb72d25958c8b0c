//! Stores of consumers with one defect each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use countersign_clock::UnixTime;
use countersign_store::testing::conformance::{Factory, Promises, Settings, consumers};
use countersign_store::{
    Commit, Consumer, ConsumerStore, Credential, Expected, Listing, MemoryConsumerStore,
    StoreError, Version, Versioned,
};

use crate::noticed;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Defect {
    None,
    ChecksThenWrites,
    Full,
    IgnoresExpectation,
    KeepsTheLoser,
    LosesCertificates,
    LosesFields,
    LosesOnRestart,
    PagesFromAfter,
    RepeatsVersions,
    RepeatsVersionsAfterRestart,
    ServesStale,
    ServesRemoved,
}

type Row = Option<Arc<Versioned<Consumer>>>;

struct Wrapped {
    defect: Defect,
    inner: Arc<MemoryConsumerStore>,
    cache: Mutex<HashMap<String, Row>>,
    /// How far versions of a key are off.
    offsets: Arc<Mutex<HashMap<String, u64>>>,
    /// What stands in the place of a version of a key.
    instead: Arc<Mutex<HashMap<(String, Version), Consumer>>>,
}

impl Wrapped {
    fn offset(&self, key: &str) -> u64 {
        self.offsets.lock().unwrap().get(key).copied().unwrap_or(0)
    }

    /// As it is inside.
    fn inside(&self, expected: Expected, key: &str) -> Expected {
        match expected {
            Expected::Absent => expected,
            Expected::Version(version) => {
                Expected::Version(Version::from_number(version.number() + self.offset(key)))
            }
        }
    }

    fn outside(&self, found: Row) -> Row {
        let found = found?;
        match self.offset(&found.row.key) {
            0 => Some(found),
            offset => {
                let version = Version::from_number(found.version.number() - offset);
                Some(Arc::new(Versioned::new(version, found.row.clone())))
            }
        }
    }

    async fn current(&self, key: &str) -> Result<Expected, StoreError> {
        let found = self.inner.consumer(key).await?;
        Ok(found.map_or(Expected::Absent, |found| Expected::Version(found.version)))
    }
}

impl ConsumerStore for Wrapped {
    async fn consumer(&self, key: &str) -> Result<Row, StoreError> {
        let mut found = self.outside(self.inner.consumer(key).await?);
        if let Some(row) = &found {
            let place = (key.to_owned(), row.version);
            if let Some(loser) = self.instead.lock().unwrap().get(&place) {
                found = Some(Arc::new(Versioned::new(row.version, loser.clone())));
            }
        }
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
        let expected = self.inside(expected, &consumer.key);
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
        if let (Defect::LosesCertificates, Credential::Certificates(all)) =
            (self.defect, &consumer.credential)
        {
            consumer.credential = Credential::Certificates(all[..1].into());
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
            Ok(Commit::Conflict) if self.defect == Defect::KeepsTheLoser => {
                // Of two that were made from one version the second is told that it was not made.
                if let Some(now) = self.inner.consumer(&key).await? {
                    let before = Expected::Version(Version::from_number(now.version.number() - 1));
                    if expected == before || now.version == Version::FIRST {
                        let mut instead = self.instead.lock().unwrap();
                        instead.insert((key, now.version), consumer);
                    }
                }
                Ok(Commit::Conflict)
            }
            done => done,
        }
    }

    async fn remove_consumer(&self, expected: Expected, key: &str) -> Result<Commit, StoreError> {
        let last = self.inner.consumer(key).await?;
        let expected = self.inside(expected, key);
        let removed = self.inner.remove_consumer(expected, key).await?;
        if let (Defect::RepeatsVersions, Commit::Done, Some(last)) = (self.defect, removed, last) {
            let offset = last.version.number();
            self.offsets.lock().unwrap().insert(key.to_owned(), offset);
        }
        Ok(removed)
    }

    async fn consumers(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Listing<Consumer>, StoreError> {
        let mut page = self.inner.consumers(after, limit).await?;
        if let (Defect::PagesFromAfter, Some(after)) = (self.defect, after) {
            page.rows.insert(
                0,
                self.inner
                    .consumer(after)
                    .await?
                    .unwrap_or_else(|| page[0].clone()),
            );
            page.rows.truncate(limit);
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
            cache: Mutex::default(),
            offsets: Arc::default(),
            instead: Arc::default(),
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
            Defect::RepeatsVersionsAfterRestart => {
                let store = self.fresh(settings)?;
                for old in self.block_on(old.inner.consumers(None, usize::MAX))?.rows {
                    for number in 0..old.version.number() {
                        let expected = match number {
                            0 => Expected::Absent,
                            number => Expected::Version(Version::from_number(number)),
                        };
                        let put = store.inner.put_consumer(expected, old.row.clone());
                        assert_eq!(self.block_on(put)?, Commit::Done);
                    }
                }
                Ok(Some(store))
            }
            _ => Ok(Some(self.wrap(old.inner))),
        }
    }

    fn another(&self, store: &Wrapped) -> Result<Option<Wrapped>, StoreError> {
        let mut other = self.wrap(Arc::clone(&store.inner));
        other.offsets = Arc::clone(&store.offsets);
        other.instead = Arc::clone(&store.instead);
        Ok(Some(other))
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
        (Defect::KeepsTheLoser, "consumers.one_of_many_changes_wins"),
        (Defect::LosesCertificates, "consumers.certificates_are_kept"),
        (Defect::LosesFields, "consumers.kept_as_written"),
        (Defect::LosesOnRestart, "consumers.restart"),
        (Defect::PagesFromAfter, "consumers.pages_in_order"),
        (Defect::RepeatsVersions, "consumers.no_version_comes_again"),
        (Defect::RepeatsVersionsAfterRestart, "consumers.restart"),
        (Defect::ServesStale, "consumers.never_stale"),
        (Defect::ServesStale, "consumers.handles_share"),
        (Defect::ServesRemoved, "consumers.removed_is_gone_at_once"),
    ] {
        noticed(defect, consumers(&Broken(defect)), check);
    }
}

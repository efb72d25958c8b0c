//! Stores of tokens with one defect each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use countersign_clock::UnixTime;
use countersign_store::testing::conformance::{Factory, Promises, Settings, tokens};
use countersign_store::{
    Change, Commit, Expected, Fingerprint, Grant, GrantId, GrantSelection, Listing,
    MemoryTokenStore, StoreError, TemporaryCredentials, TokenAndGrant, TokenLimits, TokenStore,
    Version, Versioned,
};
use countersign_token::SessionState;

use crate::noticed;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Defect {
    None,
    AccessReplaced,
    ChecksThenWrites,
    CountsAll,
    ForgetsAtOnce,
    ForgetsLive,
    HalfChange,
    IgnoresExpectation,
    KeepsTheLoser,
    LivesAfterEnd,
    LosesIssued,
    LosesOnRestart,
    PagesFromStart,
    SelectsAll,
    ServesStale,
    TwoLive,
}

struct Wrapped {
    defect: Defect,
    inner: Arc<MemoryTokenStore>,
    cache: Mutex<HashMap<GrantId, Arc<Versioned<Grant>>>>,
    /// What stands in the place of a version.
    instead: Arc<Mutex<HashMap<GrantId, Arc<Versioned<Grant>>>>>,
}

impl Wrapped {
    /// The same change, made from the rows as they are now.
    async fn rebased(&self, change: &Change) -> Result<Change, StoreError> {
        let mut now = Change::new();
        for (_, row) in change.temporary_rows() {
            let found = self.inner.temporary(row.token).await?;
            let found = found.map_or(Expected::Absent, |row| Expected::Version(row.version));
            now = now.temporary(found, row.clone());
        }
        for (_, row) in change.grant_rows() {
            let found = self.inner.grant(row.id).await?;
            let found = found.map_or(Expected::Absent, |row| Expected::Version(row.version));
            now = now.grant(found, row.clone());
        }
        for row in change.access_rows() {
            now = now.access(row.clone());
        }
        Ok(now)
    }

    async fn half(&self, change: Change) -> Result<Commit, StoreError> {
        let (temporary, grants, access) = change.into_rows();
        let mut outcome = Commit::Done;
        let changes = temporary
            .into_iter()
            .map(|(expected, row)| Change::new().temporary(expected, row))
            .chain(
                grants
                    .into_iter()
                    .map(|(expected, row)| Change::new().grant(expected, row)),
            )
            .chain(access.into_iter().map(|row| Change::new().access(row)));
        for change in changes {
            if self.inner.commit(change).await? == Commit::Conflict {
                outcome = Commit::Conflict;
            }
        }
        Ok(outcome)
    }

    /// Of two that were made from one version the second is told that it was not made, and stays.
    async fn loser(&self, change: Change) -> Result<Commit, StoreError> {
        let done = self.inner.commit(change.clone()).await?;
        for (expected, row) in change.grant_rows() {
            let Some(now) = self.inner.grant(row.id).await? else {
                continue;
            };
            let before = Expected::Version(Version::from_number(now.version.number() - 1));
            let lost = *expected == before || now.version == Version::FIRST;
            if done == Commit::Conflict && lost {
                let stays = Arc::new(Versioned::new(now.version, row.clone()));
                self.instead.lock().unwrap().insert(row.id, stays);
            }
        }
        Ok(done)
    }

    /// What is refused is tried once more without what it was refused for.
    async fn again(&self, change: Change) -> Result<Commit, StoreError> {
        let done = self.inner.commit(change.clone()).await?;
        if done == Commit::Done {
            return Ok(done);
        }
        let mut other = Change::new();
        for (expected, row) in change.temporary_rows() {
            other = other.temporary(*expected, row.clone());
        }
        for (expected, row) in change.grant_rows() {
            let mut row = row.clone();
            if self.defect == Defect::TwoLive {
                row.life.state = SessionState::Replaced;
            }
            other = other.grant(*expected, row);
        }
        if self.defect != Defect::AccessReplaced {
            for row in change.access_rows() {
                other = other.access(row.clone());
            }
        }
        self.inner.commit(other).await
    }
}

impl TokenStore for Wrapped {
    async fn temporary(
        &self,
        token: Fingerprint,
    ) -> Result<Option<Arc<Versioned<TemporaryCredentials>>>, StoreError> {
        self.inner.temporary(token).await
    }

    async fn approved(
        &self,
        organisation: &str,
    ) -> Result<Listing<TemporaryCredentials>, StoreError> {
        self.inner.approved(organisation).await
    }

    async fn temporary_count(&self, consumer_key: &str, most: usize) -> Result<usize, StoreError> {
        let count = self.inner.temporary_count(consumer_key, most).await?;
        if self.defect == Defect::CountsAll && count > 0 {
            let other = self.inner.temporary_count("b", most).await?;
            return Ok(count + other);
        }
        Ok(count)
    }

    async fn access(&self, token: Fingerprint) -> Result<Option<TokenAndGrant>, StoreError> {
        self.inner.access(token).await
    }

    async fn grant(&self, id: GrantId) -> Result<Option<Arc<Versioned<Grant>>>, StoreError> {
        let found = self.inner.grant(id).await?;
        if let (Some(found), Some(loser)) = (&found, self.instead.lock().unwrap().get(&id))
            && found.version == loser.version
        {
            return Ok(Some(Arc::clone(loser)));
        }
        if let (Defect::ServesStale, Some(found)) = (self.defect, &found) {
            let mut cache = self.cache.lock().unwrap();
            let kept = cache.entry(id).or_insert_with(|| Arc::clone(found));
            return Ok(Some(Arc::clone(kept)));
        }
        Ok(found)
    }

    async fn live_grant(
        &self,
        consumer_key: &str,
        organisation: &str,
    ) -> Result<Option<Arc<Versioned<Grant>>>, StoreError> {
        if self.defect == Defect::LivesAfterEnd {
            let all = self.inner.grants(GrantSelection::All, None, 1000).await?;
            return Ok(all.rows.into_iter().find(|found| {
                found.row.consumer_key == consumer_key && found.row.organisation == organisation
            }));
        }
        self.inner.live_grant(consumer_key, organisation).await
    }

    async fn grants(
        &self,
        selection: GrantSelection<'_>,
        after: Option<GrantId>,
        limit: usize,
    ) -> Result<Listing<Grant>, StoreError> {
        match self.defect {
            Defect::PagesFromStart => self.inner.grants(selection, None, limit).await,
            Defect::SelectsAll => self.inner.grants(GrantSelection::All, after, limit).await,
            _ => self.inner.grants(selection, after, limit).await,
        }
    }

    async fn commit(&self, change: Change) -> Result<Commit, StoreError> {
        match self.defect {
            Defect::HalfChange => self.half(change).await,
            Defect::KeepsTheLoser => self.loser(change).await,
            Defect::LosesIssued => {
                let (temporary, grants, access) = change.into_rows();
                let mut change = Change::new();
                for (expected, row) in temporary {
                    change = change.temporary(expected, row);
                }
                for (expected, mut row) in grants {
                    row.issued = None;
                    change = change.grant(expected, row);
                }
                let change = access.into_iter().fold(change, Change::access);
                self.inner.commit(change).await
            }
            Defect::IgnoresExpectation => self.inner.commit(self.rebased(&change).await?).await,
            Defect::TwoLive | Defect::AccessReplaced => self.again(change).await,
            Defect::ChecksThenWrites => {
                let now = self.rebased(&change).await?;
                let same = now.temporary_rows().iter().zip(change.temporary_rows());
                if same.into_iter().any(|(now, then)| now.0 != then.0) {
                    return Ok(Commit::Conflict);
                }
                let same = now.grant_rows().iter().zip(change.grant_rows());
                if same.into_iter().any(|(now, then)| now.0 != then.0) {
                    return Ok(Commit::Conflict);
                }
                std::thread::yield_now();
                let mut done = self.inner.commit(change.clone()).await?;
                for _ in 0..100 {
                    if done == Commit::Done || change.grant_rows().is_empty() {
                        break;
                    }
                    done = self.inner.commit(self.rebased(&change).await?).await?;
                }
                Ok(done)
            }
            _ => self.inner.commit(change).await,
        }
    }

    async fn forget(&self, now: UnixTime, limit: usize) -> Result<usize, StoreError> {
        let now = match self.defect {
            Defect::ForgetsLive => UnixTime::from_seconds(i64::MAX),
            Defect::ForgetsAtOnce => now.saturating_add(1),
            _ => now,
        };
        self.inner.forget(now, limit).await
    }
}

struct Broken(Defect);

impl Broken {
    fn wrap(&self, inner: Arc<MemoryTokenStore>) -> Wrapped {
        Wrapped {
            defect: self.0,
            inner,
            cache: Mutex::default(),
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
        let limits = TokenLimits::default()
            .with_temporary(settings.rows)
            .with_grants(settings.rows)
            .with_access(settings.rows);
        Ok(self.wrap(Arc::new(MemoryTokenStore::with_limits(limits))))
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
        let mut other = self.wrap(Arc::clone(&store.inner));
        other.instead = Arc::clone(&store.instead);
        Ok(Some(other))
    }
}

#[test]
fn the_wrapped_store_passes() {
    let report = tokens(&Broken(Defect::None)).unwrap();
    assert!(report.skipped().is_empty(), "{report:?}");
}

#[test]
fn each_defect_is_noticed() {
    for (defect, check) in [
        (Defect::AccessReplaced, "tokens.access_is_only_added"),
        (Defect::ChecksThenWrites, "tokens.one_of_many_changes_wins"),
        (Defect::CountsAll, "tokens.temporary_are_counted"),
        (Defect::ForgetsAtOnce, "tokens.forgets_what_is_due"),
        (Defect::ForgetsLive, "tokens.forgets_what_is_due"),
        (Defect::HalfChange, "tokens.whole_or_not_at_all"),
        (Defect::HalfChange, "tokens.nothing_twice"),
        (Defect::IgnoresExpectation, "tokens.compare_and_set_grant"),
        (
            Defect::IgnoresExpectation,
            "tokens.compare_and_set_temporary",
        ),
        (Defect::KeepsTheLoser, "tokens.one_of_many_changes_wins"),
        (Defect::LosesIssued, "tokens.kept_as_written"),
        (Defect::LosesIssued, "tokens.restart"),
        (Defect::LivesAfterEnd, "tokens.live_grant_is_found"),
        (Defect::LosesOnRestart, "tokens.restart"),
        (Defect::PagesFromStart, "tokens.pages_in_order"),
        (Defect::SelectsAll, "tokens.selection"),
        (Defect::ServesStale, "tokens.never_stale"),
        (Defect::ServesStale, "tokens.handles_share"),
        (Defect::TwoLive, "tokens.one_live_grant"),
        (Defect::TwoLive, "tokens.one_of_many_grants_lives"),
    ] {
        noticed(defect, tokens(&Broken(defect)), check);
    }
}

//! Stores of connections with one defect each.

use core::sync::atomic::{AtomicBool, Ordering};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use countersign_clock::UnixTime;
use countersign_store::testing::conformance::{Factory, Promises, Settings, connections};
use countersign_store::{
    AnswerNumber, Commit, Connection, ConnectionChange, ConnectionCommit, ConnectionId,
    ConnectionStore, Expected, Fence, FoundConnection, HistoryEntry, LeaseStep, Listing,
    MemoryConnectionStore, RawAnswer, StoreError, Version, Versioned,
};
use countersign_token::Generation;

use crate::noticed;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Defect {
    None,
    AnswersNeedALease,
    CutsAnswers,
    DropsAnswersAtOnce,
    FencesTheToken,
    FencesStandStill,
    ForgetsHistory,
    ForgetsPrevious,
    FoundsBelow,
    IgnoresExpectation,
    IgnoresFences,
    IgnoresLeases,
    KeepsAnswersForEver,
    KeepsHistoryForEver,
    LeasesLastForEver,
    LosesOnRestart,
    NotesWhatWasRefused,
    PagesFromStart,
    ServesStale,
    SetsBack,
    SettlesNothing,
    TakesAnyLength,
    VersionsComeAgain,
}

struct Wrapped {
    defect: Defect,
    inner: Arc<MemoryConnectionStore>,
    cache: Mutex<HashMap<ConnectionId, FoundConnection>>,
    history: Mutex<Vec<HistoryEntry>>,
    removed: AtomicBool,
}

fn rebuilt(change: &ConnectionChange, expected: Expected, row: Connection) -> ConnectionChange {
    let mut rebuilt = ConnectionChange::new(expected, row).leasing(change.lease());
    for entry in change.notes() {
        rebuilt = rebuilt.noting(*entry);
    }
    for number in change.dropped() {
        rebuilt = rebuilt.dropping(*number);
    }
    rebuilt
}

impl Wrapped {
    async fn now(&self, id: &ConnectionId) -> Result<Option<FoundConnection>, StoreError> {
        self.inner.connection(id).await
    }

    /// The same, whatever lease there is.
    async fn without_lease(
        &self,
        change: ConnectionChange,
    ) -> Result<ConnectionCommit, StoreError> {
        let found = self.now(&change.row().id).await?;
        let step = match (change.lease(), found.and_then(|found| found.lease)) {
            (LeaseStep::Take { until, .. }, Some(held)) => LeaseStep::Take {
                now: held.until,
                until,
            },
            (step, _) => step,
        };
        self.inner.commit(change.leasing(step)).await
    }

    /// A change that may set the generation back: the row is made anew.
    async fn set_back(&self, change: ConnectionChange) -> Result<ConnectionCommit, StoreError> {
        let id = change.row().id.clone();
        let done = self.inner.commit(change.clone()).await?;
        let Some(found) = self.now(&id).await? else {
            return Ok(done);
        };
        if done != ConnectionCommit::Conflict || change.expected() == Expected::Absent {
            return Ok(done);
        }
        let expected = Expected::Version(found.row.version);
        if change.expected() != expected {
            return Ok(done);
        }
        let _ = self.inner.remove_connection(expected, &id).await?;
        let row = change.row().clone();
        self.inner
            .commit(rebuilt(&change, Expected::Absent, row))
            .await
    }

    async fn fenced(&self, change: ConnectionChange) -> Result<ConnectionCommit, StoreError> {
        let found = self.now(&change.row().id).await?;
        let held = found.and_then(|found| found.lease);
        match (change.lease(), held) {
            (LeaseStep::Free(fence), Some(held)) if held.fence != fence => {
                Ok(ConnectionCommit::LeaseLost)
            }
            _ => self.inner.commit(change).await,
        }
    }
}

impl ConnectionStore for Wrapped {
    async fn connection(&self, id: &ConnectionId) -> Result<Option<FoundConnection>, StoreError> {
        let Some(mut found) = self.now(id).await? else {
            return Ok(None);
        };
        match self.defect {
            Defect::ServesStale => {
                let mut cache = self.cache.lock().unwrap();
                return Ok(Some(cache.entry(id.clone()).or_insert(found).clone()));
            }
            Defect::ForgetsPrevious => {
                let mut row = found.row.row.clone();
                row.previous = None;
                found.row = Arc::new(Versioned::new(found.row.version, row));
            }
            Defect::CutsAnswers => found.answers.truncate(1),
            Defect::VersionsComeAgain if self.removed.load(Ordering::Relaxed) => {
                let row = found.row.row.clone();
                found.row = Arc::new(Versioned::new(Version::FIRST, row));
            }
            Defect::FoundsBelow if self.removed.load(Ordering::Relaxed) => {
                let mut row = found.row.row.clone();
                row.life.generation = Generation::FIRST;
                found.row = Arc::new(Versioned::new(found.row.version, row));
            }
            _ => {}
        }
        Ok(Some(found))
    }

    async fn connections(
        &self,
        after: Option<&ConnectionId>,
        limit: usize,
    ) -> Result<Listing<Connection>, StoreError> {
        let after = after.filter(|_| self.defect != Defect::PagesFromStart);
        self.inner.connections(after, limit).await
    }

    async fn unsettled(
        &self,
        after: Option<&ConnectionId>,
        limit: usize,
    ) -> Result<Vec<ConnectionId>, StoreError> {
        match self.defect {
            Defect::SettlesNothing => Ok(Vec::new()),
            _ => self.inner.unsettled(after, limit).await,
        }
    }

    async fn commit(&self, change: ConnectionChange) -> Result<ConnectionCommit, StoreError> {
        match self.defect {
            Defect::DropsAnswersAtOnce => {
                let found = self.now(&change.row().id).await?;
                let answers = found.map_or_else(Vec::new, |found| found.answers);
                let drop = |change: ConnectionChange, kept: &Arc<_>| {
                    let kept: &countersign_store::KeptAnswer = kept;
                    change.dropping(kept.number)
                };
                self.inner.commit(answers.iter().fold(change, drop)).await
            }
            Defect::FencesTheToken => self.fenced(change).await,
            Defect::IgnoresExpectation => {
                let found = self.now(&change.row().id).await?;
                let expected = found.map_or(Expected::Absent, |found| {
                    Expected::Version(found.row.version)
                });
                let row = change.row().clone();
                self.inner.commit(rebuilt(&change, expected, row)).await
            }
            Defect::IgnoresFences => {
                let found = self.now(&change.row().id).await?;
                let held = found.and_then(|found| found.lease);
                let step = match (change.lease(), held) {
                    (LeaseStep::Free(_), Some(held)) => LeaseStep::Free(held.fence),
                    (LeaseStep::Keep { until, .. }, Some(held)) => LeaseStep::Keep {
                        fence: held.fence,
                        until,
                    },
                    (step, _) => step,
                };
                self.inner.commit(change.leasing(step)).await
            }
            Defect::IgnoresLeases => self.without_lease(change).await,
            Defect::LeasesLastForEver => {
                let step = match change.lease() {
                    LeaseStep::Take { until, .. } => LeaseStep::Take {
                        now: UnixTime::from_seconds(0),
                        until,
                    },
                    step => step,
                };
                self.inner.commit(change.leasing(step)).await
            }
            Defect::FencesStandStill => {
                let done = self.inner.commit(change).await?;
                Ok(match done {
                    ConnectionCommit::Done { version, lease } => ConnectionCommit::Done {
                        version,
                        lease: lease
                            .map(|lease| countersign_store::Lease::new(Fence::new(1), lease.until)),
                    },
                    other => other,
                })
            }
            Defect::NotesWhatWasRefused => {
                let id = change.row().id.clone();
                let done = self.inner.commit(change.clone()).await?;
                if !matches!(done, ConnectionCommit::Done { .. })
                    && let Some(found) = self.now(&id).await?
                {
                    let expected = Expected::Version(found.row.version);
                    let again = rebuilt(&change, expected, found.row.row.clone());
                    let _ = self.inner.commit(again.leasing(LeaseStep::Leave)).await?;
                }
                Ok(done)
            }
            Defect::KeepsHistoryForEver => {
                self.history.lock().unwrap().extend(change.notes());
                self.inner.commit(change).await
            }
            Defect::SetsBack => self.set_back(change).await,
            _ => self.inner.commit(change).await,
        }
    }

    async fn extend_lease(
        &self,
        id: &ConnectionId,
        fence: Fence,
        until: UnixTime,
    ) -> Result<bool, StoreError> {
        let held = self.now(id).await?.and_then(|found| found.lease);
        match held {
            Some(held) if self.defect == Defect::IgnoresFences => {
                self.inner.extend_lease(id, held.fence, until).await
            }
            _ => self.inner.extend_lease(id, fence, until).await,
        }
    }

    async fn keep_answer(
        &self,
        id: &ConnectionId,
        mut answer: RawAnswer,
    ) -> Result<Option<AnswerNumber>, StoreError> {
        match self.defect {
            Defect::AnswersNeedALease => {
                // What comes after a second lease was taken.
                let held = self.now(id).await?.and_then(|found| found.lease);
                if held.is_some_and(|held| held.fence > Fence::new(1)) {
                    return Ok(None);
                }
            }
            Defect::KeepsAnswersForEver => {
                answer.renewed = Generation::new(u64::MAX);
            }
            Defect::TakesAnyLength
                if answer.bytes.expose_secret().len() > RawAnswer::MOST_BYTES =>
            {
                return Ok(Some(AnswerNumber::new(1)));
            }
            _ => {}
        }
        self.inner.keep_answer(id, answer).await
    }

    async fn history(&self, id: &ConnectionId) -> Result<Vec<HistoryEntry>, StoreError> {
        match self.defect {
            Defect::ForgetsHistory => Ok(Vec::new()),
            Defect::KeepsHistoryForEver => Ok(self.history.lock().unwrap().clone()),
            _ => self.inner.history(id).await,
        }
    }

    async fn remove_connection(
        &self,
        expected: Expected,
        id: &ConnectionId,
    ) -> Result<Commit, StoreError> {
        self.removed.store(true, Ordering::Relaxed);
        self.inner.remove_connection(expected, id).await
    }
}

struct Broken(Defect);

impl Broken {
    fn wrap(&self, inner: Arc<MemoryConnectionStore>) -> Wrapped {
        Wrapped {
            defect: self.0,
            inner,
            cache: Mutex::default(),
            history: Mutex::default(),
            removed: AtomicBool::default(),
        }
    }
}

impl Factory for Broken {
    type Store = Wrapped;

    fn promises(&self) -> Promises {
        Promises::durable().with_limits().with_handles()
    }

    fn fresh(&self, settings: &Settings) -> Result<Wrapped, StoreError> {
        let inner = MemoryConnectionStore::with_limit(settings.rows);
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
    let report = connections(&Broken(Defect::None)).unwrap();
    assert!(report.skipped().is_empty(), "{report:?}");
}

#[test]
fn each_defect_is_noticed() {
    for (defect, check) in [
        (
            Defect::AnswersNeedALease,
            "connections.answers_need_no_lease",
        ),
        (Defect::CutsAnswers, "connections.answers_are_kept"),
        (Defect::CutsAnswers, "connections.room_for_answers"),
        (Defect::DropsAnswersAtOnce, "connections.answers_end"),
        (Defect::FencesTheToken, "connections.answers_need_no_lease"),
        (Defect::FencesTheToken, "connections.fence_guards"),
        (Defect::FencesStandStill, "connections.one_holder"),
        (Defect::ForgetsHistory, "connections.history_is_bounded"),
        (Defect::ForgetsPrevious, "connections.kept_as_written"),
        (Defect::ForgetsPrevious, "connections.generation_only_rises"),
        (Defect::FoundsBelow, "connections.made_anew_above"),
        (Defect::IgnoresExpectation, "connections.compare_and_set"),
        (
            Defect::IgnoresExpectation,
            "connections.one_of_many_changes_wins",
        ),
        (Defect::IgnoresFences, "connections.fence_guards"),
        (Defect::IgnoresLeases, "connections.one_holder"),
        (Defect::IgnoresLeases, "connections.handles_share"),
        (Defect::KeepsAnswersForEver, "connections.answers_end"),
        (
            Defect::KeepsHistoryForEver,
            "connections.history_is_bounded",
        ),
        (Defect::LeasesLastForEver, "connections.one_holder"),
        (
            Defect::LeasesLastForEver,
            "connections.one_of_many_takes_it",
        ),
        (Defect::LosesOnRestart, "connections.restart"),
        (
            Defect::NotesWhatWasRefused,
            "connections.refused_lease_changes_nothing",
        ),
        (Defect::PagesFromStart, "connections.pages_in_order"),
        (Defect::ServesStale, "connections.never_stale"),
        (Defect::ServesStale, "connections.handles_share"),
        (Defect::SetsBack, "connections.generation_only_rises"),
        (Defect::SettlesNothing, "connections.unsettled_are_found"),
        (Defect::TakesAnyLength, "connections.room_for_answers"),
        (Defect::VersionsComeAgain, "connections.removed_for_good"),
    ] {
        noticed(defect, connections(&Broken(defect)), check);
    }
}

//! Connections in memory.

use core::ops::Bound;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, RwLock};

use countersign_clock::UnixTime;
use countersign_token::{ConnectionPhase, Generation};

use crate::connection::{
    AnswerNumber, Connection, ConnectionChange, ConnectionCommit, ConnectionId, ConnectionStore,
    Fence, FoundConnection, HistoryEntry, KeptAnswer, Lease, LeaseStep, RawAnswer,
};
use crate::error::StoreError;
use crate::listing::Listing;
use crate::memory::{read, write};
use crate::version::{Commit, Expected, Version, Versioned};

/// Keeps connections in the memory of one process: when it ends, every user has to authorise again.
/// For tests, and for tokens that never need renewal.
#[derive(Debug)]
pub struct MemoryConnectionStore {
    limit: usize,
    table: RwLock<Table>,
}

#[derive(Debug)]
struct Table {
    connections: BTreeMap<ConnectionId, Slot>,
    /// New connections begin here: above every version and generation of those removed.
    first: Version,
    /// The last fence, and the last number of an answer.
    given: u64,
}

#[derive(Debug)]
struct Slot {
    row: Arc<Versioned<Connection>>,
    lease: Option<Lease>,
    answers: Vec<Arc<KeptAnswer>>,
    history: VecDeque<HistoryEntry>,
}

impl Slot {
    fn found(&self) -> FoundConnection {
        FoundConnection::new(Arc::clone(&self.row))
            .with_lease(self.lease)
            .with_answers(self.answers.clone())
    }

    fn is_unsettled(&self) -> bool {
        let open = [ConnectionPhase::Renewing, ConnectionPhase::RenewalUnknown];
        !self.answers.is_empty() || open.contains(&self.row.row.life.state.phase())
    }

    fn generation(&self) -> Generation {
        self.row.row.life.generation
    }

    fn note(&mut self, entries: &[HistoryEntry]) {
        self.history.extend(entries);
        let surplus = self.history.len().saturating_sub(HistoryEntry::KEPT);
        self.history.drain(..surplus);
    }

    fn drop_answers(&mut self, dropped: &[AnswerNumber]) {
        let generation = self.generation();
        self.answers
            .retain(|kept| kept.answer.renewed >= generation && !dropped.contains(&kept.number));
    }
}

impl Table {
    fn next(&mut self) -> u64 {
        self.given = self.given.saturating_add(1);
        self.given
    }

    /// The lease after a step, or what stands in the way.
    fn step(
        &mut self,
        lease: Option<Lease>,
        step: LeaseStep,
    ) -> Result<Option<Lease>, ConnectionCommit> {
        match (step, lease) {
            (LeaseStep::Leave, lease) => Ok(lease),
            (LeaseStep::Take { now, .. }, Some(held)) if !held.is_over(now) => {
                Err(ConnectionCommit::Leased(held))
            }
            (LeaseStep::Take { until, .. }, _) => {
                Ok(Some(Lease::new(Fence::new(self.next()), until)))
            }
            (LeaseStep::Keep { fence, until }, Some(held)) if held.fence == fence => {
                Ok(Some(Lease::new(fence, until)))
            }
            (LeaseStep::Keep { .. }, _) => Err(ConnectionCommit::LeaseLost),
            (LeaseStep::Free(fence), Some(held)) if held.fence == fence => Ok(None),
            (LeaseStep::Free(_), lease) => Ok(lease),
        }
    }
}

impl Default for MemoryConnectionStore {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryConnectionStore {
    /// An empty store for at most 65,536 connections.
    #[must_use]
    pub const fn new() -> Self {
        Self::with_limit(65_536)
    }

    /// An empty store for at most so many connections.
    #[must_use]
    pub const fn with_limit(limit: usize) -> Self {
        Self {
            limit,
            table: RwLock::new(Table {
                connections: BTreeMap::new(),
                first: Version::FIRST,
                given: 0,
            }),
        }
    }
}

impl ConnectionStore for MemoryConnectionStore {
    async fn connection(&self, id: &ConnectionId) -> Result<Option<FoundConnection>, StoreError> {
        Ok(read(&self.table).connections.get(id).map(Slot::found))
    }

    async fn connections(
        &self,
        after: Option<&ConnectionId>,
        limit: usize,
    ) -> Result<Listing<Connection>, StoreError> {
        let behind = after.map_or(Bound::Unbounded, Bound::Excluded);
        let table = read(&self.table);
        let page = table.connections.range((behind, Bound::Unbounded));
        Ok(page
            .take(limit)
            .map(|(_, slot)| Arc::clone(&slot.row))
            .collect())
    }

    async fn unsettled(
        &self,
        after: Option<&ConnectionId>,
        limit: usize,
    ) -> Result<Vec<ConnectionId>, StoreError> {
        let behind = after.map_or(Bound::Unbounded, Bound::Excluded);
        let table = read(&self.table);
        let page = table.connections.range((behind, Bound::Unbounded));
        Ok(page
            .filter(|(_, slot)| slot.is_unsettled())
            .take(limit)
            .map(|(id, _)| id.clone())
            .collect())
    }

    async fn commit(&self, change: ConnectionChange) -> Result<ConnectionCommit, StoreError> {
        let mut table = write(&self.table);
        let id = change.row().id.clone();
        let found = table.connections.get(&id);
        let version = found.map(|slot| slot.row.version);
        let rises = found.is_none_or(|slot| change.row().life.generation >= slot.generation());
        if !change.expected().holds(version) || !rises {
            return Ok(ConnectionCommit::Conflict);
        }
        if found.is_none() && table.connections.len() >= self.limit {
            return Err(StoreError::Full {
                limit: self.limit,
                what: "connections",
            });
        }
        let takes = matches!(
            change.lease(),
            LeaseStep::Take { .. } | LeaseStep::Keep { .. }
        );
        if takes && found.is_some_and(|slot| slot.answers.len() >= RawAnswer::MOST) {
            return Err(full_of_answers());
        }
        let held = found.and_then(|slot| slot.lease);
        let lease = match table.step(held, change.lease()) {
            Ok(lease) => lease,
            Err(refused) => return Ok(refused),
        };
        let (version, change) = match version {
            Some(version) => (version.next(), change),
            None if table.first == Version::FIRST => (table.first, change),
            None => {
                let least = Generation::new(table.first.number());
                (table.first, change.founded_at(least))
            }
        };
        let row = Arc::new(Versioned::new(version, change.row().clone()));
        let slot = table.connections.entry(id).or_insert_with(|| Slot {
            row: Arc::clone(&row),
            lease,
            answers: Vec::new(),
            history: VecDeque::new(),
        });
        slot.row = row;
        slot.lease = lease;
        slot.note(change.notes());
        slot.drop_answers(change.dropped());
        Ok(ConnectionCommit::Done { version, lease })
    }

    async fn extend_lease(
        &self,
        id: &ConnectionId,
        fence: Fence,
        until: UnixTime,
    ) -> Result<bool, StoreError> {
        let mut table = write(&self.table);
        let slot = table.connections.get_mut(id);
        let held = slot.and_then(|slot| slot.lease.as_mut());
        Ok(match held {
            Some(lease) if lease.fence == fence => {
                lease.until = until;
                true
            }
            _ => false,
        })
    }

    async fn keep_answer(
        &self,
        id: &ConnectionId,
        answer: RawAnswer,
    ) -> Result<Option<AnswerNumber>, StoreError> {
        if answer.bytes.expose_secret().len() > RawAnswer::MOST_BYTES {
            return Err(StoreError::Full {
                limit: RawAnswer::MOST_BYTES,
                what: "bytes of one answer",
            });
        }
        let mut table = write(&self.table);
        let number = AnswerNumber::new(table.next());
        let Some(slot) = table.connections.get_mut(id) else {
            return Ok(None);
        };
        if answer.renewed < slot.generation() {
            return Ok(None);
        }
        if slot.answers.len() >= RawAnswer::MOST {
            return Err(full_of_answers());
        }
        slot.answers.push(Arc::new(KeptAnswer::new(number, answer)));
        Ok(Some(number))
    }

    async fn history(&self, id: &ConnectionId) -> Result<Vec<HistoryEntry>, StoreError> {
        let table = read(&self.table);
        let found = table.connections.get(id);
        Ok(found.map_or_else(Vec::new, |slot| slot.history.iter().copied().collect()))
    }

    async fn remove_connection(
        &self,
        expected: Expected,
        id: &ConnectionId,
    ) -> Result<Commit, StoreError> {
        let mut table = write(&self.table);
        let found = table.connections.get(id);
        if !expected.holds(found.map(|slot| slot.row.version)) {
            return Ok(Commit::Conflict);
        }
        if let Some(slot) = found {
            let removed = slot.row.version.or_generation(slot.generation());
            table.first = table.first.max(removed.next());
        }
        table.connections.remove(id);
        Ok(Commit::Done)
    }
}

const fn full_of_answers() -> StoreError {
    StoreError::Full {
        limit: RawAnswer::MOST,
        what: "answers to one connection",
    }
}

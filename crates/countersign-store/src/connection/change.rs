//! A change of a connection and of all that belongs to it.

use countersign_clock::UnixTime;
use countersign_token::Generation;

use crate::connection::{AnswerNumber, Connection, Fence, HistoryEntry, Lease};
use crate::version::{Expected, Version};

/// What a change does to the lease of its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "each store does each of them")]
pub enum LeaseStep {
    /// Nothing, whoever holds it.
    Leave,
    /// Takes it if it is free at `now`, and sets room for an answer aside.
    Take {
        /// The time.
        now: UnixTime,
        /// Until when.
        until: UnixTime,
    },
    /// Prolongs it for one more try, if nobody took it since, and sets room for an answer aside.
    Keep {
        /// Which lease.
        fence: Fence,
        /// Until when.
        until: UnixTime,
    },
    /// Gives it back, if it still is this one; another's stays as it is.
    Free(Fence),
}

/// A change of one connection that is made whole or not at all.
///
/// ```
/// use countersign_clock::UnixTime;
/// use countersign_store::{Connection, ConnectionChange, Expected, Happening, HistoryEntry};
///
/// # fn change(row: Connection, now: UnixTime) -> ConnectionChange {
/// let connected = HistoryEntry::new(now, row.life.generation, Happening::Connected);
/// ConnectionChange::new(Expected::Absent, row).noting(connected)
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a change does nothing until it is committed"]
pub struct ConnectionChange {
    expected: Expected,
    row: Connection,
    lease: LeaseStep,
    notes: Vec<HistoryEntry>,
    dropped: Vec<AnswerNumber>,
}

impl ConnectionChange {
    /// Writes the row of a connection.
    pub const fn new(expected: Expected, row: Connection) -> Self {
        Self {
            expected,
            row,
            lease: LeaseStep::Leave,
            notes: Vec::new(),
            dropped: Vec::new(),
        }
    }

    /// Does something to the lease as well.
    pub const fn leasing(mut self, step: LeaseStep) -> Self {
        self.lease = step;
        self
    }

    /// Adds to the history.
    pub fn noting(mut self, entry: HistoryEntry) -> Self {
        self.notes.push(entry);
        self
    }

    /// Drops an answer of which nothing can be made.
    pub fn dropping(mut self, answer: AnswerNumber) -> Self {
        self.dropped.push(answer);
        self
    }

    /// For stores: the same, with a generation of at least `least`, as a row has that is made where
    /// others were removed.
    pub fn founded_at(mut self, least: Generation) -> Self {
        let life = &mut self.row.life;
        life.generation = life.generation.max(least);
        for entry in &mut self.notes {
            entry.generation = entry.generation.max(least);
        }
        self
    }

    /// What is expected of the row that is there.
    #[must_use]
    pub const fn expected(&self) -> Expected {
        self.expected
    }

    /// The row.
    #[must_use]
    pub const fn row(&self) -> &Connection {
        &self.row
    }

    /// What is done to the lease.
    #[must_use]
    pub const fn lease(&self) -> LeaseStep {
        self.lease
    }

    /// What is added to the history, in order.
    #[must_use]
    pub fn notes(&self) -> &[HistoryEntry] {
        &self.notes
    }

    /// The answers that are dropped.
    #[must_use]
    pub fn dropped(&self) -> &[AnswerNumber] {
        &self.dropped
    }

    /// The row itself, for a store that keeps it.
    #[must_use]
    pub fn into_row(self) -> Connection {
        self.row
    }
}

/// What a change of a connection came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[must_use = "a change that was not made must be decided again from the row as it is now"]
#[expect(
    clippy::exhaustive_enums,
    reason = "a caller must answer each on purpose"
)]
pub enum ConnectionCommit {
    /// All of it is stored, and will be after a crash as far as the store promises.
    Done {
        /// The version that the row has now.
        version: Version,
        /// The lease as it is now.
        lease: Option<Lease>,
    },
    /// The row was not as expected, or has a higher generation; nothing was changed.
    Conflict,
    /// Somebody holds the lease that was to be taken; nothing was changed.
    Leased(Lease),
    /// The lease that was to be kept is no longer this one; nothing was changed.
    LeaseLost,
}

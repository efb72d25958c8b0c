//! The pages of nonces, used again when what they hold is over.
//!
//! A commit of as many nonces as a page takes writes one page of the database: it goes on with the
//! page of the commit before, or takes a free one. Pages are made in advance, many in one commit,
//! as making one touches others too.

use core::cmp::Reverse;
use std::collections::BinaryHeap;

use countersign_clock::{UnixTime, Window};
use countersign_store::{Forgotten, KeptNonce};
use rusqlite::Connection;

use crate::fault::Fault;
use crate::nonces::page::{Entry, LENGTH, MOST, Page};
use crate::nonces::{end, forgotten};

const WRITE: &str = "UPDATE nonce_pages SET entries = ?2 WHERE number = ?1";

const MAKE: &str = "INSERT INTO nonce_pages VALUES (?1, zeroblob(?2))";

const DELETE: &str = "DELETE FROM nonce_pages WHERE number = ?1";

/// How many pages are made at once.
const MADE_AT_ONCE: usize = 64;
/// What is over is looked for once in so many commits of nonces.
const COMMITS_BETWEEN_PURGES: u32 = 16;
/// The most pages that become free, and that go back to the file, in one purge.
const FREED_AT_ONCE: usize = 1024;
const TRIMMED_AT_ONCE: usize = 32;

/// A page that nothing is added to any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Closed {
    newest: UnixTime,
    oldest: UnixTime,
    number: i64,
}

impl Closed {
    pub(super) fn of(number: i64, page: &Page) -> Option<Self> {
        let (oldest, newest) = page.span()?;
        Some(Self {
            newest,
            oldest,
            number,
        })
    }
}

/// The page that is added to.
pub(super) type Open = Option<(i64, Page)>;

/// What is in the file, as this process alone writes it.
#[derive(Debug)]
pub(crate) struct Ring {
    window: Window,
    /// The last commit that wrote nonces before this start.
    serial: u64,
    open: Open,
    /// By their newest timestamps: one that lies far ahead keeps no other page from being used
    /// again.
    closed: BinaryHeap<Reverse<Closed>>,
    /// Pages of which nothing is needed, and whose timestamps, in the file, count as forgotten.
    free: Vec<i64>,
    last: i64,
    forgotten: Forgotten,
    since_purge: u32,
}

/// What one transaction does to the ring; it happened when that is committed.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    /// The number of the commit.
    pub(crate) serial: Option<u64>,
    open: Option<Open>,
    closed: Vec<Closed>,
    /// Taken out of the heap: over.
    over: Vec<Closed>,
    /// Free since this transaction.
    freed: Vec<i64>,
    /// So many of the free ones from the end are taken.
    taken: usize,
    last: Option<i64>,
    forgotten: Option<Forgotten>,
    purged: bool,
}

impl Ring {
    pub(super) const fn new(window: Window, forgotten: Forgotten) -> Self {
        Self {
            window,
            serial: 0,
            open: None,
            closed: BinaryHeap::new(),
            free: Vec::new(),
            last: 0,
            forgotten,
            since_purge: 0,
        }
    }

    /// What the memory keeps of a nonce.
    pub(crate) fn kept(&self, entry: &Entry) -> KeptNonce {
        let ends = end(entry.timestamp, self.window);
        KeptNonce::new(entry.fingerprint, entry.consumer, ends)
    }

    /// The last commit that wrote nonces before this start.
    pub(crate) const fn serial(&self) -> u64 {
        self.serial
    }

    /// Takes in a page of the file.
    pub(super) fn load(&mut self, number: i64, page: Page) {
        self.last = self.last.max(number);
        self.serial = self.serial.max(page.serial());
        let Some(closed) = Closed::of(number, &page) else {
            self.free.push(number);
            return;
        };
        let newer = |open: &(i64, Page)| open.1.serial() > page.serial();
        if page.room() == 0 || self.open.as_ref().is_some_and(newer) {
            self.closed.push(Reverse(closed));
        } else if let Some((before, open)) = self.open.replace((number, page)) {
            self.closed.extend(Closed::of(before, &open).map(Reverse));
        }
    }

    /// Writes nonces in the commit of number `serial`, and frees what is over at `now` once in a while. `most_pages` is how many the
    /// file may have.
    pub(crate) fn write(
        &mut self,
        connection: &Connection,
        draft: &mut Draft,
        entries: &[Entry],
        (serial, now): (u64, UnixTime),
        most_pages: u32,
    ) -> Result<(), Fault> {
        if self.since_purge >= COMMITS_BETWEEN_PURGES {
            self.purge(connection, draft, now, FREED_AT_ONCE)?;
            self.trim(connection, draft)?;
        }
        let mut open = self.open.clone();
        let mut rest = entries;
        while !rest.is_empty() {
            let room = open.as_ref().map_or(0, |(_, page)| page.room());
            let (number, mut page) = match open.take() {
                // Unless that makes one page more to be written.
                Some(open) if pages(rest.len().saturating_sub(room)) < pages(rest.len()) => open,
                full => {
                    let closed = full.and_then(|(number, page)| Closed::of(number, &page));
                    draft.closed.extend(closed);
                    let number = match self.take(draft) {
                        Some(number) => number,
                        None => self.make(connection, draft, most_pages)?,
                    };
                    (number, Page::empty())
                }
            };
            let (now, later) = rest.split_at(rest.len().min(page.room()));
            page.fill(now);
            let written = connection
                .prepare_cached(WRITE)?
                .execute((number, page.bytes(serial)))?;
            if written != 1 {
                return Err(Fault::damaged("a page of nonces is gone"));
            }
            open = Some((number, page));
            rest = later;
        }
        draft.open = Some(open);
        draft.serial = Some(serial);
        Ok(())
    }

    /// Frees what is over, all of it, and gives the pages back to the file; how many.
    pub(crate) fn shrink(
        &mut self,
        connection: &Connection,
        draft: &mut Draft,
        now: Option<UnixTime>,
    ) -> Result<usize, Fault> {
        if let Some(now) = now {
            self.purge(connection, draft, now, usize::MAX)?;
        }
        self.delete(connection, draft, usize::MAX)
    }

    /// The transaction is on the disk.
    pub(crate) fn apply(&mut self, draft: Draft) {
        self.free
            .truncate(self.free.len().saturating_sub(draft.taken));
        self.free.extend(draft.freed);
        self.closed.extend(draft.closed.into_iter().map(Reverse));
        self.last = draft.last.unwrap_or(self.last);
        if let Some(forgotten) = draft.forgotten {
            self.forgotten = forgotten;
        }
        if let Some(open) = draft.open {
            self.open = open;
            self.since_purge = self.since_purge.saturating_add(1);
        }
        if draft.purged {
            self.since_purge = 0;
        }
    }

    /// The transaction was rolled back.
    pub(crate) fn undo(&mut self, draft: Draft) {
        self.closed.extend(draft.over.into_iter().map(Reverse));
    }

    fn purge(
        &mut self,
        connection: &Connection,
        draft: &mut Draft,
        now: UnixTime,
        most: usize,
    ) -> Result<(), Fault> {
        draft.purged = true;
        let mut gone = self.forgotten.clone();
        while draft.over.len() < most
            && let Some(Reverse(first)) = self.closed.peek()
            && end(first.newest, self.window) <= now
        {
            gone.add(first.oldest, first.newest);
            draft.freed.push(first.number);
            draft
                .over
                .extend(self.closed.pop().map(|Reverse(page)| page));
        }
        // Before any of it is written over.
        if gone != self.forgotten {
            forgotten::write(connection, &gone)?;
            draft.forgotten = Some(gone);
        }
        Ok(())
    }

    /// Of more free pages than used ones some go back to the file, for other tables.
    fn trim(&self, connection: &Connection, draft: &mut Draft) -> Result<(), Fault> {
        let free = self.free.len().saturating_add(draft.freed.len());
        let enough = self
            .closed
            .len()
            .saturating_add(MADE_AT_ONCE.saturating_mul(2));
        let surplus = free.saturating_sub(enough).min(TRIMMED_AT_ONCE);
        self.delete(connection, draft, surplus).map(drop)
    }

    fn delete(
        &self,
        connection: &Connection,
        draft: &mut Draft,
        most: usize,
    ) -> Result<usize, Fault> {
        let mut deleted = 0_usize;
        while deleted < most
            && let Some(number) = self.take(draft)
        {
            connection.prepare_cached(DELETE)?.execute([number])?;
            deleted = deleted.saturating_add(1);
        }
        Ok(deleted)
    }

    fn take(&self, draft: &mut Draft) -> Option<i64> {
        if let Some(number) = draft.freed.pop() {
            return Some(number);
        }
        let number = self.free.iter().rev().nth(draft.taken)?;
        draft.taken = draft.taken.saturating_add(1);
        Some(*number)
    }

    /// Makes pages, the first of them for the caller: not more than a quarter of what the file has
    /// room for, which other tables need too.
    fn make(
        &self,
        connection: &Connection,
        draft: &mut Draft,
        most_pages: u32,
    ) -> Result<i64, Fault> {
        let count = |pragma: &str| -> Result<u32, Fault> {
            Ok(connection
                .prepare_cached(pragma)?
                .query_row([], |row| row.get(0))?)
        };
        let used = count("PRAGMA page_count")?.saturating_sub(count("PRAGMA freelist_count")?);
        let room = usize::try_from(most_pages.saturating_sub(used)).unwrap_or(usize::MAX);
        let wanted = room.div_euclid(4).clamp(1, MADE_AT_ONCE);
        let last = draft.last.unwrap_or(self.last);
        let length = i64::try_from(LENGTH).unwrap_or(i64::MAX);
        let first = last.saturating_add(1);
        let mut made: Vec<i64> = (first..=i64::MAX).take(wanted).collect();
        for number in &made {
            connection.prepare_cached(MAKE)?.execute((number, length))?;
        }
        draft.last = made.last().copied();
        made.reverse();
        made.pop();
        draft.freed.extend(made);
        Ok(first)
    }
}

/// How many pages so many entries fill.
const fn pages(entries: usize) -> usize {
    entries.div_ceil(MOST)
}

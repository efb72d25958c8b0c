#![allow(clippy::arithmetic_side_effects, reason = "tests")]

use core::time::Duration;
use std::collections::HashSet;
use std::path::Path;

use countersign_store::{Domain, Fingerprint, FingerprintKey, NonceLimits, Start};
use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::transaction::Transaction;
use crate::{connection, schema};

const NOW: i64 = 1_700_000_000;
const MANY: u32 = 100_000;

fn at(seconds: i64) -> UnixTime {
    UnixTime::from_seconds(seconds)
}

fn entry(number: u64, timestamp: i64) -> Entry {
    let key = FingerprintKey::from_bytes([7; 16]);
    Entry {
        fingerprint: key.of(Domain::Nonce, &[&number.to_le_bytes()]),
        consumer: key.of(Domain::Consumer, &[b"consumer"]),
        timestamp: at(timestamp),
    }
}

struct File {
    connection: Connection,
    ring: Ring,
    next: u64,
    _directory: TempDir,
}

fn opened(path: &Path) -> Connection {
    let connection = connection::open(path, Duration::ZERO).unwrap();
    connection::set(&connection, path).unwrap();
    schema::PROVIDER
        .migrate(&connection, path, &mut || {})
        .unwrap();
    connection
}

fn loaded(connection: &Connection, now: i64) -> (MemoryNonceStore, Ring) {
    let key = FingerprintKey::from_bytes([7; 16]);
    let limits = NonceLimits::default();
    let memory = MemoryNonceStore::with_limits(key, Window::default(), Start::FirstStart, limits);
    let lost = at(i64::MIN);
    let ring = load(connection, &memory, Window::default(), lost, at(now)).unwrap();
    (memory, ring)
}

impl File {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store.db");
        crate::file::create(&path).unwrap();
        let connection = opened(&path);
        let (_, ring) = loaded(&connection, NOW);
        Self {
            connection,
            ring,
            next: 0,
            _directory: directory,
        }
    }

    fn entries(&mut self, count: usize, timestamp: i64) -> Vec<Entry> {
        let first = self.next;
        self.next += u64::try_from(count).unwrap();
        (first..self.next)
            .map(|number| entry(number, timestamp))
            .collect()
    }

    fn try_commit(&mut self, entries: &[Entry], now: i64, pages: u32) -> Result<(), Fault> {
        let transaction = Transaction::begin(&self.connection).unwrap();
        let mut draft = Draft::default();
        let done = self.ring.write(
            &self.connection,
            &mut draft,
            entries,
            (self.next, at(now)),
            pages,
        );
        if let Err(fault) = done {
            drop(transaction);
            self.ring.undo(draft);
            return Err(fault);
        }
        transaction.commit().unwrap();
        self.ring.apply(draft);
        Ok(())
    }

    fn commit(&mut self, count: usize, timestamp: i64, now: i64) -> Vec<Entry> {
        let entries = self.entries(count, timestamp);
        self.try_commit(&entries, now, MANY).unwrap();
        entries
    }

    /// What a restart would find.
    fn kept(&self, now: i64) -> HashSet<Fingerprint> {
        let (memory, ring) = loaded(&self.connection, now);
        let mut statement = self.connection.prepare(SELECT).unwrap();
        let pages = statement.query_map([], |row| row.get(1)).unwrap();
        let entries = pages.flat_map(|page| {
            let page = Page::read(page.unwrap()).unwrap();
            page.entries().collect::<Vec<_>>()
        });
        let kept: HashSet<_> = entries
            .filter(|entry| memory.contains(&ring.kept(entry)))
            .map(|entry| entry.fingerprint)
            .collect();
        assert_eq!(memory.held(), kept.len());
        kept
    }

    fn rows(&self) -> i64 {
        let count = "SELECT count(*) FROM nonce_pages";
        self.connection
            .query_row(count, [], |row| row.get(0))
            .unwrap()
    }

    /// How many pages were written into the log since it began anew.
    fn frames(&self) -> i64 {
        let checkpoint = "PRAGMA wal_checkpoint(PASSIVE)";
        self.connection
            .query_row(checkpoint, [], |row| row.get(1))
            .unwrap()
    }
}

#[test]
fn a_commit_of_as_many_as_a_page_takes_writes_one_page() {
    let mut file = File::new();
    file.commit(1, NOW, NOW);
    let all = file.rows();
    for count in [1, 2, 98, 100, 101, 60, 41, 3] {
        // Begins the log anew.
        file.frames();
        file.commit(count, NOW, NOW);
        let before = file.frames();
        assert_eq!(before, 1, "{count} nonces");
    }
    file.frames();
    file.commit(1000, NOW, NOW);
    assert_eq!(file.frames(), 10);
    assert_eq!(file.kept(NOW).len(), 1407);
    assert_eq!(file.rows(), all, "made in advance");
}

#[test]
fn entries_of_all_commits_are_there_after_a_restart() {
    let mut file = File::new();
    let mut known = HashSet::new();
    for count in [1, 7, 101, 102, 50, 51, 500, 1] {
        let some = file.commit(count, NOW, NOW);
        known.extend(some.iter().map(|entry| entry.fingerprint));
        assert_eq!(file.kept(NOW), known);
    }
    // And goes on where it was.
    let (_, ring) = loaded(&file.connection, NOW);
    file.ring = ring;
    for count in [1, 101, 30] {
        let some = file.commit(count, NOW, NOW);
        known.extend(some.iter().map(|entry| entry.fingerprint));
        assert_eq!(file.kept(NOW), known);
    }
}

#[test]
fn what_was_rolled_back_did_not_happen() {
    let mut file = File::new();
    let mut known = HashSet::new();
    for round in 0..200_i64 {
        let now = NOW + round * 60;
        let some = file.entries(60, now);
        let transaction = Transaction::begin(&file.connection).unwrap();
        let mut draft = Draft::default();
        file.ring
            .write(
                &file.connection,
                &mut draft,
                &some,
                (file.next, at(now)),
                MANY,
            )
            .unwrap();
        drop(transaction);
        file.ring.undo(draft);
        let some = file.commit(60, now, now);
        known.extend(
            some.iter()
                .map(|entry| (entry.fingerprint, entry.timestamp)),
        );
        let live = known
            .iter()
            .filter(|(_, timestamp)| end(*timestamp, Window::default()) > at(now));
        let live: HashSet<_> = live.map(|(fingerprint, _)| *fingerprint).collect();
        assert_eq!(file.kept(now), live);
    }
}

#[test]
fn pages_are_used_again_and_what_was_in_them_is_fenced() {
    let mut file = File::new();
    for step in 0..3000 {
        file.commit(60, NOW + step, NOW + step);
    }
    // 301 of them are live at a time, a page each.
    let rows = file.rows();
    assert!((301..500).contains(&rows), "{rows} pages");
    let (memory, _) = loaded(&file.connection, NOW);
    let nonce = countersign_store::Nonce::new("c", "t", at(NOW + 1000), "n");
    let fenced = memory.insert_now(&nonce, at(NOW + 1000)).unwrap();
    assert!(matches!(
        fenced,
        countersign_store::Insertion::Fenced { .. }
    ));
    // After a quiet time most of them go back to the file.
    for step in 0..300 {
        file.commit(1, NOW + 10_000 + step * 10, NOW + 10_000 + step * 10);
    }
    assert!(file.rows() < 200, "{} pages", file.rows());
}

#[test]
fn a_nonce_from_far_ahead_keeps_no_other_page() {
    let mut file = File::new();
    file.commit(101, NOW + 1_000_000, NOW);
    for step in 0..2000 {
        file.commit(101, NOW + step, NOW + step);
    }
    let rows = file.rows();
    assert!((301..500).contains(&rows), "{rows} pages");
}

#[test]
fn a_leap_of_the_clock_is_forgotten_apart() {
    let mut file = File::new();
    let leap = 31_536_000;
    file.commit(101, NOW, NOW);
    for step in 0..1000 {
        file.commit(101, NOW + leap + step, NOW + leap + step);
    }
    let back = NOW + 1000;
    file.commit(1, back, back);
    let (memory, _) = loaded(&file.connection, back);
    let insert = |timestamp, now| {
        let nonce = countersign_store::Nonce::new("c", "t", at(timestamp), "n");
        memory.insert_now(&nonce, at(now)).unwrap()
    };
    assert_eq!(insert(back, back), countersign_store::Insertion::New);
    for dropped in [NOW, NOW + leap + 100] {
        let fenced = insert(dropped, dropped);
        assert!(matches!(
            fenced,
            countersign_store::Insertion::Fenced { .. }
        ));
    }
}

#[test]
fn a_file_without_room_takes_what_it_can() {
    let mut file = File::new();
    let pages: u32 = 60;
    file.connection
        .pragma_update(None, "max_page_count", pages)
        .unwrap();
    let mut known = HashSet::new();
    let full = loop {
        let some = file.entries(101, NOW);
        if let Err(fault) = file.try_commit(&some, NOW, pages) {
            break fault;
        }
        known.extend(some.iter().map(|entry| entry.fingerprint));
    };
    assert!(matches!(full, Fault::Sqlite(_)), "{full}");
    assert!(known.len() > 20 * 101, "{}", known.len());
    assert_eq!(file.kept(NOW), known);
    // Over, and then there is room.
    let now = NOW + 301;
    let mut draft = Draft::default();
    let transaction = Transaction::begin(&file.connection).unwrap();
    let freed = file
        .ring
        .shrink(&file.connection, &mut draft, Some(at(now)))
        .unwrap();
    transaction.commit().unwrap();
    file.ring.apply(draft);
    assert!(freed > 20, "{freed}");
    let some = file.entries(2020, now);
    file.try_commit(&some, now, pages).unwrap();
    assert_eq!(file.kept(now).len(), 2020);
}

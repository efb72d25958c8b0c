//! Whether anybody committed, as one read of a few bytes tells it: so that what was looked up before
//! need not be looked up again.
//!
//! Everybody who commits, in whichever process and with whichever program, writes the new state of
//! the log into the [head of its index](https://sqlite.org/walformat.html#walidxfmt), the file
//! `-shm`, before the commit is answered: how long the log is, the checksum of all of it and a
//! number that goes up by one. The writer knows the heads that its own commits left. While the file
//! has that one, nobody else has changed anything.

use core::sync::atomic::{AtomicU64, Ordering};
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use countersign_store::Moment;

use crate::error::OpenError;
use crate::file::{beside, failed};
use crate::registry::Held;

const LENGTH: usize = 48;

/// The version of the format.
const VERSION: u32 = 3_007_000;

/// The state of the log after one commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head([u8; LENGTH]);

impl Head {
    /// It is there twice, as it is written in two steps.
    fn of(bytes: &[u8; LENGTH * 2]) -> Option<Self> {
        let ([first, second], []) = bytes.as_chunks() else {
            return None;
        };
        let head = Self(*first);
        (first == second && head.number(0) == Some(VERSION)).then_some(head)
    }

    fn number(&self, at: usize) -> Option<u32> {
        let bytes = self.0.get(at..)?.first_chunk()?;
        Some(u32::from_ne_bytes(*bytes))
    }

    /// Goes up by one with each commit.
    fn changes(&self) -> Option<u32> {
        self.number(8)
    }

    fn is_next_of(&self, before: &Self) -> bool {
        let next = before.changes().map(|changes| changes.wrapping_add(1));
        self.changes() == next
    }
}

/// What the writer knows.
#[derive(Debug, Default)]
struct Known {
    /// As its last commit left it.
    head: Option<Head>,
    /// Rises with each commit that may have changed what is looked up.
    age: u64,
}

/// Tells a store from all others in the process.
#[derive(Debug)]
struct Number(u64);

impl Default for Number {
    fn default() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// What is known of the commits to a file.
#[derive(Debug, Default)]
pub(crate) struct Commits {
    number: Number,
    index: Option<Arc<File>>,
    known: RwLock<Known>,
}

impl Commits {
    /// Of a file that is open in this process, whose writer tells of all its commits.
    pub(crate) fn of(database: &Path, held: &Held) -> Result<Self, OpenError> {
        // Elsewhere a file that is mapped may read otherwise.
        if !cfg!(target_os = "linux") {
            return Ok(Self::default());
        }
        let path = beside(database, "-shm");
        let index = File::open(&path).map_err(failed("open", &path))?;
        Ok(Self {
            number: Number::default(),
            index: Some(held.keep(index)),
            known: RwLock::default(),
        })
    }

    /// What is looked up from now on may be given again as long as this answers the same. Nothing
    /// while somebody committed of whom the writer does not know yet.
    pub(crate) fn age(&self) -> Option<u64> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let (head, age) = (known.head?, known.age);
        drop(known);
        (self.head() == Some(head)).then_some(age)
    }

    /// What is looked up from now on is of this moment, or of a later one.
    pub(crate) fn moment(&self, age: Option<u64>) -> Moment {
        age.map_or(Moment::UNKNOWN, |age| Moment::new(self.number.0, age))
    }

    /// As [`age`](Self::age), where others may have committed since this moment: only what the writer
    /// knows of by now is looked at.
    pub(crate) fn age_since(&self, moment: Moment) -> Option<u64> {
        let Some(then) = moment.of(self.number.0) else {
            return self.age();
        };
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let is_same = known.head.is_some() && known.age == then;
        drop(known);
        if is_same { Some(then) } else { self.age() }
    }

    /// A transaction has begun that nobody else can commit before.
    pub(crate) fn begin(&self) -> Begun {
        let head = self.head();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.head != head {
            known.head = head;
            known.age = known.age.saturating_add(1);
        }
        Begun(head)
    }

    /// The transaction was committed, or it failed; before anyone is told.
    pub(crate) fn end(&self, begun: Begun, end: End) {
        let after = self.head();
        if end == End::Nothing && after == begun.0 {
            return;
        }
        // Otherwise another one has followed already.
        let own = after
            .zip(begun.0)
            .filter(|(after, begun)| end.has_written() && after.is_next_of(begun));
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.head = own.map(|(after, _)| after);
        if known.head.is_none() || end != End::NoncesAlone {
            known.age = known.age.saturating_add(1);
        }
    }

    fn head(&self) -> Option<Head> {
        let mut bytes = [0; LENGTH * 2];
        read_start(self.index.as_deref()?, &mut bytes)?;
        Head::of(&bytes)
    }
}

/// How the log was when a transaction began.
#[derive(Debug)]
pub(crate) struct Begun(Option<Head>);

/// How a transaction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It wrote nothing that is looked up.
    NoncesAlone,
    Changed,
    /// It wrote nothing, so that no number is its own.
    Nothing,
    /// It may have been rolled back.
    Unknown,
}

impl End {
    const fn has_written(self) -> bool {
        matches!(self, Self::NoncesAlone | Self::Changed)
    }
}

#[cfg(unix)]
fn read_start(file: &File, into: &mut [u8]) -> Option<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, into, 0).ok()
}

#[cfg(not(unix))]
fn read_start(_: &File, _: &mut [u8]) -> Option<()> {
    None
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use core::time::Duration;

    use rusqlite::Connection;

    use super::*;
    use crate::schema::PROVIDER;
    use crate::{connection, registry};

    const WRITE: &str = "UPDATE numbers SET number = number + 1";

    struct Bench {
        path: std::path::PathBuf,
        own: Connection,
        commits: Commits,
        _held: Held,
        _directory: tempfile::TempDir,
    }

    impl Bench {
        fn new() -> Self {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("store.db");
            crate::file::create(&path).unwrap();
            let held = registry::hold(&path, PROVIDER.application_id).unwrap();
            let own = connection::open(&path, Duration::ZERO).unwrap();
            connection::set(&own, &path).unwrap();
            let table = "CREATE TABLE numbers (number INTEGER); INSERT INTO numbers VALUES (1)";
            own.execute_batch(table).unwrap();
            Self {
                commits: Commits::of(&path, &held).unwrap(),
                path,
                own,
                _held: held,
                _directory: directory,
            }
        }

        fn commit(&self, after: impl FnOnce(), end: End) {
            self.own.execute_batch("BEGIN IMMEDIATE").unwrap();
            let begun = self.commits.begin();
            self.own.execute(WRITE, []).unwrap();
            self.own.execute_batch("COMMIT").unwrap();
            after();
            self.commits.end(begun, end);
        }

        fn other(&self) {
            let other = Connection::open(&self.path).unwrap();
            other.execute(WRITE, []).unwrap();
        }
    }

    fn nothing() {}

    #[test]
    fn nonces_of_its_own_change_nothing() {
        let bench = Bench::new();
        assert_eq!(bench.commits.age(), None, "nothing is known at first");
        bench.commit(nothing, End::NoncesAlone);
        let age = bench.commits.age();
        assert!(age.is_some());
        for _ in 0..20 {
            bench.commit(nothing, End::NoncesAlone);
            assert_eq!(bench.commits.age(), age);
            // The log begins anew with the commit after.
            let checkpoint = "PRAGMA wal_checkpoint(PASSIVE)";
            bench.own.query_row(checkpoint, [], |_| Ok(())).unwrap();
            assert_eq!(bench.commits.age(), age);
        }
        bench.commit(nothing, End::Changed);
        assert!(bench.commits.age() > age);
    }

    #[test]
    fn a_moment_is_good_until_the_writer_knows_of_another_commit() {
        let bench = Bench::new();
        bench.commit(nothing, End::NoncesAlone);
        let age = bench.commits.age();
        let moment = bench.commits.moment(age);
        bench.commit(nothing, End::NoncesAlone);
        assert_eq!(bench.commits.age_since(moment), age);
        bench.other();
        assert_eq!(bench.commits.age_since(moment), age, "it came later");
        assert_eq!(bench.commits.age_since(Moment::UNKNOWN), None);
        bench.commit(nothing, End::NoncesAlone);
        let next = bench.commits.age();
        assert!(next > age);
        assert_eq!(bench.commits.age_since(moment), next);
        bench.commit(nothing, End::Changed);
        assert!(bench.commits.age_since(moment) > next);
        let foreign = Bench::new().commits.moment(Some(0));
        bench.other();
        assert_eq!(bench.commits.age_since(foreign), None);
    }

    #[test]
    fn another_commit_is_noticed_whenever_it_comes() {
        let bench = Bench::new();
        let other = || bench.other();
        for _ in 0..2 {
            bench.commit(nothing, End::NoncesAlone);
            let age = bench.commits.age();
            assert!(age.is_some());
            other();
            assert_eq!(bench.commits.age(), None, "at once");
            bench.commit(nothing, End::NoncesAlone);
            let next = bench.commits.age();
            assert!(next > age, "also when its own one follows");
            bench.commit(other, End::NoncesAlone);
            assert_eq!(
                bench.commits.age(),
                None,
                "between its own and the note of it"
            );
            bench.commit(nothing, End::NoncesAlone);
            assert!(bench.commits.age() > next);
        }
    }

    #[test]
    fn what_wrote_nothing_leaves_the_number_to_another() {
        let bench = Bench::new();
        bench.commit(nothing, End::NoncesAlone);
        let age = bench.commits.age();
        for other in [false, true] {
            bench.own.execute_batch("BEGIN IMMEDIATE").unwrap();
            let begun = bench.commits.begin();
            bench.own.execute_batch("COMMIT").unwrap();
            if other {
                bench.other();
            }
            bench.commits.end(begun, End::Nothing);
            assert_eq!(bench.commits.age(), age.filter(|_| !other));
        }
        bench.commit(nothing, End::NoncesAlone);
        assert!(bench.commits.age() > age);
    }

    #[test]
    fn what_was_rolled_back_leaves_the_number_to_another() {
        let bench = Bench::new();
        bench.commit(nothing, End::NoncesAlone);
        let age = bench.commits.age();
        bench.own.execute_batch("BEGIN IMMEDIATE").unwrap();
        let begun = bench.commits.begin();
        bench.own.execute_batch("ROLLBACK").unwrap();
        bench.other();
        bench.commits.end(begun, End::Unknown);
        assert_eq!(bench.commits.age(), None);
        bench.commit(nothing, End::NoncesAlone);
        assert!(bench.commits.age() > age);
    }
}

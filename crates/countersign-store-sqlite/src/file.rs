//! The file itself: found, made, and the same one all the time.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::error::OpenError;

const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Says what could not be done with which file.
pub(crate) fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> OpenError {
    move |source| OpenError::Io {
        doing,
        path: path.to_owned(),
        source,
    }
}

/// The path with something behind its last name, as SQLite names what belongs to a database.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The one path of the file, whatever way it was named: SQLite's log and our lease lie beside it.
pub(crate) fn resolve(path: &Path) -> Result<PathBuf, OpenError> {
    if let Ok(resolved) = fs::canonicalize(path) {
        return Ok(resolved);
    }
    let (Some(name), parent) = (path.file_name(), path.parent()) else {
        return Err(OpenError::Missing {
            path: path.to_owned(),
        });
    };
    let parent = parent.filter(|parent| !parent.as_os_str().is_empty());
    let directory = parent.unwrap_or_else(|| Path::new("."));
    fs::canonicalize(directory)
        .map(|directory| directory.join(name))
        .map_err(failed("find the directory of", path))
}

/// For reading and writing, made if it is missing, by its owner alone.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes the file, empty, and makes its name durable.
pub(crate) fn create(path: &Path) -> Result<(), OpenError> {
    private()
        .create_new(true)
        .open(path)
        .map_err(failed("create", path))?;
    sync_directory(path)
}

pub(crate) fn sync_directory(path: &Path) -> Result<(), OpenError> {
    if !cfg!(unix) {
        return Ok(());
    }
    let directory = path.parent().unwrap_or_else(|| Path::new("/"));
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(failed("sync the directory", directory))
}

/// Whether there is nothing in it at all.
pub(crate) fn is_empty(path: &Path) -> Result<bool, OpenError> {
    fs::metadata(path)
        .map(|metadata| metadata.len() == 0)
        .map_err(failed("look at", path))
}

/// Refuses a file of several names.
pub(crate) fn check_links(path: &Path, metadata: &Metadata) -> Result<(), OpenError> {
    match links(metadata) {
        0 | 1 => Ok(()),
        found => Err(OpenError::Linked {
            path: path.to_owned(),
            found,
        }),
    }
}

/// Looks at the file before SQLite does, which would roll back, recover or convert what it finds.
/// Only if this process does not have it open: see [`registry`](crate::registry).
pub(crate) fn check_head(path: &Path, application_id: u32) -> Result<(), OpenError> {
    let mut file = File::open(path).map_err(failed("open", path))?;
    let mut head = Vec::new();
    file.by_ref()
        .take(100)
        .read_to_end(&mut head)
        .map_err(failed("read", path))?;
    if head.is_empty() {
        return Ok(());
    }
    let application = head.get(68..72).and_then(|bytes| bytes.try_into().ok());
    match application.map(u32::from_be_bytes) {
        Some(found) if [application_id, 0].contains(&found) && head.starts_with(MAGIC) => Ok(()),
        Some(found) if head.starts_with(MAGIC) => Err(OpenError::Foreign {
            path: path.to_owned(),
            expected: application_id,
            found,
        }),
        _ => Err(OpenError::NotADatabase {
            path: path.to_owned(),
        }),
    }
}

/// What tells a file from all others: device and inode, or its one path where there are none.
pub(crate) type Number = (u64, u64, PathBuf);

#[cfg(unix)]
pub(crate) fn number(_: &Path, metadata: &Metadata) -> Number {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino(), PathBuf::new())
}

#[cfg(unix)]
fn links(metadata: &Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt;
    metadata.nlink()
}

/// Elsewhere an open file keeps its name.
#[cfg(not(unix))]
pub(crate) fn number(path: &Path, _: &Metadata) -> Number {
    (0, 0, path.to_owned())
}

#[cfg(not(unix))]
fn links(_: &Metadata) -> u64 {
    1
}

/// After so many looks at a directory that stayed as it was its time is trusted: two changes within
/// one tick of the clock of a file system look like one.
const STEADY: u32 = 128;

/// Which files the names led to when the store was opened.
///
/// A process goes on writing into a file that lost its name, and everything it acknowledges is gone
/// with the process.
///
/// A name can't change without the directory that it is in. The files themselves are looked at only
/// when that did: to ask for the times of a file that is written all the time has the system keep
/// them exactly, and makes each sync of the log write its times as well, which takes half as long
/// again.
#[derive(Debug)]
pub(crate) struct Identity {
    database: (PathBuf, Number),
    log: (PathBuf, Number),
    index: (PathBuf, Number),
    directory: PathBuf,
    seen: Option<(Number, SystemTime)>,
    steady: u32,
}

impl Identity {
    pub(crate) fn of(path: &Path) -> Result<Self, OpenError> {
        let known = |path: PathBuf| {
            let metadata = fs::metadata(&path).map_err(failed("look at", &path))?;
            let number = number(&path, &metadata);
            Ok((path, number))
        };
        Ok(Self {
            database: known(path.to_owned())?,
            log: known(beside(path, "-wal"))?,
            // Through another one two processes would see two stores.
            index: known(beside(path, "-shm"))?,
            directory: path.parent().unwrap_or(path).to_owned(),
            seen: None,
            steady: 0,
        })
    }

    /// The file whose name leads elsewhere now.
    pub(crate) fn changed(&mut self) -> Option<&Path> {
        let look = |directory: &Path| {
            let metadata = fs::metadata(directory).ok()?;
            Some((number(directory, &metadata), metadata.modified().ok()?))
        };
        // Before the files, so that what happens meanwhile is seen next time.
        let seen = look(&self.directory);
        if seen.is_none() || seen != self.seen {
            self.seen = seen;
            self.steady = 0;
        } else if self.steady >= STEADY {
            return None;
        }
        self.steady = self.steady.saturating_add(1);
        [&self.database, &self.log, &self.index]
            .into_iter()
            .find(|file| stands(file) != Stands::Itself)
            .map(|(path, _)| path.as_path())
    }

    /// Whether others may have written through another log, or into this one through another index,
    /// as those stand at the names now: what is written back of it could be of two stores.
    pub(crate) fn is_shared_by_others(&self) -> bool {
        match stands(&self.log) {
            Stands::Nothing => false,
            Stands::Another => is_written(&self.log.0),
            Stands::Itself => stands(&self.index) == Stands::Another,
        }
    }
}

/// What a name leads to now.
#[derive(Debug, PartialEq, Eq)]
enum Stands {
    Another,
    Itself,
    Nothing,
}

fn stands((path, expected): &(PathBuf, Number)) -> Stands {
    match fs::metadata(path) {
        Ok(metadata) if number(path, &metadata) == *expected => Stands::Itself,
        Ok(_) => Stands::Another,
        Err(_) => Stands::Nothing,
    }
}

/// Whether anything may have been committed into the log at this name. Who opens a database makes an
/// empty one, or one of zeros. Its head alone does not tell: who goes on by the index of the log before
/// it writes further on in it, and no head.
///
/// SQLite has no lock on a log that closing it here would give back.
fn is_written(log: &Path) -> bool {
    let look = || -> io::Result<bool> {
        let mut log = File::open(log)?;
        let mut some = vec![0; 64 * 1024];
        loop {
            let read = log.read(&mut some)?;
            let bytes = some.get(..read).unwrap_or_default();
            if bytes.is_empty() {
                return Ok(false);
            }
            if bytes.iter().any(|byte| *byte != 0) {
                return Ok(true);
            }
        }
    };
    look().unwrap_or(true)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "tests")]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_name_that_leads_elsewhere_is_noticed_at_once() {
        for trusted in [false, true] {
            for name in ["store.db", "store.db-wal", "store.db-shm"] {
                let directory = tempfile::tempdir().unwrap();
                let path = directory.path().join("store.db");
                for name in ["store.db", "store.db-wal", "store.db-shm"] {
                    fs::write(directory.path().join(name), b"").unwrap();
                }
                let mut identity = Identity::of(&path).unwrap();
                let looks = if trusted { STEADY * 2 } else { 1 };
                for _ in 0..looks {
                    assert_eq!(identity.changed(), None);
                }
                let moved = directory.path().join(name);
                fs::rename(&moved, directory.path().join("elsewhere")).unwrap();
                assert_eq!(identity.changed(), Some(&*moved), "{trusted}");
                fs::write(&moved, b"").unwrap();
                assert_eq!(identity.changed(), Some(&*moved), "{trusted}");
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_directory_that_leads_elsewhere_is_noticed_at_once() {
        let top = tempfile::tempdir().unwrap();
        let directory = top.path().join("directory");
        let make = || {
            fs::create_dir(&directory).unwrap();
            for name in ["store.db", "store.db-wal", "store.db-shm"] {
                fs::write(directory.join(name), b"").unwrap();
            }
        };
        make();
        let path = directory.join("store.db");
        let mut identity = Identity::of(&path).unwrap();
        for _ in 0..STEADY * 2 {
            assert_eq!(identity.changed(), None);
        }
        fs::rename(&directory, top.path().join("moved")).unwrap();
        assert_eq!(identity.changed(), Some(&*path));
        make();
        assert_eq!(identity.changed(), Some(&*path));
    }
}

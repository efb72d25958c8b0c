//! The file itself: found, made, and the same one all the time.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::error::OpenError;
use crate::schema::APPLICATION_ID;

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
pub(crate) fn check_head(path: &Path) -> Result<(), OpenError> {
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
        Some(APPLICATION_ID | 0) if head.starts_with(MAGIC) => Ok(()),
        Some(found) if head.starts_with(MAGIC) => Err(OpenError::Foreign {
            path: path.to_owned(),
            expected: APPLICATION_ID,
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

/// Which files the names led to when the store was opened.
///
/// A process goes on writing into a file that lost its name, and everything it acknowledges is gone
/// with the process.
#[derive(Debug)]
pub(crate) struct Identity(Vec<(PathBuf, Number)>);

impl Identity {
    pub(crate) fn of(path: &Path) -> Result<Self, OpenError> {
        // Through another `-shm` two processes would see two stores.
        [path.to_owned(), beside(path, "-wal"), beside(path, "-shm")]
            .into_iter()
            .map(|path| {
                let metadata = fs::metadata(&path).map_err(failed("look at", &path))?;
                let number = number(&path, &metadata);
                Ok((path, number))
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The file whose name leads elsewhere now.
    pub(crate) fn changed(&self) -> Option<&Path> {
        let same = |path: &Path, expected: &Number| {
            fs::metadata(path).is_ok_and(|metadata| number(path, &metadata) == *expected)
        };
        self.0
            .iter()
            .find(|(path, expected)| !same(path, expected))
            .map(|(path, _)| path.as_path())
    }
}

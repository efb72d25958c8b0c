//! Files for their owner alone: read only if nobody else could have, written whole or not at all.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::Path;

use crate::exit::Failure;
use crate::output;

/// More than this is no profile.
const LIMIT: u64 = 1024 * 1024;

fn failed(path: &Path) -> impl Fn(std::io::Error) -> Failure {
    let path = path.to_owned();
    move |source| Failure::File {
        path: path.clone(),
        source,
    }
}

fn refused(path: &Path, reason: impl Into<String>) -> Failure {
    Failure::Input {
        what: path.display().to_string(),
        reason: reason.into(),
    }
}

/// Whether there is anything of this name, a dangling link included.
pub(crate) fn is_there(path: &Path) -> Result<bool, Failure> {
    match std::fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(failed(path)(error)),
    }
}

/// Reads a file that is no link, and that nobody but its owner can read or write.
pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    let file = open(path)?;
    let mut text = String::new();
    let read = file
        .take(LIMIT.saturating_add(1))
        .read_to_string(&mut text)
        .map_err(failed(path))?;
    if u64::try_from(read).is_ok_and(|read| read > LIMIT) {
        return Err(refused(
            path,
            format!("expected at most {LIMIT} bytes, found more"),
        ));
    }
    Ok(text)
}

/// So often a file may be put in the place of another while it is opened.
const EXCHANGES: usize = 16;

fn open(path: &Path) -> Result<File, Failure> {
    for _ in 0..EXCHANGES {
        let named = std::fs::symlink_metadata(path).map_err(failed(path))?;
        if !named.is_file() {
            return Err(refused(
                path,
                "expected a plain file, found a link, a directory or a device; put the file itself there",
            ));
        }
        let file = File::open(path).map_err(failed(path))?;
        let opened = file.metadata().map_err(failed(path))?;
        // Otherwise another process has just written it anew.
        if owner::is_same(&named, &opened) {
            owner::check_file(path, &opened)?;
            return Ok(file);
        }
    }
    Err(refused(path, "it was exchanged while it was opened"))
}

/// A directory that nobody else can look into or change.
pub(crate) fn check_directory(path: &Path) -> Result<(), Failure> {
    let metadata = std::fs::symlink_metadata(path).map_err(failed(path))?;
    if !metadata.is_dir() {
        return Err(refused(
            path,
            "expected a directory, found a link or a file",
        ));
    }
    owner::check_directory(path, &metadata)
}

/// Makes a directory for its owner alone, and those above it, each durable when this ends.
pub(crate) fn make_directory(path: &Path) -> Result<(), Failure> {
    let missing: Vec<&Path> = path
        .ancestors()
        .take_while(|it| !it.as_os_str().is_empty() && !it.exists())
        .collect();
    let mut builder = std::fs::DirBuilder::new();
    owner::only_directory(builder.recursive(true));
    builder.create(path).map_err(failed(path))?;
    for made in missing.into_iter().rev() {
        sync_directory_of(made)?;
    }
    Ok(())
}

/// Waits until no other process changes profiles.
pub(super) fn lock(path: &Path) -> Result<File, Failure> {
    let file = lockable(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            output::note("another process changes profiles; waiting for it");
            file.lock().map_err(failed(path))?;
        }
        Err(TryLockError::Error(error)) => return Err(failed(path)(error)),
    }
    Ok(file)
}

/// The same, unless it would have to wait.
#[cfg(feature = "network")]
pub(super) fn try_lock(path: &Path) -> Result<Option<File>, Failure> {
    let file = lockable(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(failed(path)(error)),
    }
}

fn lockable(path: &Path) -> Result<File, Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    owner::only_file(&mut options);
    options.open(path).map_err(failed(path))
}

/// Writes beside the file, makes that durable and puts it in the place of the old one. The caller
/// holds the lock.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write_after(path, bytes, || Ok(()))
}

/// The same, and something before it takes the place of the old one, when nothing but that is left to
/// be done.
pub(super) fn write_after(
    path: &Path,
    bytes: &[u8],
    before: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut fresh = path.to_owned();
    fresh.set_file_name(format!(
        ".{}.new",
        path.file_name().unwrap_or_default().display()
    ));
    // What a process that was stopped in between has left.
    remove(&fresh)?;
    let done = write_new(&fresh, bytes)
        .map_err(failed(path))
        .and_then(|()| before())
        .and_then(|()| std::fs::rename(&fresh, path).map_err(failed(path)));
    if done.is_err() {
        let _ignored = std::fs::remove_file(&fresh);
        return done;
    }
    sync_directory_of(path)
}

fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    owner::only_file(&mut options);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Removes a file if it is there.
pub(crate) fn remove(path: &Path) -> Result<(), Failure> {
    match std::fs::remove_file(path) {
        Ok(()) => sync_directory_of(path),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(failed(path)(error)),
    }
}

#[cfg(unix)]
pub(crate) fn sync_directory_of(path: &Path) -> Result<(), Failure> {
    let directory = path.parent().filter(|it| !it.as_os_str().is_empty());
    let directory = directory.unwrap_or_else(|| Path::new("."));
    #[cfg(test)]
    faults::next().map_err(failed(directory))?;
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(failed(directory))
}

#[cfg(not(unix))]
pub(crate) const fn sync_directory_of(_path: &Path) -> Result<(), Failure> {
    Ok(())
}

#[cfg(unix)]
mod owner {
    use std::fs::{DirBuilder, Metadata, OpenOptions};
    use std::os::unix::fs::{
        DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
    };
    use std::path::Path;

    use super::refused;
    use crate::exit::Failure;

    pub(super) fn only_file(options: &mut OpenOptions) {
        options.mode(0o600);
    }

    pub(super) fn only_directory(builder: &mut DirBuilder) {
        builder.mode(0o700);
    }

    /// The file that was looked at is the file that was opened.
    pub(super) fn is_same(named: &Metadata, opened: &Metadata) -> bool {
        (named.dev(), named.ino()) == (opened.dev(), opened.ino())
    }

    pub(super) fn check_file(path: &Path, metadata: &Metadata) -> Result<(), Failure> {
        check(
            path,
            metadata,
            "chmod 600",
            "secrets in it may be known to others",
        )
    }

    pub(super) fn check_directory(path: &Path, metadata: &Metadata) -> Result<(), Failure> {
        check(path, metadata, "chmod 700", "others could put files there")
    }

    fn check(path: &Path, metadata: &Metadata, mend: &str, why: &str) -> Result<(), Failure> {
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 == 0 {
            return Ok(());
        }
        Err(refused(
            path,
            format!(
                "it is open to others (mode {mode:04o}), so it is not used: {why}; close it: {mend} '{}'",
                path.display()
            ),
        ))
    }
}

#[cfg(not(unix))]
mod owner {
    use std::fs::{DirBuilder, Metadata, OpenOptions};
    use std::path::Path;

    use crate::exit::Failure;

    pub(super) const fn only_file(_options: &mut OpenOptions) {}

    pub(super) const fn only_directory(_builder: &mut DirBuilder) {}

    pub(super) const fn is_same(_named: &Metadata, _opened: &Metadata) -> bool {
        true
    }

    pub(super) const fn check_file(_path: &Path, _metadata: &Metadata) -> Result<(), Failure> {
        Ok(())
    }

    pub(super) const fn check_directory(_path: &Path, _metadata: &Metadata) -> Result<(), Failure> {
        Ok(())
    }
}

/// A disk that fails once.
#[cfg(all(test, unix))]
pub(super) mod faults {
    use core::cell::Cell;

    thread_local! {
        static LEFT: Cell<u32> = const { Cell::new(0) };
    }

    /// So many directories are made durable by this thread until one can't be.
    pub(in super::super) fn at(turn: u32) {
        LEFT.set(turn);
    }

    pub(super) fn next() -> std::io::Result<()> {
        let left = LEFT.get();
        LEFT.set(left.saturating_sub(1));
        match left {
            1 => Err(std::io::Error::other("the disk fails")),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use core::sync::atomic::{AtomicBool, Ordering};

    use super::{read, write};

    /// Whoever reads while another writes gets the one text or the other, and no refusal.
    #[test]
    fn a_file_that_is_written_anew_can_be_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        write(&path, b"text 0").unwrap();
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let fresh = directory.path().join("fresh");
                while !is_over.load(Ordering::Relaxed) {
                    write(&fresh, b"text 1").unwrap();
                    std::fs::rename(&fresh, &path).unwrap();
                }
            });
            let texts: Vec<_> = (0..5_000).map(|_| read(&path)).collect();
            is_over.store(true, Ordering::Relaxed);
            for text in texts {
                assert!(text.unwrap().starts_with("text "));
            }
        });
    }
}

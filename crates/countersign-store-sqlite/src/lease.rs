//! The lease: one process owns the nonces.

use std::fs::{File, TryLockError};
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::error::OpenError;
use crate::file::{beside, failed, private, sync_directory};

/// A lock of the operating system, which ends with the process, on a file of its own: SQLite has
/// its locks on the database and drops them when any handle of it is closed.
///
/// The lock keeps a second server from starting. Where locks do not work (some network file
/// systems), the epoch in the database still stops the first server when the second one starts.
#[derive(Debug)]
pub(crate) struct Lease {
    file: File,
    path: PathBuf,
    epoch: u64,
    serial: u64,
}

pub(crate) fn path(database: &Path) -> PathBuf {
    beside(database, "-lease")
}

impl Lease {
    pub(crate) fn take(database: &Path) -> Result<Self, OpenError> {
        let path = path(database);
        let mut file = private()
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed("open", &path))?;
        let held = match file.try_lock() {
            Ok(()) => false,
            Err(TryLockError::WouldBlock) => true,
            Err(TryLockError::Error(source)) => return Err(failed("lock", &path)(source)),
        };
        let mut text = String::new();
        file.read_to_string(&mut text)
            .map_err(failed("read", &path))?;
        if held {
            let holder = value(&text, "process").unwrap_or("a process that is starting");
            return Err(OpenError::Leased {
                holder: holder.escape_default().to_string(),
                path,
            });
        }
        let number = |name| value(&text, name).and_then(|number| number.parse().ok());
        Ok(Self {
            file,
            path,
            epoch: number("epoch").unwrap_or(0),
            serial: number("commit").unwrap_or(0),
        })
    }

    /// The epoch of the last start that came so far; zero if there was none.
    pub(crate) const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The last commit that was noted; zero if none was.
    pub(crate) const fn serial(&self) -> u64 {
        self.serial
    }

    /// Notes, after the database, that it has come to this epoch and this commit. What notes the
    /// commits to come.
    pub(crate) fn note(&mut self, epoch: u64, serial: u64) -> Result<Notes, OpenError> {
        let process = std::process::id();
        let notes = self.file.try_clone().map(|file| Notes { file, process });
        let notes = notes.map_err(failed("open", &self.path))?;
        notes
            .write(epoch, serial)
            .and_then(|()| self.file.sync_all())
            .map_err(failed("write", &self.path))?;
        sync_directory(&self.path)?;
        Ok(notes)
    }
}

/// Writes into the lease file which commit the database has come to.
#[derive(Debug)]
pub(crate) struct Notes {
    file: File,
    process: u32,
}

impl Notes {
    /// Notes a commit that is on the disk. It is not synced: after a loss of power the file may name
    /// an earlier one, and so it may after a fault, which refuses no database.
    pub(crate) fn note(&self, epoch: u64, serial: u64) {
        let _ = self.write(epoch, serial);
    }

    fn write(&self, epoch: u64, serial: u64) -> std::io::Result<()> {
        let process = self.process;
        let text = format!("epoch {epoch}\ncommit {serial}\nprocess {process}\n");
        // Never shorter than before, as these only rise; padded, as process numbers do not.
        write_at_start(&self.file, format!("{text:<96}").as_bytes())
    }
}

#[cfg(unix)]
fn write_at_start(file: &File, text: &[u8]) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, text, 0)
}

#[cfg(not(unix))]
fn write_at_start(mut file: &File, text: &[u8]) -> std::io::Result<()> {
    use std::io::{Seek, Write};
    file.rewind()?;
    file.write_all(text)
}

fn value<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
        .map(str::trim_end)
}

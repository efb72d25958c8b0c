//! The lease: one process owns the nonces.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
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
        let epoch = value(&text, "epoch").and_then(|number| number.parse().ok());
        Ok(Self {
            file,
            path,
            epoch: epoch.unwrap_or(0),
        })
    }

    /// The epoch of the last start that came so far; zero if there was none.
    pub(crate) const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Notes, after the database, that it has come to this epoch.
    pub(crate) fn note(&mut self, epoch: u64) -> Result<(), OpenError> {
        let text = format!("epoch {epoch}\nprocess {}\n", std::process::id());
        // Never shorter than before, as epochs only rise; padded, as process numbers do not.
        let text = format!("{text:<64}");
        self.file
            .rewind()
            .and_then(|()| self.file.write_all(text.as_bytes()))
            .and_then(|()| self.file.sync_all())
            .map_err(failed("write", &self.path))?;
        self.epoch = epoch;
        sync_directory(&self.path)
    }
}

fn value<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
        .map(str::trim_end)
}

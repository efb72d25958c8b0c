//! Which databases this process has open.
//!
//! POSIX takes back all locks that a process has on a file when the process closes any handle of
//! it. SQLite sees to that for its own handles; of ours, through which a file is looked at before
//! SQLite may touch it, it knows nothing. So a file is looked at by the first who opens it alone.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::OpenError;
use crate::file::{self, Number};

/// For the whole process, as locks are.
static OPEN: Mutex<BTreeMap<Number, Open>> = Mutex::new(BTreeMap::new());

#[derive(Debug, Default)]
struct Open {
    stores: usize,
    /// Closed with the last of the stores.
    kept: Vec<Arc<File>>,
}

/// As long as it lives, the file is not looked at but through SQLite. Dropped after its connections.
#[derive(Debug)]
pub(crate) struct Held(Number);

/// Looks at the file, which is to be of this kind, unless it is open here.
pub(crate) fn hold(path: &Path, application_id: u32) -> Result<Held, OpenError> {
    // Locked until it was looked at: nobody here opens it meanwhile.
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    let metadata = fs::metadata(path).map_err(file::failed("look at", path))?;
    file::check_links(path, &metadata)?;
    let number = file::number(path, &metadata);
    if !open.contains_key(&number) {
        file::check_head(path, application_id)?;
    }
    let entry = open.entry(number.clone()).or_default();
    entry.stores = entry.stores.saturating_add(1);
    Ok(Held(number))
}

impl Held {
    /// Keeps another file of the database, that SQLite has locks on, from being closed while a store
    /// is open.
    pub(crate) fn keep(&self, file: File) -> Arc<File> {
        let file = Arc::new(file);
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = open.get_mut(&self.0) {
            entry.kept.push(Arc::clone(&file));
        }
        file
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = open.get_mut(&self.0) {
            entry.stores = entry.stores.saturating_sub(1);
            if entry.stores == 0 {
                open.remove(&self.0);
            }
        }
    }
}

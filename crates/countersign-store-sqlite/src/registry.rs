//! Which databases this process has open.
//!
//! POSIX takes back all locks that a process has on a file when the process closes any handle of
//! it. SQLite sees to that for its own handles; of ours, through which a file is looked at before
//! SQLite may touch it, it knows nothing. So a file is looked at by the first who opens it alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::error::OpenError;
use crate::file::{self, Number};

/// For the whole process, as locks are.
static OPEN: Mutex<BTreeMap<Number, usize>> = Mutex::new(BTreeMap::new());

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
    let handles = open.get(&number).copied().unwrap_or(0);
    if handles == 0 {
        file::check_head(path, application_id)?;
    }
    open.insert(number.clone(), handles.saturating_add(1));
    Ok(Held(number))
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        let handles = open.remove(&self.0).unwrap_or(0).saturating_sub(1);
        if handles > 0 {
            open.insert(self.0.clone(), handles);
        }
    }
}

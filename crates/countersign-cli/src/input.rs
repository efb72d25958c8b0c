//! Reading files and standard input, with a limit.

use core::sync::atomic::{AtomicBool, Ordering};
use std::io::Read;
use std::path::Path;

use crate::exit::Failure;

/// More than this is no request, key or base string.
const LIMIT: u64 = 64 * 1024 * 1024;

/// Whether standard input has been read: it can be given once.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Reads a file, or standard input for `-`.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |source| Failure::File {
        path: path.to_owned(),
        source,
    };
    if path == Path::new("-") {
        if TAKEN.swap(true, Ordering::Relaxed) {
            return Err(Failure::Usage(
                "- stands for standard input, which can be read once; give a file for the other"
                    .to_owned(),
            ));
        }
        bounded(std::io::stdin().lock(), path)
    } else {
        bounded(std::fs::File::open(path).map_err(failed)?, path)
    }
}

/// Reads a file as text.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    String::from_utf8(read(path)?).map_err(|error| Failure::Input {
        what: path.display().to_string(),
        reason: format!(
            "expected text in UTF-8, found other bytes at byte {}",
            error.utf8_error().valid_up_to()
        ),
    })
}

fn bounded(reader: impl Read, path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = reader
        .take(LIMIT.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|source| Failure::File {
            path: path.to_owned(),
            source,
        })?;
    if u64::try_from(read).is_ok_and(|read| read > LIMIT) {
        return Err(Failure::Input {
            what: path.display().to_string(),
            reason: format!("expected at most {LIMIT} bytes, found more"),
        });
    }
    Ok(bytes)
}

//! Writing keys and certificates: keys for the owner alone, nothing overwritten unasked.

use std::io::Write as _;
use std::path::Path;

use crate::exit::Failure;

/// Writes a file that must not exist yet, unless `force` allows to replace it.
pub(crate) fn certificate(path: &Path, pem: &str, force: bool) -> Result<(), Failure> {
    write(path, pem.as_bytes(), force, false)
}

/// Writes a private key that only its owner can read; it never replaces a file.
pub(crate) fn private_key(path: &Path, pem: &[u8]) -> Result<(), Failure> {
    write(path, pem, false, true)
}

/// Tells early that a file is in the way.
pub(crate) fn check_free(path: &Path, force: bool) -> Result<(), Failure> {
    if !force && path.exists() {
        return Err(in_the_way(path));
    }
    Ok(())
}

fn in_the_way(path: &Path) -> Failure {
    Failure::Usage(format!(
        "{} exists already; --force replaces it",
        path.display()
    ))
}

fn write(path: &Path, bytes: &[u8], force: bool, secret: bool) -> Result<(), Failure> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true);
    if force {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    if secret {
        owner_only(&mut options);
    }
    let failed = |source: std::io::Error| {
        if source.kind() == std::io::ErrorKind::AlreadyExists {
            in_the_way(path)
        } else {
            Failure::File {
                path: path.to_owned(),
                source,
            }
        }
    };
    let mut file = options.open(path).map_err(failed)?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(failed)
}

#[cfg(unix)]
fn owner_only(options: &mut std::fs::OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;

    options.mode(0o600);
}

#[cfg(not(unix))]
const fn owner_only(_options: &mut std::fs::OpenOptions) {}

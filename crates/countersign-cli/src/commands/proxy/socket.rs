//! A Unix socket for its owner alone: nothing that lives is replaced, and nothing is left behind.

use std::fs::{File, Metadata, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use crate::exit::Failure;
use crate::profile;

/// A socket that this process listens at; its file goes with it.
#[derive(Debug)]
pub(super) struct Socket {
    path: PathBuf,
    identity: (u64, u64),
}

impl Socket {
    /// Listens at `path`. What stands there is replaced only if it is a socket of the directory's
    /// owner at which nobody listens any more.
    ///
    /// The directory is locked meanwhile, so that of two which are started at once the second finds
    /// the first. Nobody else can come into it, so that the moment before the socket is closed to
    /// others is nobody's; that it is this user's own is seen from what this user makes in it.
    pub(super) fn claim(path: &Path) -> Result<(Self, UnixListener), Failure> {
        let failed = failed(path);
        let directory = directory_of(path);
        profile::check_directory(directory)?;
        let locked = lock(directory)?;
        let owner = locked.metadata().map_err(&failed)?.uid();
        match std::fs::symlink_metadata(path) {
            Ok(there) => remove_dead(path, &there, owner)?,
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
        let listener = UnixListener::bind(path).map_err(&failed)?;
        let there = std::fs::symlink_metadata(path).map_err(&failed)?;
        let socket = Self {
            path: path.to_owned(),
            identity: identity(&there),
        };
        // From here on it is removed when something fails; the lock is no more in its way.
        drop(locked);
        check_owner(directory, owner, there.uid())?;
        std::fs::set_permissions(path, Permissions::from_mode(0o600)).map_err(&failed)?;
        listener.set_nonblocking(true).map_err(&failed)?;
        Ok((socket, listener))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _locked = lock(directory_of(&self.path));
        let there = std::fs::symlink_metadata(&self.path);
        // Somebody may have put another one there.
        if there.is_ok_and(|there| identity(&there) == self.identity) {
            let _gone = std::fs::remove_file(&self.path);
        }
    }
}

/// Whose directory it is can put another socket there.
fn check_owner(directory: &Path, owner: u32, own: u32) -> Result<(), Failure> {
    if owner == own {
        return Ok(());
    }
    Err(Failure::Input {
        what: directory.display().to_string(),
        reason: format!(
            "it belongs to another user ({owner}, and this is {own}), who could put another socket there; give a directory of your own"
        ),
    })
}

fn remove_dead(path: &Path, there: &Metadata, owner: u32) -> Result<(), Failure> {
    let refused = |reason: &str| Failure::Input {
        what: path.display().to_string(),
        reason: reason.to_owned(),
    };
    if !there.file_type().is_socket() {
        return Err(refused(
            "expected nothing, or a socket that nobody listens at, found another file; it stays",
        ));
    }
    if there.uid() != owner {
        return Err(refused("the socket there is somebody else's; it stays"));
    }
    match UnixStream::connect(path) {
        Ok(_) => Err(refused("another process listens there")),
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
            std::fs::remove_file(path).map_err(failed(path))
        }
        Err(error) => Err(failed(path)(error)),
    }
}

fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(directory) if directory != Path::new("") => directory,
        _ => Path::new("."),
    }
}

fn lock(directory: &Path) -> Result<File, Failure> {
    let opened = File::open(directory).map_err(failed(directory))?;
    opened.lock().map_err(failed(directory))?;
    Ok(opened)
}

fn identity(there: &Metadata) -> (u64, u64) {
    (there.dev(), there.ino())
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> Failure + use<> {
    let path = path.to_owned();
    move |source| Failure::File {
        path: path.clone(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_is_the_users_own() {
        let directory = Path::new("/run/a");
        assert!(check_owner(directory, 1000, 1000).is_ok());
        let refused = check_owner(directory, 1001, 1000).unwrap_err();
        assert!(
            refused.to_string().contains("another user (1001"),
            "{refused}"
        );
    }
}

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
    /// others is nobody's.
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

//! Profiles: keys files by name, in the user's configuration directory, for the owner alone.

mod directory;
mod draft;
pub(crate) mod files;
mod name;
#[cfg(feature = "network")]
mod sealing;

#[cfg(feature = "network")]
use core::cell::OnceCell;
use std::fs::File;
use std::path::{Path, PathBuf};

use countersign_key::Secret;

pub(crate) use draft::Draft;
pub(crate) use name::Name;

#[cfg(feature = "network")]
use crate::connections::Shelf;
use crate::exit::Failure;
use crate::keys_file::Written;
#[cfg(feature = "network")]
use crate::seal_keys::SealKeys;

/// A file with the name of the profile that is in use.
const ACTIVE: &str = "active";
const LOCK: &str = ".lock";

/// All profiles of the user.
#[derive(Debug)]
pub(crate) struct Profiles {
    /// The configuration directory.
    home: PathBuf,
    /// The store of connections, where tokens are; opened when it is first needed.
    #[cfg(feature = "network")]
    shelf: OnceCell<Shelf>,
    /// The keys that secrets are sealed by; the keyring is asked once for them.
    #[cfg(feature = "network")]
    seal_keys: OnceCell<SealKeys>,
}

/// One profile, with the token of its connection.
pub(crate) struct Profile {
    pub(crate) name: Name,
    pub(crate) path: PathBuf,
    pub(crate) written: Written,
    /// Why its connection can't be read, if that is so.
    pub(crate) damaged: Option<String>,
}

impl Profile {
    /// What the paths in it are relative to.
    pub(crate) fn base(&self) -> &Path {
        self.path.parent().unwrap_or_else(|| Path::new(""))
    }
}

/// The right to change profiles; another process waits for it.
#[derive(Debug)]
pub(crate) struct Change<'a> {
    profiles: &'a Profiles,
    // Held until it is dropped.
    _lock: File,
}

impl Profiles {
    pub(crate) fn open() -> Result<Self, Failure> {
        Ok(Self::at(directory::find()?))
    }

    const fn at(home: PathBuf) -> Self {
        Self {
            home,
            #[cfg(feature = "network")]
            shelf: OnceCell::new(),
            #[cfg(feature = "network")]
            seal_keys: OnceCell::new(),
        }
    }

    /// The store of connections, if there is one.
    #[cfg(feature = "network")]
    pub(crate) fn shelf(&self) -> Result<Option<&Shelf>, Failure> {
        if self.shelf.get().is_none()
            && let Some(shelf) = Shelf::open(&self.home, || self.sealer())?
        {
            // Nobody else can have set it.
            let _set = self.shelf.set(shelf);
        }
        Ok(self.shelf.get())
    }

    pub(crate) fn directory(&self) -> PathBuf {
        self.home.join("profiles")
    }

    pub(crate) fn path(&self, name: &Name) -> PathBuf {
        self.directory().join(format!("{name}.toml"))
    }

    /// The file beside a profile that tells what became of its tokens.
    fn history_path(&self, name: &Name) -> PathBuf {
        self.directory().join(format!("{name}.history.jsonl"))
    }

    /// What became of a profile's tokens; empty where nothing is known.
    #[cfg(feature = "network")]
    pub(crate) fn history(&self, name: &Name) -> Result<String, Failure> {
        let path = self.history_path(name);
        if files::is_there(&path)? {
            files::read(&path)
        } else {
            Ok(String::new())
        }
    }

    /// The file beside a profile that tells of what was warned last.
    fn told_path(&self, name: &Name) -> PathBuf {
        self.directory().join(format!("{name}.told.json"))
    }

    /// Of what was warned last.
    #[cfg(feature = "network")]
    pub(crate) fn told(&self, name: &Name) -> Result<String, Failure> {
        files::read(&self.told_path(name))
    }

    /// Every profile by name, in order; files that are none are left out.
    pub(crate) fn names(&self) -> Result<Vec<Name>, Failure> {
        let directory = self.directory();
        let failed = |source| Failure::File {
            path: directory.clone(),
            source,
        };
        if !files::is_there(&directory)? {
            return Ok(Vec::new());
        }
        files::check_directory(&directory)?;
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&directory).map_err(failed)? {
            let file_name = entry.map_err(failed)?.file_name();
            let name = file_name.to_str().and_then(|it| it.strip_suffix(".toml"));
            if let Some(Ok(name)) = name.map(str::parse) {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    pub(crate) fn has(&self, name: &Name) -> Result<bool, Failure> {
        files::is_there(&self.path(name))
    }

    /// Reads a profile, with the token of its connection.
    pub(crate) fn read(&self, name: &Name) -> Result<Profile, Failure> {
        let profile = self.read_file(name)?;
        #[cfg(feature = "network")]
        let profile = crate::connections::with_token(self, profile)?;
        Ok(profile)
    }

    /// Reads a profile as it stands in its file; one that others could have read or changed is refused.
    pub(crate) fn read_file(&self, name: &Name) -> Result<Profile, Failure> {
        let path = self.path(name);
        if !files::is_there(&path)? {
            return Err(unknown(name));
        }
        files::check_directory(&self.directory())?;
        let text = Secret::new(files::read(&path)?);
        let written = Written::parse(text.expose_secret(), &path.display().to_string())?;
        #[cfg(feature = "network")]
        let written = self.unsealed(name, written)?;
        Ok(Profile {
            name: name.clone(),
            path,
            written,
            damaged: None,
        })
    }

    /// The profile that `profile use` named.
    pub(crate) fn active(&self) -> Result<Option<Name>, Failure> {
        let path = self.home.join(ACTIVE);
        if !files::is_there(&path)? {
            return Ok(None);
        }
        let text = files::read(&path)?;
        text.trim_end()
            .parse()
            .map(Some)
            .map_err(|error| Failure::Input {
                what: path.display().to_string(),
                reason: format!("{error}; countersign profile use NAME writes it anew"),
            })
    }

    /// Makes the directories where they are missing, and keeps other processes out.
    pub(crate) fn change(&self) -> Result<Change<'_>, Failure> {
        let lock = files::lock(&self.lock_path()?)?;
        Ok(Change {
            profiles: self,
            _lock: lock,
        })
    }

    /// The same, if no other process is at it.
    #[cfg(feature = "network")]
    pub(crate) fn try_change(&self) -> Result<Option<Change<'_>>, Failure> {
        let lock = files::try_lock(&self.lock_path()?)?;
        Ok(lock.map(|lock| Change {
            profiles: self,
            _lock: lock,
        }))
    }

    fn lock_path(&self) -> Result<PathBuf, Failure> {
        let directory = self.directory();
        files::make_directory(&self.home)?;
        files::make_directory(&directory)?;
        files::check_directory(&directory)?;
        Ok(directory.join(LOCK))
    }
}

/// A directory that nobody else can look into or change.
#[cfg(all(feature = "proxy", unix))]
pub(crate) fn check_directory(path: &Path) -> Result<(), Failure> {
    files::check_directory(path)
}

pub(crate) fn unknown(name: &Name) -> Failure {
    Failure::Credentials(format!(
        "there is no profile {name}; what there is: countersign profile list"
    ))
}

impl Change<'_> {
    /// Writes a profile whole or not at all.
    #[cfg(feature = "network")]
    pub(crate) fn write(&self, name: &Name, written: &Written) -> Result<(), Failure> {
        self.write_after(name, written, || Ok(()))
    }

    /// Writes a profile in the place of another or of none. What the other had of tokens is forgotten
    /// before it is there, and not before it can be: whoever is stopped in between leaves no new
    /// profile with an old token.
    pub(crate) fn write_anew(&self, name: &Name, written: &Written) -> Result<(), Failure> {
        self.write_after(name, written, || self.forget_tokens(name))
    }

    fn write_after(
        &self,
        name: &Name,
        written: &Written,
        before: impl FnOnce() -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let text = self.profiles.to_text(name, written)?;
        let path = self.profiles.path(name);
        files::write_after(&path, text.expose_secret().as_bytes(), before)?;
        // Those of the profile which stood here before.
        self.remove_keys(name, Some(written))
    }

    /// The store of connections, made if there is none.
    #[cfg(feature = "network")]
    pub(crate) fn shelf(&self) -> Result<&Shelf, Failure> {
        if self.profiles.shelf()?.is_none() {
            let shelf = Shelf::make(&self.profiles.home, || self.sealer())?;
            let _set = self.profiles.shelf.set(shelf);
        }
        let shelf = self.profiles.shelf.get();
        shelf.ok_or_else(|| Failure::Work("the store of connections was not opened".to_owned()))
    }

    /// Forgets what became of the tokens of a profile, and its connections: another takes its place,
    /// or none.
    fn forget_tokens(&self, name: &Name) -> Result<(), Failure> {
        #[cfg(feature = "network")]
        if let Some(shelf) = self.profiles.shelf()? {
            shelf.forget(name)?;
        }
        files::remove(&self.profiles.told_path(name))?;
        files::remove(&self.profiles.history_path(name))
    }

    /// Notes of what was warned last.
    #[cfg(feature = "network")]
    pub(crate) fn write_told(&self, name: &Name, text: &str) -> Result<(), Failure> {
        files::write(&self.profiles.told_path(name), text.as_bytes())
    }

    pub(crate) fn activate(&self, name: &Name) -> Result<(), Failure> {
        let path = self.profiles.home.join(ACTIVE);
        files::write(&path, format!("{name}\n").as_bytes())
    }

    pub(crate) fn deactivate(&self) -> Result<(), Failure> {
        files::remove(&self.profiles.home.join(ACTIVE))
    }

    /// Removes a profile, the key that was brought along with it, and its history.
    pub(crate) fn remove(&self, name: &Name) -> Result<(), Failure> {
        let path = self.profiles.path(name);
        if !files::is_there(&path)? {
            return Err(unknown(name));
        }
        // What can't be opened can't be forgotten: nothing is changed then.
        #[cfg(feature = "network")]
        let _opened = self.profiles.shelf()?;
        // Not to be left pointing at a profile that is gone, whatever comes between.
        if self.profiles.active()?.as_ref() == Some(name) {
            self.deactivate()?;
        }
        // What can't be forgotten would be nobody's.
        self.forget_tokens(name)?;
        files::remove(&path)?;
        self.remove_keys(name, None)
    }
}

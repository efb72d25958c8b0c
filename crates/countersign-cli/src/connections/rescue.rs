//! A token that came, and that the store did not take.

use countersign_client::connections::Unstored;

use super::adopt::{keep_beside, put};
use super::kept::Kept;
use crate::exit::Failure;
use crate::profile::{Name, Profiles};

/// Where the newest token of a profile is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a token that is not in the store is worth a word, and no success"]
pub(crate) enum Place {
    Store,
    /// The profile's own file, from which the next command moves it into the store.
    File,
}

/// Brings the newest token of a profile to where the next command finds it, if this process has the
/// only copy, or is about to get it.
pub(crate) fn rescue(profiles: &Profiles, name: &Name, kept: &Kept) -> Result<Place, Failure> {
    let Some(unstored) = kept.flush() else {
        return Ok(Place::Store);
    };
    match write(profiles, name, &unstored) {
        Ok(()) => Ok(Place::File),
        Err(failure) => Err(Failure::Work(format!(
            "the new token of {name} could not be stored, nor written into the profile's file, and this process alone has it: {failure}"
        ))),
    }
}

/// What is said of one that is in the file.
pub(crate) fn in_file(name: &Name) -> String {
    format!(
        "the new token of {name} could not be stored; it stands in the profile's own file, and the next command tries the store again"
    )
}

fn write(profiles: &Profiles, name: &Name, unstored: &Unstored) -> Result<(), Failure> {
    let credentials = &unstored.credentials;
    let change = profiles.change()?;
    let mut written = profiles.read_file(name)?.written;
    let token = credentials.token.expose_secret();
    match written.token.as_deref() {
        // What was written there meanwhile is the user's word.
        Some(other) if !other.is_empty() && other != token && written.rescued().is_none() => {
            keep_beside(&mut written, credentials);
        }
        _ => {
            put(&mut written, credentials);
            written.unstored = Some(token.to_owned());
            written.unstored_generation = Some(unstored.generation.get());
        }
    }
    change.write(name, &written)
}

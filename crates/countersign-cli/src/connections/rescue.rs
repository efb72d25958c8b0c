//! A token that came, and that the store did not take.

use countersign_client::connections::Unstored;
use countersign_store::{ConnectionId, Fence};

use super::adopt::{put, table};
use super::id;
use super::kept::Kept;
use crate::exit::Failure;
use crate::keys_file::Written;
use crate::profile::{Name, Profiles};

/// Where the newest token of a profile is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a token that is not in the store is worth a word, and no success"]
pub(crate) enum Place {
    Store,
    /// The profile's own file, from which the next command moves it into the store.
    File,
    /// The same, as a further set of keys of this name: another one was written there as the profile's.
    Beside(String),
    /// The same, as the profile is another consumer's by now.
    Apart(String),
}

impl Place {
    /// What is said of a token that is not in the store.
    pub(crate) fn told(&self, name: &Name) -> Option<String> {
        match self {
            Self::Store => None,
            Self::File => Some(format!(
                "the new token of {name} could not be stored; it stands in the profile's own file, and the next command tries the store again"
            )),
            Self::Beside(table) => Some(format!(
                "the new token of {name} could not be stored, and another one stands in the profile's own file by now, which counts; it is kept there as [other.{table}]"
            )),
            Self::Apart(table) => Some(format!(
                "the new token of {name} could not be stored, and the profile is another consumer's by now; it is kept there as [other.{table}], with its own consumer key and without a consumer secret"
            )),
        }
    }
}

/// Brings the newest token of a profile to where the next command finds it, if this process has the
/// only copy, or is about to get it.
pub(crate) fn rescue(profiles: &Profiles, name: &Name, kept: &Kept) -> Result<Place, Failure> {
    let Some(unstored) = kept.flush() else {
        return Ok(Place::Store);
    };
    match write(profiles, name, kept.id(), &unstored) {
        Ok(place) => Ok(place),
        Err(failure) => Err(Failure::Work(format!(
            "the new token of {name} could not be stored, nor written into the profile's file, and this process alone has it: {failure}"
        ))),
    }
}

fn write(
    profiles: &Profiles,
    name: &Name,
    owner: &ConnectionId,
    unstored: &Unstored,
) -> Result<Place, Failure> {
    let credentials = &unstored.credentials;
    let change = profiles.change()?;
    let mut written = profiles.read_file(name)?.written;
    let token = credentials.token.expose_secret();
    let generation = unstored.generation.get();
    let is_own = id(name, &written).as_ref() == Some(owner);
    let place = match written.token.as_deref() {
        // What signs for the one consumer is no secret for the other's token.
        _ if !is_own => {
            let mut made = Written {
                consumer_key: Some(owner.consumer_key().to_owned()),
                ..Written::default()
            };
            put(&mut made, credentials);
            let free = free_table(&written, token);
            written.other.insert(free.clone(), made);
            Place::Apart(free)
        }
        // What was written there meanwhile is the user's word, or brought into safety by another process
        // that is no less far.
        Some(other)
            if !other.is_empty()
                && other != token
                && written
                    .rescued()
                    .is_none_or(|rescued| rescued >= generation) =>
        {
            let made = table(&written, credentials);
            let free = free_table(&written, token);
            written.other.insert(free.clone(), made);
            Place::Beside(free)
        }
        _ => {
            put(&mut written, credentials);
            written.unstored = Some(token.to_owned());
            written.unstored_generation = Some(generation);
            written.unstored_lease = unstored.fence.map(Fence::number);
            Place::File
        }
    };
    change.write(name, &written)?;
    Ok(place)
}

/// The table of a token that could not be stored: its own, or one that nothing else is in.
fn free_table(written: &Written, token: &str) -> String {
    const UNSTORED: &str = "unstored";
    let is_free = |table: &String| {
        let there = written.other.get(table);
        there.is_none_or(|there| there.token.as_deref() == Some(token))
    };
    let mut others = (2_u64..).map(|number| format!("{UNSTORED}-{number}"));
    Some(UNSTORED.to_owned())
        .filter(is_free)
        .or_else(|| others.find(is_free))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Written, free_table};

    #[test]
    fn no_table_of_another_token_is_written_over() {
        let mut written = Written::default();
        for (token, expected) in [
            ("a", "unstored"),
            ("b", "unstored-2"),
            ("a", "unstored"),
            ("b", "unstored-2"),
            ("c", "unstored-3"),
        ] {
            let free = free_table(&written, token);
            assert_eq!(free, expected);
            let table = Written {
                token: Some(token.to_owned()),
                ..Written::default()
            };
            written.other.insert(free, table);
        }
    }
}

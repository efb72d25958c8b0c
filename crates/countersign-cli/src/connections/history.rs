//! What became of a profile's tokens.

use countersign_clock::UnixTime;
use countersign_store::{Happening, HistoryEntry};
use serde::Deserialize;
use serde_json::{Value, json};

use super::id;
use crate::exit::Failure;
use crate::profile::{Name, Profile, Profiles};

/// A cause that comes so often is worth a warning.
const OFTEN: usize = 2;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum What {
    /// The user authorised the application.
    Connected,
    /// The token was renewed.
    Renewed,
    /// A renewal came to nothing, and the token may still be good.
    RenewalFailed,
    /// The grant is gone: the user has to authorise again.
    Lost,
}

impl What {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Renewed => "renewed",
            Self::RenewalFailed => "renewal_failed",
            Self::Lost => "lost",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Event {
    pub(crate) at: i64,
    pub(crate) what: What,
    /// A cause by name, a problem code, or what else was in the way; never anything of a token.
    #[serde(default)]
    pub(crate) cause: Option<String>,
}

impl Event {
    fn of(entry: HistoryEntry) -> Self {
        let (_, cause) = entry.what.as_strs();
        Self {
            at: entry.at.seconds(),
            what: match entry.what {
                Happening::Connected => What::Connected,
                Happening::Renewed => What::Renewed,
                Happening::RenewalFailed(_) => What::RenewalFailed,
                Happening::Lost(_) => What::Lost,
            },
            cause: cause.map(str::to_owned),
        }
    }

    pub(crate) fn document(&self) -> Value {
        json!({
            "at": self.at,
            "time": UnixTime::from_seconds(self.at).rfc3339(),
            "what": self.what.as_str(),
            "cause": self.cause,
        })
    }
}

/// The events in order: those of the time before there was a store, which stand beside the profile, and
/// those of its connection. What can't be read is left out.
pub(crate) fn read(profiles: &Profiles, profile: &Profile) -> Result<Vec<Event>, Failure> {
    let mut events = beside(profiles, &profile.name)?;
    if let (Some(shelf), Some(id)) = (profiles.shelf()?, id(&profile.name, &profile.written)) {
        events.extend(shelf.history(&id)?.into_iter().map(Event::of));
    }
    Ok(events)
}

fn beside(profiles: &Profiles, name: &Name) -> Result<Vec<Event>, Failure> {
    let text = profiles.history(name)?;
    Ok(text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect())
}

/// A cause for which the grant was lost again and again, and how often in a row: as
/// [`History::repeated`](countersign_client::connections::History::repeated) has it.
pub(crate) fn repeated(events: &[Event]) -> Option<(&str, usize)> {
    let lost = || events.iter().rev().filter(|event| event.what == What::Lost);
    let last = lost().next()?.cause.as_deref()?;
    let is_it = |event: &&Event| event.cause.as_deref() == Some(last);
    let times = lost().take_while(is_it).count();
    (times >= OFTEN).then_some((last, times))
}

#[cfg(test)]
mod tests {
    use super::{Event, What, repeated};

    fn lost(cause: &str) -> Event {
        Event {
            at: 1,
            what: What::Lost,
            cause: Some(cause.to_owned()),
        }
    }

    #[test]
    fn the_last_cause_counts_if_it_came_before() {
        assert_eq!(repeated(&[]), None);
        assert_eq!(repeated(&[lost("token_rejected")]), None);
        let two = [lost("token_rejected"), lost("token_rejected")];
        assert_eq!(repeated(&two), Some(("token_rejected", 2)));
        let other = [two[0].clone(), two[1].clone(), lost("token_expired")];
        assert_eq!(repeated(&other), None);
        // In a row, as the client counts it when it warns.
        let again = [two[0].clone(), lost("revoked"), two[0].clone()];
        assert_eq!(repeated(&again), None);
        let row = [lost("revoked"), two[0].clone(), two[0].clone()];
        assert_eq!(repeated(&row), Some(("token_rejected", 2)));
    }
}

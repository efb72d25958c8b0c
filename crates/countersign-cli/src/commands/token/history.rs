//! What became of a profile's tokens, one line an event, beside the profile.

use countersign_clock::UnixTime;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::exit::Failure;
use crate::profile::{Change, Name, Profiles};

/// So many events are kept.
const MOST: usize = 200;

/// A cause that comes so often is worth a warning.
const OFTEN: usize = 2;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum What {
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
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Renewed => "renewed",
            Self::RenewalFailed => "renewal_failed",
            Self::Lost => "lost",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Event {
    pub(super) at: i64,
    pub(super) what: What,
    /// A problem code, or what else was in the way; never anything of a token.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) cause: Option<String>,
}

impl Event {
    pub(super) fn document(&self) -> Value {
        json!({
            "at": self.at,
            "time": UnixTime::from_seconds(self.at).rfc3339(),
            "what": self.what.as_str(),
            "cause": self.cause,
        })
    }
}

/// The events in order; what can't be read is left out.
pub(super) fn read(profiles: &Profiles, name: &Name) -> Result<Vec<Event>, Failure> {
    let text = profiles.history(name)?;
    Ok(text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect())
}

/// Adds an event; the oldest go.
pub(super) fn add(
    profiles: &Profiles,
    change: &Change<'_>,
    name: &Name,
    event: Event,
) -> Result<(), Failure> {
    let mut events = read(profiles, name)?;
    events.push(event);
    let from = events.len().saturating_sub(MOST);
    let mut text = String::new();
    for event in events.iter().skip(from) {
        let line = serde_json::to_string(event).map_err(|error| Failure::work(&error))?;
        text.push_str(&line);
        text.push('\n');
    }
    change.write_history(name, &text)
}

/// A cause for which the grant was lost again and again, and how often.
pub(super) fn repeated(events: &[Event]) -> Option<(&str, usize)> {
    let lost = || {
        events
            .iter()
            .filter(|event| event.what == What::Lost)
            .filter_map(|event| event.cause.as_deref())
    };
    let last = lost().next_back()?;
    let times = lost().filter(|cause| *cause == last).count();
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
    }
}

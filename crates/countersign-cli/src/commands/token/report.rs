//! What is said of a token, for people and as JSON, schema `countersign/token/1`.

use core::fmt::Write as _;

use countersign_client::connections::advice;
use countersign_clock::{UnixTime, system};
use countersign_problem::harmless;
use countersign_store::FoundConnection;
use countersign_token::{ConnectionPhase, ReauthorisationCause};
use serde_json::{Value, json};

use super::flow::NoToken;
use crate::commands::profile::masked;
use crate::connections::history::{self, Event, repeated};
use crate::connections::{Row, id, news};
use crate::exit::{Exit, Failure, Outcome};
use crate::keys_file::Written;
use crate::output::{self, Format};
use crate::profile::{Name, Profile, Profiles};

/// What is known of a token offline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Good as far as is known here.
    Active,
    Expired,
    /// There is none.
    Absent,
    /// What the store has of it can't be read.
    Damaged,
    /// A renewal was begun, and its answer never came.
    RenewalUnknown,
    /// The provider said that it is gone.
    Lost,
}

impl State {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Absent => "absent",
            Self::Damaged => "damaged",
            Self::RenewalUnknown => "renewal_unknown",
            Self::Lost => "lost",
        }
    }

    /// `found` is the connection as the store has it; a token that is not there yet stands in the file.
    pub(super) fn of(written: &Written, found: Option<&FoundConnection>, now: UnixTime) -> Self {
        if written.token.as_deref().is_none_or(str::is_empty) {
            return Self::Absent;
        }
        let phase = found.map(|found| found.row.row.life.state.phase());
        match phase {
            Some(ConnectionPhase::NeedsReauthorisation) => return Self::Lost,
            // While another process has the lease, the answer is only under way.
            Some(ConnectionPhase::Renewing | ConnectionPhase::RenewalUnknown)
                if !found.is_some_and(|found| is_leased(found, now)) =>
            {
                return Self::RenewalUnknown;
            }
            None if written.renewal_began.is_some() => return Self::RenewalUnknown,
            _ => {}
        }
        match written.token_expires {
            Some(end) if now.seconds() >= end => Self::Expired,
            _ => Self::Active,
        }
    }
}

fn is_leased(found: &FoundConnection, now: UnixTime) -> bool {
    found.lease.is_some_and(|lease| !lease.is_over(now))
}

/// Everything that is said.
pub(super) struct Report<'a> {
    pub(super) profile: &'a Name,
    pub(super) action: &'static str,
    pub(super) written: &'a Written,
    pub(super) state: State,
    pub(super) now: UnixTime,
    /// Shown if asked for; the repeated cause is told anyway.
    pub(super) events: &'a [Event],
    pub(super) shows_history: bool,
    pub(super) no_token: Option<&'a NoToken>,
}

impl Report<'_> {
    pub(super) fn print(&self, format: Format) -> Result<(), Failure> {
        match format {
            Format::Json => output::json(&self.document()),
            Format::Text => output::data(&harmless(&self.text())),
        }
    }

    fn document(&self) -> Value {
        let written = self.written;
        let history: Vec<Value> = self.events.iter().map(Event::document).collect();
        json!({
            "schema": "countersign/token/1",
            "profile": self.profile.as_str(),
            "action": self.action,
            "state": self.state.as_str(),
            "token": written.token.as_deref().map(masked),
            "expires": written.token_expires,
            "renewable": written.session_handle.is_some(),
            "authorization_expires": written.authorization_expires,
            "problem": self.no_token.and_then(|it| it.problem.clone()),
            "error": self.no_token.map(|it| it.why.clone()),
            "repeated": repeated(self.events).map(|(cause, times)| {
                json!({ "cause": cause, "times": times })
            }),
            "history": self.shows_history.then_some(history),
            "doctor": self
                .no_token
                .and_then(|it| it.explained.as_ref())
                .map(|(_, document)| document.clone()),
        })
    }

    fn text(&self) -> String {
        let written = self.written;
        let mut out = String::new();
        let mut row = |name: &str, value: &str| {
            // Writing to a string does not fail.
            let _ignored = writeln!(out, "{name:15}{value}");
        };
        row("profile", self.profile.as_str());
        row("state", self.state.as_str());
        if let Some(token) = &written.token {
            row("token", &masked(token));
        }
        if let Some(end) = written.token_expires {
            row("ends", &self.moment(end));
        }
        let renewable = match (&written.session_handle, written.authorization_expires) {
            (None, _) => "no: there is no session handle".to_owned(),
            (Some(_), None) => "yes".to_owned(),
            (Some(_), Some(end)) => format!("until {}", self.moment(end)),
        };
        row("renewable", &renewable);
        if self.shows_history {
            for event in self.events {
                let when = UnixTime::from_seconds(event.at).rfc3339();
                let cause = event.cause.as_deref().unwrap_or_default();
                row(event.what.as_str(), &format!("{when}  {cause}"));
            }
        }
        if let Some((cause, times)) = repeated(self.events) {
            let _ignored = writeln!(
                out,
                "warning: the grant was lost {times} times in a row for {cause}: {}",
                remedy(cause)
            );
        }
        if let Some(next) = self.next() {
            let _ignored = writeln!(out, "next: {next}");
        }
        out
    }

    /// The command that mends it.
    fn next(&self) -> Option<String> {
        let renews = self.written.session_handle.is_some();
        let authorize = format!("countersign token authorize --profile {}", self.profile);
        match self.state {
            State::Active => None,
            State::Expired | State::RenewalUnknown if renews => Some(format!(
                "countersign token renew --profile {}",
                self.profile
            )),
            State::Expired
            | State::RenewalUnknown
            | State::Absent
            | State::Damaged
            | State::Lost => Some(authorize),
        }
    }

    /// A moment, and how far it is from now.
    fn moment(&self, at: i64) -> String {
        let seconds = at.saturating_sub(self.now.seconds());
        let (number, unit) = match seconds.unsigned_abs() {
            short @ 0..120 => (short, "s"),
            mean @ 120..7_200 => (mean.checked_div(60).unwrap_or(mean), "min"),
            long @ 7_200..172_800 => (long.checked_div(3_600).unwrap_or(long), "h"),
            longer => (longer.checked_div(86_400).unwrap_or(longer), "d"),
        };
        let moment = UnixTime::from_seconds(at).rfc3339();
        if seconds > 0 {
            format!("{moment}, in {number} {unit}")
        } else {
            format!("{moment}, {number} {unit} ago")
        }
    }
}

/// What is to be done about a cause that comes again.
fn remedy(cause: &str) -> String {
    match ReauthorisationCause::parse(cause) {
        // No provider's word: nobody but this side knows of it.
        Ok(cause @ (ReauthorisationCause::RenewalLost | ReauthorisationCause::Revoked)) => {
            advice(cause).to_owned()
        }
        _ => format!("countersign explain {cause}"),
    }
}

/// What is known of the token of a profile, for printing.
pub(super) fn known(
    profiles: &Profiles,
    profile: &Profile,
    now: UnixTime,
) -> Result<(State, Vec<Event>), Failure> {
    let id = id(&profile.name, &profile.written);
    let row = match (profiles.shelf()?, &id) {
        (Some(shelf), Some(id)) => shelf.look(id)?,
        _ => Row::Absent,
    };
    let written = &profile.written;
    let in_file = || profiles.read_file(&profile.name).map(|file| file.written);
    let state = match row {
        _ if profile.damaged.is_some() => State::Damaged,
        // What the store knows is of another token than the one that counts.
        Row::Found(found) if news(&found.row.row, &in_file()?).is_none() => {
            State::of(written, Some(&found), now)
        }
        Row::Absent | Row::Found(_) | Row::Damaged(_) => State::of(written, None, now),
    };
    Ok((state, history::read(profiles, profile)?))
}

/// What a command came to: the token as it is now, and why there is no new one.
pub(super) fn outcome(
    profiles: &Profiles,
    name: &Name,
    action: &'static str,
    no_token: Option<&NoToken>,
    format: Format,
) -> Outcome {
    if let (Some(no_token), Format::Text) = (no_token, format) {
        output::note(&format!("error: {}", harmless(&no_token.why)));
        if let Some((text, _)) = &no_token.explained {
            output::note(text);
        }
    }
    let profile = profiles.read(name)?;
    let now = system::now();
    let (state, events) = known(profiles, &profile, now)?;
    let report = Report {
        profile: name,
        action,
        written: &profile.written,
        state,
        now,
        events: &events,
        shows_history: false,
        no_token,
    };
    report.print(format)?;
    Ok(match no_token {
        None => Exit::Yes,
        Some(_) => Exit::No,
    })
}

//! What the templates are given.

use askama::Template;
use countersign_clock::UnixTime;

/// What every page of a visitor shows.
pub(crate) struct Frame<'a> {
    /// The host, so that people see where they are.
    pub(crate) site: &'a str,
    pub(crate) user: Option<&'a str>,
    pub(crate) form_token: String,
    /// The request for access that the visitor came for.
    pub(crate) token: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "log_in.html")]
pub(crate) struct LogInPage<'a> {
    pub(crate) frame: Frame<'a>,
    /// The application that asks.
    pub(crate) application: Option<String>,
    /// What was typed.
    pub(crate) name: &'a str,
    pub(crate) error: Option<String>,
    /// Whether name and password are to be looked at again.
    pub(crate) wrong: bool,
}

#[derive(Template)]
#[template(path = "log_out.html")]
pub(crate) struct LogOutPage<'a> {
    pub(crate) frame: Frame<'a>,
}

#[derive(Template)]
#[template(path = "consent.html")]
pub(crate) struct ConsentPage<'a> {
    pub(crate) frame: Frame<'a>,
    pub(crate) application: &'a str,
    pub(crate) consumer_key: &'a str,
    /// How long its access lasts.
    pub(crate) lasts: String,
    /// The host that the user is sent to; none if a code is shown.
    pub(crate) next: Option<&'a str>,
    pub(crate) choices: Vec<Choice>,
    /// Whether any organisation can be chosen.
    pub(crate) possible: bool,
    pub(crate) roles: String,
    pub(crate) error: Option<&'static str>,
}

/// An organisation on the consent page.
pub(crate) struct Choice {
    pub(crate) organisation: String,
    pub(crate) role: String,
    pub(crate) possible: bool,
    pub(crate) chosen: bool,
    /// Who connected the application already.
    pub(crate) connected: Option<Connected>,
}

/// A connection that would be replaced.
pub(crate) struct Connected {
    pub(crate) by_this_user: bool,
    pub(crate) since: When,
}

#[derive(Template)]
#[template(path = "code.html")]
pub(crate) struct CodePage<'a> {
    pub(crate) frame: Frame<'a>,
    pub(crate) application: &'a str,
    pub(crate) organisation: &'a str,
    pub(crate) code: &'a str,
}

#[derive(Template)]
#[template(path = "denied.html")]
pub(crate) struct DeniedPage<'a> {
    pub(crate) frame: Frame<'a>,
    pub(crate) application: &'a str,
}

#[derive(Template)]
#[template(path = "apps.html")]
pub(crate) struct AppsPage<'a> {
    pub(crate) frame: Frame<'a>,
    pub(crate) places: Vec<Place>,
    pub(crate) notice: Option<String>,
}

/// What is connected to one organisation.
pub(crate) struct Place {
    pub(crate) organisation: String,
    pub(crate) connections: Vec<Connection>,
}

/// An application that is connected.
pub(crate) struct Connection {
    pub(crate) grant: String,
    pub(crate) application: String,
    pub(crate) since: When,
    pub(crate) ends: Option<When>,
    pub(crate) renewable: bool,
}

#[derive(Template)]
#[template(path = "fault.html")]
pub(crate) struct FaultPage {
    pub(crate) title: &'static str,
    pub(crate) sentence: &'static str,
    pub(crate) reference: Option<String>,
}

/// A time, for machines and for people.
pub(crate) struct When {
    pub(crate) machine: String,
    pub(crate) words: String,
}

impl When {
    pub(crate) fn at(time: UnixTime) -> Self {
        let machine = time.rfc3339();
        let words = match machine.split_once('T') {
            Some((date, clock)) => {
                let minutes: String = clock.chars().take("00:00".len()).collect();
                format!("{date} {minutes} UTC")
            }
            None => machine.clone(),
        };
        Self { machine, words }
    }
}

/// A time span in the largest unit that gives a whole number.
pub(crate) fn span(seconds: u32) -> String {
    let units = [
        (86_400, "day"),
        (3_600, "hour"),
        (60, "minute"),
        (1, "second"),
    ];
    let whole = units.into_iter().find_map(|(length, name)| {
        let count = seconds.checked_div(length)?;
        (count > 0 && seconds.checked_rem(length) == Some(0)).then_some((count, name))
    });
    let (count, name) = whole.unwrap_or((seconds, "second"));
    let several = if count == 1 { "" } else { "s" };
    format!("{count} {name}{several}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_for_machines_and_people() {
        let when = When::at(UnixTime::from_seconds(1_700_000_000));
        assert_eq!(when.machine, "2023-11-14T22:13:20Z");
        assert_eq!(when.words, "2023-11-14 22:13 UTC");
    }

    #[test]
    fn spans_are_whole_numbers() {
        let cases = [
            (0, "0 seconds"),
            (1, "1 second"),
            (90, "90 seconds"),
            (1_800, "30 minutes"),
            (3_600, "1 hour"),
            (365 * 86_400, "365 days"),
        ];
        for (seconds, expected) in cases {
            assert_eq!(span(seconds), expected);
        }
    }
}

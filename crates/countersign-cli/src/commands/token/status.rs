//! `countersign token status`: what is known of a profile's token, offline.

use clap::Args;
use countersign_clock::{UnixTime, system};

use super::flow;
use super::report::{Report, State, known};
use crate::exit::{Exit, Outcome};
use crate::output::Format;
use crate::profile::Name;

const AFTER: &str = "\
Examples:
  countersign token status
  countersign token status --profile acme --history

Exit codes: 0 there is one that is good as far as is known here, 1 not; 2 usage,
3 the profile can't be read, 4 there is no such profile.";

/// Show what is known of a profile's token. Nothing is sent.
///
/// Only the provider knows whether it was revoked; the next request tells.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Status {
    /// The profile; otherwise COUNTERSIGN_PROFILE, or the one in use.
    #[arg(long, value_name = "NAME")]
    profile: Option<Name>,
    /// Show when it was got, renewed and lost, and why.
    #[arg(long)]
    history: bool,
    /// The time that counts, in seconds since 1970; otherwise now.
    #[arg(long, value_name = "UNIX_TIME", value_parser = crate::commands::doctor::unix_time)]
    at: Option<UnixTime>,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Status {
    pub(super) fn run(&self) -> Outcome {
        let (profiles, profile) = flow::profile(self.profile.as_ref())?;
        let now = self.at.unwrap_or_else(system::now);
        let (state, events) = known(&profiles, &profile, now)?;
        let report = Report {
            profile: &profile.name,
            action: "status",
            written: &profile.written,
            state,
            now,
            events: &events,
            shows_history: self.history,
            no_token: None,
        };
        report.print(self.format)?;
        Ok(if state == State::Active {
            Exit::Yes
        } else {
            Exit::No
        })
    }
}

//! `countersign profile status`: what is missing, expired or open to others.

use clap::Args;
use countersign_clock::{UnixTime, system};

use super::check::{self, Line};
use super::view::{self, View};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Format;
use crate::profile::{Name, Profiles};

const AFTER: &str = "\
Examples:
  countersign profile status
  countersign profile status acme --format json

Exit codes: 0 all good, 1 not: something is missing, expired or open to others; 2 usage;
3 the directory can't be read; 4 there is no profile.";

/// Check that profiles are whole: keys, token, certificate, addresses, who can read them.
///
/// Nothing is sent, and the clock is not compared with anybody's: countersign clock does that.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Status {
    /// The time that counts, in seconds since 1970; otherwise now.
    #[arg(long, value_name = "UNIX_TIME", value_parser = crate::commands::doctor::unix_time)]
    at: Option<UnixTime>,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The profiles; otherwise all.
    #[arg(value_name = "NAME")]
    names: Vec<Name>,
}

impl Status {
    pub(super) fn run(&self) -> Outcome {
        let profiles = Profiles::open()?;
        let names = if self.names.is_empty() {
            profiles.names()?
        } else {
            self.names.clone()
        };
        if names.is_empty() {
            return Err(Failure::Credentials(
                "there is no profile yet; countersign profile add NAME makes one".to_owned(),
            ));
        }
        if let Some(name) = lacking(&profiles, &names)? {
            return Err(crate::profile::unknown(name));
        }
        let now = self.at.unwrap_or_else(system::now);
        let active = profiles.active()?;
        let mut is_good = true;
        let mut text = String::new();
        let mut views = Vec::new();
        for name in &names {
            let lines = check::lines(&profiles, name, now);
            let view = View::of(&profiles, name, active.as_ref());
            text.push_str(&view.heading());
            for line in &lines {
                line.write(&mut text);
            }
            is_good &= !lines.iter().any(Line::is_bad);
            views.push(view.with_lines(lines));
        }
        view::print(&profiles, &views, self.format, || text)?;
        Ok(if is_good { Exit::Yes } else { Exit::No })
    }
}

fn lacking<'a>(profiles: &Profiles, names: &'a [Name]) -> Result<Option<&'a Name>, Failure> {
    for name in names {
        if !profiles.has(name)? {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

//! `countersign profile remove`.

use clap::Args;

use super::view;
use crate::exit::{Exit, Outcome};
use crate::output::{self, Format};
use crate::profile::{Name, Profiles};

const AFTER: &str = "\
Examples:
  countersign profile remove acme-sandbox

Exit codes: 0 removed, 2 usage, 3 it can't be removed, 4 there is none of the name.";

/// Remove a profile. At the provider nothing changes: its token stays good until it is revoked.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Remove {
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The profile.
    name: Name,
}

impl Remove {
    pub(super) fn run(&self) -> Outcome {
        let profiles = Profiles::open()?;
        if !profiles.has(&self.name)? {
            return Err(crate::profile::unknown(&self.name));
        }
        profiles.change()?.remove(&self.name)?;
        match self.format {
            Format::Json => {
                let active = profiles.active()?;
                let removed = Some(&self.name);
                output::json(&view::document(&profiles, active.as_ref(), &[], removed)?)?;
            }
            Format::Text => output::note(&format!("removed: {}", self.name)),
        }
        Ok(Exit::Yes)
    }
}

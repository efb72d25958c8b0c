//! `countersign token reinstate`: a lost token is taken for good again.

use clap::Args;

use super::{flow, report};
use crate::connections::{adopt, reinstate};
use crate::exit::{Exit, Outcome};
use crate::output::{self, Format};
use crate::profile::Name;

const AFTER: &str = "\
Examples:
  countersign token reinstate --profile acme

Exit codes: 0 it is taken for good again; 1 it was not lost; 2 usage, 3 the profile or its
connection can't be read or written, 4 there is no such profile.";

/// Take the lost token of a profile for good again.
///
/// Where a provider called it dead, and something else was wrong: a realm, an address that was not
/// registered. Nothing is sent; if the token is dead, the next request finds it out.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Reinstate {
    /// The profile; otherwise COUNTERSIGN_PROFILE, or the one in use.
    #[arg(long, value_name = "NAME")]
    profile: Option<Name>,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Reinstate {
    pub(super) fn run(&self) -> Outcome {
        let (profiles, profile) = flow::profile(self.profile.as_ref())?;
        // A newer token may stand in the profile's file, which the store did not take.
        adopt(&profiles, &profile.name)?;
        let was_lost = reinstate(&profiles, &profile.name)?;
        let shown = report::outcome(&profiles, &profile.name, "reinstate", None, self.format)?;
        if was_lost {
            return Ok(shown);
        }
        output::note("the token is not lost, so nothing was changed");
        Ok(Exit::No)
    }
}

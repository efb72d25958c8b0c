//! `countersign profile show`: what a profile holds, secrets left out.

use clap::Args;

use super::view::{self, View};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Format;
use crate::profile::{Name, Profiles};

const AFTER: &str = "\
Examples:
  countersign profile show acme
  countersign profile show --format json

Exit codes: 0 shown, 2 usage, 3 the profile can't be read, 4 there is none of the name.";

/// Show a profile; of secrets only that they are there.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Show {
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The profile; otherwise the one in use.
    name: Option<Name>,
}

impl Show {
    pub(super) fn run(&self) -> Outcome {
        let profiles = Profiles::open()?;
        let active = profiles.active()?;
        let name = self.name.as_ref().or(active.as_ref()).ok_or_else(|| {
            Failure::Usage(
                "no profile is in use; name one: countersign profile show NAME".to_owned(),
            )
        })?;
        let _readable = profiles.read(name)?;
        let views = [View::of(&profiles, name, active.as_ref())];
        view::print(&profiles, &views, self.format, || {
            views.iter().map(View::text).collect()
        })?;
        Ok(Exit::Yes)
    }
}

//! `countersign profile use`: the profile for all commands that are given none.

use clap::Args;

use super::view::{self, View};
use crate::exit::{Exit, Outcome};
use crate::output::{self, Format};
use crate::profile::{Name, Profiles};

const AFTER: &str = "\
Examples:
  countersign profile use acme
  countersign profile use --none

Exit codes: 0 done, 2 usage, 3 the profile can't be read, 4 there is none of the name.";

/// Set the profile that commands take when neither --keys nor --profile is given.
///
/// They name it on standard error each time. COUNTERSIGN_PROFILE goes before it.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Use {
    /// No profile from now on.
    #[arg(long)]
    none: bool,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The profile.
    #[arg(required_unless_present = "none", conflicts_with = "none")]
    name: Option<Name>,
}

impl Use {
    pub(super) fn run(&self) -> Outcome {
        let profiles = Profiles::open()?;
        let mut views = Vec::new();
        match &self.name {
            Some(name) => {
                // One that can't be read would fail every command from now on.
                let _readable = profiles.read(name)?;
                profiles.change()?.activate(name)?;
                views.push(View::of(&profiles, name, Some(name)));
            }
            None => profiles.change()?.deactivate()?,
        }
        if self.format == Format::Json {
            return view::print(&profiles, &views, self.format, String::new).map(|()| Exit::Yes);
        }
        output::note(&match &self.name {
            Some(name) => format!("in use: {name}"),
            None => "no profile is in use".to_owned(),
        });
        Ok(Exit::Yes)
    }
}

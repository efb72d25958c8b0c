//! `countersign profile list`: every profile on a line.

use core::fmt::Write as _;

use clap::Args;

use super::view::{self, View};
use crate::exit::{Exit, Outcome};
use crate::output::{self, Format};
use crate::profile::Profiles;

const AFTER: &str = "\
Examples:
  countersign profile list
  countersign profile list --format json

Exit codes: 0 listed, 2 usage, 3 the directory can't be read.";

/// List the profiles; * marks the one in use.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct List {
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl List {
    pub(super) fn run(&self) -> Outcome {
        let profiles = Profiles::open()?;
        let active = profiles.active()?;
        let views: Vec<View> = profiles
            .names()?
            .iter()
            .map(|name| View::of(&profiles, name, active.as_ref()))
            .collect();
        if views.is_empty() && self.format == Format::Text {
            output::note("no profiles yet; countersign profile add NAME makes one");
            return Ok(Exit::Yes);
        }
        view::print(&profiles, &views, self.format, || {
            let width = views.iter().map(|it| it.name().as_str().len()).max();
            let width = width.unwrap_or_default();
            views.iter().fold(String::new(), |mut out, view| {
                let mark = if view.is_active() { '*' } else { ' ' };
                // Writing to a string does not fail.
                let _ignored = write!(out, "{mark} {:width$}", view.name().as_str());
                match view.error() {
                    Some(error) => {
                        let _ignored = write!(out, "  error: {error}");
                    }
                    None => {
                        for name in ["preset", "signature_method", "consumer_key", "base_url"] {
                            if let Some(value) = view.value(name) {
                                let _ignored = write!(out, "  {value}");
                            }
                        }
                    }
                }
                out.push('\n');
                out
            })
        })?;
        Ok(Exit::Yes)
    }
}

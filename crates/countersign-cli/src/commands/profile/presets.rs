//! `countersign profile presets`: the providers that are known, and what is known of them.

mod document;
mod text;

use clap::Args;
use countersign_dialect::{Ended, Provider};

use crate::exit::{Exit, Failure, Outcome};
use crate::output::{self, Format};
use crate::text::painted;

const AFTER: &str = "\
Examples:
  countersign profile presets
  countersign profile presets netsuite-tba
  countersign profile presets --format json mastercard

Exit codes: 0 shown, 1 there is no such provider, 2 usage.";

/// List the providers that are known, or show everything about one.
///
/// Each row says where it was read and how well it is supported. None says that a service answers
/// today: nothing is sent.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Presets {
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The id of a provider.
    #[arg(value_name = "ID")]
    id: Option<String>,
}

impl Presets {
    pub(super) fn run(&self) -> Outcome {
        let (providers, ended) = self.rows()?;
        match self.format {
            Format::Json => output::json(&document::document(providers, ended))?,
            Format::Text if self.id.is_none() => output::data(&text::list(providers, ended))?,
            Format::Text => {
                let pages = providers.iter().map(text::page);
                let over = ended.iter().map(text::ended_page);
                output::data(&painted(&pages.chain(over).collect::<String>()))?;
            }
        }
        let is_known = !(providers.is_empty() && ended.is_empty());
        Ok(if is_known { Exit::Yes } else { Exit::No })
    }

    fn rows(&self) -> Result<(&'static [Provider], &'static [Ended]), Failure> {
        let Some(id) = &self.id else {
            return Ok((
                countersign_dialect::providers(),
                countersign_dialect::ended(),
            ));
        };
        let one = countersign_dialect::by_id(id).map(core::slice::from_ref);
        let over = countersign_dialect::ended_by_id(id).map(core::slice::from_ref);
        if one.is_none() && over.is_none() {
            output::note(&format!(
                "there is no preset {id:?}; countersign profile presets lists them"
            ));
        }
        Ok((one.unwrap_or_default(), over.unwrap_or_default()))
    }
}

//! `countersign explain`: what a code or an error text means, offline.

mod finding;
mod json;
mod list;
mod lookup;
mod text;

use clap::Args;

use crate::exit::{Exit, Failure, Outcome};
use crate::output;
use crate::output::Format;

const AFTER: &str = "\
Examples:
  countersign explain token_rejected
  countersign explain 'Failed to validate signature'
  countersign explain rsa.key_mismatch
  countersign explain X 32
  countersign explain --list

Exit codes: 0 explained, 1 nothing is known of it, 2 usage.";

/// Explain a problem code, an error text or a finding of the doctor, offline.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(crate) struct Explain {
    /// List everything that has an entry of its own.
    #[arg(long, conflicts_with = "what")]
    list: bool,
    /// Show every case and where it was seen.
    #[arg(long, short)]
    verbose: bool,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// A problem code, a finding code, an error text, or a provider's word or number.
    #[arg(value_name = "CODE|TEXT", required_unless_present = "list")]
    what: Vec<String>,
}

/// The page of a finding code, for a report.
pub(crate) fn page_of(row: &'static countersign_doctor::CodeRow) -> String {
    finding::page(row)
}

impl Explain {
    pub(crate) fn run(&self) -> Outcome {
        if self.list {
            match self.format {
                Format::Json => output::json(&list::document())?,
                Format::Text => output::data(&list::text())?,
            }
            return Ok(Exit::Yes);
        }
        let query = self.what.join(" ");
        if query.trim().is_empty() {
            return Err(Failure::Usage(
                "expected a code or a text, found blanks".to_owned(),
            ));
        }
        let entries = lookup::find(&query);
        match self.format {
            Format::Json => output::json(&json::document(&query, &entries))?,
            Format::Text => output::data(&text::page(&query, &entries, self.verbose))?,
        }
        Ok(if entries.is_empty() {
            Exit::No
        } else {
            Exit::Yes
        })
    }
}

//! `countersign man`: the manual pages.

use std::path::PathBuf;

use clap::{Args, CommandFactory as _};
use clap_mangen::Man as Page;

use crate::cli::Cli;
use crate::exit::{Exit, Failure, Outcome};
use crate::output;

const AFTER: &str = "\
Examples:
  countersign man | man -l -
  countersign man ~/.local/share/man/man1

Exit codes: 0 written, 2 usage, 3 could not write.";

/// Print the manual page, or write the pages of all commands to a directory.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(crate) struct Man {
    /// Where to write one page for each command; without it, the main page is printed.
    #[arg(value_name = "DIR")]
    directory: Option<PathBuf>,
}

impl Man {
    pub(crate) fn run(&self) -> Outcome {
        let command = Cli::command();
        match &self.directory {
            None => {
                let mut page = Vec::new();
                Page::new(command)
                    .render(&mut page)
                    .map_err(|error| Failure::work(&error))?;
                output::bytes(&page)?;
            }
            Some(directory) => {
                let failed = |source| Failure::File {
                    path: directory.clone(),
                    source,
                };
                std::fs::create_dir_all(directory).map_err(failed)?;
                clap_mangen::generate_to(command, directory).map_err(failed)?;
                output::note(&format!("manual pages written to {}", directory.display()));
            }
        }
        Ok(Exit::Yes)
    }
}

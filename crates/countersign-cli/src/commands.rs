//! The commands, one module each.

pub(crate) mod doctor;

use crate::cli::{Cli, Command};
use crate::exit::Outcome;

/// Runs the command that the command line names.
pub(crate) fn run(cli: &Cli) -> Outcome {
    match &cli.command {
        Command::Doctor(doctor) => doctor.run(),
    }
}

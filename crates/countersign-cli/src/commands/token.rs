//! `countersign token`: the token of a profile, from the user's consent to its end.

mod authorize;
mod callback;
pub(crate) mod flow;
mod listen;
mod reinstate;
mod renew;
mod report;
mod status;

use clap::{Args, Subcommand};

use crate::exit::Outcome;

const AFTER: &str = "\
Examples:
  countersign token authorize --profile acme
  countersign token authorize --profile acme --callback oob
  countersign token renew --profile acme
  countersign token status --profile acme --history";

/// Get, renew and look at the token of a profile.
#[derive(Args, Debug)]
#[command(after_help = AFTER, arg_required_else_help = true)]
pub(crate) struct Token {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Authorize(authorize::Authorize),
    Reinstate(reinstate::Reinstate),
    Renew(renew::Renew),
    Status(status::Status),
}

impl Token {
    pub(crate) fn run(&self) -> Outcome {
        match &self.command {
            Command::Authorize(authorize) => authorize.run(),
            Command::Reinstate(reinstate) => reinstate.run(),
            Command::Renew(renew) => renew.run(),
            Command::Status(status) => status.run(),
        }
    }
}

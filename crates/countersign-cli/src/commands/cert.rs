//! `countersign cert`: certificates, the RSA half of registration.

mod check;
pub(crate) mod generate;
mod inspect;
pub(crate) mod issue;
mod new;
mod period;
mod renew;
pub(crate) mod subject;
pub(crate) mod write;

use clap::{Args, Subcommand};

use crate::exit::Outcome;

const AFTER: &str = "\
Examples:
  countersign cert new --cn acme-ledger-sync --private-key acme.key.pem -o acme.cer.pem
  countersign cert inspect acme.cer.pem
  countersign cert check acme.cer.pem --private-key acme.key.pem --expires-in 30d
  countersign cert renew acme.cer.pem --private-key acme.key.pem -o new.cer.pem";

/// Inspect, check, make and renew the certificates that RSA signatures are registered with.
#[derive(Args, Debug)]
#[command(after_help = AFTER, arg_required_else_help = true)]
pub(crate) struct Cert {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Inspect(inspect::Inspect),
    Check(check::Check),
    New(new::New),
    Renew(renew::Renew),
}

impl Cert {
    pub(crate) fn run(&self) -> Outcome {
        match &self.command {
            Command::Inspect(inspect) => inspect.run(),
            Command::Check(check) => check.run(),
            Command::New(new) => new.run(),
            Command::Renew(renew) => renew.run(),
        }
    }
}

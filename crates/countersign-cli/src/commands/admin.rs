//! `countersign admin`: looking after the store of a service, while it runs or not.

mod certificate;
mod config;
mod consumer;
mod grant;
mod refusal;
mod report;
mod secret;
mod token;
mod user;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use countersign_problem::harmless;
use countersign_server::AdminError;

use crate::exit::{Exit, Failure, Outcome, in_full};
use crate::output::{self, Format};
use report::Report;

const AFTER: &str = "\
Examples:
  countersign admin consumer add photo-printer --kind public --secret-out printer.secret \\
    --callback https://printer.example/ready
  countersign admin certificate add ledger-sync acme.cer.pem
  countersign admin user add ann --password-file - --organisation 'Acme=standard'
  countersign admin grant list --user ann
  countersign admin grant revoke --consumer photo-printer --organisation Acme

Exit codes: 0 done, 1 there is no such thing, or it is refused, 2 usage, 3 could not run.";

/// Look after consumers, certificates, users, grants and tokens of a service, and what it refused.
///
/// A service that runs sees each change with its next request; none has to run. Secrets come from
/// files or standard input, never from the command line. Each change has a line in the service's
/// audit trail.
#[derive(Args, Debug)]
#[command(after_help = AFTER, arg_required_else_help = true)]
pub(crate) struct Admin {
    /// The configuration of the service; without it ./countersign.toml if that is there.
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// How to print.
    #[arg(long, value_enum, default_value_t, global = true)]
    format: Format,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Consumer(consumer::Consumer),
    Certificate(certificate::Certificate),
    User(user::User),
    Grant(grant::Grant),
    Token(token::Token),
    Refusal(refusal::Refusal),
}

/// Why a command did not come to a report.
enum Trouble {
    Admin(AdminError),
    Failure(Failure),
    /// The answer is no.
    Refused(String),
}

impl From<AdminError> for Trouble {
    fn from(error: AdminError) -> Self {
        Self::Admin(error)
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl Admin {
    pub(crate) fn run(&self) -> Outcome {
        match self.report() {
            Ok(report) => {
                report.print(self.format)?;
                Ok(Exit::Yes)
            }
            Err(Trouble::Admin(error)) if error.is_refusal() => self.refused(&in_full(&error)),
            Err(Trouble::Refused(text)) => self.refused(&text),
            Err(Trouble::Admin(error)) if error.is_misuse() => Err(Failure::Usage(in_full(&error))),
            Err(Trouble::Admin(error)) => Err(Failure::work(&error)),
            Err(Trouble::Failure(failure)) => Err(failure),
        }
    }

    fn refused(&self, text: &str) -> Outcome {
        output::note(&harmless(&format!("error: {text}")));
        if self.format == Format::Json {
            output::json(&report::refusal(text))?;
        }
        Ok(Exit::No)
    }

    fn report(&self) -> Result<Report, Trouble> {
        if let Command::User(user) = &self.command
            && let Some(report) = user.without_store()?
        {
            return Ok(report);
        }
        let config = config::read(self.config.as_deref())?;
        if let Command::Refusal(refusal) = &self.command {
            return refusal.run(&config);
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .map_err(|error| Failure::work(&error))?;
        runtime.block_on(async {
            let admin = countersign_server::Admin::open(&config)?;
            match &self.command {
                Command::Consumer(consumer) => consumer.run(&admin).await,
                Command::Certificate(certificate) => certificate.run(&admin).await,
                Command::User(user) => user.run(&admin).await,
                Command::Grant(grant) => grant.run(&admin).await,
                Command::Token(token) => token.run(&admin).await,
                // Kept in another file.
                Command::Refusal(refusal) => refusal.run(&config),
            }
        })
    }
}

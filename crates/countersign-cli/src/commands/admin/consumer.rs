//! `countersign admin consumer`: registered applications.

mod add;
mod show;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use countersign_server::{Admin, ConsumerChange};

use super::report::{Report, ended, table};
use super::{Trouble, secret};

const AFTER: &str = "\
Examples:
  countersign admin consumer list
  countersign admin consumer add photo-printer --kind public --secret-out printer.secret \\
    --callback https://printer.example/ready
  countersign admin consumer add ledger-sync --kind private --organisation Acme \\
    --certificate acme.cer.pem
  countersign admin consumer set photo-printer --name 'Photo Printer'
  countersign admin consumer secret photo-printer --secret-file new.secret
  countersign admin consumer reject photo-printer

Exit codes: 0 done, 1 there is none, or it is refused, 2 usage, 3 could not run.";

/// Look after the registered applications.
#[derive(Args, Debug)]
#[command(after_help = AFTER, arg_required_else_help = true)]
pub(super) struct Consumer {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// List the applications.
    #[command(after_help = AFTER)]
    List,
    /// Show one application.
    #[command(after_help = AFTER)]
    Show(Key),
    Add(add::Add),
    Set(Set),
    Secret(NewSecret),
    /// Refuse an application until it is accepted again; its grants stay.
    #[command(after_help = AFTER)]
    Reject(Key),
    /// Accept an application that was rejected.
    #[command(after_help = AFTER)]
    Accept(Key),
    /// Take an application out; its grants end.
    #[command(after_help = AFTER)]
    Remove(Key),
}

#[derive(Args, Debug)]
struct Key {
    /// The consumer key.
    #[arg(value_name = "KEY")]
    key: String,
}

/// Change an application; what is not named stays.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
struct Set {
    /// The consumer key.
    #[arg(value_name = "KEY")]
    key: String,
    #[command(flatten)]
    change: Change,
}

#[derive(Args, Debug)]
#[group(required = true, multiple = true)]
struct Change {
    /// Its name, for the person who is asked.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Where users may be sent back to, or oob; all that there are to be.
    #[arg(long, value_name = "URL")]
    callback: Vec<String>,
    /// No callback at all.
    #[arg(long, conflicts_with = "callback")]
    no_callbacks: bool,
    /// The signature methods that it may use; all that there are to be.
    #[arg(long, value_name = "METHOD")]
    method: Vec<String>,
    /// Any signature method that goes with its kind of key.
    #[arg(long, conflicts_with = "method")]
    any_method: bool,
    /// The organisation that a private application belongs to.
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
    /// Whether it may sign requests without any token.
    #[arg(long, value_name = "BOOL")]
    two_legged: Option<bool>,
    /// Whether it may trade a user's name and password for a token.
    #[arg(long, value_name = "BOOL")]
    xauth: Option<bool>,
}

/// Give an application another secret; the old one is refused at once.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
struct NewSecret {
    /// The consumer key.
    #[arg(value_name = "KEY")]
    key: String,
    #[command(flatten)]
    from: SecretFrom,
}

#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct SecretFrom {
    /// The file with the secret, on one line; - for standard input.
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// Make a random secret and write it to this new file, for its owner alone; - prints it.
    #[arg(long, value_name = "FILE")]
    secret_out: Option<PathBuf>,
}

impl Consumer {
    pub(super) async fn run(&self, admin: &Admin) -> Result<Report, Trouble> {
        match &self.command {
            Command::List => {
                let rows = admin.consumers().await?;
                let lines: Vec<_> = rows.iter().map(show::line).collect();
                let report = Report::new(table(&lines, "No applications are registered."));
                Ok(report.with("consumers", rows)?)
            }
            Command::Show(Key { key }) => {
                let row = admin.consumer(key).await?;
                Ok(Report::new(show::text(&row)).with("consumer", row)?)
            }
            Command::Add(add) => add.run(admin).await,
            Command::Set(set) => set.run(admin).await,
            Command::Secret(new) => new.run(admin).await,
            Command::Reject(Key { key }) => {
                admin.set_rejected(key, true).await?;
                Ok(Report::new(format!("{key} is rejected"))
                    .with("consumer", admin.consumer(key).await?)?)
            }
            Command::Accept(Key { key }) => {
                admin.set_rejected(key, false).await?;
                Ok(Report::new(format!("{key} is accepted"))
                    .with("consumer", admin.consumer(key).await?)?)
            }
            Command::Remove(Key { key }) => {
                let grants = admin.remove_consumer(key).await?;
                let text = format!("{key} is removed, {}", ended(grants));
                Ok(Report::new(text)
                    .with("removed", key)?
                    .with("grants_ended", grants)?
                    .overruled(admin.is_consumer_in_config(key), "consumer", key))
            }
        }
    }
}

impl Set {
    async fn run(&self, admin: &Admin) -> Result<Report, Trouble> {
        let to = &self.change;
        let all =
            |given: &Vec<String>, none: bool| (none || !given.is_empty()).then(|| given.clone());
        let mut change = ConsumerChange::default();
        change.name.clone_from(&to.name);
        change.callbacks = all(&to.callback, to.no_callbacks);
        change.methods = all(&to.method, to.any_method);
        change.organisation.clone_from(&to.organisation);
        change.two_legged = to.two_legged;
        change.xauth = to.xauth;
        let row = admin.change_consumer(&self.key, &change).await?;
        let in_config = row.in_config;
        Ok(Report::new(show::text(&row))
            .with("consumer", row)?
            .overruled(in_config, "consumer", &self.key))
    }
}

impl NewSecret {
    async fn run(&self, admin: &Admin) -> Result<Report, Trouble> {
        let key = &self.key;
        let in_config = admin.is_consumer_in_config(key);
        let from = &self.from;
        let report = match (&from.secret_file, &from.secret_out) {
            (Some(file), _) => {
                admin.change_secret(key, secret::read(file)?).await?;
                Report::new(format!("{key} has another secret"))
            }
            (None, Some(out)) => {
                // So that no file is made for one that is not there.
                admin.consumer(key).await?;
                let new = secret::New::write(out)?;
                if let Err(error) = admin.change_secret(key, new.secret()).await {
                    new.take_back();
                    return Err(error.into());
                }
                add::with_secret(format!("{key} has another secret"), &new)?
            }
            (None, None) => return Err(add::no_keys()),
        };
        let report = report.with("consumer", admin.consumer(key).await?)?;
        Ok(report.overruled(in_config, "consumer", key))
    }
}

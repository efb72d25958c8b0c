//! `countersign admin grant`: what users allowed applications.

use clap::{Args, Subcommand};
use countersign_server::{Admin, GrantFilter, GrantRow};

use super::Trouble;
use super::report::{Report, fields, table};
use crate::exit::Failure;

const AFTER: &str = "\
Examples:
  countersign admin grant list --organisation Acme
  countersign admin grant list --all --format json
  countersign admin grant revoke --consumer photo-printer --organisation Acme
  countersign admin grant revoke 0f8fad5bd9cb469fa16570867728950e

Exit codes: 0 done, 1 there is none, 2 usage, 3 could not run.";

/// Look at what users allowed applications, and end it.
#[derive(Args, Debug)]
#[command(after_help = AFTER, arg_required_else_help = true)]
pub(super) struct Grant {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// List grants.
    #[command(after_help = AFTER)]
    List {
        /// Those of one application.
        #[arg(long, value_name = "KEY")]
        consumer: Option<String>,
        /// Those that one user gave.
        #[arg(long, value_name = "NAME")]
        user: Option<String>,
        /// Those for one organisation.
        #[arg(long, value_name = "NAME")]
        organisation: Option<String>,
        /// Also those that ended.
        #[arg(long)]
        all: bool,
    },
    /// Show one grant.
    #[command(after_help = AFTER)]
    Show {
        /// The grant: 32 hexadecimal digits.
        #[arg(value_name = "ID")]
        id: String,
    },
    /// End a grant: once this is done, no token of it is accepted.
    #[command(after_help = AFTER)]
    Revoke {
        /// The grant: 32 hexadecimal digits.
        #[arg(value_name = "ID", required_unless_present = "consumer")]
        id: Option<String>,
        /// The application to disconnect.
        #[arg(
            long,
            value_name = "KEY",
            requires = "organisation",
            conflicts_with = "id"
        )]
        consumer: Option<String>,
        /// The organisation to disconnect it from.
        #[arg(long, value_name = "NAME", requires = "consumer")]
        organisation: Option<String>,
    },
}

impl Grant {
    pub(super) async fn run(&self, admin: &Admin) -> Result<Report, Trouble> {
        match &self.command {
            Command::List {
                consumer,
                user,
                organisation,
                all,
            } => {
                let mut filter = GrantFilter::default();
                filter.consumer.clone_from(consumer);
                filter.user.clone_from(user);
                filter.organisation.clone_from(organisation);
                filter.with_ended = *all;
                let rows = admin.grants(&filter).await?;
                let lines: Vec<_> = rows.iter().map(line).collect();
                Ok(Report::new(table(&lines, "No grants.")).with("grants", rows)?)
            }
            Command::Show { id } => {
                let row = admin.grant(id).await?;
                Ok(Report::new(text(&row)).with("grant", row)?)
            }
            Command::Revoke { id: Some(id), .. } => {
                let was_live = admin.revoke_grant(id).await?;
                let row = admin.grant(id).await?;
                let text = if was_live {
                    format!("{id} is revoked")
                } else {
                    format!("{id} had ended before: {}", row.state)
                };
                Ok(Report::new(text)
                    .with("was_live", was_live)?
                    .with("grant", row)?)
            }
            Command::Revoke {
                consumer: Some(consumer),
                organisation: Some(organisation),
                ..
            } => {
                admin.disconnect(consumer, organisation).await?;
                let text = format!("{consumer} is disconnected from {organisation}");
                Ok(Report::new(text)
                    .with("consumer", consumer)?
                    .with("organisation", organisation)?
                    .with("was_live", true)?)
            }
            Command::Revoke { .. } => {
                let found = "expected an ID, or --consumer and --organisation".to_owned();
                Err(Failure::Usage(found).into())
            }
        }
    }
}

fn line(row: &GrantRow) -> [String; 6] {
    [
        row.id.clone(),
        row.consumer.clone(),
        row.organisation.clone(),
        row.user.clone(),
        row.state.to_owned(),
        row.given.rfc3339(),
    ]
}

pub(super) fn text(row: &GrantRow) -> String {
    let time = |time: Option<countersign_clock::UnixTime>| {
        time.map(|time| time.rfc3339()).unwrap_or_default()
    };
    fields(&[
        ("grant", row.id.clone()),
        ("consumer", row.consumer.clone()),
        ("organisation", row.organisation.clone()),
        ("user", row.user.clone()),
        ("role", row.role.clone()),
        ("state", row.state.to_owned()),
        ("given", row.given.rfc3339()),
        ("over at", time(row.expires)),
        ("ended", time(row.ended)),
        ("renewals", row.generation.saturating_sub(1).to_string()),
    ])
}

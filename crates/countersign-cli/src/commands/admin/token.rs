//! `countersign admin token`: what became of a token.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use countersign_server::{Admin, TokenKind, TokenRow};

use super::report::{Report, fields};
use super::{Trouble, grant, secret};

const AFTER: &str = "\
Examples:
  countersign admin token show --token-file token
  pbpaste | countersign admin token revoke --token-file -

Exit codes: 0 done, 1 there is none, 2 usage, 3 could not run.";

/// Tell what became of a token, and end it.
#[derive(Args, Debug)]
#[command(after_help = AFTER, arg_required_else_help = true)]
pub(super) struct Token {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Tell what became of an access token or of temporary credentials, and why.
    #[command(after_help = AFTER)]
    Show(From),
    /// End what a token stands for: its grant, or temporary credentials.
    #[command(after_help = AFTER)]
    Revoke(From),
}

#[derive(Args, Debug)]
struct From {
    /// The file with the token, on one line; - for standard input.
    #[arg(long, value_name = "FILE")]
    token_file: PathBuf,
}

impl Token {
    pub(super) async fn run(&self, admin: &Admin) -> Result<Report, Trouble> {
        match &self.command {
            Command::Show(from) => {
                let token = secret::read(&from.token_file)?;
                let row = admin.token(token.expose_secret()).await?;
                Ok(Report::new(text(&row)).with("token", row)?)
            }
            Command::Revoke(from) => {
                let token = secret::read(&from.token_file)?;
                let was_live = admin.revoke_token(token.expose_secret()).await?;
                let row = admin.token(token.expose_secret()).await?;
                let said = if was_live {
                    "revoked".to_owned()
                } else {
                    format!("it had ended before: {}", row.detail)
                };
                Ok(Report::new(said)
                    .with("was_live", was_live)?
                    .with("token", row)?)
            }
        }
    }
}

fn text(row: &TokenRow) -> String {
    let kind = match row.kind {
        TokenKind::Access => "access token",
        TokenKind::Temporary => "temporary credentials",
        TokenKind::OwnKey => "consumer key",
        _ => "other",
    };
    let time = |time: Option<countersign_clock::UnixTime>| {
        time.map(|time| time.rfc3339()).unwrap_or_default()
    };
    let usable = if row.usable { "yes" } else { "no" };
    let mut out = fields(&[
        ("kind", kind.to_owned()),
        ("usable", format!("{usable}: {}", row.detail)),
        ("cause", row.cause.unwrap_or_default().to_owned()),
        ("issued", time(row.issued)),
        ("over at", time(row.expires)),
        ("fingerprint", row.fingerprint.clone()),
    ]);
    match &row.grant {
        Some(row) => out.push_str(&grant::text(row)),
        None => out.push_str(&fields(&[("consumer", row.consumer.clone())])),
    }
    out
}

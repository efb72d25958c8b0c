//! `countersign admin certificate`: the certificates of applications that sign with RSA.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use countersign_server::{Admin, CertificateRow, CertificateState};

use super::Trouble;
use super::report::{Report, fields, table};
use crate::input;

const AFTER: &str = "\
Examples:
  countersign admin certificate list
  countersign admin certificate add ledger-sync new.cer.pem
  countersign admin certificate remove ledger-sync 5F:3A:90:1C

A roll-over: add the new certificate, let the application change its key, remove the
old one. Requests with either key are accepted in between.

Exit codes: 0 done, 1 there is none, or it is refused, 2 usage, 3 could not run.";

/// Look after the certificates of applications that sign with RSA.
#[derive(Args, Debug)]
#[command(after_help = AFTER, arg_required_else_help = true)]
pub(super) struct Certificate {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// List certificates, those of one application or all.
    #[command(after_help = AFTER)]
    List {
        /// The consumer key.
        #[arg(value_name = "KEY")]
        key: Option<String>,
    },
    /// Add a certificate beside those that are there.
    ///
    /// Refused are private keys, keys that are weak or not RSA, and certificates that are over:
    /// no request could be signed with one.
    #[command(after_help = AFTER)]
    Add {
        /// The consumer key.
        #[arg(value_name = "KEY")]
        key: String,
        /// The certificate, PEM or DER; - for standard input.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Take out a certificate: requests signed with its key are refused at once.
    #[command(after_help = AFTER)]
    Remove {
        /// The consumer key.
        #[arg(value_name = "KEY")]
        key: String,
        /// How its SHA-256 fingerprint begins: 8 hexadecimal digits or more.
        #[arg(value_name = "FINGERPRINT")]
        fingerprint: String,
        /// Also the last live one, without which each request is refused.
        #[arg(long)]
        force: bool,
    },
}

impl Certificate {
    pub(super) async fn run(&self, admin: &Admin) -> Result<Report, Trouble> {
        match &self.command {
            Command::List { key } => {
                let rows = admin.certificates(key.as_deref()).await?;
                let lines: Vec<_> = rows.iter().map(line).collect();
                let report = Report::new(table(&lines, "No certificates are registered."));
                Ok(report.with("certificates", rows)?)
            }
            Command::Add { key, file } => {
                let row = admin.add_certificate(key, &input::read(file)?).await?;
                let early = row.state == CertificateState::NotYet;
                let note = format!("it is not used before {}", row.not_before.rfc3339());
                Ok(Report::new(text(&row))
                    .with("certificate", row)?
                    .note_if(early, note))
            }
            Command::Remove {
                key,
                fingerprint,
                force,
            } => {
                let row = admin.remove_certificate(key, fingerprint, *force).await?;
                let in_config = admin.is_consumer_in_config(key);
                Ok(Report::new(format!("removed {}", row.sha256))
                    .with("removed", row)?
                    .overruled(in_config, "consumer", key))
            }
        }
    }
}

fn line(row: &CertificateRow) -> [String; 6] {
    [
        row.consumer.clone(),
        // Enough to name it by.
        row.sha256.chars().take(23).collect(),
        row.not_before.rfc3339(),
        row.not_after.rfc3339(),
        row.validity.clone(),
        row.subject.clone(),
    ]
}

fn text(row: &CertificateRow) -> String {
    fields(&[
        ("consumer", row.consumer.clone()),
        ("subject", row.subject.clone()),
        ("sha256", row.sha256.clone()),
        ("valid from", row.not_before.rfc3339()),
        (
            "valid to",
            format!("{}   {}", row.not_after.rfc3339(), row.validity),
        ),
    ])
}

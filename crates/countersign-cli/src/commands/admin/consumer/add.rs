//! `countersign admin consumer add`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use countersign_server::{Admin, ConsumerEntryKind, NewConsumer, NewKeys};

use super::super::report::Report;
use super::super::{Trouble, secret};
use super::{AFTER, show};
use crate::exit::Failure;
use crate::input;

/// Register an application.
///
/// It signs with a secret (HMAC) or with the keys of certificates (RSA); private and partner
/// applications need certificates.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Add {
    /// The consumer key.
    #[arg(value_name = "KEY")]
    key: String,
    /// What it may do.
    #[arg(long, value_enum)]
    kind: Kind,
    #[command(flatten)]
    keys: Keys,
    /// Its name, for the person who is asked; the key without it.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Where users may be sent back to, or oob; may be given several times.
    #[arg(long, value_name = "URL")]
    callback: Vec<String>,
    /// A signature method that it may use; may be given several times; any without it.
    #[arg(long, value_name = "METHOD")]
    method: Vec<String>,
    /// The organisation that a private application belongs to.
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
    /// It may sign requests without any token.
    #[arg(long)]
    two_legged: bool,
    /// It may trade a user's name and password for a token.
    #[arg(long)]
    xauth: bool,
}

#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct Keys {
    /// The file with its secret, on one line; - for standard input.
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// Make a random secret and write it to this new file, for its owner alone; - prints it.
    #[arg(long, value_name = "FILE")]
    secret_out: Option<PathBuf>,
    /// A file with a certificate, PEM or DER; may be given several times.
    #[arg(long, value_name = "FILE")]
    certificate: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// Runs the flow; its tokens live half an hour.
    Public,
    /// Belongs to one organisation and needs no flow.
    Private,
    /// Runs the flow and renews its tokens.
    Partner,
}

impl From<Kind> for ConsumerEntryKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Public => Self::Public,
            Kind::Private => Self::Private,
            Kind::Partner => Self::Partner,
        }
    }
}

impl Add {
    pub(super) async fn run(&self, admin: &Admin) -> Result<Report, Trouble> {
        let Keys {
            secret_file,
            secret_out,
            certificate,
        } = &self.keys;
        if let Some(out) = secret_out {
            let new = secret::New::write(out)?;
            let keys = NewKeys::Secret(new.secret());
            return match admin.add_consumer(self.consumer(keys)).await {
                Ok(row) => {
                    let in_config = row.in_config;
                    let report = with_secret(show::text(&row), &new)?.with("consumer", row)?;
                    Ok(report.overruled(in_config, "consumer", &self.key))
                }
                Err(error) => {
                    new.take_back();
                    Err(error.into())
                }
            };
        }
        let keys = match (secret_file, certificate.as_slice()) {
            (Some(file), _) => NewKeys::Secret(secret::read(file)?),
            (None, []) => return Err(no_keys()),
            (None, files) => {
                let read: Result<_, Failure> = files.iter().map(|file| input::read(file)).collect();
                NewKeys::Certificates(read?)
            }
        };
        let row = admin.add_consumer(self.consumer(keys)).await?;
        let in_config = row.in_config;
        let report = Report::new(show::text(&row)).with("consumer", row)?;
        Ok(report.overruled(in_config, "consumer", &self.key))
    }

    fn consumer(&self, keys: NewKeys) -> NewConsumer {
        let mut new = NewConsumer::new(self.key.as_str(), self.kind.into(), keys);
        new.name.clone_from(&self.name);
        new.callbacks.clone_from(&self.callback);
        new.methods.clone_from(&self.method);
        new.organisation.clone_from(&self.organisation);
        new.two_legged = self.two_legged;
        new.xauth = self.xauth;
        new
    }
}

/// A report with a new secret: alone on standard output where it goes there.
pub(super) fn with_secret(text: String, new: &secret::New<'_>) -> Result<Report, Failure> {
    match new.printed() {
        Some(secret) => Report::new(secret).with("secret", secret),
        None => Ok(Report::new(text).note_if(true, new.told())),
    }
}

/// The command line asks for one of them; this is for what it lets through.
pub(super) fn no_keys() -> Trouble {
    Failure::Usage("expected a secret or a certificate, found neither".to_owned()).into()
}

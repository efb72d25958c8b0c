//! `countersign cert new`: a self-signed certificate, with a new key if there is none.

use std::path::PathBuf;

use clap::Args;
use countersign_clock::{UnixTime, system};

use super::{generate, issue, subject, write};
use crate::exit::{Exit, Failure, Outcome};
use crate::{keys_file, output};

const AFTER: &str = "\
Examples:
  countersign cert new --cn acme-ledger-sync --days 730 \\
    --private-key acme.key.pem -o acme.cer.pem
  countersign cert new --subject 'CN=acme-ledger-sync, O=Acme, C=NZ' \\
    --private-key acme.key.pem -o acme.cer.pem

Exit codes: 0 made, 2 usage or a file in the way, 3 a file can't be read or written.";

/// Make a self-signed certificate to register with a provider, and its private key.
///
/// The key is made if its file does not exist, readable for its owner only; otherwise it is used.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct New {
    /// The common name, as a rule the application's.
    #[arg(long, value_name = "NAME", required_unless_present = "subject")]
    cn: Option<String>,
    /// The whole subject, such as 'CN=acme-ledger-sync, O=Acme'.
    #[arg(long, value_name = "NAME", conflicts_with = "cn")]
    subject: Option<String>,
    /// How long it is valid.
    #[arg(long, default_value_t = 730, value_parser = clap::value_parser!(u32).range(1..=36_500))]
    days: u32,
    /// The size of a new key.
    #[arg(long, default_value_t = 2048, value_parser = clap::value_parser!(u16).range(2048..=8192))]
    bits: u16,
    /// The private key; made if it does not exist.
    #[arg(long, value_name = "FILE")]
    private_key: PathBuf,
    /// A file with the passphrase of an existing private key.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// The first valid moment, in seconds since 1970; otherwise now.
    #[arg(long, value_name = "UNIX_TIME", value_parser = crate::commands::doctor::unix_time)]
    at: Option<UnixTime>,
    /// Replace a certificate that is there; a key is never replaced.
    #[arg(long)]
    force: bool,
    /// Where the certificate goes.
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

impl New {
    pub(super) fn run(&self) -> Outcome {
        let subject = match (&self.subject, &self.cn) {
            (Some(subject), _) => subject::parse(subject)?,
            (None, Some(name)) => subject::common_name(name)?,
            (None, None) => return Err(Failure::Usage("--cn or --subject is missing".to_owned())),
        };
        write::check_free(&self.output, self.force)?;
        if self.output == self.private_key {
            return Err(Failure::Usage(
                "--private-key and --output name the same file".to_owned(),
            ));
        }
        let key = if self.private_key.exists() {
            keys_file::read_private_key(&self.private_key, self.passphrase_file.as_deref())?
        } else {
            let key = generate::rsa(usize::from(self.bits))?;
            write::private_key(&self.private_key, key.to_pkcs8_pem().expose_secret())?;
            output::note(&format!("new private key: {}", self.private_key.display()));
            key
        };
        let from = self.at.unwrap_or_else(system::now);
        let (pem, certificate) = issue::self_signed(&key, subject, from, self.days)?;
        write::certificate(&self.output, &pem, self.force)?;
        output::note(&format!(
            "new certificate: {}\n  {}\n  valid to {}\n  sha256 {}\n\
             Upload it to your application at the provider, and put this into CI:\n  \
             countersign cert check {} --expires-in 30d",
            self.output.display(),
            certificate.subject(),
            certificate.not_after().rfc3339(),
            certificate.sha256_fingerprint(),
            self.output.display(),
        ));
        Ok(Exit::Yes)
    }
}

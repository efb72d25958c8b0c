//! `countersign cert renew`: the same key and subject, new dates.

use std::path::PathBuf;

use clap::Args;
use countersign_certificate::Certificate;
use countersign_clock::{UnixTime, system};

use super::{issue, subject, write};
use crate::exit::{Exit, Failure, Outcome};
use crate::{input, keys_file, output};

const AFTER: &str = "\
Examples:
  countersign cert renew acme.cer.pem --private-key acme.key.pem -o new.cer.pem
  countersign cert renew acme.cer.pem --days 365 \\
    --private-key acme.key.pem -o new.cer.pem

The client goes on with its key; only the provider gets a new file.

Exit codes: 0 renewed, 1 the key is not that of the old certificate, 2 usage or a
file in the way, 3 a file can't be read or written.";

/// Renew a certificate: same key, same subject, new dates.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Renew {
    /// The private key of the old certificate.
    #[arg(long, value_name = "FILE")]
    private_key: PathBuf,
    /// A file with the passphrase of the private key.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// How long the new one is valid.
    #[arg(long, default_value_t = 730, value_parser = clap::value_parser!(u32).range(1..=36_500))]
    days: u32,
    /// The first valid moment, in seconds since 1970; otherwise now.
    #[arg(long, value_name = "UNIX_TIME", value_parser = crate::commands::doctor::unix_time)]
    at: Option<UnixTime>,
    /// Replace a certificate that is there.
    #[arg(long)]
    force: bool,
    /// Where the new certificate goes.
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// The old certificate, PEM or DER; - for standard input.
    #[arg(value_name = "OLD")]
    old: PathBuf,
}

impl Renew {
    pub(super) fn run(&self) -> Outcome {
        let what = self.old.display().to_string();
        let old = Certificate::read(&input::read(&self.old)?)
            .map_err(|error| Failure::input(what.clone(), &error))?;
        let key = keys_file::read_private_key(&self.private_key, self.passphrase_file.as_deref())?;
        if let Err(mismatch) = old.matches(&key) {
            output::note(&format!(
                "not renewed: {mismatch}\nA certificate of another key is a new one: countersign cert new"
            ));
            return Ok(Exit::No);
        }
        write::check_free(&self.output, self.force)?;
        let from = self.at.unwrap_or_else(system::now);
        let (pem, new) = issue::self_signed(&key, subject::of(&old)?, from, self.days)?;
        if new.subject() != old.subject() {
            return Err(Failure::Input {
                what,
                reason: format!("the subject {} can't be carried over", old.subject()),
            });
        }
        write::certificate(&self.output, &pem, self.force)?;
        output::note(&format!(
            "renewed: {}\n  {}\n  valid to {} instead of {}\n  sha256 {}\n\
             Upload it to your application at the provider.",
            self.output.display(),
            new.subject(),
            new.not_after().rfc3339(),
            old.not_after().rfc3339(),
            new.sha256_fingerprint(),
        ));
        Ok(Exit::Yes)
    }
}

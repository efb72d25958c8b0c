//! `countersign cert inspect`: all facts of a certificate.

use core::fmt::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use countersign_certificate::{Certificate, FORECAST_DAYS};
use countersign_clock::{UnixTime, system};
use countersign_problem::harmless;
use serde_json::{Value, json};

use crate::exit::{Exit, Failure, Outcome};
use crate::input;
use crate::output::{self, Format};

const AFTER: &str = "\
Examples:
  countersign cert inspect application.cer.pem
  countersign cert inspect --format json application.cer.pem
  openssl s_client -connect api.example.com:443 </dev/null | countersign cert inspect -

Exit codes: 0 read, 2 usage, 3 it can't be read.";

/// Show everything about a certificate.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Inspect {
    /// The time that counts, in seconds since 1970; otherwise now.
    #[arg(long, value_name = "UNIX_TIME", value_parser = crate::commands::doctor::unix_time)]
    at: Option<UnixTime>,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// One or several certificates, PEM or DER; - for standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Inspect {
    pub(super) fn run(&self) -> Outcome {
        let certificates = read(&self.file)?;
        let now = self.at.unwrap_or_else(system::now);
        match self.format {
            Format::Json => output::json(&json!({
                "schema": "countersign/certificate/1",
                "at": now.seconds(),
                "certificates": certificates
                    .iter()
                    .map(|certificate| document(certificate, now))
                    .collect::<Vec<_>>(),
            }))?,
            Format::Text => {
                let mut out = String::new();
                for certificate in &certificates {
                    if !out.is_empty() {
                        out.push('\n');
                    }
                    // Writing to a string does not fail.
                    let _ignored = write(&mut out, certificate, now);
                }
                output::data(&harmless(&out))?;
            }
        }
        Ok(Exit::Yes)
    }
}

/// The certificates of a file, private keys beside them left alone.
pub(super) fn read(path: &Path) -> Result<Vec<Certificate>, Failure> {
    Certificate::read_beside_keys(&input::read(path)?)
        .map_err(|error| Failure::input(path.display().to_string(), &error))
}

fn write(out: &mut String, certificate: &Certificate, now: UnixTime) -> fmt::Result {
    let forecast = certificate.forecast(now, &FORECAST_DAYS);
    let own = if certificate.is_self_signed() {
        " (self-signed)"
    } else {
        ""
    };
    writeln!(out, "subject      {}", certificate.subject())?;
    writeln!(out, "issuer       {}{own}", certificate.issuer())?;
    writeln!(out, "serial       {}", certificate.serial_hex())?;
    writeln!(out, "valid from   {}", certificate.not_before().rfc3339())?;
    writeln!(
        out,
        "valid to     {}   {forecast}",
        certificate.not_after().rfc3339()
    )?;
    match certificate.public_key() {
        Ok(key) => writeln!(out, "key          RSA, {key}")?,
        Err(error) => writeln!(out, "key          {error}")?,
    }
    writeln!(
        out,
        "signed with  {}, X.509 version {}",
        certificate.signature_algorithm(),
        certificate.version()
    )?;
    writeln!(out, "sha256       {}", certificate.sha256_fingerprint())?;
    writeln!(out, "sha1         {}", certificate.sha1_fingerprint())?;
    writeln!(out, "key sha256   {}", certificate.public_key_fingerprint())?;
    for weakness in certificate.weaknesses() {
        let word = if weakness.is_harmless() {
            "note"
        } else {
            "weak"
        };
        writeln!(out, "{word}         {weakness}")?;
    }
    Ok(())
}

/// The facts as JSON.
pub(super) fn document(certificate: &Certificate, now: UnixTime) -> Value {
    let key = certificate.public_key();
    json!({
        "subject": certificate.subject(),
        "issuer": certificate.issuer(),
        "self_signed": certificate.is_self_signed(),
        "serial": certificate.serial_hex(),
        "not_before": certificate.not_before().seconds(),
        "not_after": certificate.not_after().seconds(),
        "live": certificate.validity(now).is_live(),
        "version": certificate.version(),
        "signature_algorithm": certificate.signature_algorithm(),
        "key": key.ok().map(|key| json!({
            "kind": "RSA",
            "bits": key.bits(),
            "exponent": key.exponent_value(),
        })),
        "sha256": certificate.sha256_fingerprint().to_string(),
        "sha1": certificate.sha1_fingerprint().to_string(),
        "key_sha256": certificate.public_key_fingerprint().to_string(),
        "weaknesses": certificate
            .weaknesses()
            .iter()
            .map(|weakness| json!({
                "text": weakness.to_string(),
                "harmless": weakness.is_harmless(),
            }))
            .collect::<Vec<_>>(),
    })
}

//! `countersign cert check`: is the certificate good to sign with?

use core::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use countersign_certificate::{Certificate, FORECAST_DAYS, Validity};
use countersign_clock::{UnixTime, system};
use countersign_key::RsaPrivateKey;
use countersign_problem::harmless;
use serde_json::{Value, json};

use super::{inspect, period};
use crate::exit::{Exit, Failure, Outcome};
use crate::keys_file;
use crate::output::{self, Format};
use crate::text::painted;

const AFTER: &str = "\
Examples:
  countersign cert check application.cer.pem
  countersign cert check application.cer.pem --expires-in 30d
  countersign cert check application.cer.pem --private-key application.key.pem

Exit codes: 0 good, 1 not: expired, not yet valid, about to expire, of another key,
weak; 2 usage; 3 a file can't be read.";

/// Check that a certificate is valid, stays so, is strong and belongs to a private key.
///
/// Of several certificates in one file one good one is enough, as during a change-over.
#[derive(Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Check {
    /// The private key that it should belong to.
    #[arg(long, value_name = "FILE")]
    private_key: Option<PathBuf>,
    /// A file with the passphrase of the private key.
    #[arg(long, value_name = "FILE", requires = "private_key")]
    passphrase_file: Option<PathBuf>,
    /// Not good either if it ends within this time: 30d, 12h, 3600s.
    #[arg(long, value_name = "TIME", value_parser = period::parse)]
    expires_in: Option<u64>,
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

/// One check of one certificate.
struct Line {
    id: &'static str,
    status: &'static str,
    detail: String,
}

impl Check {
    pub(super) fn run(&self) -> Outcome {
        let certificates = inspect::read(&self.file)?;
        let key = self
            .private_key
            .as_ref()
            .map(|path| keys_file::read_private_key(path, self.passphrase_file.as_deref()))
            .transpose()?;
        if certificates.is_empty() {
            return Err(Failure::Input {
                what: self.file.display().to_string(),
                reason: "expected a certificate, found none".to_owned(),
            });
        }
        let now = self.at.unwrap_or_else(system::now);
        let checked: Vec<(&Certificate, Vec<Line>)> = certificates
            .iter()
            .map(|certificate| (certificate, self.lines(certificate, key.as_ref(), now)))
            .collect();
        let is_good = checked.iter().any(|(_, lines)| are_good(lines));
        match self.format {
            Format::Json => output::json(&document(&checked, now, is_good))?,
            Format::Text => output::data(&painted(&harmless(&text(&checked, is_good))))?,
        }
        Ok(if is_good { Exit::Yes } else { Exit::No })
    }

    fn lines(
        &self,
        certificate: &Certificate,
        key: Option<&RsaPrivateKey>,
        now: UnixTime,
    ) -> Vec<Line> {
        let mut lines = vec![self.validity(certificate, now)];
        lines.push(match key.map(|key| certificate.matches(key)) {
            None => Line {
                id: "key",
                status: "skip",
                detail: "no --private-key to compare with".to_owned(),
            },
            Some(Ok(())) => Line {
                id: "key",
                status: "ok",
                detail: "belongs to the private key".to_owned(),
            },
            Some(Err(mismatch)) => Line {
                id: "key",
                status: "fail",
                detail: mismatch.to_string(),
            },
        });
        let weaknesses = certificate.weaknesses();
        if weaknesses.iter().all(|weakness| weakness.is_harmless()) {
            lines.push(Line {
                id: "strength",
                status: "ok",
                detail: certificate.public_key().map_or_else(
                    |error| error.to_string(),
                    |key| format!("RSA, {} bits", key.bits()),
                ),
            });
        }
        lines.extend(weaknesses.iter().map(|weakness| Line {
            id: "strength",
            status: if weakness.is_harmless() {
                "warn"
            } else {
                "fail"
            },
            detail: weakness.to_string(),
        }));
        lines
    }

    fn validity(&self, certificate: &Certificate, now: UnixTime) -> Line {
        let forecast = certificate.forecast(now, &FORECAST_DAYS);
        let (status, detail) = match (certificate.validity(now), self.expires_in) {
            (Validity::Live { ends_in }, Some(least)) if ends_in <= least => (
                "fail",
                format!(
                    "{}, within the {} asked for",
                    certificate.validity(now),
                    period::words(least)
                ),
            ),
            (Validity::Live { .. }, _) if forecast.is_calm() => ("ok", forecast.to_string()),
            (Validity::Live { .. }, _) => ("warn", forecast.to_string()),
            (Validity::Expired { .. } | Validity::NotYet { .. }, _) => {
                ("fail", forecast.to_string())
            }
        };
        Line {
            id: "validity",
            status,
            detail: format!("{detail} ({})", certificate.not_after().rfc3339()),
        }
    }
}

fn are_good(lines: &[Line]) -> bool {
    lines.iter().all(|line| line.status != "fail")
}

fn text(checked: &[(&Certificate, Vec<Line>)], is_good: bool) -> String {
    let mut out = String::new();
    for (certificate, lines) in checked {
        // Writing to a string does not fail.
        let _ignored = writeln!(
            out,
            "{}, serial {}",
            certificate.subject(),
            certificate.serial_hex()
        );
        for line in lines {
            let mark = format!("[{}]", line.status);
            let _ignored = writeln!(out, "  {mark:6} {:8}  {}", line.id, line.detail);
        }
    }
    out.push_str(if is_good {
        "good\n"
    } else {
        "not good; with the same key: countersign cert renew OLD --private-key KEY -o NEW\n"
    });
    out
}

fn document(checked: &[(&Certificate, Vec<Line>)], now: UnixTime, is_good: bool) -> Value {
    let certificates: Vec<Value> = checked
        .iter()
        .map(|(certificate, lines)| {
            let mut facts = inspect::document(certificate, now);
            let checks: Vec<Value> = lines
                .iter()
                .map(|line| json!({ "id": line.id, "status": line.status, "detail": line.detail }))
                .collect();
            if let Value::Object(facts) = &mut facts {
                facts.insert("good".to_owned(), are_good(lines).into());
                facts.insert("checks".to_owned(), checks.into());
            }
            facts
        })
        .collect();
    json!({
        "schema": "countersign/certificate/1",
        "at": now.seconds(),
        "good": is_good,
        "certificates": certificates,
    })
}

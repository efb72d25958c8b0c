//! What the applications of the demonstration sign with, and the files that the service reads.

use std::path::Path;

use countersign_certificate::Certificate;
use countersign_clock::{UnixTime, system};
use countersign_key::{RsaPrivateKey, Secret, SecureRandom as _};
use countersign_signature::OsRandom;

use crate::commands::cert::{generate, issue, subject, write};
use crate::exit::Failure;

/// One key pair and its certificate.
pub(super) struct Pair {
    pub(super) private: RsaPrivateKey,
    pub(super) certificate: Certificate,
}

impl Pair {
    /// The key once more, for somebody else to own.
    pub(super) fn private(&self) -> Result<RsaPrivateKey, Failure> {
        let der = self.private.to_pkcs8_der();
        RsaPrivateKey::from_der(der.expose_secret(), None).map_err(|error| Failure::work(&error))
    }
}

const BITS: usize = 2048;
const DAY: i64 = 86_400;
const YEAR: u32 = 365;

/// A new pair whose certificate, valid for a year from `since`, is in `file`.
pub(super) fn pair(name: &str, since: UnixTime, file: &Path) -> Result<Pair, Failure> {
    let private = generate::rsa(BITS)?;
    let name = subject::common_name(name)?;
    let (pem, certificate) = issue::self_signed(&private, name, since, YEAR)?;
    write::certificate(file, &pem, false)?;
    Ok(Pair {
        private,
        certificate,
    })
}

/// A moment some days ago.
pub(super) fn days_ago(days: i64) -> UnixTime {
    system::now().saturating_add(days.saturating_mul(DAY).saturating_neg())
}

/// A random secret.
pub(super) fn secret() -> Result<Secret, Failure> {
    let mut bytes = [0; 16];
    OsRandom::new()
        .fill(&mut bytes)
        .map_err(|error| Failure::work(&error))?;
    let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Secret::new(text))
}

/// A secret in a file that only its owner can read.
pub(super) fn put(file: &Path, secret: &Secret) -> Result<(), Failure> {
    write::private_key(file, secret.expose_secret().as_bytes())
}

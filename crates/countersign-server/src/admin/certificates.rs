//! Certificates of consumers that sign with RSA.

use countersign_certificate::Certificate;
use countersign_clock::UnixTime;
use countersign_store::{Consumer, Credential};

use super::rows::CertificateRow;
use super::trail::Note;
use super::{Admin, AdminError};

/// The fewest digits of a fingerprint that name a certificate.
const LEAST_DIGITS: usize = 8;

impl Admin {
    /// The certificates of one application, or of all.
    ///
    /// # Errors
    ///
    /// There is no such application, it signs with a secret, or the store failed.
    pub async fn certificates(
        &self,
        consumer: Option<&str>,
    ) -> Result<Vec<CertificateRow>, AdminError> {
        let Some(key) = consumer else {
            let all = self.consumers().await?.into_iter();
            return Ok(all.flat_map(|row| row.certificates).collect());
        };
        let found = self.stored_consumer(key).await?;
        let certificates = of(&found.row)?.iter();
        Ok(certificates
            .map(|it| CertificateRow::of(key, it, self.now()))
            .collect())
    }

    /// Adds a certificate beside those that are there: requests signed with either key are
    /// accepted from the next one on.
    ///
    /// # Errors
    ///
    /// There is no such application, it signs with a secret, the certificate is there already, is
    /// over, has a weak key or one that is not RSA, comes with a private key, or the store failed.
    pub async fn add_certificate(
        &self,
        key: &str,
        input: &[u8],
    ) -> Result<CertificateRow, AdminError> {
        let certificate = self.certificate(key, input)?;
        let sha256 = certificate.sha256_fingerprint().to_string();
        let begun = self.trail.ready().await?;
        self.changed(key, |consumer| {
            let mut all = of(consumer)?.to_vec();
            if all.iter().any(|known| known.der() == certificate.der()) {
                return Err(AdminError::Exists {
                    what: "certificate",
                    name: sha256.clone(),
                });
            }
            all.push(certificate.clone());
            consumer.credential = Credential::Certificates(all.into());
            Ok(())
        })
        .await?;
        let note = Note::new("certificate_add").with("consumer", key);
        let note = note.with("sha256", &sha256);
        self.trail.note(begun, self.now(), note).await?;
        Ok(CertificateRow::of(key, &certificate, self.now()))
    }

    /// Takes out the certificate whose SHA-256 fingerprint begins with these digits. Requests
    /// signed with its key are refused from the next one on.
    ///
    /// The last live one stays unless `force` is set: without it each request is refused.
    ///
    /// # Errors
    ///
    /// There is no such application or certificate, or several; fewer than 8 digits; it is the last
    /// live one; or the store failed;
    /// [`AdminError::Untold`]: it was done, and its line in the audit trail can't be written.
    pub async fn remove_certificate(
        &self,
        key: &str,
        fingerprint: &str,
        force: bool,
    ) -> Result<CertificateRow, AdminError> {
        let prefix = digits(fingerprint)?;
        let (now, begun) = (self.now(), self.trail.begin());
        let row = self
            .changed(key, |consumer| {
                let all = of(consumer)?;
                let (gone, left): (Vec<_>, Vec<_>) = all
                    .iter()
                    .cloned()
                    .partition(|it| in_digits(it).starts_with(&prefix));
                let gone = match gone.as_slice() {
                    [gone] => gone,
                    [] => {
                        return Err(AdminError::NotFound {
                            what: "certificate",
                            name: format!("of {key:?} that begins with {prefix}"),
                        });
                    }
                    several => {
                        return Err(AdminError::Ambiguous {
                            prefix: prefix.clone(),
                            found: several.len(),
                        });
                    }
                };
                if !force && is_live(gone, now) && !left.iter().any(|it| is_live(it, now)) {
                    return Err(AdminError::LastCertificate {
                        consumer: key.to_owned(),
                    });
                }
                let row = CertificateRow::of(key, gone, now);
                consumer.credential = Credential::Certificates(left.into());
                Ok(row)
            })
            .await?;
        let note = Note::new("certificate_remove").with("consumer", key);
        let note = note.with("sha256", &row.sha256);
        self.trail.note(begun, now, note).await?;
        Ok(row)
    }
}

fn of(consumer: &Consumer) -> Result<&[Certificate], AdminError> {
    match &consumer.credential {
        Credential::Certificates(all) => Ok(all),
        Credential::Secret(_) => Err(AdminError::OtherKeys {
            consumer: consumer.key.clone(),
            expected: "no certificate",
            found: "a secret",
        }),
    }
}

fn is_live(certificate: &Certificate, now: UnixTime) -> bool {
    certificate.validity(now).is_live()
}

fn in_digits(certificate: &Certificate) -> String {
    let shown = certificate.sha256_fingerprint().to_string();
    shown.chars().filter(char::is_ascii_hexdigit).collect()
}

/// The digits of a fingerprint as people write it: with colons or without, in either case.
fn digits(text: &str) -> Result<String, AdminError> {
    let plain: String = text.chars().filter(|it| !matches!(it, ':' | ' ')).collect();
    if plain.len() < LEAST_DIGITS || !plain.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(AdminError::Fingerprint {
            found: text.to_owned(),
        });
    }
    Ok(plain.to_ascii_uppercase())
}

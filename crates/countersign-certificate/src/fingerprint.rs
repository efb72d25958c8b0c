use core::fmt;

use sha1::{Digest, Sha1};
use sha2::Sha256;

/// A hash over the DER of a certificate, shown as all tools show it: `86:77:56:12:...`.
///
/// # Examples
///
/// ```
/// use countersign_certificate::Certificate;
///
/// let certificate = Certificate::read(include_bytes!("../tests/data/good/acme.pem"))?;
/// let shown = certificate.sha256_fingerprint().to_string();
/// assert_eq!(shown.len(), 32 * 3 - 1);
/// assert!(certificate.sha256_fingerprint().matches_text(&shown.to_lowercase().replace(':', "")));
/// # Ok::<(), countersign_certificate::CertificateError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Fingerprint(Vec<u8>);

impl Fingerprint {
    pub(crate) fn sha1(bytes: &[u8]) -> Self {
        Self(Sha1::digest(bytes).to_vec())
    }

    pub(crate) fn sha256(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).to_vec())
    }

    /// The bytes of the hash: 20 for SHA-1, 32 for SHA-256.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether a text shows this fingerprint, in either case, with colons, blanks or nothing
    /// between the digits. A fingerprint is public, so this compares plainly.
    #[must_use]
    pub fn matches_text(&self, text: &str) -> bool {
        let shown = text
            .chars()
            .filter(|c| !matches!(c, ':' | ' '))
            .map(|c| c.to_ascii_uppercase());
        let ours = self.to_string();
        let ours = ours.chars().filter(|c| *c != ':');
        shown.eq(ours)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            let between = if index == 0 { "" } else { ":" };
            write!(f, "{between}{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

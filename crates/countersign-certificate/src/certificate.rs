use core::fmt;

use countersign_clock::UnixTime;
use countersign_key::{Algorithm, KeyError, Kind, RsaPrivateKey, RsaPublicKey, identify};
use x509_parser::certificate::{X509Certificate, X509CertificateParser};
use x509_parser::nom::Parser;
use x509_parser::x509::X509Name;

use crate::error::malformed;
use crate::validity::{Forecast, Validity};
use crate::weakness::{self, Weakness};
use crate::{CertificateError, Fingerprint, name};

/// An X.509 certificate as OAuth 1.0a uses it: a public key with two dates.
///
/// Providers take the key out of the certificate that was registered by hand; no chain is built,
/// no signature on it is checked, no revocation list is read. So nothing here does either. All
/// questions about time take `now`.
///
/// # Examples
///
/// ```
/// use countersign_certificate::Certificate;
/// use countersign_clock::UnixTime;
///
/// let certificate = Certificate::read(include_bytes!("../tests/data/good/acme.pem"))?;
/// assert_eq!(certificate.subject(), "CN=acme-ledger-sync");
///
/// let now = certificate.not_after().saturating_add(5 * 86_400 + 6 * 3_600);
/// assert_eq!(certificate.validity(now).to_string(), "expired 5 d 6 h ago");
/// # Ok::<(), countersign_certificate::CertificateError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    subject: String,
    issuer: String,
    self_signed: bool,
    serial: Vec<u8>,
    not_before: UnixTime,
    not_after: UnixTime,
    version: u32,
    signature_algorithm: String,
    weak_signature: bool,
    spki: Vec<u8>,
    public_key: Result<RsaPublicKey, CertificateError>,
}

impl Certificate {
    /// The certificate, DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The subject, such as `CN=acme-ledger-sync, O=Acme`, with nothing in it that a terminal would
    /// act upon.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The issuer, like [`subject`](Self::subject).
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Whether subject and issuer are the same name. The signature itself is not checked, since
    /// nothing depends on it.
    #[must_use]
    pub const fn is_self_signed(&self) -> bool {
        self.self_signed
    }

    /// The serial number in hexadecimal, upper case, as openssl shows it.
    #[must_use]
    pub fn serial_hex(&self) -> String {
        let zeros = self.serial.iter().take_while(|byte| **byte == 0).count();
        let digits: String = self
            .serial
            .iter()
            .skip(zeros)
            .map(|byte| format!("{byte:02X}"))
            .collect();
        if digits.is_empty() {
            String::from("00")
        } else {
            digits
        }
    }

    /// The first valid second.
    #[must_use]
    pub const fn not_before(&self) -> UnixTime {
        self.not_before
    }

    /// The last valid second.
    #[must_use]
    pub const fn not_after(&self) -> UnixTime {
        self.not_after
    }

    /// The version of X.509, counted from 1.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// The algorithm the certificate was signed with, such as `sha256WithRSAEncryption`; an unknown
    /// one by its number.
    #[must_use]
    pub fn signature_algorithm(&self) -> &str {
        &self.signature_algorithm
    }

    pub(crate) const fn has_weak_signature(&self) -> bool {
        self.weak_signature
    }

    /// The public key.
    ///
    /// # Errors
    ///
    /// [`CertificateError::NotRsa`] if it is for another algorithm, [`CertificateError::Key`] if it
    /// is damaged. Such a certificate can still be inspected.
    pub fn public_key(&self) -> Result<&RsaPublicKey, CertificateError> {
        self.public_key.as_ref().map_err(Clone::clone)
    }

    /// Whether the key is bound to RSA-PSS: whoever keeps to it signs by no other method.
    ///
    /// > When the RSA private key owner wishes to limit the use of the public key exclusively to
    /// > RSASSA-PSS, then the id-RSASSA-PSS object identifier MUST be used (RFC 4055, section 1.2)
    #[must_use]
    pub fn is_for_pss_alone(&self) -> bool {
        identify(&self.spki) == Kind::PublicKey(Algorithm::RsaPss)
    }

    /// SHA-256 over the certificate: what to compare with a provider's copy.
    #[must_use]
    pub fn sha256_fingerprint(&self) -> Fingerprint {
        Fingerprint::sha256(&self.der)
    }

    /// SHA-1 over the certificate: what older pages and Windows show as thumbprint.
    #[must_use]
    pub fn sha1_fingerprint(&self) -> Fingerprint {
        Fingerprint::sha1(&self.der)
    }

    /// SHA-256 over the public key (SubjectPublicKeyInfo): the same for every certificate that was
    /// renewed with the same key.
    #[must_use]
    pub fn public_key_fingerprint(&self) -> Fingerprint {
        Fingerprint::sha256(&self.spki)
    }

    /// Where `now` lies against the two dates.
    #[must_use]
    pub fn validity(&self, now: UnixTime) -> Validity {
        Validity::of(self.not_before, self.not_after, now)
    }

    /// Whether it ends within one of these numbers of days, usually
    /// [`FORECAST_DAYS`](crate::FORECAST_DAYS).
    ///
    /// # Examples
    ///
    /// ```
    /// use countersign_certificate::{Certificate, FORECAST_DAYS};
    ///
    /// let certificate = Certificate::read(include_bytes!("../tests/data/good/acme.pem"))?;
    /// let now = certificate.not_after().saturating_sub(6 * 86_400 + 2 * 3_600);
    /// let forecast = certificate.forecast(now, &FORECAST_DAYS);
    /// assert_eq!(forecast.within_days(), Some(7));
    /// assert_eq!(forecast.to_string(), "ends in 6 d 2 h, less than 7 days");
    /// # Ok::<(), countersign_certificate::CertificateError>(())
    /// ```
    #[must_use]
    pub fn forecast(&self, now: UnixTime, days: &[u32]) -> Forecast {
        Forecast::of(self.validity(now), days)
    }

    /// Whether this private key belongs to the certificate.
    ///
    /// # Errors
    ///
    /// [`Mismatch`], with both keys in a form that can be shown.
    pub fn matches(&self, key: &RsaPrivateKey) -> Result<(), Mismatch> {
        self.matches_public(key.public_key())
    }

    /// Whether this is the public key of the certificate.
    ///
    /// # Errors
    ///
    /// [`Mismatch`], with both keys in a form that can be shown.
    pub fn matches_public(&self, key: &RsaPublicKey) -> Result<(), Mismatch> {
        match self.public_key() {
            Ok(ours) if ours == key => Ok(()),
            Ok(ours) => Err(Mismatch {
                certificate: Some(ours.clone()),
                key: key.clone(),
            }),
            Err(_) => Err(Mismatch {
                certificate: None,
                key: key.clone(),
            }),
        }
    }

    /// What a provider may refuse it for, the worst first. Whether it is valid *now* is
    /// [`validity`](Self::validity)'s to say.
    #[must_use]
    pub fn weaknesses(&self) -> Vec<Weakness> {
        weakness::weaknesses(self)
    }

    pub(crate) fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        countersign_key::check_der(der).map_err(CertificateError::Der)?;
        let mut parser = X509CertificateParser::new().with_deep_parse_extensions(false);
        let (_, parsed) = parser.parse(der).map_err(|error| malformed(&error))?;
        Ok(Self::of(der, &parsed))
    }

    fn of(der: &[u8], parsed: &X509Certificate<'_>) -> Self {
        let validity = parsed.validity();
        let algorithm = &parsed.signature_algorithm.algorithm;
        let (signature_algorithm, weak_signature) = signature_name(algorithm.as_bytes())
            .map_or_else(
                || (name::identifier(algorithm), false),
                |(name, weak)| (name.to_owned(), weak),
            );
        let spki = parsed.public_key().raw;
        Self {
            der: der.to_vec(),
            subject: name::text(parsed.subject()),
            issuer: name::text(parsed.issuer()),
            self_signed: is_same(parsed.subject(), parsed.issuer()),
            serial: parsed.raw_serial().to_vec(),
            not_before: UnixTime::from_seconds(validity.not_before.timestamp()),
            not_after: UnixTime::from_seconds(validity.not_after.timestamp()),
            version: parsed.version().0.saturating_add(1),
            signature_algorithm,
            weak_signature,
            spki: spki.to_vec(),
            public_key: read_key(spki),
        }
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("subject", &self.subject)
            .field("serial", &self.serial_hex())
            .field("not_before", &self.not_before.rfc3339())
            .field("not_after", &self.not_after.rfc3339())
            .field("public_key", &self.public_key)
            .finish_non_exhaustive()
    }
}

/// The key does not belong to the certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mismatch {
    certificate: Option<RsaPublicKey>,
    key: RsaPublicKey,
}

impl Mismatch {
    /// The certificate's key; `None` if it is not RSA or damaged.
    #[must_use]
    pub const fn certificate_key(&self) -> Option<&RsaPublicKey> {
        self.certificate.as_ref()
    }

    /// The public half of the other key.
    #[must_use]
    pub const fn key(&self) -> &RsaPublicKey {
        &self.key
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.certificate {
            Some(certificate) => write!(
                f,
                "the key does not belong to the certificate: the certificate's has {certificate}; \
                 the key has {}",
                self.key
            ),
            None => f.write_str(
                "the key does not belong to the certificate, which holds no usable RSA key",
            ),
        }
    }
}

impl core::error::Error for Mismatch {}

fn is_same(subject: &X509Name<'_>, issuer: &X509Name<'_>) -> bool {
    subject.as_raw() == issuer.as_raw()
}

fn read_key(spki: &[u8]) -> Result<RsaPublicKey, CertificateError> {
    RsaPublicKey::read(spki).map_err(|error| match error {
        KeyError::NotFound { found, .. } => CertificateError::NotRsa {
            found: found.first().copied().unwrap_or(Kind::Unknown),
        },
        other => CertificateError::Key(other),
    })
}

/// Identifier (content octets), name, and whether its hash is broken.
const SIGNATURES: &[(&[u8], &str, bool)] = &[
    (
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x02],
        "md2WithRSAEncryption",
        true,
    ),
    (
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x04],
        "md5WithRSAEncryption",
        true,
    ),
    (
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05],
        "sha1WithRSAEncryption",
        true,
    ),
    (&[0x2b, 0x0e, 0x03, 0x02, 0x1d], "sha1WithRSA", true),
    (
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a],
        "rsassaPss",
        false,
    ),
    (
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b],
        "sha256WithRSAEncryption",
        false,
    ),
    (
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c],
        "sha384WithRSAEncryption",
        false,
    ),
    (
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d],
        "sha512WithRSAEncryption",
        false,
    ),
    (
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0e],
        "sha224WithRSAEncryption",
        false,
    ),
    (
        &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01],
        "ecdsa-with-SHA1",
        true,
    ),
    (
        &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
        "ecdsa-with-SHA256",
        false,
    ),
    (
        &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03],
        "ecdsa-with-SHA384",
        false,
    ),
    (
        &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04],
        "ecdsa-with-SHA512",
        false,
    ),
    (&[0x2b, 0x65, 0x70], "Ed25519", false),
    (&[0x2b, 0x65, 0x71], "Ed448", false),
];

fn signature_name(oid: &[u8]) -> Option<(&'static str, bool)> {
    let row = SIGNATURES.iter().find(|(bytes, _, _)| *bytes == oid)?;
    Some((row.1, row.2))
}

use core::fmt;

use countersign_clock::UnixTime;
use countersign_key::{KeyWarning, Kind};

use crate::{Certificate, CertificateError};

/// Something about a certificate that a provider may refuse, or that deserves a word.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Weakness {
    /// RSA, but damaged: nothing can be verified with it.
    DamagedKey,
    /// Valid for longer than ten years.
    LongValidity {
        /// Whole years between the two dates.
        years: u64,
    },
    /// The end lies before the beginning, so it is never valid.
    NeverValid,
    /// For another algorithm than RSA: no method of OAuth 1.0a can use it.
    NotRsa {
        /// What it is for.
        found: Kind,
    },
    /// X.509 of version 1 or 2, as `openssl x509 -req` makes it. Harmless: nothing is read from the
    /// extensions that version 3 added.
    OldVersion {
        /// The version, counted from 1.
        version: u32,
    },
    /// An RSA key of fewer than 2048 bits.
    ShortKey {
        /// The size found.
        bits: usize,
    },
    /// A public exponent below 65537.
    SmallExponent {
        /// The exponent found.
        exponent: u64,
    },
    /// Signed with MD2, MD5 or SHA-1. Harmless: OAuth 1.0a takes only the key out of a certificate,
    /// which was registered by hand, and checks nobody's signature on it.
    WeakSignature {
        /// The name of the algorithm.
        algorithm: String,
    },
}

impl Weakness {
    /// Whether it makes no difference to OAuth 1.0a, and is told only because other tools warn.
    #[must_use]
    pub const fn is_harmless(&self) -> bool {
        matches!(self, Self::OldVersion { .. } | Self::WeakSignature { .. })
    }

    /// Whether no verifier can work with the certificate, whatever its policy.
    #[must_use]
    pub const fn is_fatal(&self) -> bool {
        matches!(
            self,
            Self::DamagedKey | Self::NeverValid | Self::NotRsa { .. }
        )
    }
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DamagedKey => f.write_str("the public key is damaged"),
            Self::LongValidity { years } => write!(
                f,
                "valid for {years} years: a stolen key would serve as long, ten are plenty"
            ),
            Self::NeverValid => f.write_str("the end lies before the beginning: never valid"),
            Self::NotRsa { found } => {
                write!(
                    f,
                    "it holds {found}: the RSA methods of OAuth 1.0a can't use it"
                )
            }
            Self::OldVersion { version } => write!(
                f,
                "X.509 version {version}: harmless here, the extensions of version 3 are not used"
            ),
            Self::ShortKey { bits } if *bits < 1024 => {
                write!(
                    f,
                    "the RSA key has {bits} bits: it can be broken by anybody"
                )
            }
            Self::ShortKey { bits } => write!(
                f,
                "the RSA key has {bits} bits: fewer than 2048, many providers refuse it"
            ),
            Self::SmallExponent { exponent } => write!(
                f,
                "the RSA public exponent is {exponent}: below 65537, many providers refuse it"
            ),
            Self::WeakSignature { algorithm } => write!(
                f,
                "signed with {algorithm}: harmless here, only the key in the certificate is used"
            ),
        }
    }
}

const YEAR: u64 = 31_557_600;

/// The worst first.
pub(crate) fn weaknesses(certificate: &Certificate) -> Vec<Weakness> {
    let mut found = Vec::new();
    let (start, end) = (certificate.not_before(), certificate.not_after());
    if end < start {
        found.push(Weakness::NeverValid);
    }
    match certificate.public_key() {
        Ok(key) => found.extend(
            key.warnings()
                .into_iter()
                .filter_map(|warning| match warning {
                    KeyWarning::ShortModulus { bits } => Some(Weakness::ShortKey { bits }),
                    KeyWarning::SmallExponent { exponent } => {
                        Some(Weakness::SmallExponent { exponent })
                    }
                    _ => None,
                }),
        ),
        Err(CertificateError::NotRsa { found: kind }) => {
            found.push(Weakness::NotRsa { found: kind });
        }
        Err(_) => found.push(Weakness::DamagedKey),
    }
    let years = years(start, end);
    if years > 10 {
        found.push(Weakness::LongValidity { years });
    }
    if certificate.has_weak_signature() {
        let algorithm = certificate.signature_algorithm().to_owned();
        found.push(Weakness::WeakSignature { algorithm });
    }
    if certificate.version() < 3 {
        found.push(Weakness::OldVersion {
            version: certificate.version(),
        });
    }
    found
}

fn years(start: UnixTime, end: UnixTime) -> u64 {
    u64::try_from(end.since(start))
        .unwrap_or(0)
        .checked_div(YEAR)
        .unwrap_or(0)
}

use core::fmt;

use countersign_key::pem::PemError;
use countersign_key::{DerDamage, KeyError, Kind, Wanted};
use x509_parser::error::X509Error;
use x509_parser::nom;

/// Why a certificate could not be read, or its key not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// The binary contents are damaged.
    #[error("damaged certificate: {0}; copy the file again from its source")]
    Der(DerDamage),
    /// The public key in the certificate is RSA, but unusable.
    #[error("the public key of the certificate is unusable: {0}")]
    Key(KeyError),
    /// A part of the certificate is not what X.509 says.
    #[error("the certificate is damaged: its {part} can't be read")]
    Malformed {
        /// The first such part.
        part: Part,
    },
    /// The label of the PEM block and its contents are of two kinds.
    #[error("the label {label} is on {holds}, expected {expected}")]
    Mislabelled {
        /// The label found.
        label: String,
        /// What the contents are.
        holds: Kind,
        /// The label that is due.
        expected: &'static str,
    },
    /// There is no certificate in the file, or a private key beside it.
    #[error("{}", NotFound(.found))]
    NotFound {
        /// What is there instead, each kind once.
        found: Vec<Kind>,
    },
    /// The certificate is for another algorithm, so no method of OAuth 1.0a can use it.
    #[error(
        "the certificate holds {found}, expected an RSA public key; make a new key with \
         `openssl genrsa -out key.pem 2048` and a certificate for it"
    )]
    NotRsa {
        /// What it is for.
        found: Kind,
    },
    /// The textual wrapping is damaged.
    #[error("{0}")]
    Pem(PemError),
    /// The PKCS#12 file could not be opened.
    #[error("{0}")]
    Pkcs12(KeyError),
    /// One certificate was expected.
    #[error("expected one certificate, found {count}")]
    Several {
        /// How many there are.
        count: usize,
    },
    /// More bytes than [`countersign_key::MAX_INPUT`].
    #[error("the file has {found} bytes, the limit is {limit}")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
        /// The size of the input in bytes.
        found: usize,
    },
    /// More certificates than [`MAX_CERTIFICATES`](crate::MAX_CERTIFICATES).
    #[error("{found} certificates, the limit is {limit}")]
    TooMany {
        /// The limit.
        limit: usize,
        /// How many there are.
        found: usize,
    },
}

struct NotFound<'a>(&'a [Kind]);

impl fmt::Display for NotFound<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = self.0.to_vec();
        fmt::Display::fmt(
            &KeyError::NotFound {
                wanted: Wanted::Certificate,
                found,
            },
            f,
        )
    }
}

/// A part of a certificate (RFC 5280 section 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// An algorithm identifier.
    Algorithm,
    /// The dates between which it is valid.
    Dates,
    /// The list of extensions.
    Extensions,
    /// The subject or the issuer.
    Name,
    /// The public key.
    PublicKey,
    /// The serial number.
    Serial,
    /// The signature.
    Signature,
    /// The structure as a whole.
    Structure,
    /// The version.
    Version,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Algorithm => "algorithm identifier",
            Self::Dates => "validity dates",
            Self::Extensions => "list of extensions",
            Self::Name => "subject or issuer",
            Self::PublicKey => "public key",
            Self::Serial => "serial number",
            Self::Signature => "signature",
            Self::Structure => "structure",
            Self::Version => "version",
        })
    }
}

pub(crate) fn malformed(error: &nom::Err<X509Error>) -> CertificateError {
    let part = match error {
        nom::Err::Incomplete(_) => Part::Structure,
        nom::Err::Error(error) | nom::Err::Failure(error) => match error {
            X509Error::InvalidVersion => Part::Version,
            X509Error::InvalidSerial => Part::Serial,
            X509Error::InvalidAlgorithmIdentifier => Part::Algorithm,
            X509Error::InvalidX509Name | X509Error::InvalidAttributes => Part::Name,
            X509Error::InvalidDate => Part::Dates,
            X509Error::InvalidSPKI => Part::PublicKey,
            X509Error::InvalidExtensions | X509Error::DuplicateExtensions => Part::Extensions,
            X509Error::InvalidSignatureValue => Part::Signature,
            _ => Part::Structure,
        },
    };
    CertificateError::Malformed { part }
}

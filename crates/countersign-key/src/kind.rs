use core::fmt;

use crate::der::{self, BIT_STRING, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, SET};

/// What a file, or one block of it, turned out to be.
///
/// `Display` gives the words an error message uses, with an article: `an X.509 certificate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A ZIP or gzip archive.
    Archive,
    /// An X.509 certificate.
    Certificate,
    /// A PKCS#10 certificate signing request.
    CertificateRequest,
    /// A certificate revocation list.
    RevocationList,
    /// An encrypted private key: PKCS#8, or PEM of the traditional kind.
    EncryptedPrivateKey,
    /// A web page: a login page or an error, saved in the place of the file.
    Html,
    /// A Java key store (JKS).
    JavaKeyStore,
    /// A JSON document, such as a JWK or a service account file.
    Json,
    /// A private or public key as OpenPGP writes it.
    OpenPgp,
    /// A private key in OpenSSH's own format.
    OpenSshPrivateKey,
    /// A public key in one of the formats of SSH.
    OpenSshPublicKey,
    /// Parameters without a key (EC or DH).
    Parameters,
    /// A PKCS#12 file (PFX): private key and certificates behind one passphrase.
    Pkcs12,
    /// A PKCS#7 or CMS bundle of certificates.
    Pkcs7,
    /// A private key in PKCS#1 (RSA), SEC 1 (EC) or the old DSA format.
    BarePrivateKey(Algorithm),
    /// A private key in PKCS#8.
    PrivateKey(Algorithm),
    /// A public key in PKCS#1, which only knows RSA.
    BarePublicKey,
    /// A public key in X.509's SubjectPublicKeyInfo.
    PublicKey(Algorithm),
    /// A private key in PuTTY's format.
    PuttyPrivateKey,
    /// The document of a word processor (RTF).
    RichText,
    /// An RSA key as .NET writes it, `<RSAKeyValue>`.
    XmlKey,
    /// None of these.
    Unknown,
}

/// The algorithm a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// Diffie-Hellman, X25519 and X448: these keys can't sign at all.
    DiffieHellman,
    /// DSA.
    Dsa,
    /// An elliptic curve key (ECDSA).
    Ec,
    /// Ed25519 or Ed448.
    EdDsa,
    /// RSA for every use.
    Rsa,
    /// RSA restricted to PSS signatures.
    RsaPss,
    /// An algorithm this crate has no name for.
    Other,
}

impl Algorithm {
    /// The table of object identifiers (DER content octets).
    const TABLE: &[(&[u8], Self)] = &[
        (
            &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01],
            Self::Rsa,
        ),
        (
            &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a],
            Self::RsaPss,
        ),
        (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01], Self::Ec),
        (&[0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01], Self::Dsa),
        (&[0x2b, 0x65, 0x70], Self::EdDsa),
        (&[0x2b, 0x65, 0x71], Self::EdDsa),
        (&[0x2b, 0x65, 0x6e], Self::DiffieHellman),
        (&[0x2b, 0x65, 0x6f], Self::DiffieHellman),
        (
            &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x03, 0x01],
            Self::DiffieHellman,
        ),
        (
            &[0x2a, 0x86, 0x48, 0xce, 0x3e, 0x02, 0x01],
            Self::DiffieHellman,
        ),
    ];

    fn of_identifier(sequence: &[u8]) -> Option<Self> {
        let oid = der::first(sequence).filter(|element| element.tag == OBJECT_IDENTIFIER)?;
        let row = Self::TABLE.iter().find(|(bytes, _)| *bytes == oid.content);
        Some(row.map_or(Self::Other, |(_, algorithm)| *algorithm))
    }

    const fn name(self) -> &'static str {
        match self {
            Self::DiffieHellman => "a Diffie-Hellman",
            Self::Dsa => "a DSA",
            Self::Ec => "an EC",
            Self::EdDsa => "an Ed25519 or Ed448",
            Self::Rsa => "an RSA",
            Self::RsaPss => "an RSA-PSS",
            Self::Other => "an unknown kind of",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::BarePrivateKey(algorithm) => {
                let standard = match algorithm {
                    Algorithm::Rsa => "PKCS#1",
                    Algorithm::Ec => "SEC 1",
                    _ => "the old format",
                };
                return write!(f, "{} private key in {standard}", algorithm.name());
            }
            Self::PrivateKey(algorithm) => {
                return write!(f, "{} private key in PKCS#8", algorithm.name());
            }
            Self::PublicKey(algorithm) => return write!(f, "{} public key", algorithm.name()),
            Self::Archive => "a ZIP or gzip archive",
            Self::BarePublicKey => "an RSA public key in PKCS#1",
            Self::Certificate => "an X.509 certificate",
            Self::CertificateRequest => "a certificate signing request",
            Self::EncryptedPrivateKey => "an encrypted private key",
            Self::Html => "a web page",
            Self::JavaKeyStore => "a Java key store",
            Self::Json => "a JSON document",
            Self::OpenPgp => "an OpenPGP key",
            Self::OpenSshPrivateKey => "a private key in OpenSSH's own format",
            Self::OpenSshPublicKey => "an SSH public key",
            Self::Parameters => "key parameters without a key",
            Self::Pkcs12 => "a PKCS#12 file",
            Self::Pkcs7 => "a PKCS#7 bundle",
            Self::PuttyPrivateKey => "a private key in PuTTY's format",
            Self::RevocationList => "a certificate revocation list",
            Self::RichText => "the document of a word processor",
            Self::Unknown => "something unknown",
            Self::XmlKey => "an RSA key in the XML of .NET",
        };
        f.write_str(words)
    }
}

impl Kind {
    /// Whether this holds a private key, of whatever algorithm, in the clear or encrypted: such a
    /// file must never be uploaded or sent to anybody.
    #[must_use]
    pub const fn holds_private_key(self) -> bool {
        matches!(
            self,
            Self::BarePrivateKey(_)
                | Self::EncryptedPrivateKey
                | Self::JavaKeyStore
                | Self::OpenSshPrivateKey
                | Self::Pkcs12
                | Self::PrivateKey(_)
                | Self::PuttyPrivateKey
        )
    }
}

/// Tells what DER this is, by its structure alone.
///
/// Gives [`Kind::Unknown`] for everything that is not DER or is cut short; nothing is decoded and
/// nothing is promised about the contents.
///
/// # Examples
///
/// ```
/// use countersign_key::{Kind, identify};
///
/// assert_eq!(identify(b"\xfe\xed\xfe\xed\0\0\0\x02"), Kind::JavaKeyStore);
/// assert_eq!(identify(b"hello"), Kind::Unknown);
/// ```
#[must_use]
pub fn identify(der: &[u8]) -> Kind {
    if der.starts_with(&[0xfe, 0xed, 0xfe, 0xed]) {
        return Kind::JavaKeyStore;
    }
    by_structure(der).unwrap_or(Kind::Unknown)
}

/// What a PEM label promises.
pub(crate) fn by_label(label: &str) -> Kind {
    match label {
        "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => Kind::Certificate,
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => Kind::CertificateRequest,
        "X509 CRL" => Kind::RevocationList,
        "ENCRYPTED PRIVATE KEY" => Kind::EncryptedPrivateKey,
        "OPENSSH PRIVATE KEY" => Kind::OpenSshPrivateKey,
        "SSH2 PUBLIC KEY" => Kind::OpenSshPublicKey,
        "PGP PRIVATE KEY BLOCK" | "PGP PUBLIC KEY BLOCK" | "PGP MESSAGE" => Kind::OpenPgp,
        "EC PARAMETERS" | "DH PARAMETERS" | "DSA PARAMETERS" => Kind::Parameters,
        "PKCS7" | "CMS" | "PKCS #7 SIGNED DATA" => Kind::Pkcs7,
        "PKCS12" => Kind::Pkcs12,
        "RSA PRIVATE KEY" => Kind::BarePrivateKey(Algorithm::Rsa),
        "EC PRIVATE KEY" => Kind::BarePrivateKey(Algorithm::Ec),
        "DSA PRIVATE KEY" => Kind::BarePrivateKey(Algorithm::Dsa),
        "PRIVATE KEY" => Kind::PrivateKey(Algorithm::Other),
        "PUBLIC KEY" => Kind::PublicKey(Algorithm::Other),
        "RSA PUBLIC KEY" => Kind::BarePublicKey,
        _ => Kind::Unknown,
    }
}

/// The label that RFC 7468, or custom, gives to what this is.
pub(crate) const fn label_of(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::BarePrivateKey(Algorithm::Rsa) => "RSA PRIVATE KEY",
        Kind::BarePrivateKey(Algorithm::Ec) => "EC PRIVATE KEY",
        Kind::BarePrivateKey(Algorithm::Dsa) => "DSA PRIVATE KEY",
        Kind::BarePublicKey => "RSA PUBLIC KEY",
        Kind::Certificate => "CERTIFICATE",
        Kind::CertificateRequest => "CERTIFICATE REQUEST",
        Kind::EncryptedPrivateKey => "ENCRYPTED PRIVATE KEY",
        Kind::Pkcs7 => "PKCS7",
        Kind::PrivateKey(_) => "PRIVATE KEY",
        Kind::PublicKey(_) => "PUBLIC KEY",
        Kind::RevocationList => "X509 CRL",
        _ => return None,
    })
}

fn by_structure(input: &[u8]) -> Option<Kind> {
    let outer = der::first(input).filter(|element| element.tag == SEQUENCE)?;
    let mut inner = der::elements(outer.content);
    let head = inner.next()?;
    let second = inner.next();
    match (head.tag, second) {
        (OBJECT_IDENTIFIER, _) => head.content.starts_with(PKCS7_ARC).then_some(Kind::Pkcs7),
        (INTEGER, Some(next)) => match (head.content, next.tag) {
            ([0 | 1], SEQUENCE) => Algorithm::of_identifier(next.content).map(Kind::PrivateKey),
            ([1], OCTET_STRING) => Some(Kind::BarePrivateKey(Algorithm::Ec)),
            ([3], SEQUENCE) => Some(Kind::Pkcs12),
            ([0 | 1], INTEGER) => match inner.count() {
                7.. => Some(Kind::BarePrivateKey(Algorithm::Rsa)),
                4 => Some(Kind::BarePrivateKey(Algorithm::Dsa)),
                _ => None,
            },
            (_, INTEGER) => inner.next().is_none().then_some(Kind::BarePublicKey),
            _ => None,
        },
        (SEQUENCE, Some(next)) => match next.tag {
            BIT_STRING => Algorithm::of_identifier(head.content).map(Kind::PublicKey),
            OCTET_STRING => Some(Kind::EncryptedPrivateKey),
            SEQUENCE => signed(head.content),
            _ => None,
        },
        _ => None,
    }
}

/// `pkcs-7` (1.2.840.113549.1.7), the parent of all PKCS#7 content types.
const PKCS7_ARC: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];

/// Certificate, request and revocation list are the same outside: the signed part tells.
fn signed(content: &[u8]) -> Option<Kind> {
    let mut parts = der::elements(content);
    let head = parts.next()?;
    match head.tag {
        // The explicit version that only certificates of version 2 and 3 have.
        0xa0 => Some(Kind::Certificate),
        INTEGER => {
            // Version 1 certificates go on with the algorithm, requests with the subject's name.
            let next = parts.next().filter(|element| element.tag == SEQUENCE)?;
            match der::first(next.content).map(|element| element.tag) {
                // So do revocation lists, with the issuer and then a bare time instead of the pair.
                Some(OBJECT_IDENTIFIER) => match parts.nth(1)?.tag {
                    SEQUENCE => Some(Kind::Certificate),
                    _ => Some(Kind::RevocationList),
                },
                Some(SET) | None => Some(Kind::CertificateRequest),
                Some(_) => None,
            }
        }
        SEQUENCE => Some(Kind::RevocationList),
        _ => None,
    }
}

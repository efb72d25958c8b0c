use alloc::string::String;
use alloc::vec::Vec;
use core::error::Error;
use core::fmt;

use crate::kind::{Algorithm, Kind};
use crate::pem::PemError;

/// Why a key could not be read. It names the damage, never the contents.
///
/// `Display` says what was expected and found, and what to do about it; [`remedy`](Self::remedy)
/// gives the second half alone.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// The binary contents are damaged. Offsets count from the start of the contents: of the file
    /// if it is DER, of the decoded base64 if it is PEM.
    Der(DerDamage),
    /// The key derivation of an encrypted key asks for more work or memory than is reasonable.
    DerivationTooCostly,
    /// The public exponent is even, or outside of 3 to 2^33 - 1.
    Exponent,
    /// The parts of a private key do not belong together.
    Inconsistent(PrivatePart),
    /// The label of the PEM block and its contents are of two kinds.
    Mislabelled {
        /// The label found.
        label: String,
        /// What the contents are.
        holds: Kind,
        /// The label that such contents should have.
        expected: &'static str,
    },
    /// An RSA key of more than two primes.
    MultiPrime,
    /// An RSA-PSS key that is restricted to certain parameters.
    PssParameters,
    /// What was looked for is not there.
    NotFound {
        /// What was looked for.
        wanted: Wanted,
        /// What is there instead, each kind once.
        found: Vec<Kind>,
    },
    /// The key is encrypted and no passphrase was given.
    PassphraseMissing,
    /// The passphrase is wrong, or the encrypted data were altered: nobody can tell which.
    PassphraseWrong,
    /// The textual wrapping is damaged.
    Pem(PemError),
    /// More than one key is there, and nothing says which is meant.
    Several {
        /// What was looked for.
        wanted: Wanted,
        /// How many there are.
        count: usize,
    },
    /// The modulus has fewer than 512 or more than 16384 bits, or is even.
    Size {
        /// The size found.
        bits: usize,
    },
    /// More bytes than [`MAX_INPUT`](crate::MAX_INPUT).
    TooLarge {
        /// The limit in bytes.
        limit: usize,
        /// The size of the input in bytes.
        found: usize,
    },
    /// PEM encrypted in the way of OpenSSL before PKCS#8 (`Proc-Type: 4,ENCRYPTED`).
    TraditionalEncryption,
    /// An encryption scheme that is not PBES2 with AES or triple DES.
    UnsupportedEncryption,
}

/// What is wrong with binary contents that should be DER.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DerDamage {
    /// BER with an indefinite length, as some programs write PKCS#12.
    IndefiniteLength,
    /// Not what the structure allows at this place.
    Malformed {
        /// Where it shows.
        offset: usize,
    },
    /// It does not start as DER does.
    NotDer,
    /// More bytes than the structure has.
    TrailingData {
        /// Where the structure ends.
        offset: usize,
        /// How many bytes follow.
        extra: usize,
    },
    /// Fewer bytes than the structure needs: the end, or some lines, are lost.
    Truncated {
        /// How many bytes it should have at least.
        expected: usize,
        /// How many there are.
        found: usize,
    },
}

/// A part of a private key that contradicts the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PrivatePart {
    /// The values for the Chinese remainder theorem (dP, dQ, qInv). Signing with such a key would
    /// give the primes away.
    ChineseRemainder,
    /// The private exponent is not the inverse of the public one.
    Exponent,
    /// The modulus is not the product of the primes.
    Modulus,
    /// The primes are equal, not odd numbers above one, or not the factors of the modulus.
    Primes,
}

/// What a reader was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wanted {
    /// An X.509 certificate.
    Certificate,
    /// An RSA private key.
    PrivateKey,
    /// An RSA public key.
    PublicKey,
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Certificate => "an X.509 certificate",
            Self::PrivateKey => "an RSA private key",
            Self::PublicKey => "an RSA public key",
        })
    }
}

impl Wanted {
    /// What to do when this was wanted and that was found.
    #[must_use]
    pub const fn remedy(self, found: Kind) -> Option<&'static str> {
        Some(match (self, found) {
            (Self::Certificate | Self::PublicKey, kind) if kind.holds_private_key() => {
                "this file holds a private key: do not upload it or send it to anybody"
            }
            (Self::PrivateKey, Kind::Certificate | Kind::CertificateRequest | Kind::Pkcs7) => {
                "give the file with the private key that belongs to it"
            }
            (
                Self::PrivateKey,
                Kind::PublicKey(Algorithm::Rsa | Algorithm::RsaPss | Algorithm::Other)
                | Kind::BarePublicKey,
            ) => "give the file with the private half of the key",
            (Self::PublicKey, Kind::Certificate) => {
                "read it as a certificate, or take the key out with \
                 `openssl x509 -in cert.pem -pubkey -noout`"
            }
            (Self::PrivateKey, Kind::OpenSshPrivateKey) => {
                "convert a copy with `ssh-keygen -p -m PEM -f copy-of-key`"
            }
            (Self::PrivateKey, Kind::PuttyPrivateKey) => {
                "convert it with `puttygen key.ppk -O private-openssh -o key.pem`"
            }
            (Self::PrivateKey, Kind::Pkcs12) => {
                "read it as PKCS#12 with its passphrase, or take the key out with \
                 `openssl pkcs12 -in file.p12 -nocerts -nodes -out key.pem`"
            }
            (Self::PrivateKey, Kind::JavaKeyStore) => {
                "convert it with `keytool -importkeystore -srckeystore file.jks -destkeystore \
                 file.p12 -deststoretype PKCS12`"
            }
            (Self::Certificate, Kind::CertificateRequest) => {
                "a request is not a certificate yet: make one with \
                 `openssl x509 -req -in file.csr -signkey key.pem -days 730 -out cert.pem`"
            }
            (Self::Certificate, Kind::PublicKey(Algorithm::Rsa) | Kind::BarePublicKey) => {
                "this is the bare key: make a certificate with \
                 `openssl req -new -x509 -key key.pem -days 730 -out cert.pem`"
            }
            (Self::Certificate, Kind::Pkcs7) => {
                "take the certificates out with `openssl pkcs7 -print_certs -in file.p7b`"
            }
            (Self::PublicKey, Kind::OpenSshPublicKey) => {
                "convert it with `ssh-keygen -e -m PKCS8 -f key.pub`"
            }
            (_, Kind::Archive) => "unpack it and give the file inside",
            (_, Kind::Html) => {
                "the download brought a page instead of the file: look at it in a browser"
            }
            (_, Kind::RichText) => "save it as plain text, or copy the file from its source",
            (_, Kind::XmlKey) => {
                "convert it in .NET with `ExportPkcs8PrivateKey` or `ExportSubjectPublicKeyInfo`, \
                 or export the key as PEM"
            }
            (
                _,
                Kind::PrivateKey(algorithm)
                | Kind::BarePrivateKey(algorithm)
                | Kind::PublicKey(algorithm),
            ) if !matches!(algorithm, Algorithm::Rsa | Algorithm::RsaPss) => {
                "the RSA methods of OAuth 1.0a need an RSA key: make one with \
                 `openssl genrsa -out key.pem 2048`"
            }
            _ => return None,
        })
    }
}

impl KeyError {
    /// What to do about it, where there is one thing to do.
    #[must_use]
    pub fn remedy(&self) -> Option<&'static str> {
        Some(match self {
            Self::Der(DerDamage::IndefiniteLength) => {
                "convert PKCS#12 with `openssl pkcs12 -in old.p12 -nodes -out all.pem` and \
                 `openssl pkcs12 -export -in all.pem -out new.p12`"
            }
            Self::Der(_) | Self::Inconsistent(_) => "copy the file again from its source",
            Self::Mislabelled { .. } => "correct the label in the BEGIN and END lines",
            Self::NotFound { wanted, found } => {
                return found.iter().find_map(|kind| wanted.remedy(*kind));
            }
            Self::PassphraseMissing => "give its passphrase",
            Self::Pem(damage) => return damage.remedy(),
            Self::Several { .. } => "keep one key in each file",
            Self::TraditionalEncryption => {
                "convert it with `openssl pkcs8 -topk8 -v2 aes256 -in old.pem -out new.pem`"
            }
            Self::UnsupportedEncryption => {
                "convert it with `openssl pkcs8 -in old.pem | openssl pkcs8 -topk8 -v2 aes256 \
                 -out new.pem`"
            }
            Self::DerivationTooCostly
            | Self::Exponent
            | Self::MultiPrime
            | Self::PassphraseWrong
            | Self::PssParameters
            | Self::Size { .. }
            | Self::TooLarge { .. } => return None,
        })
    }

    fn what(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Der(damage) => write!(f, "damaged contents: {damage}"),
            Self::DerivationTooCostly => {
                f.write_str("the encrypted key asks for an unreasonable amount of work to open it")
            }
            Self::Exponent => {
                f.write_str("the RSA public exponent is not an odd number from 3 to 8589934591")
            }
            Self::Inconsistent(part) => write!(f, "the private key contradicts itself: {part}"),
            Self::Mislabelled {
                label,
                holds,
                expected,
            } => {
                write!(f, "the label {label} is on {holds}, expected {expected}")
            }
            Self::MultiPrime => f.write_str("an RSA key of more than two primes, expected two"),
            Self::PssParameters => {
                f.write_str("an RSA-PSS key restricted to certain parameters, expected none")
            }
            Self::NotFound { wanted, found } => {
                write!(f, "expected {wanted}, found ")?;
                if found.is_empty() {
                    return f.write_str("nothing");
                }
                for (index, kind) in found.iter().enumerate() {
                    let between = if index == 0 { "" } else { " and " };
                    write!(f, "{between}{kind}")?;
                }
                Ok(())
            }
            Self::PassphraseMissing => f.write_str("the file is encrypted"),
            Self::PassphraseWrong => {
                f.write_str("the passphrase is wrong, or the encrypted key was altered")
            }
            Self::Pem(damage) => fmt::Display::fmt(damage, f),
            Self::Several { wanted, count } => write!(f, "expected {wanted}, found {count}"),
            Self::Size { bits } => write!(
                f,
                "an RSA modulus of {bits} bits, expected an odd number of 512 to 16384 bits"
            ),
            Self::TooLarge { limit, found } => {
                write!(f, "the file has {found} bytes, the limit is {limit}")
            }
            Self::TraditionalEncryption => f.write_str(
                "the private key is encrypted in the traditional PEM way (Proc-Type: 4,ENCRYPTED), \
                 which is not read here",
            ),
            Self::UnsupportedEncryption => f.write_str(
                "the private key is encrypted by a scheme other than PBES2 with AES or triple DES",
            ),
        }
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.what(f)?;
        match self {
            // Says its remedy itself.
            Self::Pem(_) => Ok(()),
            _ => match self.remedy() {
                Some(remedy) => write!(f, "; {remedy}"),
                None => Ok(()),
            },
        }
    }
}

impl fmt::Display for DerDamage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IndefiniteLength => {
                f.write_str("expected DER, found BER with an indefinite length")
            }
            Self::Malformed { offset } => write!(f, "malformed DER at byte {offset}"),
            Self::NotDer => f.write_str("expected DER, found no sequence at the start"),
            Self::TrailingData { offset, extra } => {
                write!(f, "{extra} bytes too many after the end at byte {offset}")
            }
            Self::Truncated { expected, found } => write!(
                f,
                "expected at least {expected} bytes, found {found}: the end or some lines are lost"
            ),
        }
    }
}

impl fmt::Display for PrivatePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ChineseRemainder => "dP, dQ or qInv does not fit the primes",
            Self::Exponent => "the private exponent is not the inverse of the public one",
            Self::Modulus => "the modulus is not the product of the primes",
            Self::Primes => {
                "the primes are not two different primes of which the modulus is the product"
            }
        })
    }
}

impl Error for KeyError {}

//! PKCS#12 files (PFX): a private key and its certificates behind one passphrase (RFC 7292).
//!
//! Read are the encryptions that OpenSSL, Windows and Java write: PBES2 with AES, and of the older
//! ones triple DES and 40-bit RC2 under SHA-1. The file's integrity check is verified when there is
//! one.
//!
//! The underlying decoder does not wipe its intermediate copies of the private key. It also panics
//! on one kind of hostile file (scrypt with a cost of zero inside an encrypted part). That panic is
//! caught and becomes [`KeyError::UnsupportedEncryption`], but the panic hook sees it, and a program
//! built with `panic = "abort"` ends: such a program should not open PKCS#12 files of strangers.

use alloc::vec;
use alloc::vec::Vec;
use std::panic::catch_unwind;

use p12_keystore::Pkcs12Archive;
use p12_keystore::error::Error;

use crate::select::Piece;
use crate::{
    DerDamage, KeyError, Kind, MAX_INPUT, RsaPrivateKey, Secret, SecretBytes, Wanted, der, identify,
};

/// Each derivation of a key may cost a million rounds; honest files have three.
const MAX_DERIVATIONS: usize = 16;

/// What a PKCS#12 file holds.
#[derive(Debug)]
#[non_exhaustive]
pub struct Contents {
    private_key: RsaPrivateKey,
    certificates: Vec<Vec<u8>>,
}

impl Contents {
    /// The private key.
    #[must_use]
    pub const fn private_key(&self) -> &RsaPrivateKey {
        &self.private_key
    }

    /// The certificates, DER, in the order of the file.
    #[must_use]
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    /// The private key alone.
    #[must_use]
    pub fn into_private_key(self) -> RsaPrivateKey {
        self.private_key
    }

    /// Private key and certificates.
    #[must_use]
    pub fn into_parts(self) -> (RsaPrivateKey, Vec<Vec<u8>>) {
        (self.private_key, self.certificates)
    }
}

/// Reads the one RSA private key of a PKCS#12 file and all its certificates.
///
/// # Errors
///
/// [`KeyError`]; [`KeyError::NotFound`] also when there is no private key, in which case
/// [`certificates`] may still read the rest.
///
/// # Examples
///
/// ```
/// use countersign_key::{Secret, pkcs12};
///
/// let file = include_bytes!("../tests/data/good/key-and-certificate.p12");
/// let contents = pkcs12::read(file, &Secret::new("correct horse"))?;
/// assert_eq!(contents.private_key().bits(), 2048);
/// assert_eq!(contents.certificates().len(), 1);
/// # Ok::<(), countersign_key::KeyError>(())
/// ```
pub fn read(input: &[u8], passphrase: &Secret) -> Result<Contents, KeyError> {
    let archive = open(input, passphrase)?;
    let wanted = Wanted::PrivateKey;
    let private_key = match archive.keys.as_slice() {
        [bag] => {
            let contents = SecretBytes::new(bag.key.as_der().to_vec());
            RsaPrivateKey::from_pkcs8(&Piece::inner(contents))?
        }
        [] if archive.certs.is_empty() => {
            return Err(KeyError::NotFound {
                wanted,
                found: vec![],
            });
        }
        [] => {
            return Err(KeyError::NotFound {
                wanted,
                found: vec![Kind::Certificate],
            });
        }
        several => {
            return Err(KeyError::Several {
                wanted,
                count: several.len(),
            });
        }
    };
    Ok(Contents {
        private_key,
        certificates: certificates_of(&archive),
    })
}

/// Reads the certificates (DER) of a PKCS#12 file, whether or not it holds a private key.
///
/// # Errors
///
/// [`KeyError`] if the file can't be opened; no certificate at all is an empty list.
pub fn certificates(input: &[u8], passphrase: &Secret) -> Result<Vec<Vec<u8>>, KeyError> {
    open(input, passphrase).map(|archive| certificates_of(&archive))
}

fn certificates_of(archive: &Pkcs12Archive) -> Vec<Vec<u8>> {
    archive
        .certs
        .iter()
        .map(|bag| bag.cert.as_der().to_vec())
        .collect()
}

fn open(input: &[u8], passphrase: &Secret) -> Result<Pkcs12Archive, KeyError> {
    if input.len() > MAX_INPUT {
        return Err(KeyError::TooLarge {
            limit: MAX_INPUT,
            found: input.len(),
        });
    }
    der::whole_sequence(input).map_err(KeyError::Der)?;
    let kind = identify(input);
    if kind != Kind::Pkcs12 {
        return Err(KeyError::NotFound {
            wanted: Wanted::PrivateKey,
            found: vec![kind],
        });
    }
    check_cost(input)?;
    // The decoder panics on scrypt with a cost of zero, which may stand in the clear (refused
    // above) or inside an encrypted part, where nobody can look before it does. It keeps no state.
    let decode = || Pkcs12Archive::from_pkcs12(input, passphrase.expose_secret());
    let opened = catch_unwind(decode).map_err(|_| KeyError::UnsupportedEncryption)?;
    opened.map_err(|error| match error {
        Error::MacError(_) | Error::UnpadError | Error::Pkcs5Error(_) => KeyError::PassphraseWrong,
        Error::UnsupportedEncryptionScheme | Error::UnsupportedMacAlgorithm => {
            KeyError::UnsupportedEncryption
        }
        Error::InvalidParameters => KeyError::DerivationTooCostly,
        _ => KeyError::Der(DerDamage::Malformed { offset: 0 }),
    })
}

/// The identifier of scrypt. No program writes it into PKCS#12.
const SCRYPT: &[u8] = &[
    0x06, 0x09, 0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x04, 0x0b,
];
/// `pkcs5PBES2`.
const PBES2: &[u8] = &[
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d,
];
/// The parent of the encryptions of PKCS#12's own making.
const PBES1: &[u8] = &[
    0x06, 0x0a, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01,
];

/// Refuses what would keep the decoder busy for hours, before it begins.
fn check_cost(input: &[u8]) -> Result<(), KeyError> {
    if input.windows(SCRYPT.len()).any(|window| window == SCRYPT) {
        return Err(KeyError::UnsupportedEncryption);
    }
    let derivations = input
        .windows(PBES2.len())
        .filter(|w| *w == PBES2 || *w == PBES1)
        .count();
    if derivations > MAX_DERIVATIONS {
        return Err(KeyError::DerivationTooCostly);
    }
    Ok(())
}

use alloc::vec::Vec;
use core::fmt;

use pkcs8::PrivateKeyInfoRef;
use pkcs8::der::asn1::OctetStringRef;
use pkcs8::der::{Decode, Encode};

use crate::select::{Piece, select};
use crate::{
    Algorithm, KeyError, KeyWarning, Kind, RsaPublicKey, Secret, SecretBytes, Wanted, backend, der,
    encrypted, pem, public,
};

/// An RSA private key of two primes, of 512 to 16384 bits, whose parts were found to belong
/// together.
///
/// The type belongs to no backend: one that signs builds its own key from
/// [`to_pkcs1_der`](Self::to_pkcs1_der), once. Nothing secret shows in `Debug`, and the numbers are
/// wiped on drop. There is no `Clone` and no comparison: share the key behind a reference, compare
/// the public halves.
///
/// # Examples
///
/// ```
/// use countersign_key::{RsaPrivateKey, Secret};
///
/// let pem = include_bytes!("../tests/data/good/pkcs8-aes256.pem");
/// let key = RsaPrivateKey::read(pem, Some(&Secret::new("correct horse")))?;
/// assert_eq!(key.bits(), 2048);
///
/// let certificate = b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
/// let refused = RsaPrivateKey::read(certificate, None).unwrap_err();
/// assert_eq!(
///     refused.to_string(),
///     "expected an RSA private key, found an X.509 certificate; \
///      give the file with the private key that belongs to it",
/// );
/// # Ok::<(), countersign_key::KeyError>(())
/// ```
pub struct RsaPrivateKey {
    pkcs1: SecretBytes,
    public: RsaPublicKey,
}

impl RsaPrivateKey {
    /// Reads the one private key of a file: PKCS#1, PKCS#8 or encrypted PKCS#8, in PEM (other
    /// blocks and text around it are skipped) or DER; with the feature `pkcs12` and a passphrase
    /// also PKCS#12.
    ///
    /// A passphrase given for a key that is not encrypted is not used.
    ///
    /// # Errors
    ///
    /// [`KeyError`], which names the damage.
    pub fn read(input: &[u8], passphrase: Option<&Secret>) -> Result<Self, KeyError> {
        let piece = match select(input, Wanted::PrivateKey) {
            #[cfg(feature = "pkcs12")]
            Err(KeyError::NotFound { found, .. }) if found == [Kind::Pkcs12] => {
                let passphrase = passphrase.ok_or(KeyError::PassphraseMissing)?;
                return crate::pkcs12::read(input, passphrase)
                    .map(crate::pkcs12::Contents::into_private_key);
            }
            other => other?,
        };
        Self::from_piece(&piece, passphrase)
    }

    /// Reads the one private key of a PEM file, like [`read`](Self::read).
    ///
    /// # Errors
    ///
    /// [`KeyError`], which names the damage; DER is refused.
    pub fn from_pem(input: &[u8], passphrase: Option<&Secret>) -> Result<Self, KeyError> {
        if der::is_der(input) {
            return Err(KeyError::Pem(pem::PemError::OtherFormat {
                found: crate::identify(input),
            }));
        }
        Self::read(input, passphrase)
    }

    /// Reads a private key in DER, like [`read`](Self::read).
    ///
    /// # Errors
    ///
    /// [`KeyError`], which names the damage; PEM is refused.
    pub fn from_der(input: &[u8], passphrase: Option<&Secret>) -> Result<Self, KeyError> {
        if !der::is_der(input) {
            return Err(KeyError::Der(crate::DerDamage::NotDer));
        }
        Self::read(input, passphrase)
    }

    /// The public half.
    #[must_use]
    pub const fn public_key(&self) -> &RsaPublicKey {
        &self.public
    }

    /// The size of the modulus in bits.
    #[must_use]
    pub fn bits(&self) -> usize {
        self.public.bits()
    }

    /// Whether one prime is longer than half the modulus. Backends for keys of the usual shape
    /// refuse such a key; those that take it compute at the full width of the modulus.
    #[must_use]
    pub fn has_unbalanced_primes(&self) -> bool {
        let half = self.bits().div_ceil(2);
        backend::longest_prime_bits(self.pkcs1.expose_secret()).is_some_and(|bits| bits > half)
    }

    /// What deserves a word although the key works, such as a size that only old providers take:
    /// [`RsaPublicKey::warnings`].
    #[must_use]
    pub fn warnings(&self) -> Vec<KeyWarning> {
        self.public.warnings()
    }

    /// The key as PKCS#1 (RFC 8017 appendix A.1.2), DER.
    #[must_use]
    pub fn to_pkcs1_der(&self) -> SecretBytes {
        SecretBytes::new(self.pkcs1.expose_secret().to_vec())
    }

    /// The key as PKCS#8 (RFC 5958), DER, not encrypted.
    #[must_use]
    pub fn to_pkcs8_der(&self) -> SecretBytes {
        // Encoding can only fail beyond lengths of 256 MiB, far above 16384 bits.
        let der = OctetStringRef::new(self.pkcs1.expose_secret())
            .and_then(|key| PrivateKeyInfoRef::new(rsa::pkcs1::ALGORITHM_ID, key).to_der());
        SecretBytes::new(der.unwrap_or_default())
    }

    /// The key as PKCS#8, PEM with the label `PRIVATE KEY`, not encrypted.
    #[must_use]
    pub fn to_pkcs8_pem(&self) -> SecretBytes {
        pem::write("PRIVATE KEY", self.to_pkcs8_der().expose_secret())
    }

    pub(crate) fn from_piece(piece: &Piece, passphrase: Option<&Secret>) -> Result<Self, KeyError> {
        let contents = piece.contents.expose_secret();
        match piece.kind {
            Kind::BarePrivateKey(Algorithm::Rsa) => Self::from_pkcs1(contents),
            Kind::EncryptedPrivateKey => {
                let inner = Piece::inner(encrypted::decrypt(contents, passphrase)?);
                Self::from_pkcs8(&inner)
            }
            _ => Self::from_pkcs8(piece),
        }
    }

    pub(crate) fn from_pkcs8(piece: &Piece) -> Result<Self, KeyError> {
        let Kind::PrivateKey(algorithm @ (Algorithm::Rsa | Algorithm::RsaPss)) = piece.kind else {
            return Err(KeyError::NotFound {
                wanted: Wanted::PrivateKey,
                found: alloc::vec![piece.kind],
            });
        };
        let contents = piece.contents.expose_secret();
        let info = PrivateKeyInfoRef::from_der(contents)
            .map_err(|error| KeyError::Der(backend::der_damage(error, contents.len())))?;
        public::check_parameters(info.algorithm.parameters, algorithm)?;
        Self::from_pkcs1(info.private_key.as_bytes())
    }

    fn from_pkcs1(input: &[u8]) -> Result<Self, KeyError> {
        let (public, pkcs1) = backend::read_private(input)?;
        Ok(Self { pkcs1, public })
    }
}

impl fmt::Debug for RsaPrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pkcs1: _, public } = self;
        f.debug_struct("RsaPrivateKey")
            .field("public", public)
            .finish_non_exhaustive()
    }
}

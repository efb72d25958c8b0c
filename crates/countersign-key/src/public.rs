use alloc::vec::Vec;
use core::fmt;

use pkcs8::SubjectPublicKeyInfoRef;
use pkcs8::der::asn1::{AnyRef, BitStringRef};
use pkcs8::der::{Decode, Encode};

use crate::select::select;
use crate::{
    Algorithm, KeyError, KeyWarning, Kind, SecretBytes, Wanted, backend, identify, pem, policy,
};

/// An RSA public key: modulus and exponent, of 512 to 16384 bits.
///
/// Small keys and small exponents load; what a provider should register is said by
/// [`RegistrationPolicy`](crate::RegistrationPolicy). The type belongs to no backend: one that
/// verifies signatures builds its own key from [`modulus`](Self::modulus) and
/// [`exponent`](Self::exponent), or from [`to_spki_der`](Self::to_spki_der), once.
///
/// # Examples
///
/// ```
/// use countersign_key::RsaPublicKey;
///
/// let pem = include_bytes!("../tests/data/good/spki-2048.pem");
/// let key = RsaPublicKey::read(pem)?;
/// assert_eq!(key.bits(), 2048);
/// assert_eq!(key.exponent(), [1, 0, 1]);
/// assert_eq!(key.to_spki_pem().as_bytes(), pem);
/// # Ok::<(), countersign_key::KeyError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RsaPublicKey {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl RsaPublicKey {
    /// Reads the one public key of a file: SubjectPublicKeyInfo or PKCS#1, PEM or DER.
    ///
    /// # Errors
    ///
    /// [`KeyError`], which names the damage. A file that holds a private key is refused, even if a
    /// public one stands beside it: such a file is about to be given away by mistake. A certificate
    /// is refused too; the crate `countersign-certificate` reads those.
    pub fn read(input: &[u8]) -> Result<Self, KeyError> {
        let piece = select(input, Wanted::PublicKey)?;
        let contents = piece.contents.expose_secret();
        match piece.kind {
            Kind::BarePublicKey => backend::read_public(contents),
            _ => Self::from_spki(contents),
        }
    }

    /// Makes a key of its two numbers, big-endian; leading zeros are dropped.
    ///
    /// # Errors
    ///
    /// [`KeyError::Size`] if the modulus is even or has fewer than 512 or more than 16384 bits,
    /// [`KeyError::Exponent`] if the exponent is even or outside of 3 to 2^33 - 1.
    pub fn from_components(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        let (modulus, exponent) = (without_zeros(modulus), without_zeros(exponent));
        let bits = bits(modulus);
        let is_odd = modulus.last().is_some_and(|byte| byte & 1 == 1);
        if !(512..=16_384).contains(&bits) || !is_odd {
            return Err(KeyError::Size { bits });
        }
        let value = number(exponent).ok_or(KeyError::Exponent)?;
        if !(3..1 << 33).contains(&value) || value.is_multiple_of(2) {
            return Err(KeyError::Exponent);
        }
        Ok(Self {
            modulus: modulus.to_vec(),
            exponent: exponent.to_vec(),
        })
    }

    /// The modulus, big-endian, without leading zeros.
    #[must_use]
    pub fn modulus(&self) -> &[u8] {
        &self.modulus
    }

    /// The public exponent, big-endian, without leading zeros.
    #[must_use]
    pub fn exponent(&self) -> &[u8] {
        &self.exponent
    }

    /// The public exponent as a number; it is always below 2^33.
    #[must_use]
    pub fn exponent_value(&self) -> u64 {
        number(&self.exponent).unwrap_or(0)
    }

    /// The size of the modulus in bits.
    #[must_use]
    pub fn bits(&self) -> usize {
        bits(&self.modulus)
    }

    /// The size of the modulus in bytes, which is the length of every signature of this key
    /// (RFC 8017 section 8.2.1).
    #[must_use]
    pub fn signature_length(&self) -> usize {
        self.modulus.len()
    }

    /// What deserves a word although the key works: fewer than 2048 bits, an exponent below 65537.
    #[must_use]
    pub fn warnings(&self) -> Vec<KeyWarning> {
        policy::warnings(self)
    }

    /// The key as SubjectPublicKeyInfo (RFC 5280 section 4.1), DER.
    #[must_use]
    pub fn to_spki_der(&self) -> Vec<u8> {
        // Encoding can only fail beyond lengths of 256 MiB, far above 16384 bits.
        self.spki_der().unwrap_or_default()
    }

    /// The key as SubjectPublicKeyInfo, PEM with the label `PUBLIC KEY`.
    #[must_use]
    pub fn to_spki_pem(&self) -> alloc::string::String {
        let pem: SecretBytes = pem::write("PUBLIC KEY", &self.to_spki_der());
        alloc::string::String::from_utf8_lossy(pem.expose_secret()).into_owned()
    }

    fn spki_der(&self) -> Option<Vec<u8>> {
        let pkcs1 = backend::write_public(self)?;
        let subject_public_key = BitStringRef::from_bytes(&pkcs1).ok()?;
        SubjectPublicKeyInfoRef {
            algorithm: rsa::pkcs1::ALGORITHM_ID,
            subject_public_key,
        }
        .to_der()
        .ok()
    }

    fn from_spki(input: &[u8]) -> Result<Self, KeyError> {
        let info = SubjectPublicKeyInfoRef::from_der(input)
            .map_err(|error| KeyError::Der(backend::der_damage(error, input.len())))?;
        let algorithm = match identify(input) {
            Kind::PublicKey(algorithm @ (Algorithm::Rsa | Algorithm::RsaPss)) => algorithm,
            other => {
                return Err(KeyError::NotFound {
                    wanted: Wanted::PublicKey,
                    found: alloc::vec![other],
                });
            }
        };
        check_parameters(info.algorithm.parameters, algorithm)?;
        let pkcs1 = info
            .subject_public_key
            .as_bytes()
            .ok_or(KeyError::Der(crate::DerDamage::Malformed { offset: 0 }))?;
        backend::read_public(pkcs1)
    }
}

/// The parameters beside the algorithm's identifier: NULL or nothing for RSA; for RSA-PSS only
/// nothing, since anything else would bind the key to a hash and a salt length.
pub(crate) fn check_parameters(
    parameters: Option<AnyRef<'_>>,
    algorithm: Algorithm,
) -> Result<(), KeyError> {
    match (algorithm, parameters) {
        (Algorithm::Rsa | Algorithm::RsaPss, None) => Ok(()),
        (Algorithm::Rsa, Some(parameters)) if parameters.is_null() => Ok(()),
        (Algorithm::RsaPss, Some(_)) => Err(KeyError::PssParameters),
        _ => Err(KeyError::Der(crate::DerDamage::Malformed { offset: 0 })),
    }
}

impl fmt::Debug for RsaPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RsaPublicKey({self})")
    }
}

/// Enough to tell two keys apart by eye: `2048 bits, modulus c0ffee01..2468ace1, exponent 65537`.
impl fmt::Display for RsaPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bits, modulus ", self.bits())?;
        for byte in self.modulus.iter().take(4) {
            write!(f, "{byte:02x}")?;
        }
        f.write_str("..")?;
        for byte in self
            .modulus
            .iter()
            .skip(self.modulus.len().saturating_sub(4))
        {
            write!(f, "{byte:02x}")?;
        }
        write!(f, ", exponent {}", self.exponent_value())
    }
}

fn without_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

fn bits(bytes: &[u8]) -> usize {
    let spare = bytes.first().map_or(0, |byte| byte.leading_zeros());
    let spare = usize::try_from(spare).unwrap_or(0);
    bytes.len().saturating_mul(8).saturating_sub(spare)
}

fn number(bytes: &[u8]) -> Option<u64> {
    let mut number = [0; 8];
    let start = number.len().checked_sub(bytes.len())?;
    number.get_mut(start..)?.copy_from_slice(bytes);
    Some(u64::from_be_bytes(number))
}

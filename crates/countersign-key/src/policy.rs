use alloc::vec::Vec;
use core::error::Error;
use core::fmt;

use crate::RsaPublicKey;

/// What a provider demands of an RSA key before it registers it: 2048 to 8192 bits and a public
/// exponent of at least 65537.
///
/// This is policy, apart from the primitive on purpose: [`RsaPublicKey`] loads smaller keys and
/// smaller exponents, because old providers need 1024 bits for signing and because forgeries
/// against small exponents can only be refused if they are really tried.
///
/// # Examples
///
/// ```
/// use countersign_key::{RegistrationPolicy, RsaPublicKey};
///
/// let mut modulus = vec![0xff; 128];
/// let key = RsaPublicKey::from_components(&modulus, &[1, 0, 1])?;
/// let refusal = RegistrationPolicy::default().check(&key).unwrap_err();
/// assert_eq!(refusal.to_string(), "the RSA key has 1024 bits, expected 2048 to 8192");
///
/// modulus.resize(256, 0xff);
/// let key = RsaPublicKey::from_components(&modulus, &[1, 0, 1])?;
/// assert!(RegistrationPolicy::default().check(&key).is_ok());
/// # Ok::<(), countersign_key::KeyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RegistrationPolicy {
    minimum_bits: usize,
    maximum_bits: usize,
    minimum_exponent: u64,
}

impl Default for RegistrationPolicy {
    fn default() -> Self {
        Self {
            minimum_bits: 2048,
            maximum_bits: 8192,
            minimum_exponent: 65_537,
        }
    }
}

impl RegistrationPolicy {
    /// Changes the least number of bits.
    ///
    /// # Background
    ///
    /// 2048 bits is the least size that NIST SP 800-131A still allows for making signatures.
    /// Guides for OAuth 1.0a used to tell people to make keys of 1024 bits.
    #[must_use]
    pub const fn with_minimum_bits(mut self, bits: usize) -> Self {
        self.minimum_bits = bits;
        self
    }

    /// Changes the greatest number of bits: the cost of a verification grows with its square.
    #[must_use]
    pub const fn with_maximum_bits(mut self, bits: usize) -> Self {
        self.maximum_bits = bits;
        self
    }

    /// Checks a key that is about to be registered.
    ///
    /// # Errors
    ///
    /// The first [`PolicyViolation`], the size before the exponent.
    pub fn check(&self, key: &RsaPublicKey) -> Result<(), PolicyViolation> {
        let bits = key.bits();
        if bits < self.minimum_bits || bits > self.maximum_bits {
            return Err(PolicyViolation::Size {
                bits,
                minimum: self.minimum_bits,
                maximum: self.maximum_bits,
            });
        }
        // An exponent of more than 33 bits is never loaded, so the conversion holds.
        let exponent = key.exponent_value();
        if exponent < self.minimum_exponent {
            return Err(PolicyViolation::Exponent {
                exponent,
                minimum: self.minimum_exponent,
            });
        }
        if exponent.is_multiple_of(2) {
            return Err(PolicyViolation::EvenExponent { exponent });
        }
        Ok(())
    }
}

/// Why a key is not fit for registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyViolation {
    /// The public exponent is even, so no private exponent can exist.
    EvenExponent {
        /// The exponent found.
        exponent: u64,
    },
    /// The public exponent is too small.
    Exponent {
        /// The exponent found.
        exponent: u64,
        /// The least one allowed.
        minimum: u64,
    },
    /// The modulus is too short or too long.
    Size {
        /// The size found.
        bits: usize,
        /// The least size allowed.
        minimum: usize,
        /// The greatest size allowed.
        maximum: usize,
    },
}

impl fmt::Display for PolicyViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EvenExponent { exponent } => {
                write!(
                    f,
                    "the RSA public exponent is {exponent}, expected an odd number"
                )
            }
            Self::Exponent { exponent, minimum } => {
                write!(
                    f,
                    "the RSA public exponent is {exponent}, expected at least {minimum}"
                )
            }
            Self::Size {
                bits,
                minimum,
                maximum,
            } => {
                write!(
                    f,
                    "the RSA key has {bits} bits, expected {minimum} to {maximum}"
                )
            }
        }
    }
}

impl Error for PolicyViolation {}

/// Something about a key that works and still deserves a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyWarning {
    /// Fewer than 2048 bits: some old providers demand it, none should accept it today.
    ShortModulus {
        /// The size found.
        bits: usize,
    },
    /// A public exponent below 65537: forgeries against sloppy verifiers become cheap.
    SmallExponent {
        /// The exponent found.
        exponent: u64,
    },
}

impl fmt::Display for KeyWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ShortModulus { bits } => write!(
                f,
                "the RSA key has {bits} bits: fewer than 2048, enough only for providers that \
                 take nothing longer"
            ),
            Self::SmallExponent { exponent } => write!(
                f,
                "the RSA public exponent is {exponent}: below 65537, and many providers refuse it"
            ),
        }
    }
}

pub(crate) fn warnings(key: &RsaPublicKey) -> Vec<KeyWarning> {
    let mut warnings = Vec::new();
    let bits = key.bits();
    if bits < 2048 {
        warnings.push(KeyWarning::ShortModulus { bits });
    }
    let exponent = key.exponent_value();
    if exponent < 65_537 {
        warnings.push(KeyWarning::SmallExponent { exponent });
    }
    warnings
}

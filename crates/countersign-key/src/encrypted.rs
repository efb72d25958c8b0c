//! Encrypted PKCS#8 (RFC 5958) under PBES2 (RFC 8018).

use pkcs8::EncryptedPrivateKeyInfoRef;
use pkcs8::pkcs5::EncryptionScheme;
use pkcs8::pkcs5::pbes2::Kdf;

use crate::backend::der_damage;
use crate::{KeyError, Secret, SecretBytes, der};

/// OpenSSL writes 2048 rounds, careful people a million.
const MAX_ROUNDS: u32 = 10_000_000;

/// OpenSSL writes scrypt with 16 MiB, careful people use 128 MiB.
const MAX_SCRYPT_MEMORY: u64 = 256 << 20;
const MAX_SCRYPT_WORK: u64 = 1 << 30;

/// The PKCS#8 inside.
pub(crate) fn decrypt(input: &[u8], passphrase: Option<&Secret>) -> Result<SecretBytes, KeyError> {
    let info = EncryptedPrivateKeyInfoRef::try_from(input).map_err(|error| match error {
        pkcs8::Error::Asn1(error) => match error.kind() {
            // The only identifiers in the structure are those of the schemes.
            pkcs8::der::ErrorKind::OidUnknown { .. } | pkcs8::der::ErrorKind::Value { .. } => {
                KeyError::UnsupportedEncryption
            }
            _ => KeyError::Der(der_damage(error, input.len())),
        },
        _ => KeyError::UnsupportedEncryption,
    })?;
    let EncryptionScheme::Pbes2(parameters) = &info.encryption_algorithm else {
        return Err(KeyError::UnsupportedEncryption);
    };
    check_cost(&parameters.kdf)?;
    let passphrase = passphrase.ok_or(KeyError::PassphraseMissing)?;
    let document = info
        .decrypt(passphrase.expose_secret())
        .map_err(|error| match error {
            pkcs8::Error::EncryptedPrivateKey(
                pkcs8::pkcs5::Error::UnsupportedAlgorithm { .. }
                | pkcs8::pkcs5::Error::AlgorithmParametersInvalid { .. }
                | pkcs8::pkcs5::Error::NoPbes1CryptSupport,
            ) => KeyError::UnsupportedEncryption,
            // A wrong passphrase shows as bad padding, or as anything but a structure.
            _ => KeyError::PassphraseWrong,
        })?;
    let contents = SecretBytes::new(document.as_bytes().to_vec());
    der::whole_sequence(contents.expose_secret()).map_err(|_| KeyError::PassphraseWrong)?;
    Ok(contents)
}

fn check_cost(kdf: &Kdf) -> Result<(), KeyError> {
    match kdf {
        Kdf::Pbkdf2(parameters) if parameters.iteration_count > MAX_ROUNDS => {
            Err(KeyError::DerivationTooCostly)
        }
        Kdf::Pbkdf2(_) => Ok(()),
        Kdf::Scrypt(parameters) => {
            let (n, r, p) = (
                parameters.cost_parameter,
                u64::from(parameters.block_size),
                u64::from(parameters.parallelization),
            );
            if n < 2 || !n.is_power_of_two() || r == 0 || p == 0 {
                return Err(KeyError::UnsupportedEncryption);
            }
            let memory = n.saturating_mul(r).saturating_mul(128);
            if memory > MAX_SCRYPT_MEMORY || memory.saturating_mul(p) > MAX_SCRYPT_WORK {
                return Err(KeyError::DerivationTooCostly);
            }
            Ok(())
        }
        _ => Err(KeyError::UnsupportedEncryption),
    }
}

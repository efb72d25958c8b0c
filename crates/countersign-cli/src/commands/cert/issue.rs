//! Writing a self-signed certificate; the key never leaves our own signer.

use countersign_certificate::Certificate;
use countersign_clock::UnixTime;
use countersign_key::{RsaPrivateKey, SecureRandom};
use countersign_signature::{Method, OsRandom, Signer};
use rcgen::{CertificateParams, DistinguishedName, PublicKeyData, SerialNumber, SigningKey};
use rsa::pkcs1::{DecodeRsaPrivateKey as _, EncodeRsaPublicKey as _};

use super::{generate, period};
use crate::exit::Failure;

struct Key {
    signer: Signer,
    public: Vec<u8>,
}

impl PublicKeyData for Key {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_RSA_SHA256
    }
}

impl SigningKey for Key {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let mut random = OsRandom::new();
        let random: &mut dyn SecureRandom = &mut random;
        self.signer
            .sign(message, Some(random))
            .map(|signature| signature.as_bytes().to_vec())
            .map_err(|_| rcgen::Error::RemoteKeyError)
    }
}

/// A certificate as PEM, valid from `from` for so many days.
pub(crate) fn self_signed(
    key: &RsaPrivateKey,
    subject: DistinguishedName,
    from: UnixTime,
    days: u32,
) -> Result<(String, Certificate), Failure> {
    let until = from.saturating_add(i64::from(days).saturating_mul(86_400));
    let out_of_range = || Failure::Usage("--days: the end is beyond the calendar".to_owned());
    let mut parameters = CertificateParams::default();
    parameters.not_before = period::date(from).ok_or_else(out_of_range)?;
    parameters.not_after = period::date(until).ok_or_else(out_of_range)?;
    parameters.serial_number = Some(SerialNumber::from_slice(&generate::serial()?));
    parameters.distinguished_name = subject;
    let der = key.to_pkcs1_der();
    let public = rsa::PrivateKey::from_pkcs1_der(der.expose_secret())
        .map_err(|error| Failure::work(&error))?
        .to_public_key()
        .to_pkcs1_der()
        .map_err(|error| Failure::work(&error))?;
    let key = Key {
        signer: Signer::rsa(Method::RSA_SHA256, key).map_err(|error| Failure::work(&error))?,
        public: public.as_bytes().to_vec(),
    };
    let certificate = parameters
        .self_signed(&key)
        .map_err(|error| Failure::work(&error))?;
    let pem = certificate.pem();
    let read = Certificate::read(pem.as_bytes()).map_err(|error| Failure::work(&error))?;
    Ok((pem, read))
}

use countersign_certificate::{Certificate, FORECAST_DAYS, live};
use countersign_clock::UnixTime;
use countersign_key::{
    DerDamage, Kind, RegistrationPolicy, RsaPrivateKey, RsaPublicKey, Secret, check_der, identify,
    is_der, pem, pkcs12,
};

/// The passphrase of the encrypted seeds.
const PASSPHRASE: &str = "correct horse";

/// A key file: PEM or DER, any container, encrypted with `correct horse` or not.
///
/// A key that was read can be written and reads back the same, and fits its own public key; errors don't repeat the input.
pub fn pem(data: &[u8]) {
    let passphrase = Secret::new(PASSPHRASE);
    for passphrase in [None, Some(&passphrase)] {
        match RsaPrivateKey::read(data, passphrase) {
            Ok(key) => private(&key),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    if let Ok(key) = RsaPublicKey::read(data) {
        public(&key);
    }
    if let Ok(blocks) = pem::blocks(data) {
        for block in blocks {
            let contents = identify(block.contents());
            let by_contents = contents != Kind::Unknown && !block.is_traditionally_encrypted();
            assert!(!by_contents || contents == block.kind());
        }
    }
    if let Err(DerDamage::Malformed { offset } | DerDamage::TrailingData { offset, .. }) =
        check_der(data)
    {
        assert!(offset <= data.len());
    }
    let _ = (
        is_der(data),
        identify(data),
        pkcs12::read(data, &passphrase),
    );
}

fn private(key: &RsaPrivateKey) {
    assert!((512..=16384).contains(&key.bits()));
    let der = key.to_pkcs1_der();
    let again = RsaPrivateKey::read(der.expose_secret(), None).expect("what is written reads");
    assert_eq!(again.to_pkcs1_der().expose_secret(), der.expose_secret());
    let pem = key.to_pkcs8_pem();
    let again = RsaPrivateKey::read(pem.expose_secret(), None).expect("what is written reads");
    assert_eq!(again.to_pkcs1_der().expose_secret(), der.expose_secret());
    public(key.public_key());
}

fn public(key: &RsaPublicKey) {
    let again = RsaPublicKey::read(&key.to_spki_der()).expect("what is written reads");
    assert_eq!(again, *key);
    let again =
        RsaPublicKey::from_components(key.modulus(), key.exponent()).expect("they are a key's");
    assert_eq!(again, *key);
    assert_eq!(key.signature_length(), key.bits().div_ceil(8));
    let _ = RegistrationPolicy::default().check(key);
}

/// A file of certificates, PEM or DER.
///
/// Each reads back from its own DER as the same; one that is live at a time is among the live ones.
pub fn certificate(data: &[u8]) {
    let certificates = match Certificate::read_all(data) {
        Ok(certificates) => certificates,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    assert!(!certificates.is_empty());
    for certificate in &certificates {
        let again = Certificate::read(certificate.der()).expect("a certificate reads back");
        assert_eq!(again.sha256_fingerprint(), certificate.sha256_fingerprint());
        assert_eq!(
            (again.subject(), again.issuer()),
            (certificate.subject(), certificate.issuer())
        );
        assert!(
            certificate
                .sha1_fingerprint()
                .matches_text(&certificate.sha1_fingerprint().to_string())
        );
        if let Ok(key) = certificate.public_key() {
            public(key);
            assert_eq!(certificate.matches_public(key), Ok(()));
        }
        let _ = (
            certificate.weaknesses(),
            certificate.serial_hex(),
            certificate.signature_algorithm(),
        );
        for now in [i64::MIN, 0, 1_477_311_775, i64::MAX] {
            let now = UnixTime::from_seconds(now);
            let _ = (
                certificate.validity(now),
                certificate.forecast(now, &FORECAST_DAYS),
            );
        }
        let begins = certificate.not_before();
        if begins < certificate.not_after() {
            let fingerprint = certificate.sha256_fingerprint();
            assert!(
                live(&certificates, begins)
                    .iter()
                    .any(|other| other.sha256_fingerprint() == fingerprint)
            );
        }
    }
}

//! RSA-2048: our calls, and the bare calls of the backends.

use countersign_key::{RsaPrivateKey, SecureRandom};
use countersign_signature::recover::Recoverer;
use countersign_signature::{Hash, Method, OsRandom, Signature, Signer, Verifier};
use rsa::BoxedUint;
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::rand_core::{TryCryptoRng, TryRng};
use rsa::traits::PublicKeyParts as _;
use rsa::{Pkcs1v15Sign, PrivateKey, PublicKey};

const KEY: &[u8] = include_bytes!("rsa2048.pem");
const MESSAGE: &[u8] = b"GET&http%3A%2F%2Fphotos.example.net%2Fphotos&file%3Dvacaction.jpg%26\
    oauth_consumer_key%3Ddpf43f3p2l4k3l03%26oauth_nonce%3D13917289812797014437%26\
    oauth_signature_method%3DRSA-SHA1%26oauth_timestamp%3D1196666512%26oauth_version%3D1.0";

pub(crate) struct RsaWork {
    signer: Signer,
    verifier: Verifier,
    recoverer: Recoverer,
    signature: Signature,
    bare_private: PrivateKey,
    bare_public: PublicKey,
    padding: Pkcs1v15Sign,
    #[cfg(feature = "openssl")]
    openssl: (Signer, Verifier),
}

impl RsaWork {
    pub(crate) fn new() -> Self {
        let key = RsaPrivateKey::read(KEY, None).unwrap();
        let method = Method::RSA_SHA1;
        let signer = Signer::rsa(method, &key).unwrap();
        let bare_private = PrivateKey::from_pkcs1_der(key.to_pkcs1_der().expose_secret()).unwrap();
        let bare_public = PublicKey::from(&bare_private);
        #[cfg(feature = "openssl")]
        let openssl = {
            let backend = countersign_signature::OpenSsl::new();
            (
                Signer::rsa_with(&backend, method, &key).unwrap(),
                Verifier::rsa_with(&backend, method, key.public_key()).unwrap(),
            )
        };
        let mut work = Self {
            verifier: Verifier::rsa(method, key.public_key()).unwrap(),
            recoverer: Recoverer::new(key.public_key()).unwrap(),
            signature: signer.sign(MESSAGE, Some(&mut OsRandom::new())).unwrap(),
            signer,
            bare_private,
            bare_public,
            padding: Pkcs1v15Sign {
                hash_len: Some(20),
                prefix: [
                    0x30, 0x21, 0x30, 9, 6, 5, 0x2b, 0x0e, 3, 2, 0x1a, 5, 0, 4, 20,
                ]
                .into(),
            },
            #[cfg(feature = "openssl")]
            openssl,
        };
        // The same signature from everyone, or there is nothing to compare.
        assert_eq!(work.bare_sign(), work.signature.as_bytes());
        work.verify();
        work.bare_verify();
        work.recover();
        work
    }

    pub(crate) fn sign(&mut self) -> Signature {
        self.signer
            .sign(MESSAGE, Some(&mut OsRandom::new()))
            .unwrap()
    }

    pub(crate) fn bare_sign(&mut self) -> Vec<u8> {
        let digest = Hash::Sha1.digest(MESSAGE);
        self.bare_private
            .sign_with_rng(&mut Os, self.padding.clone(), digest.as_bytes())
            .unwrap()
    }

    pub(crate) fn verify(&mut self) {
        self.verifier.verify(MESSAGE, &self.signature).unwrap();
    }

    pub(crate) fn bare_verify(&mut self) {
        let digest = Hash::Sha1.digest(MESSAGE);
        self.bare_public
            .verify(
                self.padding.clone(),
                digest.as_bytes(),
                self.signature.as_bytes(),
            )
            .unwrap();
    }

    pub(crate) fn recover(&mut self) {
        assert!(
            self.recoverer
                .recover(self.signature.as_bytes())
                .matches(MESSAGE)
        );
    }

    pub(crate) fn bare_recover(&mut self) -> Box<[u8]> {
        let bits = self.bare_public.n_bits_precision();
        let number = BoxedUint::from_be_slice(self.signature.as_bytes(), bits).unwrap();
        rsa::hazmat::rsa_encrypt(&self.bare_public, &number)
            .unwrap()
            .to_be_bytes()
    }

    #[cfg(feature = "openssl")]
    pub(crate) fn sign_openssl(&mut self) -> Signature {
        self.openssl
            .0
            .sign(MESSAGE, Some(&mut OsRandom::new()))
            .unwrap()
    }

    #[cfg(feature = "openssl")]
    pub(crate) fn verify_openssl(&mut self) {
        self.openssl.1.verify(MESSAGE, &self.signature).unwrap();
    }
}

/// The same randomness for the bare call.
struct Os;

#[derive(Debug)]
struct Never;

impl core::fmt::Display for Never {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("no randomness")
    }
}

impl core::error::Error for Never {}

impl TryRng for Os {
    type Error = Never;

    fn try_next_u32(&mut self) -> Result<u32, Never> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Never> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Never> {
        OsRandom::new().fill(out).map_err(|_| Never)
    }
}

impl TryCryptoRng for Os {}

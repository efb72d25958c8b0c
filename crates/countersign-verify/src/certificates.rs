//! Registered certificates whose keys stay parsed.

use core::fmt;
use std::sync::OnceLock;

use countersign_certificate::Certificate;
use countersign_signature::{Method, Verifier};

/// The certificates of one consumer, with their keys parsed once for each method that is used.
///
/// Parsing a key costs a fifth of verifying with it: keep one of these for as long as the
/// certificates stay the same.
///
/// ```
/// use countersign_verify::{Certificates, Consumer};
///
/// let certificates = Certificates::new(Vec::new());
/// let consumer = Consumer::kept_certificates(&certificates);
/// assert!(certificates.as_slice().is_empty());
/// # let _ = consumer;
/// ```
#[derive(Default)]
pub struct Certificates {
    certificates: Vec<Certificate>,
    keys: Vec<Keys>,
}

/// The methods that sign with RSA.
const METHODS: [&Method; 4] = [
    Method::RSA_SHA1,
    Method::RSA_SHA256,
    Method::RSA_SHA512,
    Method::RSA_PSS_SHA256,
];

/// One key, for each method; `None` where the key can't be used with it.
#[derive(Default)]
struct Keys([OnceLock<Option<Verifier>>; METHODS.len()]);

impl Certificates {
    /// Keeps these certificates. No key is parsed before it is needed.
    #[must_use]
    pub fn new(certificates: Vec<Certificate>) -> Self {
        let keys = certificates.iter().map(|_| Keys::default()).collect();
        Self { certificates, keys }
    }

    /// The certificates.
    #[must_use]
    pub fn as_slice(&self) -> &[Certificate] {
        &self.certificates
    }

    /// Each certificate with its key for a method; `None` if the method is not RSA's or the key no
    /// good for it.
    pub(crate) fn verifiers(
        &self,
        method: &'static Method,
    ) -> impl Iterator<Item = (&Certificate, Option<&Verifier>)> {
        let place = METHODS.iter().position(|known| *known == method);
        self.certificates
            .iter()
            .zip(&self.keys)
            .map(move |(certificate, keys)| {
                let kept = place.and_then(|place| keys.0.get(place));
                let verifier = kept.and_then(|kept| {
                    kept.get_or_init(|| {
                        let key = certificate.public_key().ok()?;
                        Verifier::rsa(method, key).ok()
                    })
                    .as_ref()
                });
                (certificate, verifier)
            })
    }
}

impl From<Vec<Certificate>> for Certificates {
    fn from(certificates: Vec<Certificate>) -> Self {
        Self::new(certificates)
    }
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.certificates.iter().map(Certificate::subject))
            .finish()
    }
}

//! Who signs, and with what.

#[cfg(feature = "hmac")]
use countersign_key::Secret;
#[cfg(feature = "hmac")]
use countersign_signature::HmacKey;
use countersign_signature::Signer;
#[cfg(any(feature = "hmac", feature = "rsa"))]
use countersign_signature::{Method, UnusableKey};

/// Who signs and with what: a consumer, perhaps a token, and a key that is prepared once.
///
/// ```
/// # #[cfg(feature = "hmac")] {
/// use countersign::Credentials;
/// use countersign::key::Secret;
///
/// use countersign::signature::Method;
///
/// let secret = Secret::new("kd94hf93k423kf44");
/// let credentials = Credentials::hmac(Method::HMAC_SHA256, "dpf43f3p2l4k3l03", &secret)?;
/// assert!(!format!("{credentials:?}").contains("kd94"));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Credentials {
    consumer_key: String,
    token: Option<String>,
    realm: Option<String>,
    body_hash: bool,
    signer: Signer,
}

impl Credentials {
    /// A consumer that signs with HMAC and has no token.
    ///
    /// # Errors
    ///
    /// `method` is none of HMAC.
    #[cfg(feature = "hmac")]
    pub fn hmac(
        method: &'static Method,
        consumer_key: impl Into<String>,
        consumer_secret: &Secret,
    ) -> Result<Self, UnusableKey> {
        let key = HmacKey::new(consumer_secret, None);
        Ok(Self::new(consumer_key, Signer::hmac(method, &key)?))
    }

    /// A consumer that signs with HMAC and has a token.
    ///
    /// # Errors
    ///
    /// `method` is none of HMAC.
    #[cfg(feature = "hmac")]
    pub fn hmac_with_token(
        method: &'static Method,
        consumer_key: impl Into<String>,
        consumer_secret: &Secret,
        token: impl Into<String>,
        token_secret: &Secret,
    ) -> Result<Self, UnusableKey> {
        let key = HmacKey::new(consumer_secret, Some(token_secret));
        Ok(Self::new(consumer_key, Signer::hmac(method, &key)?).with_token(token))
    }

    /// A consumer that signs with RSA.
    ///
    /// # Errors
    ///
    /// `method` is none of RSA, or the backend refuses the key.
    #[cfg(feature = "rsa")]
    pub fn rsa(
        method: &'static Method,
        consumer_key: impl Into<String>,
        private_key: &countersign_key::RsaPrivateKey,
    ) -> Result<Self, UnusableKey> {
        Ok(Self::new(consumer_key, Signer::rsa(method, private_key)?))
    }

    /// A consumer with a signer of one's own: another backend, or a key in an HSM.
    #[must_use]
    pub fn new(consumer_key: impl Into<String>, signer: Signer) -> Self {
        Self {
            consumer_key: consumer_key.into(),
            token: None,
            realm: None,
            body_hash: false,
            signer,
        }
    }

    /// With a token; its secret is part of the signer's key.
    #[must_use]
    pub fn with_token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// With a realm in the `Authorization` header. It is not signed.
    #[must_use]
    pub fn with_realm(mut self, realm: impl Into<String>) -> Self {
        self.realm = Some(realm.into());
        self
    }

    /// Signs bodies that are not forms by `oauth_body_hash`.
    #[must_use]
    pub fn with_body_hash(mut self) -> Self {
        self.body_hash = true;
        self
    }

    pub(crate) fn consumer_key(&self) -> &str {
        &self.consumer_key
    }

    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    pub(crate) fn realm(&self) -> Option<&str> {
        self.realm.as_deref()
    }

    pub(crate) fn hashes_bodies(&self) -> bool {
        self.body_hash
    }

    pub(crate) fn signer(&self) -> &Signer {
        &self.signer
    }
}

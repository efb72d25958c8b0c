//! The keys a person has at hand.

use countersign_certificate::Certificate;
use countersign_dialect::Provider;
use countersign_key::{RsaPrivateKey, RsaPublicKey, Secret};

/// The keys a person has at hand for one application and token; every part is optional.
///
/// ```
/// use countersign_doctor::Keys;
/// use countersign_key::Secret;
///
/// let keys = Keys::default()
///     .with_consumer_key("dpf43f3p2l4k3l03")
///     .with_consumer_secret(Secret::new("kd94hf93k423kf44"));
/// assert!(!format!("{keys:?}").contains("kd94"));
/// ```
#[derive(Debug, Default)]
pub struct Keys {
    consumer_key: Option<String>,
    consumer_secret: Option<Secret>,
    token: Option<String>,
    token_secret: Option<Secret>,
    private_key: Option<RsaPrivateKey>,
    certificates: Vec<Certificate>,
    public_key: Option<RsaPublicKey>,
    provider: Option<&'static Provider>,
    others: Vec<(String, Self)>,
}

impl Keys {
    /// With the consumer key.
    #[must_use]
    pub fn with_consumer_key(mut self, key: impl Into<String>) -> Self {
        self.consumer_key = Some(key.into());
        self
    }

    /// With the consumer secret.
    #[must_use]
    pub fn with_consumer_secret(mut self, secret: Secret) -> Self {
        self.consumer_secret = Some(secret);
        self
    }

    /// With the token.
    #[must_use]
    pub fn with_token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// With the token secret.
    #[must_use]
    pub fn with_token_secret(mut self, secret: Secret) -> Self {
        self.token_secret = Some(secret);
        self
    }

    /// With the private key that signs.
    #[must_use]
    pub fn with_private_key(mut self, key: RsaPrivateKey) -> Self {
        self.private_key = Some(key);
        self
    }

    /// With a certificate registered at the provider; call it again for another one.
    #[must_use]
    pub fn with_certificate(mut self, certificate: Certificate) -> Self {
        self.certificates.push(certificate);
        self
    }

    /// With the public key registered at the provider, where it is no certificate.
    #[must_use]
    pub fn with_public_key(mut self, key: RsaPublicKey) -> Self {
        self.public_key = Some(key);
        self
    }

    /// With what is known of the provider that the keys are for: a signature as it wants them is
    /// right, be it by RFC 5849 or not. Otherwise the host of the request tells.
    #[must_use]
    pub fn with_provider(mut self, row: &'static Provider) -> Self {
        self.provider = Some(row);
        self
    }

    /// With a further set of keys under a name, such as those of the sandbox, or old ones; call it
    /// again for another one. The doctor tells when a request was signed with their secrets, and
    /// names the set. Sets within `keys` do not count.
    ///
    /// ```
    /// use countersign_doctor::Keys;
    /// use countersign_key::Secret;
    ///
    /// let sandbox = Keys::default().with_consumer_secret(Secret::new("sandbox secret"));
    /// let keys = Keys::default()
    ///     .with_consumer_secret(Secret::new("kd94hf93k423kf44"))
    ///     .with_other("sandbox", sandbox);
    /// assert!(keys.others().any(|(name, _)| name == "sandbox"));
    /// ```
    #[must_use]
    pub fn with_other(mut self, name: impl Into<String>, keys: Self) -> Self {
        self.others.push((name.into(), keys));
        self
    }

    /// What is known of the provider that the keys are for.
    #[must_use]
    pub fn provider(&self) -> Option<&'static Provider> {
        self.provider
    }

    /// The consumer key.
    #[must_use]
    pub fn consumer_key(&self) -> Option<&str> {
        self.consumer_key.as_deref()
    }

    /// The consumer secret.
    #[must_use]
    pub fn consumer_secret(&self) -> Option<&Secret> {
        self.consumer_secret.as_ref()
    }

    /// The token.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The token secret.
    #[must_use]
    pub fn token_secret(&self) -> Option<&Secret> {
        self.token_secret.as_ref()
    }

    /// The private key that signs.
    #[must_use]
    pub fn private_key(&self) -> Option<&RsaPrivateKey> {
        self.private_key.as_ref()
    }

    /// The certificates registered at the provider.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The further sets of keys, with their names, in the order they were given.
    pub fn others(&self) -> impl Iterator<Item = (&str, &Self)> {
        self.others.iter().map(|(name, keys)| (name.as_str(), keys))
    }

    /// What the provider checks RSA signatures with: the keys of all certificates, and the public
    /// key given. Several are registered at once during a roll-over.
    pub fn registered_keys(&self) -> impl Iterator<Item = &RsaPublicKey> {
        self.certificates
            .iter()
            .filter_map(|certificate| certificate.public_key().ok())
            .chain(self.public_key.as_ref())
    }
}

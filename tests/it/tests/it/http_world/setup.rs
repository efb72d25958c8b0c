//! The applications of a world, and how its provider is set up.

use std::sync::Arc;

use countersign_certificate::Certificate;
use countersign_clock::{UnixTime, Window};
use countersign_key::{RegistrationPolicy, Secret};
use countersign_provider::{Settings, read_certificate};
use countersign_store::{
    Consumer, ConsumerKind, Credential, FingerprintKey, Insertion, MemoryNonceStore, Nonce,
    NonceLimits, NonceStore, Start, StoreError,
};
use countersign_test_support::fixtures;

use super::{CALLBACK, ORIGIN, World};

/// The application that is attacked; it signs with HMAC.
pub(crate) const VICTIM: &str = "victim-app";
/// Another one with a secret of its own, which does no harm.
pub(crate) const HONEST: &str = "honest-app";
/// Signs with HMAC-SHA256 and nothing else.
pub(crate) const PINNED: &str = "pinned-app";
/// Signs with RSA, and is its own token.
pub(crate) const PRIVATE: &str = "private-app";
/// Signs with RSA and renews.
pub(crate) const PARTNER: &str = "partner-app";

/// The secret of each application that has one; so a canary for each.
pub(crate) const SECRET: fn(&str) -> String = |key| format!("secret-of-{key}-%>=]$");

/// A store whose nonces can be counted.
pub(crate) trait Counted: NonceStore + 'static {
    fn count(&self) -> usize;
}

impl Counted for MemoryNonceStore {
    fn count(&self) -> usize {
        self.held()
    }
}

/// One store for several nodes.
#[derive(Debug)]
pub(crate) struct Shared<N>(pub(crate) Arc<N>);

impl<N> Clone for Shared<N> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<N: NonceStore> NonceStore for Shared<N> {
    async fn insert(&self, nonce: Nonce<'_>, now: UnixTime) -> Result<Insertion, StoreError> {
        self.0.insert(nonce, now).await
    }
}

impl<N: Counted> Counted for Shared<N> {
    fn count(&self) -> usize {
        self.0.count()
    }
}

pub(crate) fn nonces() -> MemoryNonceStore {
    limited_nonces(NonceLimits::default())
}

pub(crate) fn limited_nonces(limits: NonceLimits) -> MemoryNonceStore {
    let key = FingerprintKey::from_bytes([9; 16]);
    MemoryNonceStore::with_limits(key, Window::default(), Start::FirstStart, limits)
}

/// What differs from one world to another.
pub(crate) struct Setup<N = MemoryNonceStore> {
    pub(crate) settings: Settings,
    pub(crate) origin: &'static str,
    pub(crate) nonces: N,
    /// Whether the time that a body may take is over as soon as it has to be waited for.
    pub(crate) impatient: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self::on(nonces())
    }
}

impl<N: Counted> Setup<N> {
    pub(crate) fn on(nonces: N) -> Self {
        let mut settings = Settings::default();
        settings.realm = Some("Example".to_owned());
        Self {
            settings,
            origin: ORIGIN,
            nonces,
            impatient: false,
        }
    }

    pub(crate) async fn world(self) -> World<N> {
        World::new(self).await
    }
}

impl Setup {
    pub(crate) fn with_limits(limits: NonceLimits) -> Self {
        Self::on(limited_nonces(limits))
    }
}

pub(crate) fn certificate(name: &str) -> Certificate {
    read_certificate(&fixtures::certificate(name), &RegistrationPolicy::default()).unwrap()
}

pub(crate) fn consumers() -> Vec<Consumer> {
    let hmac = |key: &str| {
        let secret = Credential::Secret(Arc::new(Secret::new(SECRET(key))));
        let mut consumer = Consumer::new(key, ConsumerKind::Public, secret);
        consumer.may_use_two_legged = true;
        consumer.callbacks = vec![CALLBACK.to_owned()];
        consumer
    };
    let rsa = |key: &str, kind| {
        let certificates = [certificate("live.pem")].into_iter().collect();
        let mut consumer = Consumer::new(key, kind, Credential::Certificates(certificates));
        consumer.callbacks = vec![CALLBACK.to_owned()];
        consumer.organisation = (kind == ConsumerKind::Private).then(|| "Acme".to_owned());
        consumer
    };
    let mut pinned = hmac(PINNED);
    pinned.methods = vec!["HMAC-SHA256".to_owned()];
    vec![
        hmac(VICTIM),
        hmac(HONEST),
        pinned,
        rsa(PRIVATE, ConsumerKind::Private),
        rsa(PARTNER, ConsumerKind::Partner),
    ]
}

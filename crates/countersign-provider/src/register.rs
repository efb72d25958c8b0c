//! Registering applications: what is refused here need never be found out by a request.

use std::sync::Arc;

use countersign_certificate::{Certificate, CertificateError};
use countersign_clock::UnixTime;
use countersign_key::{PolicyViolation, RegistrationPolicy, identify};
use countersign_signature::Methods;
use countersign_store::{
    Commit, Consumer, ConsumerStore, Credential, Expected, NonceStore, StoreError, TokenStore,
    Versioned,
};

use crate::audit::{Action, Event};
use crate::callback::CallbackError;
use crate::change::{check_change, only_takes_away};
use crate::provider::Provider;

/// The least length of a consumer secret, in characters.
pub const SHORTEST_SECRET: usize = 16;

/// The greatest length of a consumer key, in bytes.
pub const LONGEST_KEY: usize = 255;

/// Why an application is not registered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistrationError {
    /// The audit trail can't be written; nothing was registered.
    #[error("the audit trail can't be written")]
    Audit,
    /// A callback that is refused.
    #[error("callback {index} is refused")]
    Callback {
        /// Which one, from 0.
        index: usize,
        /// Why.
        #[source]
        why: CallbackError,
    },
    /// What was given for a certificate is none, or it is damaged.
    #[error("the certificate can't be read")]
    Certificate(#[source] CertificateError),
    /// Somebody else changed the application, or it is there already.
    #[error("the consumer is there already, or was changed by somebody else")]
    Conflict,
    /// The consumer key is empty, too long or not visible ASCII.
    #[error(
        "expected a consumer key of 1 to {LONGEST_KEY} visible ASCII characters, found {found}"
    )]
    Key {
        /// What was found.
        found: &'static str,
    },
    /// Private and partner applications sign with RSA.
    #[error("expected certificates for a private or partner application, found a secret")]
    KindNeedsCertificates,
    /// A method that is not in use, or belongs to another kind of key.
    #[error("the signature method {name:?} does not go with the consumer's kind of key")]
    Method {
        /// Its name.
        name: String,
    },
    /// A private application is bound to one organisation.
    #[error("expected an organisation for a private application, found none")]
    NoOrganisation,
    /// A private key was given: it must never leave its owner, and is not stored.
    #[error(
        "expected a certificate, found a private key; it was not stored, but treat it as lost and make a new one"
    )]
    PrivateKey,
    /// The secret is shorter than 16 characters.
    #[error("expected a secret of at least {SHORTEST_SECRET} characters, found {found}")]
    Secret {
        /// How many it has.
        found: usize,
    },
    /// A store failed.
    #[error("a store failed")]
    Store(#[from] StoreError),
    /// The key of a certificate is bound to RSA-PSS, by which the application may not sign.
    #[error(
        "expected a certificate with a key for the application's methods, which are all PKCS#1 v1.5, found one \
         for RSA-PSS alone (id-RSASSA-PSS); let it sign by RSA-PSS-SHA256, or make a certificate for a plain \
         RSA key"
    )]
    PssAlone,
    /// More or fewer than one certificate.
    #[error("expected one certificate, found {found}")]
    Several {
        /// How many.
        found: usize,
    },
    /// The key of a certificate is too weak, or costs too much to verify with.
    #[error("the key of the certificate is refused")]
    Weak(#[source] PolicyViolation),
}

/// Reads one certificate that is to be registered, PEM or DER.
///
/// # Errors
///
/// A private key in the input, whatever else is there; no certificate or several; a damaged one; a
/// key that is not RSA, or outside of `policy`.
pub fn read_certificate(
    input: &[u8],
    policy: &RegistrationPolicy,
) -> Result<Certificate, RegistrationError> {
    if holds_private_key(input) {
        return Err(RegistrationError::PrivateKey);
    }
    let mut found = Certificate::read_all(input).map_err(RegistrationError::Certificate)?;
    let certificate = match (found.pop(), found.len()) {
        (Some(certificate), 0) => certificate,
        (last, others) => {
            return Err(RegistrationError::Several {
                found: others.saturating_add(usize::from(last.is_some())),
            });
        }
    };
    check_certificate(&certificate, policy)?;
    Ok(certificate)
}

pub(crate) fn check_certificate(
    certificate: &Certificate,
    policy: &RegistrationPolicy,
) -> Result<(), RegistrationError> {
    let key = certificate
        .public_key()
        .map_err(|error| RegistrationError::Certificate(error.clone()))?;
    policy.check(key).map_err(RegistrationError::Weak)
}

fn holds_private_key(input: &[u8]) -> bool {
    const LABEL: &[u8] = b"PRIVATE KEY-----";
    input.windows(LABEL.len()).any(|window| window == LABEL) || identify(input).holds_private_key()
}

/// Checks an application before it is stored.
///
/// # Errors
///
/// See [`RegistrationError`].
pub fn check_consumer(
    consumer: &Consumer,
    policy: &RegistrationPolicy,
    methods: &Methods,
) -> Result<(), RegistrationError> {
    check_change(None, consumer, policy, methods)
}

impl<C: ConsumerStore, T: TokenStore, N: NonceStore> Provider<C, T, N> {
    /// Registers an application, or replaces the one it was made from.
    ///
    /// # Errors
    ///
    /// See [`RegistrationError`].
    pub async fn register(
        &self,
        expected: Expected,
        consumer: Consumer,
        now: UnixTime,
    ) -> Result<(), RegistrationError> {
        self.put(expected, None, consumer, now).await
    }

    /// Replaces the application that was found by what was made of it.
    ///
    /// Only what the change brings is checked: what stands already may have been stored before a rule
    /// was made. A change that only takes something away, as it rejects the application or leaves
    /// certificates out, is made also where the audit trail can't be written.
    ///
    /// # Errors
    ///
    /// See [`RegistrationError`].
    pub async fn change_consumer(
        &self,
        before: &Versioned<Consumer>,
        after: Consumer,
        now: UnixTime,
    ) -> Result<(), RegistrationError> {
        let expected = Expected::Version(before.version);
        self.put(expected, Some(&before.row), after, now).await
    }

    async fn put(
        &self,
        expected: Expected,
        before: Option<&Consumer>,
        consumer: Consumer,
        now: UnixTime,
    ) -> Result<(), RegistrationError> {
        let policy = RegistrationPolicy::default();
        let methods = self.settings.policy.methods();
        check_change(before, &consumer, &policy, methods)?;
        let gives = before.is_none_or(|before| !only_takes_away(before, &consumer));
        if gives && self.audit_ready().await.is_err() {
            return Err(RegistrationError::Audit);
        }
        let mut event = Event::new(now, Action::Register);
        event.consumer_key = Some(consumer.key.clone());
        event.organisation.clone_from(&consumer.organisation);
        match self
            .stores
            .consumers
            .put_consumer(expected, consumer)
            .await?
        {
            Commit::Done => {
                self.note(&event).await;
                Ok(())
            }
            Commit::Conflict => Err(RegistrationError::Conflict),
        }
    }

    /// Adds a certificate to an application that signs with RSA, beside those it has: both are live
    /// until the older one ends, so that its roll-over has no gap.
    ///
    /// # Errors
    ///
    /// See [`RegistrationError`]; an unknown application is a conflict.
    pub async fn add_certificate(
        &self,
        consumer_key: &str,
        input: &[u8],
        now: UnixTime,
    ) -> Result<(), RegistrationError> {
        let certificate = read_certificate(input, &RegistrationPolicy::default())?;
        let found = self.stores.consumers.consumer(consumer_key).await?;
        let found = found.ok_or(RegistrationError::Conflict)?;
        let mut consumer = found.row.clone();
        let Credential::Certificates(before) = &consumer.credential else {
            return Err(RegistrationError::KindNeedsCertificates);
        };
        let all: Vec<_> = before.iter().cloned().chain([certificate]).collect();
        consumer.credential = Credential::Certificates(Arc::from(all));
        self.change_consumer(&found, consumer, now).await
    }
}

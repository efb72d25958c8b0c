//! Proof that a request was accepted, for the handler.

use core::marker::PhantomData;
use std::sync::Arc;

use countersign_signature::Method;
use countersign_store::{AccessToken, Consumer, ConsumerKind, Grant, Versioned};
use countersign_verify::{BodyCoverage, Trail};

/// Marker: the body, if there is one, is covered by the signature.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct SignedBody;

/// Marker: the body may have been changed on the way.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct UnsignedBody;

/// Marker: the body was not read yet.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct PendingBody;

/// Proof for the head alone: signature, token and nonce are accepted, and the nonce is stored. Where
/// [`Verified::coverage`] says [`BodyCoverage::Pending`], the body must still pass through its hash.
pub type VerifiedHead = Verified<PendingBody>;

/// A request that passed every check. Only the provider makes one.
///
/// By default it says nothing of the body: a JSON body without `oauth_body_hash` is not signed.
/// [`Verified::require_signed_body`] gives the stronger proof, or nothing.
#[derive(Debug)]
pub struct Verified<B = UnsignedBody> {
    facts: Arc<Facts>,
    body: PhantomData<B>,
}

impl<B> Clone for Verified<B> {
    fn clone(&self) -> Self {
        Self {
            facts: Arc::clone(&self.facts),
            body: PhantomData,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) consumer: Arc<Versioned<Consumer>>,
    pub(crate) access: Option<(Arc<AccessToken>, Arc<Versioned<Grant>>)>,
    pub(crate) method: &'static Method,
    pub(crate) coverage: BodyCoverage,
    pub(crate) trail: Trail,
}

impl<B> Verified<B> {
    pub(crate) fn new(facts: Facts) -> Self {
        Self {
            facts: Arc::new(facts),
            body: PhantomData,
        }
    }

    pub(crate) fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The same facts, of which it says less or was told to say more.
    pub(crate) fn restated<To>(&self) -> Verified<To> {
        Verified {
            facts: Arc::clone(&self.facts),
            body: PhantomData,
        }
    }
}

impl Verified<PendingBody> {
    /// Proof for the whole request, if no hash of its body is left to check.
    #[must_use]
    pub fn whole(&self) -> Option<Verified> {
        match self.coverage() {
            BodyCoverage::Pending => None,
            _ => Some(self.restated()),
        }
    }
}

impl Verified {
    /// The same proof for the head alone.
    #[must_use]
    pub fn head(&self) -> VerifiedHead {
        self.restated()
    }

    /// The same proof, with the body covered; `None` if it isn't.
    #[must_use]
    pub fn require_signed_body(&self) -> Option<Verified<SignedBody>> {
        match self.coverage() {
            BodyCoverage::Empty | BodyCoverage::Form | BodyCoverage::Hashed => {
                Some(self.restated())
            }
            _ => None,
        }
    }
}

impl<B> Verified<B> {
    /// The application that signed.
    #[must_use]
    pub fn consumer_key(&self) -> &str {
        &self.facts.consumer.row.key
    }

    /// Its kind.
    #[must_use]
    pub fn consumer_kind(&self) -> ConsumerKind {
        self.facts.consumer.row.kind
    }

    /// The user for whom it acts; `None` for a private application and for a two-legged request.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.grant().map(|grant| grant.user.as_str())
    }

    /// The organisation for which it acts; `None` for a two-legged request.
    #[must_use]
    pub fn organisation(&self) -> Option<&str> {
        match self.grant() {
            Some(grant) => Some(&grant.organisation),
            None => self.facts.consumer.row.organisation.as_deref(),
        }
    }

    /// The role of the user when the grant was given.
    #[must_use]
    pub fn role(&self) -> Option<&str> {
        self.grant().map(|grant| grant.role.as_str())
    }

    /// The grant behind the access token.
    #[must_use]
    pub fn grant(&self) -> Option<&Grant> {
        self.facts.access.as_ref().map(|(_, grant)| &grant.row)
    }

    /// The signature method that was verified.
    #[must_use]
    pub fn method(&self) -> &'static Method {
        self.facts.method
    }

    /// How the body is covered.
    #[must_use]
    pub fn coverage(&self) -> BodyCoverage {
        self.facts.coverage
    }
}

//! Proof that a request was accepted, for the handler.

use core::marker::PhantomData;
use std::sync::Arc;

use countersign_signature::Method;
use countersign_store::{AccessToken, Consumer, ConsumerKind, Grant, Versioned};
use countersign_verify::BodyCoverage;

/// Marker: the body, if there is one, is covered by the signature.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct SignedBody;

/// Marker: the body may have been changed on the way.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct UnsignedBody;

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
}

impl Verified {
    pub(crate) fn new(facts: Facts) -> Self {
        Self {
            facts: Arc::new(facts),
            body: PhantomData,
        }
    }

    /// The same proof, with the body covered; `None` if it isn't.
    #[must_use]
    pub fn require_signed_body(&self) -> Option<Verified<SignedBody>> {
        match self.coverage() {
            BodyCoverage::Unsigned => None,
            _ => Some(Verified {
                facts: Arc::clone(&self.facts),
                body: PhantomData,
            }),
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

//! Consumers: applications that may sign requests.

mod difference;

use core::any::Any;
use core::fmt;
use core::future::Future;
use std::sync::{Arc, OnceLock};

use countersign_certificate::Certificate;
use countersign_key::Secret;

use crate::error::StoreError;
use crate::listing::Listing;
use crate::moment::Moment;
use crate::version::{Commit, Expected, Versioned};

pub use difference::Difference;

/// What an application may do, after the three kinds of the seed's API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConsumerKind {
    /// Runs the three-legged flow; its access tokens can't be renewed.
    Public,
    /// Bound to one organisation: its consumer key is its access token, and there is no flow.
    Private,
    /// Runs the three-legged flow and renews its access tokens by a session handle.
    Partner,
}

/// What a consumer signs with: a secret *or* certificates, never both.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_enums, reason = "one kind of key or the other")]
pub enum Credential {
    /// A shared secret, for HMAC.
    Secret(Arc<Secret>),
    /// Registered certificates, for RSA; several of them may be live, for a roll-over.
    Certificates(Arc<[Certificate]>),
}

/// Whether a consumer is accepted at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Standing {
    /// Accepted.
    #[default]
    Accepted,
    /// For ever refused.
    Rejected,
}

/// What was made of a row, such as parsed keys, kept beside it for as long as the row stays the
/// same: a clone begins without it.
#[derive(Default)]
pub struct Derived(OnceLock<Arc<dyn Any + Send + Sync>>);

impl Derived {
    /// What was kept, or is kept from now on; `None` if something of another type is.
    pub fn get_or_init<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Option<&T> {
        let kept = self.0.get_or_init(|| Arc::new(make()));
        let any: &(dyn Any + Send + Sync) = &**kept;
        any.downcast_ref()
    }
}

impl Clone for Derived {
    fn clone(&self) -> Self {
        // A clone is made to be changed, and then nothing made of the original holds.
        Self::default()
    }
}

impl fmt::Debug for Derived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Derived(..)")
    }
}

/// A registered application.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Consumer {
    /// The consumer key.
    pub key: String,
    /// Its name, for the person who is asked to approve it.
    pub name: String,
    /// What it may do.
    pub kind: ConsumerKind,
    /// What it signs with.
    pub credential: Credential,
    /// Whether it is accepted.
    pub standing: Standing,
    /// The signature methods it is pinned to; empty for all that its kind of key allows.
    pub methods: Vec<String>,
    /// The callbacks registered, to be matched exactly.
    pub callbacks: Vec<String>,
    /// The organisation a private application is bound to.
    pub organisation: Option<String>,
    /// Whether it may trade a user's name and password for a token (xAuth).
    pub may_use_xauth: bool,
    /// Whether it may sign requests without any token (two-legged).
    pub may_use_two_legged: bool,
    /// What a provider made of this row and keeps with it; no part of what is stored.
    pub derived: Derived,
}

impl Consumer {
    /// An accepted application with nothing but its key, kind and credential.
    #[must_use]
    pub fn new(key: impl Into<String>, kind: ConsumerKind, credential: Credential) -> Self {
        let key = key.into();
        Self {
            name: key.clone(),
            key,
            kind,
            credential,
            standing: Standing::Accepted,
            methods: Vec::new(),
            callbacks: Vec::new(),
            organisation: None,
            may_use_xauth: false,
            may_use_two_legged: false,
            derived: Derived::default(),
        }
    }
}

/// A consumer, if there is one, and when it was looked up.
pub type ConsumerAt = (Option<Arc<Versioned<Consumer>>>, Moment);

/// Keeps the registered applications.
///
/// # Contract
///
/// - **Never stale**: after a change is answered [`Commit::Done`], no later look-up, in whatever
///   process shares the store, gives what was before. A store that caches must notice changes made
///   elsewhere.
/// - **Compare-and-set**: a change says which version it was made from. Versions never come again
///   for a key, also when its consumer was removed and made anew: a change made from the one before
///   must not hit the one that came after.
pub trait ConsumerStore: Send + Sync {
    /// The consumer with this key.
    fn consumer(
        &self,
        key: &str,
    ) -> impl Future<Output = Result<Option<Arc<Versioned<Consumer>>>, StoreError>> + Send;

    /// The same, and as slow for a consumer that is there as for one that isn't: for whoever must
    /// not let time tell which keys exist.
    ///
    /// A store that gives a consumer again without looking for it overrides this and looks; so does
    /// a wrapper of one, which passes it on.
    fn consumer_evenly(
        &self,
        key: &str,
    ) -> impl Future<Output = Result<Option<Arc<Versioned<Consumer>>>, StoreError>> + Send {
        self.consumer(key)
    }

    /// The consumer with this key, and the moment at which it was looked up: for what else the same
    /// request needs.
    fn consumer_at(
        &self,
        key: &str,
    ) -> impl Future<Output = Result<ConsumerAt, StoreError>> + Send {
        let found = self.consumer(key);
        async move { Ok((found.await?, Moment::UNKNOWN)) }
    }

    /// Writes one consumer.
    fn put_consumer(
        &self,
        expected: Expected,
        consumer: Consumer,
    ) -> impl Future<Output = Result<Commit, StoreError>> + Send;

    /// Takes one consumer out.
    fn remove_consumer(
        &self,
        expected: Expected,
        key: &str,
    ) -> impl Future<Output = Result<Commit, StoreError>> + Send;

    /// Consumers in the order of their keys, from behind `after`, at most `limit`; those that can't
    /// be read hide no others.
    fn consumers(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> impl Future<Output = Result<Listing<Consumer>, StoreError>> + Send;
}

//! The store of temporary credentials, grants and access tokens.

mod change;
mod rows;

pub use change::{Change, ChangedRows};
pub use rows::{AccessToken, Grant, GrantId, Issued, TemporaryCredentials};

use core::future::Future;
use std::sync::Arc;

use countersign_clock::UnixTime;

use crate::error::StoreError;
use crate::fingerprint::Fingerprint;
use crate::listing::Listing;
use crate::moment::Moment;
use crate::version::{Commit, Versioned};

/// An access token and its grant, as both were at one moment.
pub type TokenAndGrant = (Arc<AccessToken>, Arc<Versioned<Grant>>);

/// Which grants are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum GrantSelection<'a> {
    /// All of them.
    All,
    /// Those of one application.
    Consumer(&'a str),
    /// Those that one user gave.
    User(&'a str),
    /// Those for one organisation.
    Organisation(&'a str),
}

/// Keeps temporary credentials, grants and access tokens.
///
/// # Contract
///
/// - **Atomic**: a [`Change`] is made whole or not at all, and only if every row it replaces still
///   has the version expected. What was read before decides nothing by itself: two changes made
///   from the same version never both succeed, over all processes that share the store.
/// - **One live grant** for each consumer and organisation ([`Grant::is_standing`]): a change that
///   would leave two is a [`Commit::Conflict`].
/// - **Nothing twice and nothing astray**: a change that names a row twice, adds an access token
///   that is there, or one whose grant is not there, is a [`Commit::Conflict`].
/// - **Durable before it is told**: after [`Commit::Done`] a crash loses nothing of the change, as
///   far as the store promises durability at all.
/// - **Never stale**: no read gives what a change, answered before, has replaced.
/// - **Bounded**: a full store refuses new rows; it drops none that is not due.
///
/// # What errors cost
///
/// A lost change of a grant brings a revoked token back to life or strands a client between two
/// generations: it must never happen. A false conflict costs a second try. Where nobody knows
/// whether a change was made, the answer is [`StoreError::UnknownOutcome`].
pub trait TokenStore: Send + Sync {
    /// The temporary credentials whose token has this fingerprint; looked for each time, also where
    /// they were found before.
    fn temporary(
        &self,
        token: Fingerprint,
    ) -> impl Future<Output = Result<Option<Arc<Versioned<TemporaryCredentials>>>, StoreError>> + Send;

    /// All temporary credentials that were approved for an organisation and neither exchanged nor
    /// ended since: what becomes a grant unless something ends it before.
    fn approved(
        &self,
        organisation: &str,
    ) -> impl Future<Output = Result<Listing<TemporaryCredentials>, StoreError>> + Send;

    /// How many temporary credentials of one application are kept, whatever became of them. It may
    /// stop counting at `most`.
    fn temporary_count(
        &self,
        consumer_key: &str,
        most: usize,
    ) -> impl Future<Output = Result<usize, StoreError>> + Send;

    /// The access token with this fingerprint, and its grant as it was at the same moment.
    fn access(
        &self,
        token: Fingerprint,
    ) -> impl Future<Output = Result<Option<TokenAndGrant>, StoreError>> + Send;

    /// The same, and as slow for a token that is there as for one that isn't; see
    /// [`ConsumerStore::consumer_evenly`](crate::ConsumerStore::consumer_evenly).
    fn access_evenly(
        &self,
        token: Fingerprint,
    ) -> impl Future<Output = Result<Option<TokenAndGrant>, StoreError>> + Send {
        self.access(token)
    }

    /// As [`access`](Self::access), for a request of which something else was looked up at this moment:
    /// what was committed by then is seen, and what was committed since may be.
    fn access_since(
        &self,
        token: Fingerprint,
        moment: Moment,
    ) -> impl Future<Output = Result<Option<TokenAndGrant>, StoreError>> + Send {
        let _sees_everything = moment;
        self.access(token)
    }

    /// One grant.
    fn grant(
        &self,
        id: GrantId,
    ) -> impl Future<Output = Result<Option<Arc<Versioned<Grant>>>, StoreError>> + Send;

    /// The live grant of an application for an organisation.
    fn live_grant(
        &self,
        consumer_key: &str,
        organisation: &str,
    ) -> impl Future<Output = Result<Option<Arc<Versioned<Grant>>>, StoreError>> + Send;

    /// Grants in the order of their ids, from behind `after`, at most `limit`.
    fn grants(
        &self,
        selection: GrantSelection<'_>,
        after: Option<GrantId>,
        limit: usize,
    ) -> impl Future<Output = Result<Listing<Grant>, StoreError>> + Send;

    /// Makes a change, whole or not at all.
    fn commit(&self, change: Change) -> impl Future<Output = Result<Commit, StoreError>> + Send;

    /// Drops up to `limit` rows whose `forget_after` lies before `now`; gives how many it dropped. A
    /// grant stays as long as an access token of it does.
    fn forget(
        &self,
        now: UnixTime,
        limit: usize,
    ) -> impl Future<Output = Result<usize, StoreError>> + Send;
}

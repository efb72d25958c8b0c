//! Temporary credentials, grants and access tokens in memory.

mod index;
mod limits;
mod tables;

pub use limits::TokenLimits;

use std::sync::{Arc, RwLock};

use countersign_clock::UnixTime;

use crate::error::StoreError;
use crate::fingerprint::Fingerprint;
use crate::listing::Listing;
use crate::memory::token::tables::Tables;
use crate::memory::{read, write};
use crate::token::{
    Change, Grant, GrantId, GrantSelection, TemporaryCredentials, TokenAndGrant, TokenStore,
};
use crate::version::{Commit, Versioned};

/// Keeps temporary credentials, grants and access tokens in the memory of one process.
///
/// Bounded by [`TokenLimits`]. A grant that is due is kept as long as an access token of it is not.
#[derive(Debug, Default)]
pub struct MemoryTokenStore {
    limits: TokenLimits,
    tables: RwLock<Tables>,
}

impl MemoryTokenStore {
    /// An empty store with the default limits.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty store.
    #[must_use]
    pub fn with_limits(limits: TokenLimits) -> Self {
        Self {
            limits,
            tables: RwLock::default(),
        }
    }
}

impl TokenStore for MemoryTokenStore {
    async fn temporary(
        &self,
        token: Fingerprint,
    ) -> Result<Option<Arc<Versioned<TemporaryCredentials>>>, StoreError> {
        Ok(read(&self.tables).temporary(token))
    }

    async fn approved(
        &self,
        organisation: &str,
    ) -> Result<Listing<TemporaryCredentials>, StoreError> {
        Ok(read(&self.tables).approved(organisation).into())
    }

    async fn temporary_count(&self, consumer_key: &str, _most: usize) -> Result<usize, StoreError> {
        Ok(read(&self.tables).temporary_count(consumer_key))
    }

    async fn access(&self, token: Fingerprint) -> Result<Option<TokenAndGrant>, StoreError> {
        Ok(read(&self.tables).access(token))
    }

    async fn access_evenly(&self, token: Fingerprint) -> Result<Option<TokenAndGrant>, StoreError> {
        let tables = read(&self.tables);
        let found = tables.access(token);
        if found.is_none() {
            // As the grant of one that is there is looked up.
            let grant = GrantId::from_bytes(token.to_bytes());
            let _none = core::hint::black_box(tables.grant(grant));
        }
        Ok(found)
    }

    async fn grant(&self, id: GrantId) -> Result<Option<Arc<Versioned<Grant>>>, StoreError> {
        Ok(read(&self.tables).grant(id))
    }

    async fn live_grant(
        &self,
        consumer_key: &str,
        organisation: &str,
    ) -> Result<Option<Arc<Versioned<Grant>>>, StoreError> {
        Ok(read(&self.tables).standing(consumer_key, organisation))
    }

    async fn grants(
        &self,
        selection: GrantSelection<'_>,
        after: Option<GrantId>,
        limit: usize,
    ) -> Result<Listing<Grant>, StoreError> {
        Ok(read(&self.tables).grants(selection, after, limit).into())
    }

    async fn commit(&self, change: Change) -> Result<Commit, StoreError> {
        write(&self.tables).commit(change, &self.limits)
    }

    async fn forget(&self, now: UnixTime, limit: usize) -> Result<usize, StoreError> {
        Ok(write(&self.tables).forget(now, limit))
    }
}

//! A store under test, and rows to put into it.

use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_token::{Expiry, SessionState};

use crate::error::StoreError;
use crate::fingerprint::Fingerprint;
use crate::testing::conformance::report::{Checked, Mismatch, equal, works};
use crate::testing::conformance::{Factory, Settings};
use crate::token::{
    AccessToken, Change, Grant, GrantId, TemporaryCredentials, TokenAndGrant, TokenStore,
};
use crate::version::{Commit, Expected, Version, Versioned};

pub(super) struct Subject<'f, F: Factory> {
    pub(super) factory: &'f F,
    pub(super) store: F::Store,
}

impl<'f, F: Factory<Store: TokenStore>> Subject<'f, F> {
    pub(super) fn new(factory: &'f F) -> Result<Self, Mismatch> {
        Self::with(factory, &Settings::default())
    }

    pub(super) fn with(factory: &'f F, settings: &Settings) -> Result<Self, Mismatch> {
        let store = works("a fresh store", factory.fresh(settings))?;
        Ok(Self { factory, store })
    }

    pub(super) fn commit(&self, change: Change) -> Result<Commit, StoreError> {
        self.factory.block_on(self.store.commit(change))
    }

    pub(super) fn commits(&self, what: &str, outcome: Commit, change: Change) -> Checked {
        let found = works(what, self.commit(change))?;
        equal(what, outcome, found)
    }

    pub(super) fn temporary(
        &self,
        token: Fingerprint,
    ) -> Result<Option<Arc<Versioned<TemporaryCredentials>>>, Mismatch> {
        let found = self.factory.block_on(self.store.temporary(token));
        works("a look-up of temporary credentials", found)
    }

    pub(super) fn grant(&self, id: GrantId) -> Result<Option<Arc<Versioned<Grant>>>, Mismatch> {
        let found = self.factory.block_on(self.store.grant(id));
        works("a look-up of a grant", found)
    }

    pub(super) fn access(&self, token: Fingerprint) -> Result<Option<TokenAndGrant>, Mismatch> {
        let found = self.factory.block_on(self.store.access(token));
        works("a look-up of an access token", found)
    }

    /// The callback, which the checks use as a mark, and the version.
    pub(super) fn temporary_is(&self, what: &str, n: u8, wanted: Option<(&str, u64)>) -> Checked {
        let found = self.temporary(token(n))?;
        let found = found
            .as_ref()
            .map(|found| (found.row.callback.as_str(), found.version.number()));
        equal(what, wanted, found)
    }

    /// The role, which the checks use as a mark, and the version.
    pub(super) fn grant_is(&self, what: &str, n: u8, wanted: Option<(&str, u64)>) -> Checked {
        let found = self.grant(id(n))?;
        let found = found
            .as_ref()
            .map(|found| (found.row.role.as_str(), found.version.number()));
        equal(what, wanted, found)
    }

    pub(super) fn has_access(&self, what: &str, n: u8, wanted: bool) -> Checked {
        equal(what, wanted, self.access(token(n))?.is_some())
    }
}

pub(super) const fn token(n: u8) -> Fingerprint {
    Fingerprint::from_bytes([n; 16])
}

pub(super) const fn id(n: u8) -> GrantId {
    GrantId::from_bytes([n; 16])
}

pub(super) const fn version(number: u64) -> Expected {
    Expected::Version(Version::from_number(number))
}

pub(super) const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);
/// The marks of rows that are not told apart.
pub(super) const ONE: &str = "one";

fn secret(text: &str) -> Arc<Secret> {
    Arc::new(Secret::new(text))
}

pub(super) fn temporary(n: u8, mark: &str) -> TemporaryCredentials {
    let expires = NOW.saturating_add(600);
    TemporaryCredentials::new(
        token(n),
        "consumer",
        secret("temporary secret"),
        mark,
        expires,
    )
}

/// Live; each with an organisation of its own.
pub(super) fn grant(n: u8, mark: &str) -> Grant {
    grant_of(n, "consumer", &format!("organisation {n}"), mark)
}

pub(super) fn grant_of(n: u8, consumer: &str, organisation: &str, mark: &str) -> Grant {
    let ends = Expiry::at(NOW.saturating_add(31_536_000));
    let mut grant = Grant::new(id(n), consumer, organisation, "user", NOW, ends);
    mark.clone_into(&mut grant.role);
    grant.forget_after = NOW.saturating_add(40_000_000);
    grant
}

pub(super) fn with_state(mut grant: Grant, state: SessionState) -> Grant {
    grant.life.state = state;
    grant
}

pub(super) fn access(n: u8, grant: &Grant) -> AccessToken {
    let expires = Expiry::after(NOW, 1800);
    AccessToken::new(token(n), grant, secret("access secret"), NOW, expires)
}

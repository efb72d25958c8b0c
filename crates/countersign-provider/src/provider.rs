//! The provider: stores, settings, and the randomness that tokens come from.

use std::sync::Arc;

use countersign_key::{RandomError, SecureRandom};
use countersign_store::{Domain, Fingerprint, FingerprintKey};

use crate::audit::{Audit, AuditUnavailable, Event};
use crate::endpoints::Authenticate;
use crate::keys::StandIns;
use crate::mint::Mint;
use crate::permission::Permission;
use crate::refusal::{Cause, Refusal};
use crate::settings::Settings;

/// The three stores of a provider. One value may be all three.
#[derive(Debug, Clone)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a provider has these three stores; there is no fourth"
)]
pub struct Stores<C, T, N> {
    /// The registered applications.
    pub consumers: C,
    /// Temporary credentials, grants and access tokens.
    pub tokens: T,
    /// Nonces. There is no provider without this store.
    pub nonces: N,
}

/// An OAuth 1.0a provider without input or output of its own.
///
/// `now` is an input of every call, randomness one of the constructor; the stores do what they do.
/// See the crate's documentation for an example.
pub struct Provider<C, T, N> {
    pub(crate) stores: Stores<C, T, N>,
    pub(crate) settings: Settings,
    pub(crate) fingerprints: FingerprintKey,
    pub(crate) mint: Mint,
    pub(crate) stand_ins: StandIns,
    pub(crate) audit: Option<Arc<dyn Audit>>,
    pub(crate) permission: Option<Arc<dyn Permission>>,
    pub(crate) login: Option<Arc<dyn Authenticate>>,
}

impl<C, T, N> core::fmt::Debug for Provider<C, T, N> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Provider")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl<C, T, N> Provider<C, T, N> {
    /// A provider over `stores`.
    ///
    /// `fingerprints` is the key that tokens and verifiers are looked up by; it has to stay the
    /// same for as long as the rows of a store live. `random` must be a secure generator: tokens
    /// and secrets come from it.
    ///
    /// # Errors
    ///
    /// The generator failed.
    pub fn new(
        stores: Stores<C, T, N>,
        settings: Settings,
        fingerprints: FingerprintKey,
        random: impl SecureRandom + Send + 'static,
    ) -> Result<Self, RandomError> {
        let mint = Mint::new(Box::new(random));
        let stand_ins = StandIns::new(&mint, settings.policy.methods())?;
        Ok(Self {
            stores,
            settings,
            fingerprints,
            mint,
            stand_ins,
            audit: None,
            permission: None,
            login: None,
        })
    }

    /// Writes an audit trail.
    #[must_use]
    pub fn with_audit(mut self, audit: impl Audit + 'static) -> Self {
        self.audit = Some(Arc::new(audit));
        self
    }

    /// Asks the application about each accepted request.
    #[must_use]
    pub fn with_permission(mut self, permission: impl Permission + 'static) -> Self {
        self.permission = Some(Arc::new(permission));
        self
    }

    /// Lets applications that may use xAuth trade names and passwords for tokens.
    #[must_use]
    pub fn with_login(mut self, login: impl Authenticate + 'static) -> Self {
        self.login = Some(Arc::new(login));
        self
    }

    /// How it behaves.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Its stores.
    #[must_use]
    pub fn stores(&self) -> &Stores<C, T, N> {
        &self.stores
    }

    /// What a token is looked up by in the [`stores`](Self::stores).
    ///
    /// For what an operator runs beside the provider, such as an explanation of a refusal: to have
    /// found a row proves nothing, since no signature was checked.
    ///
    /// ```
    /// # use countersign_provider::{Provider, Stores};
    /// use countersign_store::TokenStore;
    ///
    /// # async fn known<C, T: TokenStore, N>(
    /// #     provider: &Provider<C, T, N>,
    /// #     token: &str,
    /// # ) -> Result<bool, countersign_store::StoreError> {
    /// let tokens = &provider.stores().tokens;
    /// let row = tokens.access(provider.token_fingerprint(token)).await?;
    /// # Ok(row.is_some())
    /// # }
    /// ```
    #[must_use]
    pub fn token_fingerprint(&self, token: &str) -> Fingerprint {
        self.fingerprints.of(Domain::Token, &[token.as_bytes()])
    }

    /// Writes an event of what stands whether its line was written or not: a refusal, an accepted
    /// request, the end of a grant, which an outage of the trail must not put off, a registration
    /// that was made when the trail was [ready](Self::audit_ready).
    pub(crate) async fn note(&self, event: &Event) {
        // Whoever keeps the trail knows what it lost; `Audit` says so.
        let _unwritten = self.write(event).await;
    }

    /// Refuses where the trail could not take the line of what gives a right.
    pub(crate) async fn audit_ready(&self) -> Result<(), Refusal> {
        match &self.audit {
            Some(audit) if audit.ready().await.is_err() => Err(Refusal::new(Cause::Audit)),
            _ => Ok(()),
        }
    }

    /// Writes an event where there is a trail.
    pub(crate) async fn write(&self, event: &Event) -> Result<(), AuditUnavailable> {
        match &self.audit {
            Some(audit) => audit.record(event).await,
            None => Ok(()),
        }
    }
}

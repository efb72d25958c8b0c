//! Temporary credentials (RFC 5849 section 2.1).

use countersign_base_string::Request;
use countersign_clock::UnixTime;
use countersign_store::{
    Change, Commit, ConsumerKind, ConsumerStore, Expected, NonceStore, TemporaryCredentials,
    TokenStore,
};
use http::Response;

use crate::audit::{Action, Event};
use crate::callback;
use crate::check::{Checked, Extent, Purpose, Seen};
use crate::provider::Provider;
use crate::refusal::{Cause, Refusal};
use crate::response;

impl<C: ConsumerStore, T: TokenStore, N: NonceStore> Provider<C, T, N> {
    /// Gives out temporary credentials: `oauth_token`, `oauth_token_secret` and
    /// `oauth_callback_confirmed=true`.
    ///
    /// # Errors
    ///
    /// The request is refused; `oauth_callback` is missing or not registered; or the application is
    /// of a kind that has no flow.
    pub async fn temporary_credentials(
        &self,
        request: &Request<'_>,
        now: UnixTime,
    ) -> Result<Response<String>, Refusal> {
        let mut seen = Seen::default();
        let outcome = self.issue_temporary(request, now, &mut seen).await;
        self.told(outcome, Action::TemporaryCredentials, now, &seen)
            .await
    }

    async fn issue_temporary(
        &self,
        request: &Request<'_>,
        now: UnixTime,
        seen: &mut Seen,
    ) -> Result<Response<String>, Refusal> {
        let policy = &self.settings.policy;
        let checked = self
            .check(
                request,
                policy,
                now,
                Purpose::TemporaryCredentials,
                Extent::Whole,
                seen,
            )
            .await?;
        let Checked {
            verified, consumer, ..
        } = checked;
        let consumer = &consumer.row;
        if consumer.kind == ConsumerKind::Private {
            return Err(Refusal::new(Cause::Flow {
                advice: "Private applications cannot request a Request Token",
            }));
        }
        let callback = verified.claims().callback().unwrap_or_default();
        if !callback::is_registered(consumer, callback) {
            return Err(Refusal::new(Cause::Callback));
        }
        self.temporary_quota(&consumer.key).await?;
        self.audit_ready().await?;
        let (token, secret) = (self.mint.secret()?, self.mint.secret()?);
        let fingerprint = self.token_fingerprint(token.expose_secret());
        let expires = now.saturating_add(i64::from(self.settings.lifetimes.temporary));
        let mut row = TemporaryCredentials::new(
            fingerprint,
            consumer.key.as_str(),
            std::sync::Arc::clone(&secret),
            callback,
            expires,
        );
        row.forget_after = expires.saturating_add(i64::from(self.settings.lifetimes.dead));
        seen.token = Some(fingerprint);
        let change = Change::new().temporary(Expected::Absent, row);
        match self.stores.tokens.commit(change).await? {
            Commit::Done => {}
            // Two draws of 160 bits never meet; a generator that repeats itself is broken.
            Commit::Conflict => return Err(Refusal::new(Cause::Contention)),
        }
        let mut event = Event::new(now, Action::TemporaryCredentials);
        event.proven = true;
        event.consumer_key = Some(consumer.key.clone());
        event.token = Some(fingerprint);
        self.record(event).await?;
        Ok(response::form(&[
            ("oauth_token", token.expose_secret()),
            ("oauth_token_secret", secret.expose_secret()),
            ("oauth_callback_confirmed", "true"),
        ]))
    }

    /// Refuses an application that has as many temporary credentials as it may.
    async fn temporary_quota(&self, consumer_key: &str) -> Result<(), Refusal> {
        let limit = self.settings.quotas.temporary;
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let tokens = &self.stores.tokens;
        if tokens.temporary_count(consumer_key, most).await? < most {
            return Ok(());
        }
        Err(Refusal::new(Cause::Quota {
            what: "temporary credentials",
            limit: u64::from(limit),
            // When the oldest is forgotten is not known; it is long.
            retry_after: self.settings.lifetimes.temporary,
        }))
    }

    /// Writes the line without which no token leaves.
    pub(crate) async fn record(&self, event: Event) -> Result<(), Refusal> {
        match self.write(&event).await {
            Ok(()) => Ok(()),
            Err(_) => Err(Refusal::new(Cause::Audit)),
        }
    }

    /// Writes the line of a refusal, and hands the outcome on.
    pub(crate) async fn told<R>(
        &self,
        outcome: Result<R, Refusal>,
        action: Action,
        now: UnixTime,
        seen: &Seen,
    ) -> Result<R, Refusal> {
        let refusal = match outcome {
            Ok(granted) => return Ok(granted),
            Err(refusal) => refusal.of(seen.consumer.as_deref()).after(seen.trail),
        };
        self.note_refusal(&refusal, action, now, seen).await;
        Err(refusal)
    }

    pub(crate) async fn note_refusal(
        &self,
        refusal: &Refusal,
        action: Action,
        now: UnixTime,
        seen: &Seen,
    ) {
        if self.audit.is_none() {
            return;
        }
        let mut event = Event::new(now, action);
        event.granted = false;
        event.proven = refusal.is_proven();
        event.may_be_replay = refusal.may_be_replay();
        event.is_for_nonce = refusal.is_for_nonce();
        event.consumer_key.clone_from(&seen.consumer_key);
        event.registered = seen.consumer.is_some();
        event.token = seen.token;
        if let Some(grant) = &seen.grant {
            event.grant = Some(grant.row.id);
            event.user = Some(grant.row.user.clone());
            event.organisation = Some(grant.row.organisation.clone());
        }
        event.problem = refusal.problem().cloned();
        event.status = refusal.told().status;
        event.cause = Some(refusal.cause().name());
        event.detail = Some(refusal.cause().in_full());
        self.note(&event).await;
    }
}

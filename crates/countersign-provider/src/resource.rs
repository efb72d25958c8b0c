//! Requests to resources: the proof that the handler asks for.

use countersign_base_string::Request;
use countersign_clock::UnixTime;
use countersign_problem::ProblemCode;
use countersign_signature::body_hash::Streamed;
use countersign_store::{
    AccessToken, Change, Commit, ConsumerStore, Expected, Grant, NonceStore, TokenStore, Versioned,
};
use countersign_token::Cause as Why;
use countersign_verify::{BodyHashRule, Policy};

use crate::audit::{Action, Event};
use crate::check::{Checked, Extent, Found, Purpose, Seen};
use crate::endpoints::TRIES;
use crate::faults::{self, Due};
use crate::permission::Decision;
use crate::provider::Provider;
use crate::refusal::{Cause, Refusal};
use crate::verified::{Facts, Verified, VerifiedHead};

/// What a route asks of its requests.
#[derive(Debug, Clone)]
pub struct Route {
    name: String,
    policy: Policy,
}

impl Route {
    /// The name by which the permission hook knows the route.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Demands `oauth_body_hash` of bodies that are not forms.
    #[must_use]
    pub fn require_body_hash(mut self) -> Self {
        self.policy = self.policy.with_body_hash(BodyHashRule::Required);
        self
    }

    /// What a request to the route must be like.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }
}

impl<C: ConsumerStore, T: TokenStore, N: NonceStore> Provider<C, T, N> {
    /// A route that asks what the provider asks of all.
    #[must_use]
    pub fn route(&self, name: impl Into<String>) -> Route {
        Route {
            name: name.into(),
            policy: self.settings.policy.clone(),
        }
    }

    /// Verifies a request to a resource.
    ///
    /// The nonce is stored when everything else is right; a request is accepted once.
    ///
    /// # Errors
    ///
    /// The request is refused: see [`Refusal::told`] for what to answer.
    pub async fn verify(
        &self,
        request: &Request<'_>,
        route: &Route,
        now: UnixTime,
    ) -> Result<Verified, Refusal> {
        let outcome = self.resource(request, route, now, Extent::Whole).await;
        outcome.map(|(verified, _)| verified)
    }

    /// Verifies the head of a request whose body is read later; a form must be there already.
    ///
    /// Where `oauth_body_hash` was sent, its check is handed out: the body is to pass through it, and
    /// nothing may be made of the body before [`Streamed::finish`]. The nonce is stored by then,
    /// whatever becomes of the body.
    ///
    /// # Errors
    ///
    /// The request is refused: see [`Refusal::told`] for what to answer.
    pub async fn verify_head(
        &self,
        request: &Request<'_>,
        route: &Route,
        now: UnixTime,
    ) -> Result<(VerifiedHead, Option<Box<Streamed>>), Refusal> {
        let outcome = self.resource(request, route, now, Extent::Head).await;
        outcome.map(|(verified, due)| (verified.restated(), due))
    }

    async fn resource(
        &self,
        request: &Request<'_>,
        route: &Route,
        now: UnixTime,
        extent: Extent,
    ) -> Result<(Verified, Option<Box<Streamed>>), Refusal> {
        let mut seen = Seen::default();
        let outcome = self
            .verify_resource(request, route, now, extent, &mut seen)
            .await;
        if let (Ok((verified, _)), Some(audit)) = (&outcome, &self.audit)
            && audit.wants_accepted_requests()
        {
            let mut event = Event::new(now, Action::Request);
            event.proven = true;
            event.consumer_key = seen.consumer_key.take();
            event.token = seen.token;
            event.grant = verified.grant().map(|grant| grant.id);
            event.user = verified.user().map(str::to_owned);
            event.organisation = verified.organisation().map(str::to_owned);
            self.note(&event).await;
        }
        self.told(outcome, Action::Request, now, &seen).await
    }

    async fn verify_resource(
        &self,
        request: &Request<'_>,
        route: &Route,
        now: UnixTime,
        extent: Extent,
        seen: &mut Seen,
    ) -> Result<(Verified, Option<Box<Streamed>>), Refusal> {
        let Checked {
            verified,
            consumer,
            found,
            due,
        } = self
            .check(request, &route.policy, now, Purpose::Resource, extent, seen)
            .await?;
        let access = match found {
            Found::Access(token, grant) => {
                let presented = verified.claims().token().unwrap_or_default();
                self.confirm(&token, &grant, presented, now).await?;
                Some((token, grant))
            }
            Found::Nothing | Found::Own | Found::Temporary(_) => None,
        };
        let verified = Verified::new(Facts {
            consumer,
            access,
            method: verified.method(),
            coverage: verified.body(),
            trail: *verified.trail(),
        });
        match &self.permission {
            None => Ok((verified, due)),
            Some(hook) => {
                let decision = hook.decide(&verified, &route.name).await;
                permitted(decision).map(|()| (verified, due))
            }
        }
    }

    /// The newest generation was used: the one before it can't be traded for it again.
    async fn confirm(
        &self,
        token: &AccessToken,
        found: &Versioned<Grant>,
        presented: &str,
        now: UnixTime,
    ) -> Result<(), Refusal> {
        // Written down only where it decides something: where the answer can be repeated.
        if found.row.issued.is_none() {
            return Ok(());
        }
        let mut found = found.clone();
        for _ in 0..TRIES {
            if found.row.issued.is_none() || token.generation != found.row.life.generation {
                return Ok(());
            }
            found.row.issued = None;
            found.row.life.used = true;
            let change = Change::new().grant(Expected::Version(found.version), found.row);
            if self.stores.tokens.commit(change).await? == Commit::Done {
                return Ok(());
            }
            found = match self.stores.tokens.grant(token.grant).await? {
                Some(grant) => Versioned::clone(&*grant),
                None => return Err(faults::refuse(Why::AuthorizationExpired, "", Due::Access)),
            };
            // Whoever changed it may have ended it.
            faults::at_resource(token, &found.row, self.settings.renewal, now)
                .map_err(|why| faults::refuse(why, presented, Due::Access))?;
        }
        Err(Refusal::new(Cause::Contention))
    }
}

fn permitted(decision: Decision) -> Result<(), Refusal> {
    let (code, retry_after) = match decision {
        Decision::Allow => return Ok(()),
        Decision::Deny => (ProblemCode::PERMISSION_DENIED, None),
        Decision::AskUser => (ProblemCode::ADDITIONAL_AUTHORIZATION_REQUIRED, None),
        Decision::Undecided => (ProblemCode::PERMISSION_UNKNOWN, None),
        Decision::Throttle { retry_after } => {
            (ProblemCode::CONSUMER_KEY_REFUSED, Some(retry_after))
        }
    };
    Err(Refusal::new(Cause::Permission { code, retry_after }))
}

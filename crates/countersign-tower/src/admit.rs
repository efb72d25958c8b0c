//! One request to a resource: what of it is read, and the proof.

use std::sync::Arc;

use bytes::Bytes;
use countersign_base_string::{Parameters, Request};
use countersign_provider::{
    Action, BodyFault, BodyRefused, Refusal, Verified, VerifiedHead, WireError, wire,
};
use countersign_store::{ConsumerStore, NonceStore, TokenStore};
use countersign_verify::{BodyHashRule, Claims};
use http::request::Parts;
use http_body::Body;

use crate::body::{OnMismatch, RequestBody};
use crate::buffer::{Buffered, buffer};
use crate::layer::Gate;
use crate::observe::{self, Endpoint};
use crate::rules::Rule;
use crate::site::Site;

/// Why a request goes no further.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// The provider refused it; its line in the audit trail is written.
    Refused(Refusal),
    /// It never came to the provider.
    Unread(Refusal),
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<BodyFault> for Stopped {
    fn from(fault: BodyFault) -> Self {
        Self::Unread(fault.into())
    }
}

impl From<WireError> for Stopped {
    fn from(error: WireError) -> Self {
        Self::Unread(error.into())
    }
}

impl<C: ConsumerStore, T: TokenStore, N: NonceStore> Site<C, T, N> {
    /// Refuses a request that was accepted, for its body.
    pub(crate) async fn refuse_body<B>(&self, proof: &Verified<B>, why: BodyRefused) -> Refusal {
        let refusal = self.provider().refuse_body(proof, why, self.now()).await;
        observe::body_refused(&refusal);
        refusal
    }

    /// The refusal, each with its one line in the audit trail.
    pub(crate) async fn refusal(&self, stopped: Stopped, action: Action) -> Refusal {
        match stopped {
            Stopped::Refused(refusal) => refusal,
            Stopped::Unread(refusal) => {
                let provider = self.provider();
                provider.refuse_unread(refusal, action, self.now()).await
            }
        }
    }
}

/// Verifies a request and puts the proof into its extensions; gives the body for the handler.
///
/// What was read of a refused request's body stays in `read`.
#[expect(
    clippy::manual_async_fn,
    reason = "an async fn keeps its arguments twice, and the future grows beyond what allocators \
              hand out quickly"
)]
pub(crate) fn admit<C, T, N, B>(
    gate: &Arc<Gate<C, T, N>>,
    parts: &mut Parts,
    body: B,
    read: &mut Option<Bytes>,
) -> impl Future<Output = Result<RequestBody<B>, Refusal>> + Send
where
    C: ConsumerStore + 'static,
    T: TokenStore + 'static,
    N: NonceStore + 'static,
    B: Body<Data = Bytes> + Send,
{
    async move {
        // First the target as it was sent: below a nested router it is another.
        #[cfg(feature = "axum")]
        let routed = crate::extract::restore_target(parts);
        let rule = gate.rules.rule(parts);
        let decided = async {
            let outcome = match verify(gate, &rule, parts, body, read).await {
                Ok(body) => Ok(body),
                // In a box of its own, as of few requests: it is larger than all the rest.
                Err(stopped) => Err(Box::pin(gate.site.refusal(stopped, Action::Request)).await),
            };
            observe::outcome(Endpoint::Resource, outcome.as_ref().err());
            outcome
        };
        let outcome = observe::within(rule.route().name(), decided).await;
        #[cfg(feature = "axum")]
        if let Some(routed) = routed.filter(|_| outcome.is_ok()) {
            parts.uri = *routed;
        }
        outcome
    }
}

#[expect(clippy::manual_async_fn, reason = "as of `admit`")]
fn verify<C, T, N, B>(
    gate: &Arc<Gate<C, T, N>>,
    rule: &Rule,
    parts: &mut Parts,
    body: B,
    read: &mut Option<Bytes>,
) -> impl Future<Output = Result<RequestBody<B>, Stopped>> + Send
where
    C: ConsumerStore + 'static,
    T: TokenStore + 'static,
    N: NonceStore + 'static,
    B: Body<Data = Bytes> + Send,
{
    async move {
        let site = &gate.site;
        let (provider, route) = (site.provider(), rule.route());
        let origin = site.origin_of(parts)?;
        let mut head = wire::read(parts, b"", &origin)?;
        // The provider's future has a box of its own: together with all the rest it is more than what
        // allocators hand out quickly.
        if is_read_first(rule, &head, &body) {
            let limit = route.policy().limits().body_bytes();
            // What is over before it is read needs no memory, and what waits has a box of its own.
            let buffered = if body.is_end_stream() {
                Buffered::default()
            } else {
                let deadline = || site.body_deadline();
                Box::pin(buffer(&parts.headers, body, limit, deadline, site.room())).await?
            };
            *read = Some(buffered.bytes.clone());
            let content_type = head.content_type();
            head = head.with_body(content_type, &buffered.bytes);
            let verified = Box::pin(provider.verify(&head, route, site.now())).await?;
            if rule.is_streaming() {
                parts.extensions.insert(verified.head());
            }
            prove(gate, parts, verified);
            return Ok(RequestBody::read(buffered));
        }
        let (proof, due) = Box::pin(provider.verify_head(&head, route, site.now())).await?;
        if let Some(verified) = proof.whole() {
            prove(gate, parts, verified);
        }
        let body = match due {
            Some(due) => RequestBody::streamed(body, due, on_mismatch(gate, &proof)),
            None => RequestBody::unread(body),
        };
        if rule.is_streaming() {
            parts.extensions.insert(proof);
        }
        Ok(body)
    }
}

/// What is done when a body turns out to be another than the one that was signed.
fn on_mismatch<C, T, N>(gate: &Arc<Gate<C, T, N>>, proof: &VerifiedHead) -> OnMismatch
where
    C: ConsumerStore + 'static,
    T: TokenStore + 'static,
    N: NonceStore + 'static,
{
    let (gate, proof) = (Arc::clone(gate), proof.clone());
    Box::new(move || {
        Box::pin(async move {
            let site = &gate.site;
            site.refuse_body(&proof, BodyRefused::HashMismatch).await;
        })
    })
}

/// Whether the body is read before the request is verified; any other body is left to the handler.
fn is_read_first<B: Body>(rule: &Rule, head: &Request<'_>, body: &B) -> bool {
    if body.is_end_stream() || head.is_form_body() {
        return true;
    }
    if rule.is_streaming() {
        return false;
    }
    let policy = rule.route().policy();
    policy.body_hash() == BodyHashRule::Required
        || Parameters::collect(head, policy.limits())
            .is_ok_and(|parameters| Claims::of(&parameters).body_hash().is_some())
}

fn prove<C, T, N>(gate: &Arc<Gate<C, T, N>>, parts: &mut Parts, verified: Verified)
where
    C: ConsumerStore + 'static,
    T: TokenStore + 'static,
    N: NonceStore + 'static,
{
    #[cfg(feature = "axum")]
    crate::extract::keep_gate(parts, &verified, gate);
    #[cfg(not(feature = "axum"))]
    let _ = gate;
    parts.extensions.insert(verified);
}

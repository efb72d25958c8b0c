//! Extractors for axum.

use core::fmt;
use core::future::Future;
use core::ops::Deref;
use core::pin::Pin;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OriginalUri};
use axum::response::{IntoResponse, Response};
use countersign_provider as provider;
use countersign_provider::{BodyRefused, Refusal, SignedBody, UnsignedBody};
use countersign_store::{ConsumerStore, NonceStore, TokenStore};
use countersign_verify::BodyCoverage;
use http::request::Parts;
use http::{StatusCode, Uri};

use crate::layer::Gate;
use crate::refused::Refused;

/// Proof that the request was verified, for a handler behind [`VerifyLayer`](crate::VerifyLayer).
///
/// Without more it says nothing of the body. `Verified<SignedBody>` refuses a request whose body is
/// not covered by the signature with `parameter_absent`, naming `oauth_body_hash`. By then it was
/// accepted: its nonce is used, and the refusal is a second line in the audit trail. A body of which
/// the head does not tell that it is empty (`Transfer-Encoding: chunked`) is one that is not signed.
///
/// A route where no other request has any business should say so in its rule instead
/// ([`Route::require_body_hash`](provider::Route::require_body_hash)), which reads the body and
/// refuses the request before its nonce is stored.
pub struct Verified<B = UnsignedBody> {
    proof: provider::Verified<B>,
}

impl<B> Verified<B> {
    /// The proof itself.
    #[must_use]
    pub fn into_inner(self) -> provider::Verified<B> {
        self.proof
    }
}

impl<B> Deref for Verified<B> {
    type Target = provider::Verified<B>;

    fn deref(&self) -> &Self::Target {
        &self.proof
    }
}

impl<B: fmt::Debug> fmt::Debug for Verified<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.proof.fmt(f)
    }
}

/// Proof for the head of a request, for a handler whose rule is
/// [`streaming`](crate::Rule::streaming): the body it reads ends in an error if it is another than
/// the one that was signed.
#[derive(Debug)]
pub struct VerifiedHead {
    proof: provider::VerifiedHead,
}

impl VerifiedHead {
    /// The proof itself.
    #[must_use]
    pub fn into_inner(self) -> provider::VerifiedHead {
        self.proof
    }
}

impl Deref for VerifiedHead {
    type Target = provider::VerifiedHead;

    fn deref(&self) -> &Self::Target {
        &self.proof
    }
}

/// There is no such proof.
#[derive(Debug)]
pub struct NoProof {
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// The layer is missing, or its rule gives another proof: a fault of the application.
    NotVerified,
    /// The body may have been changed on the way.
    BodyUnsigned(Box<BodyUnsigned>),
}

#[derive(Debug)]
struct BodyUnsigned {
    refused: Refused,
    realm: Option<String>,
}

impl fmt::Display for NoProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            Kind::NotVerified => "the request did not pass the layer that verifies",
            Kind::BodyUnsigned(_) => "the body is not signed",
        })
    }
}

impl core::error::Error for NoProof {}

impl IntoResponse for NoProof {
    fn into_response(self) -> Response {
        match self.kind {
            // A fault of the server's is never the caller's, so there is no problem.
            Kind::NotVerified => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            Kind::BodyUnsigned(unsigned) => {
                let BodyUnsigned { refused, realm } = *unsigned;
                let told = refused.refusal().told();
                let mut response = told.response(realm.as_deref()).into_response();
                response.extensions_mut().insert(refused);
                response
            }
        }
    }
}

/// Has the layer refuse a request for its body; gives the realm for the challenge too.
#[derive(Clone)]
struct Refuse(Arc<dyn Fn() -> Refusing + Send + Sync>);
type Refusing = Pin<Box<dyn Future<Output = (Refusal, Option<String>)> + Send>>;

/// Only a request whose body is unsigned can be refused by an extractor.
pub(crate) fn keep_gate<C, T, N>(
    parts: &mut Parts,
    verified: &provider::Verified,
    gate: &Arc<Gate<C, T, N>>,
) where
    C: ConsumerStore + 'static,
    T: TokenStore + 'static,
    N: NonceStore + 'static,
{
    if verified.coverage() == BodyCoverage::Unsigned {
        let (gate, verified) = (Arc::clone(gate), verified.clone());
        let refuse = Refuse(Arc::new(move || {
            let (gate, verified) = (Arc::clone(&gate), verified.clone());
            Box::pin(async move {
                let site = &gate.site;
                let refusal = site.refuse_body(&verified, BodyRefused::Unsigned).await;
                (refusal, site.realm().map(str::to_owned))
            })
        }));
        parts.extensions.insert(refuse);
    }
}

fn find<B>(parts: &Parts) -> Result<provider::Verified<B>, NoProof>
where
    provider::Verified<B>: Send + Sync + 'static,
{
    let found = parts.extensions.get::<provider::Verified<B>>();
    found.cloned().ok_or(NoProof {
        kind: Kind::NotVerified,
    })
}

impl<S: Sync> FromRequestParts<S> for Verified {
    type Rejection = NoProof;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, NoProof> {
        find(parts).map(|proof| Self { proof })
    }
}

impl<S: Sync> FromRequestParts<S> for VerifiedHead {
    type Rejection = NoProof;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, NoProof> {
        find(parts).map(|proof| Self { proof })
    }
}

impl<S: Sync> FromRequestParts<S> for Verified<SignedBody> {
    type Rejection = NoProof;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, NoProof> {
        let verified: provider::Verified = find(parts)?;
        if let Some(proof) = verified.require_signed_body() {
            return Ok(Self { proof });
        }
        let refuse: &Refuse = parts.extensions.get().ok_or(NoProof {
            kind: Kind::NotVerified,
        })?;
        let (refusal, realm) = (refuse.0)().await;
        let mut head = parts.clone();
        restore_target(&mut head);
        let refused = Refused::new(refusal, head, None);
        Err(NoProof {
            kind: Kind::BodyUnsigned(Box::new(BodyUnsigned { refused, realm })),
        })
    }
}

/// Puts the target as it was sent where a nested router took a prefix off it: that is what was
/// signed. Gives the router's, which the handler is to find again.
pub(crate) fn restore_target(parts: &mut Parts) -> Option<Box<Uri>> {
    let OriginalUri(sent) = parts.extensions.get()?;
    if *sent == parts.uri {
        return None;
    }
    let sent = sent.clone();
    Some(Box::new(core::mem::replace(&mut parts.uri, sent)))
}

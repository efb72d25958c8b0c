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
/// accepted: its nonce is used, and the refusal is a second line in the audit trail, written when the
/// answer of [`NoProof`] is sent. A body of which the head does not tell that it is empty
/// (`Transfer-Encoding: chunked`) is one that is not signed.
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
    refusing: Refusing,
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
                let BodyUnsigned { refused, refusing } = *unsigned;
                let told = refused.refusal().told();
                let mut response = told.response(refusing.0.realm()).into_response();
                let extensions = response.extensions_mut();
                extensions.insert(refused);
                extensions.insert(refusing);
                response
            }
        }
    }
}

/// A request that can be refused for its body, in its extensions; in those of an answer, one that is.
#[derive(Clone)]
struct Refusing(Arc<dyn Refuse>);

impl fmt::Debug for Refusing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusing").finish_non_exhaustive()
    }
}

/// Writes down what an extractor refused, if that is the answer: a handler may serve it all the same,
/// and several may refuse one request.
pub(crate) async fn noted<R>(mut response: http::Response<R>) -> http::Response<R> {
    if let Some(refusing) = response.extensions_mut().remove::<Refusing>() {
        refusing.0.note().await;
    }
    response
}

trait Refuse: Send + Sync {
    fn refusal(&self) -> Refusal;
    /// The realm for the challenge.
    fn realm(&self) -> Option<&str>;
    fn note(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

struct Unsigned<C, T, N> {
    gate: Arc<Gate<C, T, N>>,
    verified: provider::Verified,
}

impl<C: ConsumerStore, T: TokenStore, N: NonceStore> Refuse for Unsigned<C, T, N> {
    fn refusal(&self) -> Refusal {
        self.verified.refusal_of_body(BodyRefused::Unsigned)
    }

    fn realm(&self) -> Option<&str> {
        self.gate.site.realm()
    }

    fn note(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let refused = self
            .gate
            .site
            .refuse_body(&self.verified, BodyRefused::Unsigned);
        Box::pin(async move {
            refused.await;
        })
    }
}

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
        parts.extensions.insert(Refusing(Arc::new(Unsigned {
            gate: Arc::clone(gate),
            verified: verified.clone(),
        })));
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
        let refusing: Option<&Refusing> = parts.extensions.get();
        let refusing = refusing.cloned().ok_or(NoProof {
            kind: Kind::NotVerified,
        })?;
        let mut head = parts.clone();
        restore_target(&mut head);
        let refused = Refused::new(refusing.0.refusal(), head, None);
        Err(NoProof {
            kind: Kind::BodyUnsigned(Box::new(BodyUnsigned { refused, refusing })),
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

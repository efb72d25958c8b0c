//! Extractors for axum.

use core::fmt;
use core::ops::Deref;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OriginalUri};
use axum::response::{IntoResponse, Response};
use countersign_provider as provider;
use countersign_provider::{SignedBody, Told, UnsignedBody};
use countersign_verify::{BodyCoverage, Cause, answer_to};
use http::request::Parts;
use http::{StatusCode, Uri};

/// Proof that the request was verified, for a handler behind [`VerifyLayer`](crate::VerifyLayer).
///
/// Without more it says nothing of the body. `Verified<SignedBody>` refuses a request whose body is
/// not covered by the signature with `parameter_absent`, naming `oauth_body_hash`; a route where no
/// other request has any business should say so in its rule instead
/// ([`Route::require_body_hash`](provider::Route::require_body_hash)), which refuses it before its
/// nonce is stored.
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
    BodyUnsigned { realm: Option<Arc<str>> },
}

impl fmt::Display for NoProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            Kind::NotVerified => "the request did not pass the layer that verifies",
            Kind::BodyUnsigned { .. } => "the body is not signed",
        })
    }
}

impl core::error::Error for NoProof {}

impl IntoResponse for NoProof {
    fn into_response(self) -> Response {
        match self.kind {
            // A fault of the server's is never the caller's, so there is no problem.
            Kind::NotVerified => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            Kind::BodyUnsigned { realm } => {
                let told = Told::from(answer_to(&Cause::Absent {
                    names: vec!["oauth_body_hash"],
                }));
                told.response(realm.as_deref()).into_response()
            }
        }
    }
}

/// The realm, for a challenge that an extractor answers.
#[derive(Debug, Clone)]
struct Realm(Option<Arc<str>>);

/// Only a request whose body is unsigned can be refused by an extractor.
pub(crate) fn keep_realm(parts: &mut Parts, verified: &provider::Verified, realm: Option<&str>) {
    if verified.coverage() == BodyCoverage::Unsigned {
        parts.extensions.insert(Realm(realm.map(Arc::from)));
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
        let realm = parts.extensions.get().cloned();
        match verified.require_signed_body() {
            Some(proof) => Ok(Self { proof }),
            None => Err(NoProof {
                kind: Kind::BodyUnsigned {
                    realm: realm.and_then(|Realm(realm)| realm),
                },
            }),
        }
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

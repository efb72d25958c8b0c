//! Signing one request: from its head and body to what has to be added.

use std::borrow::Cow;

use countersign_base_string::{
    ProtocolParameters, Request, RequestError, Scheme, SchemeError, UriError,
};
use countersign_key::SecureRandom;
use countersign_signature::body_hash::BodyHashError;
use countersign_signature::{Placement, Scratch, SignRequest, UnusableKey};

use crate::body::Body;
use crate::client::Client;
use crate::credentials::Credentials;
use crate::instructions::{ApplyError, Instructions};
use crate::stamp::Stamp;
use crate::timestamp::Timestamp;
use crate::{origin, wire};

/// The protocol parameters of a flow's own steps.
#[derive(Clone, Copy, Default)]
pub(crate) struct Extras<'a> {
    pub(crate) callback: Option<&'a str>,
    pub(crate) verifier: Option<&'a str>,
    pub(crate) session_handle: Option<&'a str>,
}

pub(crate) fn sign<B>(
    credentials: &Credentials,
    request: &http::Request<B>,
    body: Body<'_>,
    extras: Extras<'_>,
    stamp: Stamp<'_>,
) -> Result<Instructions, SignError> {
    let request = wire::read(request, bytes(body))?;
    let (work, random) = Work::new(credentials, &request, body, stamp)?;
    let protocol = work.protocol(extras);
    let signed = work
        .sign(&request, &protocol, body)
        .sign(credentials.signer(), random)
        .map_err(failed)?;
    Ok(Instructions::of(signed))
}

/// As [`sign`], of a request that is read already, and with memory that is kept.
pub(crate) fn sign_into(
    credentials: &Credentials,
    request: &Request<'_>,
    body: Body<'_>,
    stamp: Stamp<'_>,
    scratch: &mut Scratch,
    out: &mut Vec<u8>,
) -> Result<(), SignError> {
    let request = request
        .clone()
        .with_body(request.content_type(), bytes(body));
    let (work, random) = Work::new(credentials, &request, body, stamp)?;
    let protocol = work.protocol(Extras::default());
    work.sign(&request, &protocol, body)
        .sign_into(credentials.signer(), random, scratch, out)
        .map_err(failed)
}

fn failed(why: countersign_signature::SignError) -> SignError {
    match why {
        countersign_signature::SignError::RawValue { name } => SignError::RawValue { name },
        why => SignError::Sign(why),
    }
}

const fn bytes(body: Body<'_>) -> &[u8] {
    match body {
        Body::Bytes(bytes) => bytes,
        Body::Form(_) | Body::Hashed(_) | Body::Unsigned => &[],
    }
}

/// What the protocol parameters of one request borrow from.
struct Work<'c, 'r> {
    credentials: &'c Credentials,
    hash: Option<String>,
    timestamp: Timestamp,
    nonce: Cow<'r, str>,
}

impl<'c, 'r> Work<'c, 'r> {
    fn new(
        credentials: &'c Credentials,
        request: &Request<'_>,
        body: Body<'_>,
        stamp: Stamp<'r>,
    ) -> Result<(Self, Option<&'r mut dyn SecureRandom>), SignError> {
        if credentials.client().method().is_plaintext() && !is_private(request) {
            return Err(SignError::PlaintextWithoutTls);
        }
        let hash = body_hash(credentials, request, body)?;
        let (now, nonce, random) = stamp.into_parts();
        let work = Self {
            credentials,
            hash,
            timestamp: Timestamp::new(now),
            nonce,
        };
        Ok((work, random))
    }

    fn protocol<'a>(&'a self, extras: Extras<'a>) -> ProtocolParameters<'a> {
        let client = self.credentials.client();
        let mut protocol = ProtocolParameters::new(
            client.consumer().key(),
            client.method_name(),
            self.timestamp.as_str(),
            &self.nonce,
        );
        if !client.sends_version {
            protocol = protocol.without_version();
        }
        if let Some(token) = self.credentials.token() {
            protocol = protocol.with_token(token);
        }
        if let Some(hash) = &self.hash {
            protocol = protocol.with_body_hash(hash);
        }
        if let Some(callback) = extras.callback {
            protocol = protocol.with_callback(callback);
        }
        if let Some(verifier) = extras.verifier {
            protocol = protocol.with_verifier(verifier);
        }
        if let Some(handle) = extras.session_handle {
            protocol = protocol.with_session_handle(handle);
        }
        protocol
    }

    fn sign<'a>(
        &'a self,
        request: &'a Request<'a>,
        protocol: &'a ProtocolParameters<'a>,
        body: Body<'a>,
    ) -> SignRequest<'a> {
        let client = self.credentials.client();
        let placement = placement(client, request, body);
        let mut sign = SignRequest::new(request, protocol).with_placement(placement);
        if let (Some(realm), Placement::Header) = (client.realm(), placement) {
            sign = sign.with_realm(realm);
        }
        if let Body::Form(pairs) = body {
            sign = sign.with_form(pairs);
        }
        if client.raw_parameters {
            sign = sign.with_raw_protocol();
        }
        sign
    }
}

/// Where the protocol parameters of this request go.
pub(crate) fn placement(client: &Client, request: &Request<'_>, body: Body<'_>) -> Placement {
    let is_form = request.is_form_body() || matches!(body, Body::Form(_));
    client.placement_for(is_form)
}

/// The value of `oauth_body_hash`, if one is due.
fn body_hash(
    credentials: &Credentials,
    request: &Request<'_>,
    body: Body<'_>,
) -> Result<Option<String>, SignError> {
    let client = credentials.client();
    let (policy, method) = (client.body_hash, client.method());
    // Raw signers hash the bytes whatever they are.
    let is_form = request.is_form_body() && !client.raw_parameters;
    match body {
        Body::Bytes(bytes) if !is_form => Ok(policy.hash(method, bytes)),
        Body::Form(_) if client.raw_parameters => Err(SignError::BodyUnseen),
        Body::Bytes(_) | Body::Form(_) => Ok(None),
        // The provider will read the form and sign what is in it.
        Body::Hashed(_) | Body::Unsigned if is_form => Err(SignError::FormUnseen),
        Body::Hashed(hash) => {
            policy.check(method, hash)?;
            Ok(Some(hash.to_owned()))
        }
        Body::Unsigned if policy.is_due() => Err(SignError::BodyUnseen),
        Body::Unsigned => Ok(None),
    }
}

/// Whether the secrets of PLAINTEXT stay between the two (RFC 5849 section 3.4.4).
fn is_private(request: &Request<'_>) -> bool {
    request.uri().scheme() == Scheme::Https || origin::is_loopback(request.uri().host())
}

/// Why a request was not signed. It is unchanged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// What was made can't be added.
    #[error("the request can't carry what is to be added")]
    Apply(#[source] ApplyError),
    /// The hash given for the body can't be one.
    #[error("the body hash can't be sent")]
    BodyHash(#[source] BodyHashError),
    /// A body hash is due, and nobody showed the body or its hash.
    #[error("expected the body or its hash, which is to be sent, found neither")]
    BodyUnseen,
    /// The body is declared to be a form, whose parameters are signed, and nobody showed it.
    #[error("expected the parameters of the form body, which are signed, found none")]
    FormUnseen,
    /// A header that is part of the signature is not visible ASCII.
    #[error("expected visible ASCII in the header {name}, found other bytes")]
    HeaderNotText {
        /// Its name.
        name: String,
    },
    /// A header that is part of the signature occurs twice.
    #[error("expected the header {name} once, found it twice")]
    HeaderTwice {
        /// Its name.
        name: String,
    },
    /// The key can't be prepared.
    #[error("the key can't be used")]
    Key(#[source] UnusableKey),
    /// Neither the URI nor a `Host` header names a host.
    #[error("expected a host in the URI or a Host header, found none")]
    NoHost,
    /// The provider has no address for this step.
    #[error("the provider has no address for this step")]
    NoStep,
    /// PLAINTEXT would send the secrets over a connection that everyone can read.
    #[error("expected https for PLAINTEXT, found http")]
    PlaintextWithoutTls,
    /// A value can't be sent as it is to a provider that does not decode.
    #[error("expected {name} to need no encoding at this provider, found other characters")]
    RawValue {
        /// The parameter.
        name: String,
    },
    /// The method is not one of HTTP.
    #[error("the request can't be signed")]
    Request(#[source] RequestError),
    /// The scheme is neither http nor https.
    #[error("the scheme of the URI can't be signed")]
    Scheme(#[source] SchemeError),
    /// Signing failed.
    #[error("signing failed")]
    Sign(#[source] countersign_signature::SignError),
    /// The URI can't be signed.
    #[error("the URI can't be signed")]
    Uri(#[source] UriError),
}

#[cfg(test)]
mod tests;

//! Signing an `http::Request` in place.

use countersign_base_string::{
    Place, ProtocolParameters, Request, RequestError, Scheme, SchemeError, Uri, UriError,
};
use countersign_signature::{Hash, SignError, SignRequest, body_hash};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Version};

use crate::{Credentials, Stamp};

/// Signs `request` by an `Authorization` header; on error nothing is changed.
///
/// The URI must be absolute, or relative with a `Host` header and then by https. A `Host` header
/// counts before the URI, as it is what HTTP/1.1 sends; from HTTP/2 on the URI counts. Query and,
/// for a form, body are signed as they are; no byte of them is changed. An `Authorization` header
/// that is there already is an error, so that no request is signed twice. The header made is
/// marked as sensitive.
///
/// ```
/// # #[cfg(all(feature = "hmac", feature = "os-random", feature = "system-clock"))] {
/// use countersign::key::Secret;
/// use countersign::signature::Method;
/// use countersign::{Credentials, Stamp, sign_request};
///
/// let secret = Secret::new("kd94hf93k423kf44");
/// let credentials = Credentials::hmac(Method::HMAC_SHA1, "dpf43f3p2l4k3l03", &secret)?;
/// let mut request = http::Request::get("https://api.example.com/v1/items?q=red%20shoes").body("")?;
/// sign_request(&mut request, &credentials, Stamp::fresh()?)?;
/// assert!(request.headers()["authorization"].to_str()?.starts_with("OAuth "));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// The request can't be signed as it is: no host, a host or header that is no text, a malformed
/// query or form, credentials that are there already; or the key can't sign.
pub fn sign_request<B: AsRef<[u8]>>(
    request: &mut http::Request<B>,
    credentials: &Credentials,
    stamp: Stamp<'_>,
) -> Result<(), SignRequestError> {
    let header = authorization(request, credentials, stamp)?;
    request.headers_mut().insert(AUTHORIZATION, header);
    Ok(())
}

fn authorization<B: AsRef<[u8]>>(
    request: &http::Request<B>,
    credentials: &Credentials,
    mut stamp: Stamp<'_>,
) -> Result<HeaderValue, SignRequestError> {
    let headers = request.headers();
    let host = host(request)?;
    let scheme: Scheme = match request.uri().scheme_str() {
        Some(scheme) => scheme.parse().map_err(SignRequestError::Scheme)?,
        None => Scheme::Https,
    };
    let target = request
        .uri()
        .path_and_query()
        .map_or("/", http::uri::PathAndQuery::as_str);
    let body = request.body().as_ref();
    let uri = Uri::from_target(scheme, host, target).map_err(SignRequestError::Uri)?;
    let mut wire = Request::new(request.method().as_str(), uri)
        .map_err(SignRequestError::Request)?
        .with_body(text(headers, &CONTENT_TYPE)?, body);
    if let Some(value) = text(headers, &AUTHORIZATION)? {
        wire = wire.with_authorization(value);
    }

    let method = credentials.signer().method();
    let timestamp = stamp.timestamp().seconds().to_string();
    let nonce = stamp.nonce().to_owned();
    let hash = (credentials.hashes_bodies() && !wire.is_form_body())
        .then(|| body_hash::compute(method.hash().unwrap_or(Hash::Sha1), body));
    let mut protocol = ProtocolParameters::new(
        credentials.consumer_key(),
        method.name(),
        &timestamp,
        &nonce,
    );
    if let Some(token) = credentials.token() {
        protocol = protocol.with_token(token);
    }
    if let Some(hash) = &hash {
        protocol = protocol.with_body_hash(hash);
    }
    let mut sign = SignRequest::new(&wire, &protocol).with_placement(Place::Header);
    if let Some(realm) = credentials.realm() {
        sign = sign.with_realm(realm);
    }
    let signed = sign
        .sign(credentials.signer(), stamp.random())
        .map_err(SignRequestError::Sign)?;
    let mut value = HeaderValue::from_str(signed.authorization().unwrap_or_default())
        .map_err(|_| SignRequestError::Unwritable)?;
    value.set_sensitive(true);
    Ok(value)
}

/// The host as it is sent: the `Host` field up to HTTP/1.1, the authority of the URI from HTTP/2 on
/// (RFC 9113 section 8.3.1), and the other one where the first is missing.
fn host<B>(request: &http::Request<B>) -> Result<&str, SignRequestError> {
    let field = text(request.headers(), &HOST)?;
    // User and password are never sent as part of the host.
    let authority = request.uri().authority().map(|authority| {
        let text = authority.as_str();
        text.rsplit_once('@').map_or(text, |(_, host)| host)
    });
    let host = if request.version() >= Version::HTTP_2 {
        authority.or(field)
    } else {
        field.or(authority)
    };
    host.ok_or(SignRequestError::NoHost)
}

fn text<'h>(
    headers: &'h HeaderMap,
    name: &HeaderName,
) -> Result<Option<&'h str>, SignRequestError> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(SignRequestError::HeaderTwice {
            name: name.to_string(),
        });
    }
    first
        .map(|value| {
            value.to_str().map_err(|_| SignRequestError::HeaderNotText {
                name: name.to_string(),
            })
        })
        .transpose()
}

/// Why a request was not signed. It is unchanged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignRequestError {
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
    /// Neither the URI nor a `Host` header names a host.
    #[error("expected a host in the URI or a Host header, found none")]
    NoHost,
    /// The method is not one of HTTP.
    #[error("the request can't be signed")]
    Request(#[source] RequestError),
    /// The scheme is neither http nor https.
    #[error("the scheme of the URI can't be signed")]
    Scheme(#[source] SchemeError),
    /// Signing failed.
    #[error("signing failed")]
    Sign(#[source] SignError),
    /// The header made is not one that HTTP can carry.
    #[error("the Authorization header can't be written")]
    Unwritable,
    /// The URI can't be signed.
    #[error("the URI can't be signed")]
    Uri(#[source] UriError),
}

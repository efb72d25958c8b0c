//! An `http` request read as what is signed.

use countersign_base_string::{Request, Scheme, Uri};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, Version};

use crate::sign::SignError;

/// The head of `request` as it will be sent, with `body`.
pub(crate) fn read<'a, B>(
    request: &'a http::Request<B>,
    body: &'a [u8],
) -> Result<Request<'a>, SignError> {
    let headers = request.headers();
    let host = host(request)?;
    let scheme: Scheme = match request.uri().scheme_str() {
        Some(scheme) => scheme.parse().map_err(SignError::Scheme)?,
        None => Scheme::Https,
    };
    let target = request
        .uri()
        .path_and_query()
        .map_or("/", http::uri::PathAndQuery::as_str);
    let uri = Uri::from_target(scheme, host, target).map_err(SignError::Uri)?;
    let mut wire = Request::new(request.method().as_str(), uri)
        .map_err(SignError::Request)?
        .with_body(text(headers, &CONTENT_TYPE)?, body);
    if let Some(value) = text(headers, &AUTHORIZATION)? {
        wire = wire.with_authorization(value);
    }
    Ok(wire)
}

/// The host as it is sent: the `Host` field up to HTTP/1.1, the authority of the URI from HTTP/2 on
/// (RFC 9113 section 8.3.1), and the other one where the first is missing.
fn host<B>(request: &http::Request<B>) -> Result<&str, SignError> {
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
    host.ok_or(SignError::NoHost)
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, SignError> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(SignError::HeaderTwice {
            name: name.to_string(),
        });
    }
    first
        .map(|value| {
            value.to_str().map_err(|_| SignError::HeaderNotText {
                name: name.to_string(),
            })
        })
        .transpose()
}

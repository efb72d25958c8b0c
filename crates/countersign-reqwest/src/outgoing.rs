//! Signing a request of reqwest.

use core::fmt;

use bytes::BytesMut;
use countersign_base_string::{Request as Wire, Scheme};
use countersign_client::{Body, Credentials, SignError, Stamp};
use countersign_clock::UnixTime;
use countersign_key::{RandomError, SecureRandom};
use countersign_signature::{OsRandom, Placement, Scratch, write_nonce};
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Uri, Version};
use reqwest::{Request, Url};

use crate::error::SigningError;

/// The value of `oauth_body_hash` for a body that is streamed: give it to a request as an extension
/// (`with_extension` of `reqwest-middleware`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyHash(String);

impl BodyHash {
    /// This value, base64 of the hash of the whole body.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }
}

pub(crate) fn uri(url: &Url) -> Result<Uri, SigningError> {
    url.as_str().parse().map_err(|_| SigningError::Url)
}

/// What is kept from one request to the next: memory, and random bytes for nonces.
#[derive(Debug, Default)]
pub(crate) struct Workbench {
    scratch: Scratch,
    addition: Vec<u8>,
    /// Header values are cut off it, and it is used again when they are gone.
    pub(crate) values: BytesMut,
    nonce: String,
    random: Drawn,
}

impl Workbench {
    /// Adds its signature to the request, which on error is as it was.
    pub(crate) fn sign(
        &mut self,
        request: &mut Request,
        credentials: &Credentials,
        hash: Option<&BodyHash>,
        now: UnixTime,
    ) -> Result<Placement, SigningError> {
        self.nonce.clear();
        write_nonce(&mut self.random, &mut self.nonce).map_err(SigningError::Random)?;
        let mut random = OsRandom::new();
        let stamp = Stamp::new(now, self.nonce.as_str()).with_random(&mut random);
        let body = match (request.body().map(reqwest::Body::as_bytes), hash) {
            (None, _) => Body::EMPTY,
            (Some(Some(bytes)), _) => Body::Bytes(bytes),
            (Some(None), Some(BodyHash(hash))) => Body::Hashed(hash),
            (Some(None), None) => Body::Unsigned,
        };
        self.addition.clear();
        let place = credentials
            .sign_into(
                &wire(request)?,
                body,
                stamp,
                &mut self.scratch,
                &mut self.addition,
            )
            .map_err(SigningError::Sign)?;
        if place == Placement::Header {
            self.values.extend_from_slice(&self.addition);
            let value = HeaderValue::from_maybe_shared(self.values.split().freeze());
            let mut value = value.map_err(|_| SigningError::Url)?;
            value.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, value);
            return Ok(place);
        }
        let addition = str::from_utf8(&self.addition).map_err(|_| SigningError::Url)?;
        if place == Placement::Query {
            append_query(request.url_mut(), addition)?;
        } else {
            append_form(request, addition);
        }
        Ok(place)
    }
}

/// The system's random bytes, drawn for a few nonces at once; each is given out once.
#[derive(Default)]
struct Drawn {
    bytes: Vec<u8>,
}

/// A hundred nonces take so many.
const AT_ONCE: usize = 2048;

impl SecureRandom for Drawn {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError> {
        if self.bytes.len() < out.len() {
            let mut drawn = vec![0; AT_ONCE.max(out.len())];
            OsRandom::new().fill(&mut drawn)?;
            self.bytes = drawn;
        }
        let rest = self.bytes.len().saturating_sub(out.len());
        let given = self.bytes.get(rest..).unwrap_or_default();
        for (to, from) in out.iter_mut().zip(given) {
            *to = *from;
        }
        self.bytes.truncate(rest);
        Ok(())
    }
}

impl fmt::Debug for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Drawn([redacted])")
    }
}

/// The request as it will be sent. A `Host` field that somebody set is what HTTP/1.1 sends; from HTTP/2
/// on the authority of the URL takes its place (RFC 9113 section 8.3.1).
fn wire(request: &Request) -> Result<Wire<'_>, SigningError> {
    let url = request.url();
    let headers = request.headers();
    let host = text(headers, &HOST)?.filter(|_| request.version() < Version::HTTP_2);
    let uri = match host {
        None => countersign_base_string::Uri::parse(url.as_str()),
        Some(host) => {
            let scheme: Scheme = url.scheme().parse().map_err(|_| SigningError::Url)?;
            let target = target(url);
            countersign_base_string::Uri::from_target(scheme, host, target)
        }
    };
    let uri = uri.map_err(|_| SigningError::Url)?;
    let mut wire = Wire::new(request.method().as_str(), uri)
        .map_err(|_| SigningError::Url)?
        .with_body(text(headers, &CONTENT_TYPE)?, &[]);
    if let Some(value) = text(headers, &AUTHORIZATION)? {
        wire = wire.with_authorization(value);
    }
    Ok(wire)
}

/// Path and query, as they are spelled.
fn target(url: &Url) -> &str {
    let text = url.as_str();
    let after_scheme = text.find("://").map_or(0, |at| at.saturating_add(3));
    let rest = text.get(after_scheme..).unwrap_or_default();
    let rest = rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/");
    rest.split('#').next().unwrap_or("/")
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, SigningError> {
    let mut values = headers.get_all(name).iter();
    let Some(first) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        let name = name.to_string();
        return Err(SigningError::Sign(SignError::HeaderTwice { name }));
    }
    match first.to_str() {
        Ok(text) => Ok(Some(text)),
        Err(_) => {
            let name = name.to_string();
            Err(SigningError::Sign(SignError::HeaderNotText { name }))
        }
    }
}

fn append_form(request: &mut Request, addition: &str) {
    let form = request.body().and_then(reqwest::Body::as_bytes);
    let mut form = form.unwrap_or_default().to_vec();
    if !form.is_empty() && !form.ends_with(b"&") {
        form.push(b'&');
    }
    form.extend_from_slice(addition.as_bytes());
    request.headers_mut().remove(CONTENT_LENGTH);
    *request.body_mut() = Some(form.into());
}

/// Appends to the query, and makes sure that what was signed is what is there now.
fn append_query(url: &mut Url, addition: &str) -> Result<(), SigningError> {
    let before = url.query().map(str::to_owned);
    let query = match before.as_deref() {
        None | Some("") => addition.to_owned(),
        Some(query) if query.ends_with('&') => [query, addition].concat(),
        Some(query) => [query, "&", addition].concat(),
    };
    url.set_query(Some(&query));
    if url.query() == Some(&query) {
        return Ok(());
    }
    Err(SigningError::Url)
}

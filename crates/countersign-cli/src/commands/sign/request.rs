//! The request to be signed, as it will be sent.

use countersign_base_string::{Request, Scheme, Uri, is_form};
use countersign_capture::OwnedRequest;
use countersign_encoding::encode;

use super::password::{check_query, is_password, out_of_place};
use super::{As, Sign, protocol};
use crate::dialect::BodyKind;
use crate::exit::{Failure, in_full};
use crate::input;

const FORM: &str = "application/x-www-form-urlencoded";

/// How a password is given.
const IN_FORM: &str = "--form x_auth_password=@FILE";

/// The parts of the request.
pub(super) struct Plan {
    method: String,
    url: String,
    scheme: Scheme,
    content_type: Option<String>,
    body: Vec<u8>,
}

impl Plan {
    pub(super) fn new(sign: &Sign, form: As) -> Result<Self, Failure> {
        // The fragment is for browsers; it is neither sent nor signed.
        let url = sign.url.split('#').next().unwrap_or_default().to_owned();
        check_query(&url, IN_FORM)?;
        let scheme = Uri::parse(&url)
            .map_err(|error| wrong_url(&error))?
            .scheme();
        let (content_type, body) = body(sign, form)?;
        let method = match &sign.method {
            Some(method) => method.clone(),
            None if content_type.is_some() => "POST".to_owned(),
            None => "GET".to_owned(),
        };
        Ok(Self {
            method,
            url,
            scheme,
            content_type,
            body,
        })
    }

    /// As the signer sees it.
    pub(super) fn request(&self) -> Result<Request<'_>, Failure> {
        let uri = Uri::parse(&self.url).map_err(|error| wrong_url(&error))?;
        let request = Request::new(&self.method, uri)
            .map_err(|error| Failure::Usage(format!("--method: {}", in_full(&error))))?;
        Ok(request.with_body(self.content_type.as_deref(), &self.body))
    }

    /// As it is written out; the caller adds what was signed.
    pub(super) fn owned(&self) -> OwnedRequest {
        let rest = self
            .url
            .split_once("://")
            .map_or(self.url.as_str(), |(_, rest)| rest);
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let host = authority.rsplit('@').next().unwrap_or(authority);
        let target = if target.starts_with('/') {
            target.to_owned()
        } else {
            format!("/{target}")
        };
        let mut request = OwnedRequest::new(&self.method, target)
            .with_scheme(self.scheme)
            .with_host(host);
        if let Some(content_type) = &self.content_type {
            request = request.with_header("Content-Type", content_type.as_str());
        }
        request
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn body(&self) -> &[u8] {
        &self.body
    }

    pub(super) const fn has_body(&self) -> bool {
        self.content_type.is_some()
    }

    /// What the body is to its hash.
    pub(super) fn kind(&self) -> BodyKind {
        if self.content_type.as_deref().is_some_and(is_form) {
            BodyKind::Form
        } else if self.body.is_empty() {
            BodyKind::Empty
        } else {
            BodyKind::Other
        }
    }

    pub(super) const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Whether everybody between can read it.
    pub(super) fn is_open(&self) -> bool {
        self.scheme == Scheme::Http
    }
}

fn wrong_url(error: &dyn core::error::Error) -> Failure {
    Failure::Usage(format!("URL: {}", in_full(error)))
}

/// The media type and the bytes of the body, if there is one.
fn body(sign: &Sign, form: As) -> Result<(Option<String>, Vec<u8>), Failure> {
    if let Some(path) = &sign.body {
        return Ok((sign.content_type.clone(), input::read(path)?));
    }
    if sign.form.is_empty() && form != As::Form {
        return Ok((None, Vec::new()));
    }
    let mut pairs = Vec::with_capacity(sign.form.len());
    for field in &sign.form {
        let (name, value) = field
            .split_once('=')
            .ok_or_else(|| Failure::Usage(format!("--form {field}: expected NAME=VALUE")))?;
        if is_password(name.as_bytes()) && !value.starts_with('@') {
            return Err(out_of_place(IN_FORM));
        }
        let value = protocol::from_file(value)?;
        pairs.push(format!("{}={}", encode(name), encode(&value)));
    }
    Ok((Some(FORM.to_owned()), pairs.join("&").into_bytes()))
}

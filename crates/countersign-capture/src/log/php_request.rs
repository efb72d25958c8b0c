//! A dump of the `OAuthRequest` of the OAuth library of PHP: `[parameters]`, `[http_method]`,
//! `[http_url]`, `[base_string]`.
//!
//! The parameters are decoded and joined, from wherever they came, so that header, query and body
//! have to be put together from them.

use std::collections::BTreeSet;

use countersign_base_string::Scheme;
use countersign_encoding::{encode, form};

use crate::capture::{InputKind, Missing};
use crate::error::CaptureError;
use crate::http::Exchanges;
use crate::limits::Limits;
use crate::lines::Line;
use crate::notes::Note;
use crate::request::{FORM_TYPE, OwnedRequest};
use crate::url::Url;

use super::{fields, header};

/// The properties of the object; all other names are parameters.
const PROPERTIES: [&str; 6] = [
    "parameters",
    "http_method",
    "http_url",
    "base_string",
    "version",
    "POST_INPUT",
];

pub(super) fn is(text: &str) -> bool {
    text.contains("OAuthRequest") && text.contains("http_url") && {
        let fields = fields::read(text);
        fields::text(&fields, "http_url").is_some()
            && fields::text(&fields, "http_method").is_some()
    }
}

pub(super) fn read(text: &str, limits: &Limits) -> Result<Exchanges, CaptureError> {
    let mut exchanges = Exchanges::new(limits);
    let fields = fields::read(text);
    let (Some(method), Some(url)) = (
        fields::text(&fields, "http_method"),
        fields::text(&fields, "http_url"),
    ) else {
        return Ok(exchanges);
    };
    let place = Line {
        text: b"",
        offset: 0,
        number: 1,
    };
    let url = Url::parse(url.trim(), Scheme::Http)
        .map_err(|_| place.fault(InputKind::PhpRequest, 0, "a URL", "something else"))?;
    let parameters: Vec<(&str, &str)> = fields
        .iter()
        .filter(|(name, _)| !PROPERTIES.contains(&name.as_str()))
        .filter_map(|(name, value)| Some((name.as_str(), core::str::from_utf8(value).ok()?)))
        .collect();
    let (protocol, others): (Vec<_>, Vec<_>) = parameters
        .into_iter()
        .partition(|(name, _)| name.starts_with("oauth_"));
    let in_query = query_names(url.query.unwrap_or(""));
    let rest: Vec<String> = others
        .iter()
        .filter(|(name, _)| !in_query.contains(name.as_bytes()))
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    let mut target = url.sent_target();
    let has_body = matches!(method, "PATCH" | "POST" | "PUT") && !rest.is_empty();
    if !has_body && !rest.is_empty() {
        target.push(if target.contains('?') { '&' } else { '?' });
        target.push_str(&rest.join("&"));
    }
    let mut request = OwnedRequest::new(method, target)
        .with_scheme(url.scheme)
        .with_host(url.authority);
    if !protocol.is_empty() {
        request = request.with_header("Authorization", header::authorization(protocol.into_iter()));
    }
    let mut notes = vec![Note::AuthorizationRebuilt];
    if has_body {
        request = request
            .with_header("Content-Type", FORM_TYPE)
            .with_body(rest.join("&"));
        notes.push(Note::BodyRebuilt);
    }
    exchanges.request(request, notes)?;
    if let Some(exchange) = exchanges.list.last_mut() {
        exchange.missing.push(Missing::Headers);
    }
    Ok(exchanges)
}

/// The names in a query, decoded; none if it is not well formed.
fn query_names(query: &str) -> BTreeSet<Vec<u8>> {
    form::parse(query.as_bytes())
        .unwrap_or_default()
        .iter()
        .map(|pair| pair.name().to_vec())
        .collect()
}

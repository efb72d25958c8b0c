//! HTTP Archive 1.2, as browsers' developer tools and proxies export it.

#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_base_string::Scheme;
use countersign_encoding::form;
use serde_json::Value;

use crate::answer::OwnedAnswer;
use crate::capture::{Capture, Exchange, InputKind, Missing};
use crate::error::CaptureError;
use crate::http::Exchanges;
use crate::json;
use crate::limits::Limits;
use crate::notes::Note;
use crate::request::OwnedRequest;
use crate::url::Url;

const KIND: InputKind = InputKind::Har;

/// Whether a document is an archive.
pub(crate) fn is_har(document: &Value) -> bool {
    document
        .get("log")
        .and_then(|log| log.get("entries"))
        .is_some_and(Value::is_array)
}

/// Reads all entries.
pub(crate) fn read(document: &Value, limits: &Limits) -> Result<Capture, CaptureError> {
    let log = document
        .get("log")
        .ok_or_else(|| json::fault(KIND, "an object log", "none"))?;
    let entries = json::list(log, "entries");
    json::room(limits, entries.len())?;
    let mut exchanges = Exchanges::new(limits);
    let mut first_reason = None;
    let mut skipped = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let position = index.saturating_add(1);
        match exchange(entry) {
            Ok(mut exchange) => {
                exchange.label = Some(format!("entry {position} of {}", entries.len()));
                exchanges.push(exchange)?;
            }
            Err(reason) => {
                first_reason = first_reason.or(Some(reason));
                skipped.push(Note::ItemSkipped {
                    position,
                    reason: reason.to_owned(),
                });
            }
        }
    }
    if exchanges.list.is_empty() {
        let found = first_reason.unwrap_or("no entry");
        return Err(json::fault(KIND, "an entry with a request", found));
    }
    let mut capture = exchanges.into_capture(KIND);
    capture.notes = skipped;
    let authorized = capture.exchanges.iter().any(|exchange| {
        exchange
            .request
            .as_ref()
            .is_some_and(|request| request.headers().first("authorization").is_some())
    });
    if !authorized && capture.oauth_exchanges().next().is_none() {
        capture.notes.push(Note::Sanitised);
    }
    Ok(capture)
}

fn exchange(entry: &Value) -> Result<Exchange, &'static str> {
    let request = entry.get("request").ok_or("it has no request")?;
    let method = json::text(request, "method").ok_or("its request has no method")?;
    let url = json::text(request, "url").ok_or("its request has no url")?;
    let url = Url::parse(url, Scheme::Https).map_err(|_| "its url cannot be read")?;
    if url.scheme_assumed {
        return Err("its url has no scheme");
    }
    let mut exchange = Exchange::default();
    let headers = json::headers(json::list(request, "headers"), "name");
    // Up to HTTP/1.1 the field is sent; later versions send the authority of the URL in its place (RFC
    // 9113 section 8.3.1).
    let field = headers.first("host").and_then(|field| field.value_str());
    let version = json::text(request, "httpVersion").unwrap_or_default();
    let is_sent = ["HTTP/1", "http/1"]
        .iter()
        .any(|it| version.starts_with(it));
    let host = field.filter(|field| is_sent && !field.is_empty());
    let host = host.unwrap_or(url.authority).to_owned();
    let mut owned = OwnedRequest::new(method, url.sent_target())
        .with_scheme(url.scheme)
        .with_host(host)
        .with_headers(headers);
    if let Some(data) = request.get("postData") {
        owned = with_body(owned, data, &mut exchange);
    } else if request.get("bodySize").and_then(Value::as_i64) > Some(0) {
        exchange.missing.push(Missing::Body);
    }
    exchange.request = Some(owned);
    exchange.answer = entry.get("response").and_then(answer);
    Ok(exchange)
}

fn with_body(mut request: OwnedRequest, data: &Value, exchange: &mut Exchange) -> OwnedRequest {
    if request.content_type().is_none()
        && let Some(media) = json::text(data, "mimeType").filter(|media| !media.is_empty())
    {
        request = request.with_header("Content-Type", media);
    }
    if let Some(text) = json::text(data, "text").filter(|text| !text.is_empty()) {
        return request.with_body(text);
    }
    let params = json::list(data, "params");
    if params.is_empty() {
        return request;
    }
    if request
        .content_type()
        .is_some_and(|media| media.starts_with("multipart/"))
    {
        exchange.notes.push(Note::Multipart);
        exchange.missing.push(Missing::Body);
        return request;
    }
    exchange.notes.push(Note::BodyRebuilt);
    let pairs = json::pairs(params, "name");
    request.with_body(form_body(pairs))
}

/// A form body made of decoded fields.
pub(crate) fn form_body<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let pairs: Vec<form::Pair> = pairs
        .map(|(name, value)| form::Pair::new(name.as_bytes(), value.as_bytes()))
        .collect();
    form::write(&pairs)
}

fn answer(response: &Value) -> Option<OwnedAnswer> {
    let status = u16::try_from(response.get("status")?.as_u64()?).ok()?;
    if status == 0 {
        return None;
    }
    let answer = OwnedAnswer::new()
        .with_status(status)
        .with_headers(json::headers(json::list(response, "headers"), "name"));
    let content = response.get("content");
    let Some(text) = content.and_then(|content| json::text(content, "text")) else {
        return Some(answer);
    };
    let encoding = content.and_then(|content| json::text(content, "encoding"));
    let decoded = encoding
        .filter(|encoding| *encoding == "base64")
        .and_then(|_| STANDARD.decode(text).ok());
    Some(match decoded {
        Some(bytes) => answer.with_body(bytes),
        None => answer.with_body(text),
    })
}

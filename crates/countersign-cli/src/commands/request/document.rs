//! Request and answer as JSON, schema `countersign/request/1`.

use countersign_base_string::is_form;
use countersign_encoding::decode_form_bytes;
use serde_json::{Value, json};
use ureq::http::header::CONTENT_TYPE;
use ureq::http::{HeaderMap, Request, Uri};

use super::exchange::Exchange;
use super::plan::Plan;
use crate::commands::sign::password::{is_password, names_password};

/// In the place of a password.
const MASK: &str = "***";

pub(super) fn document(plan: &Plan, exchange: Option<&Exchange>, doctor: Option<Value>) -> Value {
    json!({
        "schema": "countersign/request/1",
        "request": {
            "method": plan.method.as_str(),
            // Before it was signed: with PLAINTEXT a signature is made of secrets.
            "url": url(&plan.uri),
        },
        "sent": exchange.map_or(0, |exchange| exchange.sent),
        "retried": exchange
            .and_then(|exchange| exchange.retried)
            .map(super::exchange::Retried::as_str),
        "clock_offset": exchange
            .filter(|exchange| exchange.offset != 0)
            .map(|exchange| exchange.offset),
        "notes": exchange.map(Exchange::notes).unwrap_or_default(),
        "answer": exchange.map(answer),
        "signed": null,
        "problem": exchange
            .and_then(|exchange| exchange.problem())
            .map(|found| found.problem.code().as_str().to_owned()),
        "doctor": doctor,
    })
}

/// Of a request that is not sent: the same, and the request as it was signed.
pub(super) fn of_dry_run(plan: &Plan, signed: &Request<Vec<u8>>) -> Value {
    let mut document = document(plan, None, None);
    let request = json!({
        "method": signed.method().as_str(),
        "url": url(signed.uri()),
        "headers": headers(signed.headers(), names_password),
        "bytes": signed.body().len(),
        "body": core::str::from_utf8(signed.body())
            .ok()
            .and_then(|text| body(signed.headers(), text)),
    });
    if let Value::Object(members) = &mut document {
        members.insert("signed".to_owned(), request);
    }
    document
}

fn headers(headers: &HeaderMap, holds_password: impl Fn(&str) -> bool) -> Vec<Value> {
    let lines = headers.iter().map(|(name, value)| {
        let text = String::from_utf8_lossy(value.as_bytes());
        let value = if names_password(name.as_str()) || holds_password(&text) {
            MASK.into()
        } else {
            text
        };
        json!({ "name": name.as_str(), "value": value })
    });
    lines.collect()
}

fn answer(exchange: &Exchange) -> Value {
    let response = &exchange.response;
    json!({
        "status": exchange.status(),
        // A provider that misses a password names it.
        "headers": headers(response.headers(), |_| false),
        "bytes": response.body().len(),
        "body": core::str::from_utf8(response.body()).ok(),
    })
}

/// An address without the passwords in its query.
fn url(uri: &Uri) -> String {
    let text = uri.to_string();
    match text.split_once('?') {
        Some((before, query)) => {
            let query = form(query);
            format!("{before}?{}", query.as_deref().unwrap_or(MASK))
        }
        None => text,
    }
}

/// A body without the passwords in it; none where it may have one, and it can't be told which part of it
/// that is.
fn body(headers: &HeaderMap, text: &str) -> Option<String> {
    let media = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    if media.is_some_and(is_form) {
        return form(text);
    }
    if !names_password(text) {
        return Some(text.to_owned());
    }
    let mut value = serde_json::from_str(text).ok()?;
    let found = mask(&mut value);
    // Of two members of one name the first is in the text alone.
    (found == Found::Masked).then(|| value.to_string())
}

/// A form without the values of passwords; none if anything else in it may be one.
fn form(text: &str) -> Option<String> {
    let is_one =
        |name: &str| decode_form_bytes(name.as_bytes()).is_ok_and(|name| is_password(&name));
    let mut shown = Vec::new();
    let mut others = Vec::new();
    for pair in text.split('&') {
        match pair.split_once('=') {
            Some((name, _)) if is_one(name) => {
                shown.push(format!("{name}={MASK}"));
                // The `&` behind it stays.
                others.push("");
            }
            _ => {
                shown.push(pair.to_owned());
                others.push(pair);
            }
        }
    }
    // Together, as an `&` is also what a character of XML begins with.
    (!names_password(&others.join("&"))).then(|| shown.join("&"))
}

/// What was found of passwords in a JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Found {
    Nothing,
    Masked,
    /// Something that names one, and the password is who knows where.
    Hidden,
}

/// Masks the passwords in a JSON value.
fn mask(value: &mut Value) -> Found {
    match value {
        Value::Array(values) => most(values.iter_mut().map(mask)),
        Value::Object(members) => most(members.iter_mut().map(|(name, value)| {
            if is_password(name.as_bytes()) {
                *value = MASK.into();
                Found::Masked
            } else if names_password(name) {
                Found::Hidden
            } else {
                mask(value)
            }
        })),
        Value::String(text) if names_password(text) => {
            let is_document = serde_json::from_str(text)
                .is_ok_and(|value: Value| value.is_object() || value.is_array());
            MASK.clone_into(text);
            if is_document {
                Found::Masked
            } else {
                Found::Hidden
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Found::Nothing,
    }
}

fn most(found: impl Iterator<Item = Found>) -> Found {
    found.max().unwrap_or(Found::Nothing)
}

//! Request and answer as JSON, schema `countersign/request/1`.

use serde_json::{Value, json};
use ureq::http::{HeaderMap, Request};

use super::exchange::Exchange;
use super::plan::Plan;

pub(super) fn document(plan: &Plan, exchange: Option<&Exchange>, doctor: Option<Value>) -> Value {
    json!({
        "schema": "countersign/request/1",
        "request": {
            "method": plan.method.as_str(),
            // Before it was signed: with PLAINTEXT a signature is made of secrets.
            "url": plan.uri.to_string(),
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
        "url": signed.uri().to_string(),
        "headers": headers(signed.headers()),
        "bytes": signed.body().len(),
        "body": core::str::from_utf8(signed.body()).ok(),
    });
    if let Value::Object(members) = &mut document {
        members.insert("signed".to_owned(), request);
    }
    document
}

fn headers(headers: &HeaderMap) -> Vec<Value> {
    let lines = headers.iter().map(|(name, value)| {
        json!({
            "name": name.as_str(),
            "value": String::from_utf8_lossy(value.as_bytes()),
        })
    });
    lines.collect()
}

fn answer(exchange: &Exchange) -> Value {
    let response = &exchange.response;
    json!({
        "status": exchange.status(),
        "headers": headers(response.headers()),
        "bytes": response.body().len(),
        "body": core::str::from_utf8(response.body()).ok(),
    })
}

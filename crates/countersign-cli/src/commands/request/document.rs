//! Request and answer as JSON, schema `countersign/request/1`.

use serde_json::{Value, json};

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
        "problem": exchange
            .and_then(|exchange| exchange.problem())
            .map(|found| found.problem.code().as_str().to_owned()),
        "doctor": doctor,
    })
}

fn answer(exchange: &Exchange) -> Value {
    let response = &exchange.response;
    let headers: Vec<Value> = response
        .headers()
        .iter()
        .map(|(name, value)| {
            json!({
                "name": name.as_str(),
                "value": String::from_utf8_lossy(value.as_bytes()),
            })
        })
        .collect();
    json!({
        "status": exchange.status(),
        "headers": headers,
        "bytes": response.body().len(),
        "body": core::str::from_utf8(response.body()).ok(),
    })
}

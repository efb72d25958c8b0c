//! The signed request in the forms of `--as`.

use countersign_capture::OwnedRequest;
use countersign_signature::Signed;
use serde_json::{Value, json};

use super::request::Plan;
use crate::exit::Failure;

pub(super) fn header(signed: &Signed) -> String {
    format!(
        "Authorization: {}",
        signed.authorization().unwrap_or_default()
    )
}

/// The body with everything in it.
pub(super) fn form(plan: &Plan, signed: &Signed) -> Vec<u8> {
    let mut body = plan.body().to_vec();
    signed.append_to_body(&mut body);
    body
}

fn owned(plan: &Plan, signed: &Signed) -> OwnedRequest {
    let mut request = plan.owned();
    if let Some(value) = signed.authorization() {
        request = request.with_header("Authorization", value);
    }
    request.with_body(form(plan, signed))
}

pub(super) fn curl(plan: &Plan, signed: &Signed) -> Result<String, Failure> {
    owned(plan, signed)
        .to_curl(Some(plan.scheme()))
        .map_err(|error| Failure::work(&error))
}

pub(super) fn http(plan: &Plan, signed: &Signed) -> Result<Vec<u8>, Failure> {
    owned(plan, signed)
        .to_http()
        .map_err(|error| Failure::work(&error))
}

pub(super) fn json(plan: &Plan, signed: &Signed) -> Value {
    let body = form(plan, signed);
    let text = plan
        .has_body()
        .then(|| core::str::from_utf8(&body).ok())
        .flatten();
    let parameters: Vec<Value> = signed
        .parameters()
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    json!({
        "schema": "countersign/sign/1",
        "authorization": signed.authorization(),
        "url": signed.url(plan.url()),
        "body": text,
        "base_string": signed.base_string().as_str(),
        "signature": signed.signature().to_text(),
        "parameters": parameters,
    })
}

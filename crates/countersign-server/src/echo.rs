//! `/echo`: tells what it saw, where there is no upstream.

use axum::Json;
use axum::body::Bytes;
use axum::extract::OriginalUri;
use countersign_tower::extract::Verified;
use http::Method;
use serde_json::{Value, json};

use crate::gateway::coverage;

/// Answers with what was verified.
pub(crate) async fn echo(
    verified: Verified,
    method: Method,
    OriginalUri(uri): OriginalUri,
    body: Bytes,
) -> Json<Value> {
    Json(json!({
        "schema": "countersign/echo/1",
        "method": method.as_str(),
        "path": uri.path(),
        "query": uri.query(),
        "consumer": verified.consumer_key(),
        "user": verified.user(),
        "organisation": verified.organisation(),
        "role": verified.role(),
        "signature_method": verified.method().name(),
        "body_bytes": body.len(),
        "body": coverage(verified.coverage()),
    }))
}

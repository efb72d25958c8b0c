//! The address for operators: liveness, readiness, metrics.

use core::time::Duration;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use countersign_provider::Audit as _;
use countersign_store::ConsumerStore as _;
use http::{StatusCode, header};

use crate::observe;
use crate::readiness::State as PartState;
use crate::service::Service;

/// How long the upstream is waited for.
const UPSTREAM_PATIENCE: Duration = Duration::from_secs(1);

pub(crate) fn routes(service: &Arc<Service>) -> Router {
    Router::new()
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(Arc::clone(service))
}

/// Whether a request could be decided now: what each of them needs is tried.
async fn ready(State(service): State<Arc<Service>>) -> Response {
    let stores = service.provider().stores();
    let is_read = stores.consumers.consumers(None, 1).await.is_ok();
    let store = if is_read {
        service.readiness.of_store(&service).await
    } else {
        PartState::Failing
    };
    let records = service.records.user("").await.is_ok().into();
    let audit = service.audit.ready().await.is_ok().into();
    let parts = [("store", store), ("records", records), ("audit", audit)];
    let mut text: String = parts
        .iter()
        .map(|(name, state)| format!("{name} {}\n", state.name()))
        .collect();
    if let Some(upstream) = &service.upstream {
        // It is told and decides nothing: tokens are given out without it, and a service that is
        // taken away for it answers nobody at all.
        let listens = upstream.listens(UPSTREAM_PATIENCE).await;
        text.push_str(if listens {
            "upstream ok\n"
        } else {
            "upstream unreachable\n"
        });
    }
    let status = if parts.iter().all(|(_, state)| *state == PartState::Ok) {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, text).into_response()
}

async fn metrics(State(service): State<Arc<Service>>) -> Response {
    metrics::gauge!("countersign_audit_lines_dropped").set(
        // Beyond 2^52 lines the last digits are of no interest.
        f64::from(u32::try_from(service.audit.dropped()).unwrap_or(u32::MAX)),
    );
    match observe::rendered() {
        Some(text) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response(),
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

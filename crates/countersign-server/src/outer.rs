//! Around every request: its id, its line in the log, and what no answer may lack.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use countersign_tower::Refused;
use http::HeaderValue;
use http::header::HeaderName;

use crate::request_id;
use crate::service::Service;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(crate) fn wrap(router: Router, service: &Arc<Service>) -> Router {
    router.layer(from_fn_with_state(Arc::clone(service), answer))
}

async fn answer(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    let id = service.ids.next();
    let mut response = request_id::within(id, next.run(request)).await;
    let shown = id.to_string();
    if let Ok(value) = HeaderValue::from_str(&shown) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    if let Some(refused) = response.extensions_mut().remove::<Refused>() {
        let refusal = refused.refusal();
        let status = refusal.told().status;
        let problem = refusal.problem().map_or("none", |code| code.as_str());
        let cause = refusal.cause().name();
        tracing::info!(id = shown, status, problem, cause, "refused");
    }
    response
}

//! Around every request: its id, its line in the log, and what no answer may lack.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use countersign_tower::Refused;
use http::HeaderValue;
use http::header::HeaderName;

use crate::service::Service;
use crate::{refusals, request_id};

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
        note(&service, &shown, refused);
    }
    response
}

/// The line of a refusal in the log, and its explanation, which nobody waits for. Nothing that was
/// sent is in either.
fn note(service: &Service, id: &str, refused: Refused) {
    let (refusal, head) = (refused.refusal(), refused.head());
    let asked = refusals::asked(
        &head.method,
        head.uri.path(),
        service.config.server.upstream.is_some(),
    );
    tracing::info!(
        id,
        status = refusal.told().status,
        problem = refusal.problem().map_or("none", |code| code.as_str()),
        cause = refusal.cause().name(),
        endpoint = asked.endpoint,
        method = asked.method,
        consumer = refusal.consumer_key(),
        "refused"
    );
    let origin = service.site.origin_of(head).ok();
    let origin = origin.map(std::borrow::Cow::into_owned);
    service.refusals.submit(id, asked, origin, refused);
}

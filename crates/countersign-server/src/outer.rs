//! Around every request: its id, its line in the log, and what no answer may lack.

use core::convert::Infallible;
use core::future::Future;

use axum::response::Response;
use countersign_tower::Refused;
use http::HeaderValue;
use http::header::HeaderName;

use crate::service::Service;
use crate::{refusals, request_id};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Answers as `answer` does, under the request's id.
pub(crate) async fn around<S, F>(service: S, answer: F) -> Result<Response, Infallible>
where
    S: AsRef<Service>,
    F: Future<Output = Result<Response, Infallible>>,
{
    let service = service.as_ref();
    let id = service.ids.next();
    let mut response = request_id::within(id, answer).await?;
    let shown = id.letters();
    if let Ok(value) = HeaderValue::from_bytes(&shown) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    if let Some(refused) = response.extensions_mut().remove::<Refused>() {
        note(service, &id.to_string(), refused);
    }
    Ok(response)
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

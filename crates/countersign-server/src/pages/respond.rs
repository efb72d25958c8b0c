//! Pages as answers, and what no answer may lack.

use askama::Template;
use axum::response::{IntoResponse as _, Response};
use http::header::{self, HeaderName};
use http::{HeaderValue, StatusCode};

use crate::refusals::{Reason, Unserved};

/// Nothing but our own style: no script, no frame around us, no form to elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'; \
                      frame-ancestors 'none'; base-uri 'none'";

const ALWAYS: [(HeaderName, &str); 6] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// What every answer says; what a page says itself stays.
pub(crate) async fn secure(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers
            .entry(name)
            .or_insert_with(|| HeaderValue::from_static(value));
    }
    response
}

/// A page whose form may lead on to a callback.
///
/// Browsers hold redirects behind a form to `form-action`, and those behind the callback too. Its
/// scheme is allowed, not its origin: an application may send its user on to another host of its
/// own.
pub(crate) fn leading_to(mut response: Response, callback: &str) -> Response {
    let Some((scheme @ ("http" | "https"), _)) = callback.split_once("://") else {
        return response;
    };
    let policy = POLICY.replace(
        "form-action 'self'",
        &format!("form-action 'self' {scheme}:"),
    );
    if let Ok(policy) = HeaderValue::try_from(policy) {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

pub(crate) fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => (status, axum::response::Html(text)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page can't be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The page of something that came to nothing: its id leads whoever is asked to the reason.
pub(crate) fn unserved(mut response: Response, reason: Reason) -> Response {
    response.extensions_mut().insert(Unserved::of(reason));
    response
}

/// Goes on by `GET`.
pub(crate) fn see_other(location: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    match HeaderValue::from_str(location) {
        Ok(location) => {
            response.headers_mut().insert(header::LOCATION, location);
            response
        }
        // Locations are encoded or were checked when they were registered.
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

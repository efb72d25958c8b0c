//! The pages for people: logging in, deciding, seeing what is connected. They work without scripts.

mod apps;
mod authorize;
mod consent;
mod cookies;
mod fault;
mod fields;
mod log_in;
mod own;
mod posted;
mod respond;
mod sessions;
mod view;
mod visitor;

pub(crate) use sessions::Sessions;

use std::sync::Arc;

use axum::Router;
use axum::middleware::map_response;
use axum::routing::get;
use http::{HeaderValue, header};

use crate::service::Service;

/// All pages are below this path: behind a gateway, every other one is the API's.
pub(crate) const ROOT: &str = "/oauth";

const APPS: &str = "/oauth/apps";
const AUTHORIZE: &str = "/oauth/authorize";
const LOGIN: &str = "/oauth/login";

/// The pages as a router, to be merged into that of the public address.
pub(crate) fn routes(service: &Arc<Service>) -> Router {
    let decide = get(authorize::ask).post(authorize::decide);
    Router::new()
        .route("/oauth/Authorize", decide.clone().fallback(fault::method))
        .route(AUTHORIZE, decide.fallback(fault::method))
        .route(
            LOGIN,
            get(log_in::form)
                .post(log_in::log_in)
                .fallback(fault::method),
        )
        .route(
            "/oauth/logout",
            get(log_in::out_form)
                .post(log_in::log_out)
                .fallback(fault::method),
        )
        .route(
            APPS,
            get(apps::list)
                .post(apps::disconnect)
                .fallback(fault::method),
        )
        .route("/oauth/style.css", get(style).fallback(fault::method))
        .layer(map_response(respond::secure))
        .with_state(Arc::clone(service))
}

async fn style() -> impl axum::response::IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "max-age=600"),
    ];
    (
        headers.map(|(name, value)| (name, HeaderValue::from_static(value))),
        include_str!("../templates/style.css"),
    )
}

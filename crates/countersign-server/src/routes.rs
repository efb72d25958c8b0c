//! What is served where.

use std::sync::Arc;

use axum::Router;
use axum::routing::any;
use countersign_tower::Routes;
use http::StatusCode;
use tower::Layer as _;

use crate::service::Service;
use crate::{echo, gateway, pages};

/// Everything that the public address serves.
pub(crate) fn public(service: &Arc<Service>) -> Router {
    let resources = match gateway::of(service) {
        Some(gateway) => {
            let rules = Routes::from(service.provider().route("gateway"));
            let verified = service.site.verify_layer(rules).layer(gateway);
            // What begins like this service's own endpoints is never the upstream's.
            let own = || any(async || StatusCode::NOT_FOUND);
            Router::new()
                .route("/oauth", own())
                .route("/oauth/", own())
                .route("/oauth/{*rest}", own())
                .fallback_service(verified)
        }
        None => {
            let rules = Routes::from(service.provider().route("echo"));
            Router::new()
                .route("/echo", any(echo::echo))
                .route("/echo/{*rest}", any(echo::echo))
                .layer(service.site.verify_layer(rules))
        }
    };
    let tokens = service.site.token_endpoints().into_router();
    resources.merge(tokens).merge(pages::routes(service))
}

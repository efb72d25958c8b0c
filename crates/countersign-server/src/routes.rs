//! What is served where.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::any;
use countersign_tower::Routes;

use crate::service::Service;
use crate::{echo, login, outer, pages};

/// Everything that the public address serves.
pub(crate) fn public(service: &Arc<Service>) -> Router {
    let rules = Routes::from(service.provider().route("echo"));
    let resources = Router::new()
        .route("/echo", any(echo::echo))
        .route("/echo/{*rest}", any(echo::echo))
        .layer(service.site.verify_layer(rules));
    let tokens = service.site.token_endpoints().into_router();
    let settle = from_fn_with_state(Arc::clone(service), login::settle_trades);
    let tokens = tokens.layer(settle);
    let router = resources.merge(tokens).merge(pages::routes(service));
    outer::wrap(router, service)
}

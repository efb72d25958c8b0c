//! What a request in flight takes.

use axum::Router;
use axum::body::Body;
use countersign_tower::Routes;
use http::Request;
use tower::{Layer as _, Service as _};

use crate::support::Setup;

/// The most that glibc hands out without a look at all of the heap.
const QUICK: usize = 1032;

#[tokio::test]
async fn what_verifies_a_request_is_allocated_quickly() {
    let setup = Setup::new().await;
    let layer = setup.site.verify_layer(Routes::from(setup.route()));
    let mut service = layer.layer(Router::new());
    let verifying = service.call(Request::new(Body::empty()));
    let size = size_of_val(&*verifying);
    assert!(size <= QUICK, "{size}");
}

//! What the answer to a refused request carries for whoever wraps the layer.

use bytes::Bytes;
use countersign_tower::{Refused, Routes};
use http::{Request, Response};
use http_body_util::Full;
use tower::{Layer as _, ServiceExt as _, service_fn};

use crate::support::{Client, FORM, SECRET, Setup, Unsigned};

const FORGED: &str = "another secret, of the forger's";

/// The extension of the answer to one request through the layer.
async fn through_the_layer(setup: &Setup, request: Request<Full<Bytes>>) -> Option<Refused> {
    let handler = service_fn(async |_| {
        Ok::<_, core::convert::Infallible>(Response::new(Full::<Bytes>::default()))
    });
    let layer = setup.site.verify_layer(Routes::from(setup.route()));
    let response = layer.layer(handler).oneshot(request).await.unwrap();
    response.extensions().get().cloned()
}

#[tokio::test]
async fn a_refused_request_is_kept_with_its_cause() {
    let setup = Setup::new().await;
    let forger = Client::hmac("dpf43f3p2l4k3l03", FORGED);
    let unsigned = Unsigned::post("/photos?size=original", FORM, b"a=1");
    let request = forger.request(&unsigned, Full::new(Bytes::from_static(b"a=1")));
    let authorization = request.headers()["authorization"].clone();
    let refused = through_the_layer(&setup, request).await.unwrap();
    assert_eq!(refused.refusal().cause().name(), "signature");
    assert_eq!(refused.head().method, "POST");
    assert_eq!(refused.head().uri, "/photos?size=original");
    assert_eq!(refused.head().headers["authorization"], authorization);
    assert_eq!(refused.body().map(|body| &body[..]), Some(&b"a=1"[..]));
}

#[tokio::test]
async fn an_accepted_one_is_not() {
    let setup = Setup::new().await;
    let request = setup
        .client()
        .request(&Unsigned::get("/photos"), Full::default());
    assert!(through_the_layer(&setup, request).await.is_none());
}

#[tokio::test]
async fn the_token_endpoints_keep_theirs() {
    let setup = Setup::new().await;
    let forger = Client::hmac("dpf43f3p2l4k3l03", FORGED);
    let unsigned = Unsigned::post("/oauth/RequestToken", FORM, b"");
    let request = forger.request(&unsigned, Full::<Bytes>::default());
    let response = setup.site.token_endpoints().respond(request).await;
    let refused: &Refused = response.extensions().get().unwrap();
    assert_eq!(refused.head().uri, "/oauth/RequestToken");
    let unknown = Request::get("/elsewhere").body(Full::<Bytes>::default());
    let response = setup.site.token_endpoints().respond(unknown.unwrap()).await;
    assert!(response.extensions().get::<Refused>().is_none());
}

#[tokio::test]
async fn it_shows_nothing_that_was_sent() {
    let setup = Setup::new().await;
    let client = Client::hmac("dpf43f3p2l4k3l03", SECRET);
    let unsigned = Unsigned {
        at: 1,
        ..Unsigned::get("/photos?pin=4711-canary")
    };
    let request = client.request(&unsigned, Full::default());
    let refused = through_the_layer(&setup, request).await.unwrap();
    let shown = format!("{refused:?}");
    assert!(!shown.contains("canary"), "{shown}");
    assert!(!shown.contains("dpf43f3p2l4k3l03"), "{shown}");
}

//! The extractors, in an axum router.

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use countersign_provider::SignedBody;
use countersign_tower::extract::{NoProof, Verified, VerifiedHead};
use countersign_tower::{Refused, Routes, Rule};
use http::Request;
use tower::ServiceExt as _;

use crate::support::{Answer, CONSUMER, FORM, JSON, Setup, Step, TestBody, Unsigned};

async fn any(verified: Verified, body: String) -> String {
    format!("{} {body}", verified.consumer_key())
}

async fn signed(verified: Verified<SignedBody>, body: String) -> String {
    format!("{} {body}", verified.into_inner().consumer_key())
}

async fn head(verified: VerifiedHead, body: String) -> String {
    format!("{:?} {body}", verified.coverage())
}

fn handlers() -> Router {
    Router::new()
        .route("/any", post(any))
        .route("/signed", post(signed))
        .route("/head", post(head))
}

fn router(setup: &Setup) -> Router {
    let rule = Rule::new(setup.route());
    let rules = Routes::new(rule.clone()).with("/head", rule.streaming());
    handlers().layer(setup.site.verify_layer(rules))
}

async fn ask(router: Router, request: Request<Body>) -> Answer {
    Answer::read(router.oneshot(request).await.unwrap()).await
}

#[tokio::test]
async fn proofs_are_extracted() {
    let setup = Setup::new().await;
    for (unsigned, body) in [
        (Unsigned::post("/any", FORM, b"a=1"), "dpf43f3p2l4k3l03 a=1"),
        (Unsigned::post("/any", JSON, b"{}"), "dpf43f3p2l4k3l03 {}"),
        (
            Unsigned::post("/signed", FORM, b"a=1"),
            "dpf43f3p2l4k3l03 a=1",
        ),
        (
            Unsigned::post("/signed", JSON, b"{}").hashed(),
            "dpf43f3p2l4k3l03 {}",
        ),
        (Unsigned::post("/head", JSON, b"{}").hashed(), "Pending {}"),
        (Unsigned::post("/head", FORM, b"a=1"), "Form a=1"),
    ] {
        let request = setup
            .client()
            .request(&unsigned, Body::from(unsigned.body.to_vec()));
        let answer = ask(router(&setup), request).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, body));
    }
}

#[tokio::test]
async fn an_unsigned_body_is_refused_where_a_signed_one_is_due() {
    let setup = Setup::new().await;
    let unsigned = Unsigned::post("/signed", JSON, b"{}");
    let answer = ask(
        router(&setup),
        setup.client().request(&unsigned, Body::from("{}")),
    )
    .await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.header("www-authenticate"),
        Some(
            "OAuth realm=\"Photos\", oauth_problem=\"parameter_absent\", \
             oauth_parameters_absent=\"oauth_body_hash\""
        )
    );
    assert_eq!(answer.problem().as_deref(), Some("parameter_absent"));
}

#[tokio::test]
async fn a_body_that_is_refused_by_an_extractor_is_written_down() {
    let setup = Setup::new().await;
    let unsigned = Unsigned::post("/v1/signed", JSON, b"{}");
    let request = setup.client().request(&unsigned, Body::from("{}"));
    let router = Router::new().nest("/v1", router(&setup));
    let response = router.oneshot(request).await.unwrap();
    let refused: &Refused = response.extensions().get().unwrap();
    assert_eq!(refused.head().uri.path(), "/v1/signed");
    assert_eq!(refused.refusal().told().status, 400);
    assert_eq!(refused.refusal().consumer_key(), Some(CONSUMER));
    assert_eq!(
        setup.events.outcomes(),
        [(200, None), (400, Some("body_hash"))]
    );
    let event = setup.events.all().pop().unwrap();
    assert!(!event.granted && event.registered);
    assert_eq!(event.consumer_key.as_deref(), Some(CONSUMER));
}

/// A line says what came of the request: none is written for an extractor whose refusal the handler
/// does not answer with, and one where several refuse.
#[tokio::test]
async fn a_refusal_is_written_down_once_and_when_it_is_the_answer() {
    async fn served(proof: Result<Verified<SignedBody>, NoProof>) -> String {
        format!("served: {}", proof.is_ok())
    }
    async fn twice(
        first: Result<Verified<SignedBody>, NoProof>,
        second: Result<Verified<SignedBody>, NoProof>,
    ) -> Response {
        assert!(first.is_err());
        second.unwrap_err().into_response()
    }
    for (path, status, lines) in [
        ("/served", 200, &[(200, None)][..]),
        ("/twice", 400, &[(200, None), (400, Some("body_hash"))][..]),
    ] {
        let setup = Setup::new().await;
        let rules = Routes::new(Rule::new(setup.route()));
        let router = Router::new()
            .route("/served", post(served))
            .route("/twice", post(twice))
            .layer(setup.site.verify_layer(rules));
        let request = Unsigned::post(path, JSON, b"{}");
        let request = setup.client().request(&request, Body::from("{}"));
        let answer = ask(router, request).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        assert_eq!(setup.events.outcomes(), lines, "{path}");
    }
}

#[tokio::test]
async fn a_route_that_demands_the_hash_refuses_before() {
    let setup = Setup::new().await;
    let rule = Rule::new(setup.route().require_body_hash());
    let unsigned = Unsigned::post("/signed", JSON, b"");
    // Of these the head does not tell that they are empty.
    for (steps, status) in [(vec![], 200), (vec![Step::Data(b"{}")], 400)] {
        let router = handlers().layer(setup.site.verify_layer(Routes::new(rule.clone())));
        let request = setup.client().request(&unsigned, TestBody::new(steps));
        let answer = ask(router, request.map(Body::new)).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
    assert_eq!(
        setup.events.outcomes(),
        [(200, None), (400, Some("body_hash"))]
    );
}

#[tokio::test]
async fn without_the_layer_nothing_is_served() {
    for path in ["/any", "/signed", "/head"] {
        let request = Request::post(path).body(Body::empty()).unwrap();
        let answer = ask(handlers(), request).await;
        assert_eq!(answer.status, 503);
        assert_eq!(answer.header("www-authenticate"), None);
        assert_eq!(answer.body, "");
    }
}

#[tokio::test]
async fn a_nested_router_verifies_the_target_that_was_sent() {
    let setup = Setup::new().await;
    let router = Router::new().nest("/v1", router(&setup));
    let unsigned = Unsigned::post("/v1/any?a=b", FORM, b"c=d");
    let request = setup.client().request(&unsigned, Body::from("c=d"));
    let answer = ask(router, request).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test]
async fn a_body_with_another_hash_fails_its_reader() {
    let setup = Setup::new().await;
    let unsigned = Unsigned::post("/head", JSON, b"{}").hashed();
    let request = setup.client().request(&unsigned, Body::from("[]"));
    let answer = ask(router(&setup), request).await;
    assert_eq!(answer.status, 400);
    assert!(!answer.body.contains("Pending"));
}

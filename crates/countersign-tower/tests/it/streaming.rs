//! Bodies that are checked while they are read.

use core::convert::Infallible;
use core::future::poll_fn;
use core::pin::pin;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use countersign_provider::{Verified, VerifiedHead};
use countersign_tower::{BodyError, RequestBody, Routes, Rule};
use http::{Request, Response};
use http_body::Body as _;
use http_body_util::{BodyExt as _, Empty, Full};
use tower::{Layer as _, ServiceExt as _, service_fn};

use crate::support::{Answer, CONSUMER, FORM, JSON, Setup, Step, TestBody, Unsigned};

/// Sends a request to a handler that streams; gives the answer, and which proofs it had.
async fn stream<B>(setup: &Setup, request: Request<B>) -> (Answer, String)
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn core::error::Error + Send + Sync>>,
{
    let proofs = Arc::new(Mutex::new(String::new()));
    let seen = Arc::clone(&proofs);
    let handler = service_fn(move |request: Request<RequestBody<B>>| {
        let seen = Arc::clone(&seen);
        async move {
            let (parts, body) = request.into_parts();
            let head = parts.extensions.get::<VerifiedHead>().unwrap();
            let whole = parts.extensions.get::<Verified>().is_some();
            *seen.lock().unwrap() = format!("{:?} {whole}", head.coverage());
            let (status, body) = match body.collect().await {
                Ok(collected) => (200, collected.to_bytes()),
                Err(error) => (418, Bytes::from(error.to_string())),
            };
            let response = Response::builder().status(status).body(Full::new(body));
            Ok::<_, Infallible>(response.unwrap())
        }
    });
    let rules = Routes::new(Rule::new(setup.route()).streaming());
    let service = setup.site.verify_layer(rules).layer(handler);
    let answer = Answer::read(service.oneshot(request).await.unwrap()).await;
    let proofs = proofs.lock().unwrap().clone();
    (answer, proofs)
}

#[tokio::test]
async fn a_body_with_its_hash_ends() {
    let setup = Setup::new().await;
    let unsigned = Unsigned::post("/photos", JSON, b"one two").hashed();
    let whole = setup.client().request(&unsigned, Full::from("one two"));
    let (answer, proofs) = stream(&setup, whole).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "one two"));
    assert_eq!(proofs, "Pending false");
    let body = TestBody::new([Step::Data(b"one"), Step::Data(b" two")]);
    let (answer, _) = stream(&setup, setup.client().request(&unsigned, body)).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "one two"));
}

#[tokio::test]
async fn another_body_never_ends_well() {
    let setup = Setup::new().await;
    let unsigned = Unsigned::post("/photos", JSON, b"one two").hashed();
    let mut trailers = http::HeaderMap::new();
    trailers.insert("x-sum", "1".parse().unwrap());
    for body in [
        TestBody::new([]),
        TestBody::new([Step::Data(b"one")]),
        TestBody::new([Step::Data(b"one two three")]),
        TestBody::new([Step::Data(b"one"), Step::Trailers(trailers.clone())]),
        TestBody::new([Step::Data(b"one two"), Step::Break]),
    ] {
        let request = setup.client().request(&unsigned, body);
        let (answer, proofs) = stream(&setup, request).await;
        assert_eq!(answer.status, 418);
        assert_eq!(proofs, "Pending false");
    }
    // A reader who knows the length does not get the last bytes either.
    let request = setup.client().request(&unsigned, Full::from("one TWO"));
    let (answer, _) = stream(&setup, request).await;
    assert_eq!(answer.status, 418);
    assert!(answer.body.contains("hash"), "{}", answer.body);
}

#[tokio::test]
async fn nothing_comes_after_the_end() {
    let setup = Setup::new().await;
    let unsigned = Unsigned::post("/photos", JSON, b"one two").hashed();
    let mut trailers = http::HeaderMap::new();
    trailers.insert("x-sum", "1".parse().unwrap());
    for body in [
        TestBody::new([Step::Data(b"one two"), Step::Data(b" three")]).over_at(1),
        TestBody::new([
            Step::Data(b"one two"),
            Step::Trailers(trailers),
            Step::Data(b" three"),
        ]),
    ] {
        let request = setup.client().request(&unsigned, body);
        let handler = service_fn(|request: Request<RequestBody<TestBody>>| async move {
            let mut body = pin!(request.into_body());
            let mut read = Vec::new();
            let failed = loop {
                match poll_fn(|context| body.as_mut().poll_frame(context)).await {
                    Some(Ok(frame)) => read.extend(frame.into_data().unwrap_or_default()),
                    Some(Err(error)) => break matches!(error, BodyError::HashMismatch),
                    None => break false,
                }
            };
            assert_eq!(String::from_utf8(read).unwrap(), "one two");
            assert!(failed);
            Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
        });
        let rules = Routes::new(Rule::new(setup.route()).streaming());
        let service = setup.site.verify_layer(rules).layer(handler);
        assert_eq!(service.oneshot(request).await.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn the_error_stays() {
    let setup = Setup::new().await;
    let unsigned = Unsigned::post("/photos", JSON, b"one two").hashed();
    let request = setup.client().request(&unsigned, Full::from("one TWO"));
    let handler = service_fn(|request: Request<RequestBody<Full<Bytes>>>| async move {
        let mut body = pin!(request.into_body());
        for _ in 0..3 {
            assert!(!body.is_end_stream());
            let frame = poll_fn(|context| body.as_mut().poll_frame(context)).await;
            assert!(matches!(frame, Some(Err(BodyError::HashMismatch))));
        }
        Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
    });
    let rules = Routes::new(Rule::new(setup.route()).streaming());
    let service = setup.site.verify_layer(rules).layer(handler);
    assert_eq!(service.oneshot(request).await.unwrap().status(), 200);
    // Written down, once.
    assert_eq!(
        setup.events.outcomes(),
        [(200, None), (401, Some("body_hash"))]
    );
    let event = setup.events.all().pop().unwrap();
    assert!(!event.granted);
    assert_eq!(event.consumer_key.as_deref(), Some(CONSUMER));
}

#[tokio::test]
async fn a_body_that_is_right_leaves_one_line() {
    let setup = Setup::new().await;
    let unsigned = Unsigned::post("/photos", JSON, b"one two").hashed();
    let request = setup.client().request(&unsigned, Full::from("one two"));
    assert_eq!(stream(&setup, request).await.0.status, 200);
    assert_eq!(setup.events.outcomes(), [(200, None)]);
}

#[tokio::test]
async fn a_head_is_accepted_once() {
    let setup = Setup::new().await;
    let unsigned = Unsigned::post("/photos", JSON, b"one two").hashed();
    let request = setup.client().request(&unsigned, Full::from("one two"));
    assert_eq!(stream(&setup, request.clone()).await.0.status, 200);
    let rules = Routes::new(Rule::new(setup.route()).streaming());
    let answer = setup.send(rules, request).await;
    assert_eq!(answer.problem().as_deref(), Some("nonce_used"));
}

#[tokio::test]
async fn other_bodies_are_as_ever() {
    let setup = Setup::new().await;
    let form = Unsigned::post("/photos", FORM, b"a=1");
    let request = setup.client().request(&form, Full::from("a=1"));
    let (answer, proofs) = stream(&setup, request).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "a=1"));
    assert_eq!(proofs, "Form true");
    let json = Unsigned::post("/photos", JSON, b"{}");
    let request = setup.client().request(&json, Full::from("{}"));
    assert_eq!(stream(&setup, request).await.1, "Unsigned true");
    let request = setup
        .client()
        .request(&Unsigned::get("/photos"), Empty::<Bytes>::new());
    assert_eq!(stream(&setup, request).await.1, "Empty true");
}

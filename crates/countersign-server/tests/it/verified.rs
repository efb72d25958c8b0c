//! Signed requests, and what becomes of others.

use crate::support::{CONSUMER, Client, FORM, Unsigned, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_request_is_echoed_and_its_copy_is_not() {
    let world = World::new().await;
    let client = world.client();
    let request = world.request(Some(&client), &Unsigned::get("/echo?size=original"));
    let answer = world.raw(&request).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.body.contains("\"consumer\":\"photo-printer\""));
    assert!(answer.body.contains("\"query\":\"size=original\""));
    let copy = world.raw(&request).await;
    assert_eq!(copy.status, 401);
    assert_eq!(copy.problem(), Some("nonce_used"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_an_id_and_a_refusal_keeps_it_in_the_trail() {
    let world = World::new().await;
    let forger = Client::hmac(CONSUMER, "a secret of the forger's own");
    let answer = world.send(Some(&forger), &Unsigned::get("/echo")).await;
    assert_eq!(answer.status, 401);
    let id = answer.field("x-request-id").unwrap().to_owned();
    let other = world.send(None, &Unsigned::get("/echo")).await;
    assert_eq!(other.status, 401);
    assert_ne!(other.field("x-request-id"), Some(&*id));
    // The trail is written beside the answer.
    for _ in 0..100 {
        if world.read("countersign-audit.log").contains(&id) {
            return;
        }
        tokio::time::sleep(core::time::Duration::from_millis(20)).await;
    }
    panic!("no line of {id}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_asked_for_and_what_is_elsewhere_is_not_found() {
    let world = World::new().await;
    let client = world.client();
    let ask = Unsigned {
        callback: Some("oob"),
        ..Unsigned::post("/oauth/RequestToken", FORM, b"")
    };
    let answer = world.send(Some(&client), &ask).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.value("oauth_callback_confirmed"), Some("true"));
    let elsewhere = world
        .send(Some(&client), &Unsigned::get("/elsewhere"))
        .await;
    assert_eq!(elsewhere.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn timestamps_are_compared_with_the_clock_that_was_given() {
    let world = World::new().await;
    let client = world.client();
    let request = world.request(Some(&client), &Unsigned::get("/echo"));
    world.pass(301);
    let answer = world.raw(&request).await;
    assert_eq!(answer.problem(), Some("timestamp_refused"), "{answer:?}");
    assert_eq!(
        world
            .send(Some(&client), &Unsigned::get("/echo"))
            .await
            .status,
        200
    );
}

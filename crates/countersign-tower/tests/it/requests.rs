//! Right and wrong requests, and their answers.

use core::sync::atomic::Ordering;

use bytes::Bytes;
use http::Request;
use http_body_util::{Empty, Full};

use crate::support::{Answer, Client, FORM, FailingNonces, NOW, SECRET, Setup, Unsigned};

fn get(client: &Client, target: &str) -> Request<Empty<Bytes>> {
    client.request(&Unsigned::get(target), Empty::new())
}

#[tokio::test]
async fn a_right_request_comes_through_with_its_proof() {
    let setup = Setup::new().await;
    let target = "/photos/./a%2Fb?size=original&x=%7e";
    let answer = setup.ask(get(&setup.client(), target)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("x-consumer"), Some("dpf43f3p2l4k3l03"));
    assert_eq!(answer.header("x-coverage"), Some("Empty"));
    assert_eq!(answer.header("x-target"), Some(target));
    let events = setup.events.all();
    assert_eq!(events.len(), 1);
    assert!(events[0].granted);
}

#[tokio::test]
async fn a_trail_without_accepted_requests_has_all_others() {
    let setup = Setup::new().await;
    setup.events.leave_out_accepted();
    let request = get(&setup.client(), "/photos");
    assert_eq!(setup.ask(request.clone()).await.status, 200);
    assert!(setup.events.all().is_empty());
    assert_eq!(setup.ask(request).await.status, 401);
    let events = setup.events.all();
    assert_eq!(events.len(), 1);
    assert!(!events[0].granted);
}

#[tokio::test]
async fn without_credentials_there_is_a_bare_challenge() {
    let setup = Setup::new().await;
    for field in [
        None,
        Some("Bearer mF_9.B5f-4.1JqM"),
        Some("NotOAuthAtAll x=\"y\""),
    ] {
        let mut request = Request::get("/photos");
        if let Some(field) = field {
            request = request.header("authorization", field);
        }
        let answer = setup
            .ask(request.body(Empty::<Bytes>::new()).unwrap())
            .await;
        assert_eq!(answer.status, 401, "{field:?}");
        assert_eq!(
            answer.header("www-authenticate"),
            Some("OAuth realm=\"Photos\"")
        );
        assert_eq!(answer.body, "");
    }
    assert_eq!(setup.events.all().len(), 3);
}

#[tokio::test]
async fn a_refusal_says_the_same_twice() {
    let setup = Setup::new().await;
    let forger = Client::hmac("dpf43f3p2l4k3l03", "another secret");
    let answer = setup.ask(get(&forger, "/photos")).await;
    assert_eq!(answer.status, 401);
    assert_eq!(
        answer.header("www-authenticate"),
        Some(
            "OAuth realm=\"Photos\", oauth_problem=\"signature_invalid\", \
             oauth_problem_advice=\"Failed%20to%20validate%20signature\""
        )
    );
    assert_eq!(
        answer.body,
        "oauth_problem=signature_invalid&oauth_problem_advice=Failed%20to%20validate%20signature"
    );
    assert_eq!(answer.header("content-type"), Some(FORM));
}

#[tokio::test]
async fn a_request_is_accepted_once() {
    let setup = Setup::new().await;
    let request = get(&setup.client(), "/photos");
    assert_eq!(setup.ask(request.clone()).await.status, 200);
    let answer = setup.ask(request).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.problem().as_deref(), Some("nonce_used"));
}

#[tokio::test]
async fn the_clock_is_the_one_given() {
    let setup = Setup::new().await;
    for (late, status) in [(0, 200), (300, 200), (301, 401), (-300, 200), (-301, 401)] {
        setup.clock.store(NOW + late, Ordering::Relaxed);
        let answer = setup.ask(get(&setup.client(), "/photos")).await;
        assert_eq!(answer.status, status, "{late}");
    }
}

#[tokio::test]
async fn two_content_types_are_one_too_many() {
    let setup = Setup::new().await;
    let unsigned = Unsigned::post("/photos", FORM, b"a=1");
    let mut request = setup.client().request(&unsigned, Full::from("a=1"));
    request
        .headers_mut()
        .append("content-type", "application/json".parse().unwrap());
    let answer = setup.ask(request).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.problem().as_deref(), Some("parameter_rejected"));
    let events = setup.events.all();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].cause, Some("unreadable"));
}

#[tokio::test]
async fn a_target_that_cannot_be_signed_is_refused() {
    let setup = Setup::new().await;
    for (method, target) in [("OPTIONS", "*"), ("CONNECT", "api.example.com:443")] {
        let request = Request::builder()
            .method(method)
            .uri(target)
            .body(Empty::<Bytes>::new());
        let answer = setup.ask(request.unwrap()).await;
        assert_eq!(answer.status, 400, "{target}");
    }
}

#[tokio::test]
async fn the_host_field_decides_nothing() {
    let setup = Setup::new().await;
    let unsigned = Unsigned {
        origin: "https://evil.example",
        ..Unsigned::get("/photos")
    };
    let mut request = setup.client().request(&unsigned, Empty::<Bytes>::new());
    request
        .headers_mut()
        .insert("host", "evil.example".parse().unwrap());
    assert_eq!(
        setup.ask(request).await.problem().as_deref(),
        Some("signature_invalid")
    );
    let mut request = get(&setup.client(), "/photos");
    request
        .headers_mut()
        .insert("host", "evil.example".parse().unwrap());
    assert_eq!(setup.ask(request).await.status, 200);
}

#[tokio::test]
async fn a_failing_store_is_never_the_callers_fault() {
    let setup = Setup::with_nonces(FailingNonces).await;
    let answer: Answer = setup.ask(get(&setup.client(), "/photos")).await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(answer.header("www-authenticate"), None);
    assert_eq!(answer.body, "");
    // A wrong signature is refused before the store is asked.
    let forger = Client::hmac("dpf43f3p2l4k3l03", &SECRET.replace('k', "K"));
    assert_eq!(setup.ask(get(&forger, "/photos")).await.status, 401);
}

#[tokio::test]
async fn rules_go_by_path() {
    use countersign_tower::{Routes, Rule};
    let setup = Setup::new().await;
    let strict = Rule::new(setup.route().require_body_hash());
    let plain = Rule::new(setup.route());
    let rules = Routes::new(strict.clone())
        .with("/open", plain)
        .with("/open/not", strict);
    let json = |target| Unsigned::post(target, "application/json", b"{}");
    for (target, status) in [
        ("/open", 200),
        ("/open/a?b=c", 200),
        ("/opened", 400),
        ("/open/not/a", 400),
        ("/%6fpen", 400),
        ("/", 400),
    ] {
        let request = setup.client().request(&json(target), Full::from("{}"));
        let answer = setup.send(rules.clone(), request).await;
        assert_eq!(answer.status, status, "{target}");
    }
}

//! Which bodies are read, and what of them is checked.

use core::sync::atomic::Ordering;
use core::time::Duration;
use std::sync::Arc;

use bytes::Bytes;
use countersign_tower::{Routes, Rule};
use http::{HeaderMap, Request};
use http_body_util::{Empty, Full};

use crate::support::{FORM, JSON, Setup, Step, TestBody, Unsigned};

const FORM_BODY: &[u8] = b"name=J%C3%BCrgen&comment=nice%21+one&empty=";

#[tokio::test]
async fn a_form_is_signed_and_given_on() {
    let setup = Setup::new().await;
    let unsigned = Unsigned::post("/photos?a=b", FORM, FORM_BODY);
    let parts: Vec<_> = FORM_BODY.chunks(7).map(Step::Data).collect();
    for body in [TestBody::from(FORM_BODY), TestBody::new(parts)] {
        let answer = setup.ask(setup.client().request(&unsigned, body)).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("x-coverage"), Some("Form"));
        assert_eq!(answer.body.as_bytes(), FORM_BODY);
    }
    let changed = TestBody::from(&b"name=J%C3%BCrgen&comment=nice%21+two&empty="[..]);
    let answer = setup.ask(setup.client().request(&unsigned, changed)).await;
    assert_eq!(answer.problem().as_deref(), Some("signature_invalid"));
}

#[tokio::test]
async fn an_unsigned_body_is_not_read() {
    let setup = Setup::new().await;
    let unsigned = Unsigned::post("/photos", JSON, b"{}");
    let answer = setup
        .ask(setup.client().request(&unsigned, Full::from("{\"a\":1}")))
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("x-coverage"), Some("Unsigned"));
    assert_eq!(answer.body, "{\"a\":1}");

    let body = TestBody::new([Step::Stall]);
    let polled = body.polled();
    let mut request = setup.client().request(&unsigned, body);
    *request.uri_mut() = "/elsewhere".parse().unwrap();
    let answer = setup.ask(request).await;
    assert_eq!(answer.problem().as_deref(), Some("signature_invalid"));
    assert_eq!(polled.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn an_unread_body_is_never_called_empty() {
    let setup = Setup::new().await;
    // A body that says nothing of its length and turns out to be empty.
    let body = TestBody::new([]);
    let request = setup.client().request(&Unsigned::get("/photos"), body);
    let answer = setup.ask(request).await;
    assert_eq!(answer.header("x-coverage"), Some("Unsigned"));
}

#[tokio::test]
async fn a_hashed_body_is_checked_before_anything_is_stored() {
    let setup = Setup::new().await;
    let unsigned = Unsigned::post("/photos", JSON, b"{\"a\":1}").hashed();
    let request = setup.client().request(&unsigned, ());
    let with = |body: &'static str| {
        let (parts, ()) = request.clone().into_parts();
        Request::from_parts(parts, Full::from(body))
    };
    let answer = setup.ask(with("{\"a\":2}")).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.problem().as_deref(), Some("signature_invalid"));
    let answer = setup.ask(with("{\"a\":1}")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("x-coverage"), Some("Hashed"));
    assert_eq!(answer.body, "{\"a\":1}");
    let answer = setup.ask(with("{\"a\":1}")).await;
    assert_eq!(answer.problem().as_deref(), Some("nonce_used"));
}

#[tokio::test]
async fn a_hash_can_be_demanded() {
    let setup = Setup::new().await;
    let rules = || Routes::new(Rule::new(setup.route().require_body_hash()));
    let unsigned = Unsigned::post("/photos", JSON, b"{}");
    let request = setup.client().request(&unsigned, Full::from("{}"));
    let answer = setup.send(rules(), request).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.problem().as_deref(), Some("parameter_absent"));
    assert!(
        answer
            .body
            .contains("oauth_parameters_absent=oauth_body_hash")
    );
    let request = setup.client().request(&unsigned.hashed(), Full::from("{}"));
    assert_eq!(setup.send(rules(), request).await.status, 200);
    let request = setup
        .client()
        .request(&Unsigned::get("/photos"), Empty::<Bytes>::new());
    assert_eq!(setup.send(rules(), request).await.status, 200);
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_without_a_problem() {
    let setup = Setup::new().await;
    static MEGABYTE: [u8; 1024 * 1024] = [b'a'; 1024 * 1024];
    let unsigned = Unsigned::post("/photos", FORM, b"");
    let fits = TestBody::new([Step::Data(&MEGABYTE)]);
    let answer = setup.ask(setup.client().request(&unsigned, fits)).await;
    assert_eq!(answer.problem().as_deref(), Some("signature_invalid"));

    let body = TestBody::new([Step::Data(&MEGABYTE), Step::Data(b"b")]);
    let answer = setup.ask(setup.client().request(&unsigned, body)).await;
    assert_eq!(answer.status, 413);
    assert_eq!(answer.header("www-authenticate"), None);
    assert_eq!(answer.body, "");

    for declared in ["1048577", "18446744073709551615"] {
        let body = TestBody::new([Step::Stall]);
        let polled = body.polled();
        let mut request = setup.client().request(&unsigned, body);
        let declared = declared.parse().unwrap();
        request.headers_mut().insert("content-length", declared);
        let answer = setup.ask(request).await;
        assert_eq!(answer.status, 413);
        assert_eq!(polled.load(Ordering::Relaxed), 0);
    }
    let causes: Vec<_> = setup.events.all().iter().map(|e| e.cause).collect();
    assert_eq!(
        causes,
        [Some("signature"), Some("body"), Some("body"), Some("body")]
    );
}

#[tokio::test]
async fn a_body_that_breaks_off_is_refused() {
    let setup = Setup::new().await;
    let unsigned = Unsigned::post("/photos", FORM, b"a=1");
    let body = TestBody::new([Step::Data(b"a="), Step::Break]);
    let answer = setup.ask(setup.client().request(&unsigned, body)).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.header("www-authenticate"), None);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let mut setup = Setup::new().await;
    setup.site = countersign_tower::Site::new(
        Arc::clone(setup.site.provider()),
        countersign_provider::Origin::parse(crate::support::ORIGIN).unwrap(),
        || countersign_clock::UnixTime::from_seconds(crate::support::NOW),
        countersign_tower::tokio_timer,
    )
    .with_body_deadline(Duration::from_secs(5));
    let unsigned = Unsigned::post("/photos", FORM, b"a=1");
    let body = TestBody::new([Step::Data(b"a="), Step::Stall]);
    let start = tokio::time::Instant::now();
    let answer = setup.ask(setup.client().request(&unsigned, body)).await;
    assert_eq!(answer.status, 408);
    assert_eq!(answer.header("www-authenticate"), None);
    assert_eq!(start.elapsed().as_secs(), 5);
}

#[tokio::test]
async fn trailers_are_given_on_and_never_read() {
    let setup = Setup::new().await;
    let mut trailers = HeaderMap::new();
    trailers.insert("authorization", "OAuth oauth_token=\"x\"".parse().unwrap());
    trailers.insert("oauth_token", "x".parse().unwrap());
    let unsigned = Unsigned::post("/photos", FORM, b"a=1");
    for unsigned in [unsigned, Unsigned::post("/photos", JSON, b"a=1").hashed()] {
        let body = TestBody::new([Step::Data(b"a=1"), Step::Trailers(trailers.clone())]);
        let answer = setup.ask(setup.client().request(&unsigned, body)).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.body, "a=1");
        assert_eq!(answer.header("x-trailers"), Some("2"));
    }
}

#[tokio::test]
async fn parameters_may_stand_in_the_form() {
    let setup = Setup::new().await;
    let header = setup
        .client()
        .authorization(&Unsigned::post("/photos", FORM, b"a=1"));
    let body = format!(
        "a=1&{}",
        header
            .trim_start_matches("OAuth ")
            .replace("\", ", "&")
            .replace('"', "")
    );
    let request = Request::post("/photos")
        .header("content-type", FORM)
        .body(Full::from(body))
        .unwrap();
    let answer = setup.ask(request).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// Long bodies get what room there is, and short ones come through whatever others send.
#[tokio::test]
async fn bodies_share_the_room_that_there_is() {
    let mut setup = Setup::new().await;
    setup.site = setup.site.clone().with_body_room(100_000);
    let setup = Arc::new(setup);
    let text: &'static [u8] = Box::leak([b"a=".as_slice(), &[b'1'; 60_000]].concat().into());
    let unsigned = Unsigned::post("/photos", FORM, text);
    let endless = || {
        setup
            .client()
            .request(&unsigned, TestBody::new([Step::Data(text), Step::Stall]))
    };
    // Each takes 60,002 - 16,384 of it, so that a third is too much.
    let hold = || {
        let (setup, request) = (Arc::clone(&setup), endless());
        tokio::spawn(async move { setup.ask(request).await })
    };
    let (oldest, other) = (hold(), hold());
    tokio::task::yield_now().await;
    assert!(!oldest.is_finished());
    // Who sends nothing any more gives way to who sends.
    let request = setup.client().request(&unsigned, TestBody::from(text));
    assert_eq!(setup.ask(request).await.status, 200);
    let answer = oldest.await.unwrap();
    assert_eq!(answer.status, 503);
    assert_eq!(answer.header("retry-after"), Some("1"));
    // The rest of it is not read.
    assert_eq!(answer.header("connection"), Some("close"));
    assert_eq!(answer.header("www-authenticate"), None);
    assert!(!other.is_finished(), "there is room for it");
    let held = [other, hold()];
    tokio::task::yield_now().await;
    // Nobody gives way to one that finds no room even so.
    let long: &'static [u8] = Box::leak(vec![b'1'; 120_000].into());
    let too_long = Unsigned::post("/photos", FORM, long);
    let request = setup.client().request(&too_long, TestBody::from(long));
    assert_eq!(setup.ask(request).await.status, 413);
    assert!(held.iter().all(|task| !task.is_finished()));
    let short = Unsigned::post("/photos", FORM, b"a=1");
    let request = setup.client().request(&short, TestBody::from(&b"a=1"[..]));
    assert_eq!(setup.ask(request).await.status, 200);
    // With those two goes what they took.
    for task in held {
        task.abort();
        assert!(task.await.is_err());
    }
    let request = setup.client().request(&unsigned, TestBody::from(text));
    assert_eq!(setup.ask(request).await.status, 200);
}

/// There is never room for it: to ask again would be no help.
#[tokio::test]
async fn a_body_beyond_all_the_room_is_too_long() {
    const MOST: usize = 100_000 + 16 * 1024;
    let mut setup = Setup::new().await;
    setup.site = setup.site.clone().with_body_room(100_000);
    let form = |length| -> &'static [u8] { Box::leak(vec![b'1'; length].into()) };
    let longest = form(MOST);
    let unsigned = Unsigned::post("/photos", FORM, longest);
    let request = setup.client().request(&unsigned, TestBody::from(longest));
    assert_eq!(setup.ask(request).await.status, 200);

    let request = setup
        .client()
        .request(&unsigned, TestBody::from(form(MOST + 1)));
    let answer = setup.ask(request).await;
    assert_eq!((answer.status, answer.header("retry-after")), (413, None));

    let body = TestBody::new([Step::Stall]);
    let polled = body.polled();
    let mut request = setup.client().request(&unsigned, body);
    let declared = (MOST + 1).to_string().parse().unwrap();
    request.headers_mut().insert("content-length", declared);
    assert_eq!(setup.ask(request).await.status, 413);
    assert_eq!(polled.load(Ordering::Relaxed), 0);
}

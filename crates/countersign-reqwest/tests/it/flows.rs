use countersign_client::{
    BodyHashPolicy, Callback, Client, Consumer, Renewal, Service, SessionState, Start,
};
use countersign_key::{RsaPrivateKey, Secret};
use countersign_reqwest::{BodyHash, Clock, Driver, Signing, client};
use countersign_signature::body_hash::{self, Rule};
use countersign_signature::{Hash, Method};

use crate::provider::{CALLBACK, CONSUMER, PARTNER, PRIVATE_KEY, SECRET, World};

fn signer() -> Client {
    let consumer = Consumer::hmac(CONSUMER, Secret::new(SECRET));
    Client::new(consumer, Method::HMAC_SHA256).unwrap()
}

fn partner() -> Client {
    let key = RsaPrivateKey::read(PRIVATE_KEY, None).unwrap();
    Client::new(Consumer::rsa(PARTNER, key), Method::RSA_SHA256).unwrap()
}

fn plain() -> reqwest::ClientBuilder {
    reqwest::Client::builder().no_proxy()
}

/// From nothing to data, and on with the next token, at a provider whose clock is an hour off.
#[tokio::test]
async fn from_nothing_to_data_and_on() {
    for off in [0, 3600, -3600] {
        let world = World::serve().await;
        world.set_off(off);
        let (signer, clock) = (partner(), Clock::default());
        let service = Service::new(
            &format!("{}/oauth/request_token", world.url),
            &format!("{}/oauth/authorize", world.url),
            &format!("{}/oauth/access_token", world.url),
        )
        .unwrap();
        let driver = Driver::new(plain(), clock.clone()).unwrap();
        let state = SessionState::from_kept("a session");
        let callback = Callback::to(CALLBACK).unwrap();
        let start = Start::new(&signer, &service, callback, &state).unwrap();
        let pending = driver.begin(&start).await.unwrap();
        let back = world.approve(pending.token().token()).await;
        let approved = pending.come_back(&back, &state).unwrap();
        let first = driver.exchange(&approved).await.unwrap();
        assert!(driver.exchange(&approved).await.is_err(), "once");

        let handle = first.session_handle().unwrap();
        let renewal = Renewal::new(&signer, &service, first.token(), handle).unwrap();
        let second = driver.renew(&renewal).await.unwrap();
        assert_ne!(first.token().token(), second.token().token());
        assert!(
            driver
                .renew(&renewal)
                .await
                .unwrap_err()
                .to_string()
                .contains("token")
        );

        let credentials = signer.with_token(second.token()).unwrap();
        let signing = Signing::new(credentials, &world.url)
            .unwrap()
            .with_clock(clock);
        let client = client(plain(), signing).unwrap();
        let items = format!("{}/items", world.url);
        let get = client
            .get(format!("{items}?a=b+c&a=%2B"))
            .send()
            .await
            .unwrap();
        assert_eq!(get.status(), 200, "{off}");
        let form = client.post(&items).form(&[("a", "b c"), ("a", "é&=")]);
        let form = form.send().await.unwrap();
        assert_eq!(form.text().await.unwrap(), "a=b+c&a=%C3%A9%26%3D");
    }
}

#[tokio::test]
async fn a_clock_that_jumps_costs_one_retry() {
    let world = World::serve().await;
    let signing = Signing::new(signer().without_token().unwrap(), &world.url).unwrap();
    let client = client(plain(), signing).unwrap();
    let items = format!("{}/items", world.url);
    // In steps and by drift; back, this provider refuses to vouch for its nonces.
    for off in [-3600, -3000, -2400, -1800, 0, 3600, 86_000] {
        world.set_off(off);
        for _ in 0..2 {
            let response = client
                .post(&items)
                .form(&[("a", "b")])
                .send()
                .await
                .unwrap();
            assert_eq!(response.status(), 200, "{off}");
        }
    }
    // Beyond a day nobody is followed.
    world.set_off(90_000);
    assert_eq!(client.get(&items).send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn bodies_are_hashed_where_that_is_asked_for() {
    let world = World::serve().await;
    let policy = BodyHashPolicy::with_body(Rule::MethodHash);
    let credentials = signer().with_body_hash(policy).without_token().unwrap();
    let client = client(plain(), Signing::new(credentials, &world.url).unwrap()).unwrap();
    let items = format!("{}/items", world.url);
    let json = client.post(&items).json(&serde_json::json!({"a": 1}));
    let json = json.send().await.unwrap();
    assert_eq!(json.text().await.unwrap(), r#"{"a":1}"#);

    // A stream whose hash is known, one whose is not, and a wrong hash.
    let streamed = |text: &'static str| {
        reqwest::Body::wrap(http_body_util::Full::new(axum::body::Bytes::from(text)))
    };
    let hash = body_hash::compute(Hash::Sha256, b"stream");
    let post = |hash: Option<&str>| {
        let request = client
            .post(&items)
            .header("content-type", "text/plain")
            .body(streamed("stream"));
        match hash {
            Some(hash) => request.with_extension(BodyHash::new(hash)),
            None => request,
        }
    };
    assert_eq!(
        post(Some(&hash))
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap(),
        "stream"
    );
    let other = body_hash::compute(Hash::Sha256, b"another");
    assert_eq!(post(Some(&other)).send().await.unwrap().status(), 401);
    assert!(post(Some("no hash")).send().await.is_err());
    assert!(post(None).send().await.is_err(), "a hash is due");
}

#[tokio::test]
async fn a_stream_is_sent_unsigned_where_no_hash_is_due() {
    let world = World::serve().await;
    let signing = Signing::new(signer().without_token().unwrap(), &world.url).unwrap();
    let client = client(plain(), signing).unwrap();
    let body = || reqwest::Body::wrap(http_body_util::Full::new(axum::body::Bytes::from("a=b")));
    let items = format!("{}/items", world.url);
    let sent = client
        .post(&items)
        .header("content-type", "text/plain")
        .body(body());
    assert_eq!(sent.send().await.unwrap().text().await.unwrap(), "a=b");
    // A form that nobody showed can't be signed.
    let form = "application/x-www-form-urlencoded";
    let sent = client
        .post(&items)
        .header("content-type", form)
        .body(body());
    assert!(sent.send().await.is_err());
}

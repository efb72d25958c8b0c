//! Who asks, as the upstream is told, and what of the client's word is left.

use bytes::Bytes;
use countersign_clock::{UnixTime, Window};
use countersign_key::Secret;
use countersign_provider::{Approver, Origin, Provider, Settings, Stores};
use countersign_server::Gateway;
use countersign_signature::OsRandom;
use countersign_store::{
    Consumer, ConsumerKind, Credential, Expected, FingerprintKey, MemoryConsumerStore,
    MemoryNonceStore, MemoryTokenStore, Start,
};
use countersign_tower::{Routes, Site};
use http_body_util::{BodyExt as _, Full};
use std::sync::Arc;
use tower::{Layer as _, ServiceExt as _};

use crate::support::{
    Answer, CONSUMER, Client, FORM, Gate, JSON, NOW, Received, SECRET, Unsigned, Upstream, World,
};

/// All that the upstream was told of who asks.
fn identity(received: &Received) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = received
        .head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .filter(|(name, _)| name.replace(['_', '.'], "-").starts_with("x-oauth-"))
        .collect();
    fields.sort();
    fields
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    expected.iter().map(owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn h40_who_asks_is_told_by_the_gateway_alone() {
    let gate = Gate::new().await;
    let claims = [
        "X-OAuth-Consumer: admin\r\n",
        "x-oauth-consumer: admin\r\nX-OAUTH-CONSUMER: root\r\n",
        "X-OAuth-User: admin\r\nX-OAuth-Role: owner\r\nX-OAuth-Organisation: all\r\n",
        "X_OAuth_User: admin\r\nx_oauth-role: owner\r\nX-OAuth_Body: hashed\r\n",
        "X.OAuth.User: admin\r\nX-OAuth-Anything-New: 1\r\n",
        "Connection: x-oauth-consumer, x-oauth-body\r\nX-OAuth-Consumer: admin\r\n",
        "Connection: X_OAuth_User\r\nX_OAuth_User: admin\r\n",
        "X-OAuth-User:\r\nX-OAuth-User: admin, root\r\n",
    ];
    let expected = pairs(&[("x-oauth-body", "empty"), ("x-oauth-consumer", CONSUMER)]);
    for claim in claims {
        let answer = gate.get("/a", claim).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(identity(&gate.upstream.last()), expected, "{claim:?}");
        let last = gate.upstream.last();
        assert!(
            !last.head.contains("admin") && !last.head.contains("owner"),
            "{last:?}"
        );
    }
    // Trailers are fields too.
    let head = gate.head(&Unsigned::post("/a", JSON, b"{}"));
    let bytes = format!(
        "{head}Content-Type: {JSON}\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\
         Trailer: X-OAuth-User\r\n\r\n2\r\n{{}}\r\n0\r\nX-OAuth-User: admin\r\n\r\n"
    );
    assert_eq!(gate.world.raw(bytes.as_bytes()).await.status, 200);
    assert_eq!(gate.upstream.last().body, b"{}");
    gate.honest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn how_the_body_is_covered_is_told() {
    let gate = Gate::new().await;
    let client = gate.world.client();
    let cases = [
        (Unsigned::get("/a"), "empty"),
        (Unsigned::post("/a", FORM, b"b=c"), "form"),
        (Unsigned::post("/a", JSON, b"{}").hashed(), "hashed"),
        (Unsigned::post("/a", JSON, b"{}"), "unsigned"),
    ];
    for (unsigned, coverage) in cases {
        let answer = gate.world.send(Some(&client), &unsigned).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let last = gate.upstream.last();
        assert_eq!(last.field("x-oauth-body"), Some(coverage));
        assert_eq!(last.body, unsigned.body);
    }
    // Another body than the one whose hash was signed goes nowhere.
    let changed = gate.head(&Unsigned::post("/a", JSON, b"{}").hashed());
    let bytes = format!(
        "{changed}Content-Type: {JSON}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]"
    );
    gate.refused(bytes.as_bytes(), 401).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signatures_and_fields_for_one_connection_end_here() {
    let gate = Gate::new().await;
    let fields = "Keep-Alive: timeout=5\r\nProxy-Connection: close\r\nProxy-Authorization: a\r\n\
                  Proxy_Authorization: a\r\nTE: trailers\r\nTrailer: a\r\nConnection: X-Named\r\n\
                  X-Named: 1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\
                  Sec-WebSocket-Key: a\r\nX-Kept: 1\r\nX-Kept: 2\r\nCookie: a=b\r\n\
                  X-Request-Id: mine\r\nVia: 1.0 fred\r\n";
    let answer = gate.get("/a", fields).await;
    assert_eq!(answer.status, 200, "an upgrade is not made: {answer:?}");
    let last = gate.upstream.last();
    for gone in [
        "authorization",
        "connection",
        "keep-alive",
        "proxy-authorization",
        "proxy_authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "x-named",
    ] {
        assert!(last.fields(gone).is_empty(), "{gone} {}", last.head);
    }
    assert_eq!(last.fields("x-kept"), ["1", "2"]);
    assert_eq!(last.field("cookie"), Some("a=b"));
    assert_eq!(last.fields("via"), ["1.0 fred", "1.1 countersign"]);
    assert_eq!(last.field("x-request-id"), answer.field("x-request-id"));
    assert!(!last.head.contains("oauth_signature"), "{}", last.head);
}

const LIES: &str = "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Host: evil.example\r\n\
    X-Forwarded-Proto: ftp\r\nX_Forwarded_For: 6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\n\
    Forwarded: for=6.6.6.6\r\nX-Forwarded-Prefix: /6.6\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn forwarded_fields_are_the_gateways() {
    let gate = Gate::new().await;
    assert_eq!(gate.get("/a", LIES).await.status, 200);
    let last = gate.upstream.last();
    let (public, upstream) = (gate.world.address().to_string(), gate.upstream.address);
    assert_eq!(last.field("host"), Some(&*upstream.to_string()));
    assert_eq!(last.field("x-forwarded-host"), Some(&*public));
    assert_eq!(last.field("x-forwarded-proto"), Some("http"));
    assert_eq!(last.field("x-forwarded-for"), Some("127.0.0.1"));
    assert!(
        !last.head.contains("6.6") && !last.head.contains("evil"),
        "{}",
        last.head
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_listed_proxy_says_is_passed_on() {
    let proxies = "trusted_proxies = [\"127.0.0.1\"]\n";
    let gate = Gate::before(Upstream::new().await, proxies).await;
    let authorization = gate.world.client().authorization(&Unsigned {
        origin: "https://api.example.com",
        ..Unsigned::get("/a")
    });
    let bytes = format!(
        "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: {authorization}\r\n\
         X-Forwarded-For: 9.9.9.9\r\nX-Forwarded-For: 10.0.0.1\r\nForwarded: for=6.6.6.6\r\n\
         X-Forwarded-Host: api.example.com\r\nX-Forwarded-Proto: https\r\n\r\n"
    );
    let answer = gate.world.raw(bytes.as_bytes()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let last = gate.upstream.last();
    assert_eq!(
        last.field("x-forwarded-for"),
        Some("9.9.9.9, 10.0.0.1, 127.0.0.1")
    );
    assert_eq!(last.field("x-forwarded-host"), Some("api.example.com"));
    assert_eq!(last.field("x-forwarded-proto"), Some("https"));
    assert_eq!(
        last.field("forwarded"),
        None,
        "the kind that it does not set"
    );
}

/// A user's grant, in stores of memory: the pages that ask the user are not what this is about.
#[tokio::test(flavor = "multi_thread")]
async fn user_organisation_and_role_are_those_of_the_grant() {
    let (user, organisation) = ("J\u{fc}rgen", "50% Demo ");
    let key = FingerprintKey::from_bytes([7; 16]);
    let stores = Stores {
        consumers: MemoryConsumerStore::default(),
        tokens: MemoryTokenStore::default(),
        nonces: MemoryNonceStore::new(key.clone(), Window::default(), Start::FirstStart),
    };
    let provider = Provider::new(stores, Settings::default(), key, OsRandom::new()).unwrap();
    let secret = Credential::Secret(Arc::new(Secret::new(SECRET)));
    let mut consumer = Consumer::new(CONSUMER, ConsumerKind::Public, secret);
    consumer.callbacks = vec!["oob".to_owned()];
    let now = UnixTime::from_seconds(NOW);
    provider
        .register(Expected::Absent, consumer, now)
        .await
        .unwrap();
    let origin = Origin::parse("https://api.example.com").unwrap();
    let site = Site::new(
        provider,
        origin.clone(),
        || UnixTime::from_seconds(NOW),
        |_| core::future::pending(),
    );

    let client = Client::hmac(CONSUMER, SECRET);
    let (token, secret) = asked(&site, &client, None, Some("oob")).await;
    let approver = Approver::new(user, organisation, "financial adviser");
    let approval = site
        .provider()
        .approve(&token, approver, now)
        .await
        .unwrap();
    let client = Client::hmac_with_token(CONSUMER, SECRET, &token, &secret);
    let verifier = approval.verifier.expose_secret();
    let (token, secret) = asked(&site, &client, Some(verifier), None).await;
    let client = Client::hmac_with_token(CONSUMER, SECRET, &token, &secret);

    let upstream = Upstream::new().await;
    let gateway = Gateway::new(&format!("http://{}", upstream.address), &origin).unwrap();
    let request = client.request(&Unsigned::get("/a"), Full::<Bytes>::default());
    // Nothing is passed on that did not pass the layer.
    let unverified = gateway.clone().oneshot(request.clone()).await.unwrap();
    assert_eq!((unverified.status().as_u16(), upstream.heads()), (503, 0));
    let rules = Routes::from(site.provider().route("gateway"));
    let answer = site.verify_layer(rules).layer(gateway).oneshot(request);
    assert_eq!(answer.await.unwrap().status(), 200);
    assert_eq!(
        identity(&upstream.last()),
        pairs(&[
            ("x-oauth-body", "empty"),
            ("x-oauth-consumer", CONSUMER),
            ("x-oauth-organisation", "50%25 Demo%20"),
            ("x-oauth-role", "financial adviser"),
            ("x-oauth-user", "J%C3%BCrgen"),
        ])
    );
}

type MemorySite = Site<MemoryConsumerStore, MemoryTokenStore, MemoryNonceStore>;

/// Token and secret from one of the endpoints.
async fn asked(
    site: &MemorySite,
    client: &Client,
    verifier: Option<&str>,
    callback: Option<&str>,
) -> (String, String) {
    let target = match callback {
        Some(_) => "/oauth/RequestToken",
        None => "/oauth/AccessToken",
    };
    let unsigned = Unsigned {
        verifier,
        callback,
        ..Unsigned::post(target, FORM, b"")
    };
    let request = client.request(&unsigned, Full::<Bytes>::default());
    let response = site.token_endpoints().oneshot(request).await.unwrap();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let answer = Answer {
        status: 200,
        head: String::new(),
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    let value = |name| {
        answer
            .value(name)
            .unwrap_or_else(|| panic!("{answer:?}"))
            .to_owned()
    };
    (value("oauth_token"), value("oauth_token_secret"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_no_field_value_is_encoded() {
    // A registered name with whatever a key may have in it.
    let upstream = Upstream::new().await;
    let more = "[[consumer]]\nkey = \"kamera%41\"\nkind = \"public\"\n\
                secret_file = \"consumer.secret\"\ntwo_legged = true\norganisation = \"Gr\u{fc}n\"\n";
    let world = World::with(&upstream.line(), more).await;
    let client = Client::hmac("kamera%41", SECRET);
    let answer = world.send(Some(&client), &Unsigned::get("/a")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(
        identity(&upstream.last()),
        pairs(&[
            ("x-oauth-body", "empty"),
            ("x-oauth-consumer", "kamera%2541"),
            ("x-oauth-organisation", "Gr%C3%BCn"),
        ])
    );
}

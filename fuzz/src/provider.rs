use core::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use countersign_base_string::{Place, ProtocolParameters, Request};
use countersign_clock::{UnixTime, Window};
use countersign_key::{RandomError, RegistrationPolicy, Secret, SecureRandom};
use countersign_provider::{
    Answers, Approver, Origin, Provider, Settings, Stores, Verified, check_callback,
    read_certificate, wire,
};
use countersign_signature::{HmacKey, Method, Signer, sign};
use countersign_store::testing::block_on;
use countersign_store::{
    Consumer, ConsumerKind, Credential, Expected, FingerprintKey, MemoryConsumerStore,
    MemoryNonceStore, MemoryTokenStore, Start,
};
use countersign_tower::{Routes, Site, TokenEndpoints};
use http_body_util::{BodyExt, Full};
use tower::{Layer, ServiceExt};

use crate::split;

const NOW: UnixTime = UnixTime::from_seconds(1_790_000_000);
const CONSUMER: &str = "application";
const SECRET: &str = "a secret of the application";
const CALLBACK: &str = "https://app.example.com/ready";

type MemoryProvider = Provider<MemoryConsumerStore, MemoryTokenStore, MemoryNonceStore>;
type MemorySite = Site<MemoryConsumerStore, MemoryTokenStore, MemoryNonceStore>;
type TokenPaths = TokenEndpoints<MemoryConsumerStore, MemoryTokenStore, MemoryNonceStore>;

/// Counts: what a test wants of randomness.
struct Counter(u8);

impl SecureRandom for Counter {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError> {
        for byte in out {
            self.0 = self.0.wrapping_mul(5).wrapping_add(17);
            *byte = self.0;
        }
        Ok(())
    }
}

/// A request in lines: `METHOD TARGET`, fields, an empty line, the body. A `!` before the method has it signed rightly, a `?`
/// makes the provider terse.
///
/// It goes through the layer or to the token endpoints, twice. Nothing is answered with a status of 500 or more, nothing is accepted twice, and no answer holds the secret.
pub fn provider(data: &[u8]) {
    if let Some(text) = split::text(data) {
        apart(text);
    }
    let _read = read_certificate(data, &RegistrationPolicy::default());
    let Some((parts, body, signed, terse)) = request(data) else {
        return;
    };
    let origin = Origin::parse("https://api.example.com").expect("an origin");
    let header = match wire::read(&parts, body, &origin) {
        Ok(request) if signed => authorization(&request),
        _ => None,
    };
    let body = Full::new(Bytes::copy_from_slice(body));
    let mut request = http::Request::from_parts(parts, body);
    if let Some(header) = header.and_then(|header| header.parse().ok()) {
        request.headers_mut().append("authorization", header);
    }
    let site = Site::new(made(terse), origin, || NOW, |_| core::future::pending());
    let first = answered(&site, &request);
    let second = answered(&site, &request);
    assert!(!(first && second), "accepted twice");
}

/// What reads texts by itself.
fn apart(text: &str) {
    if let Ok(origin) = Origin::parse(text) {
        assert_eq!(Origin::parse(&origin.to_string()).as_ref(), Ok(&origin));
    }
    if check_callback(text).is_ok() {
        assert!(text == "oob" || !text.contains(['@', '\\', '#', ' ']) || text.contains('/'));
    }
}

fn request(data: &[u8]) -> Option<(http::request::Parts, &[u8], bool, bool)> {
    let end = data.windows(2).position(|two| two == b"\n\n");
    let (head, body) = match end {
        Some(end) => (data.get(..end)?, data.get(end + 2..)?),
        None => (data, &b""[..]),
    };
    let mut lines = core::str::from_utf8(head).ok()?.lines();
    let first = lines.next()?;
    let (terse, first) = (first.starts_with('?'), first.trim_start_matches('?'));
    let (signed, first) = (first.starts_with('!'), first.trim_start_matches('!'));
    let (method, target) = first.split_once(' ')?;
    let mut builder = http::Request::builder().method(method).uri(target);
    for line in lines {
        let (name, value) = line.split_once(": ")?;
        builder = builder.header(name, value);
    }
    let (parts, ()) = builder.body(()).ok()?.into_parts();
    Some((parts, body, signed, terse))
}

fn made(terse: bool) -> MemoryProvider {
    let stores = Stores {
        consumers: MemoryConsumerStore::default(),
        tokens: MemoryTokenStore::default(),
        nonces: MemoryNonceStore::new(
            FingerprintKey::from_bytes([9; 16]),
            Window::default(),
            Start::FirstStart,
        ),
    };
    let mut settings = Settings::default();
    if terse {
        settings.answers = Answers::Terse;
    }
    let key = FingerprintKey::from_bytes([7; 16]);
    let provider = Provider::new(stores, settings, key, Counter(1)).expect("random bytes");
    let credential = Credential::Secret(Arc::new(Secret::new(SECRET)));
    let mut consumer = Consumer::new(CONSUMER, ConsumerKind::Public, credential);
    consumer.callbacks = vec![CALLBACK.to_owned()];
    consumer.may_use_two_legged = true;
    block_on(provider.register(Expected::Absent, consumer, NOW)).expect("registered");
    provider
}

fn authorization(request: &Request<'_>) -> Option<String> {
    let key = HmacKey::new(&Secret::new(SECRET), None);
    let signer = Signer::hmac(Method::HMAC_SHA1, &key).expect("an HMAC method");
    let protocol = ProtocolParameters::new(CONSUMER, "HMAC-SHA1", "1790000000", "nonce")
        .with_callback(CALLBACK);
    let signed = sign(request, &protocol, &signer, Place::Header, None, None).ok()?;
    signed.authorization().map(str::to_owned)
}

/// Whether the request is accepted, by the layer or by an endpoint.
fn answered(site: &MemorySite, request: &http::Request<Full<Bytes>>) -> bool {
    let request = request.clone();
    let path = request.uri().path().to_owned();
    let response = if TokenPaths::paths().any(|known| known == path) {
        block_on(site.token_endpoints().respond(request)).map(String::into_bytes)
    } else {
        let rules = Routes::from(site.provider().route("fuzzed"));
        let layer = site.verify_layer(rules).layer(tower::service_fn(handler));
        let response = block_on(layer.oneshot(request)).expect("an answer");
        let (parts, body) = response.into_parts();
        let body = block_on(body.collect()).expect("a body").to_bytes();
        http::Response::from_parts(parts, body.to_vec())
    };
    told(site, &response)
}

async fn handler<B>(request: http::Request<B>) -> Result<http::Response<Full<Bytes>>, Infallible> {
    let proof = request.extensions().get::<Verified>().expect("a proof");
    assert_eq!(proof.consumer_key(), CONSUMER);
    Ok(http::Response::new(Full::new(Bytes::new())))
}

/// Whether it was accepted. Temporary credentials that were given out are approved.
fn told(site: &MemorySite, response: &http::Response<Vec<u8>>) -> bool {
    let status = response.status();
    assert!(status == 200 || status.is_client_error(), "{response:?}");
    let body = String::from_utf8_lossy(response.body());
    assert!(!format!("{response:?}{body}").contains(SECRET));
    if status == 200 && body.ends_with("oauth_callback_confirmed=true") {
        let token = body
            .strip_prefix("oauth_token=")
            .and_then(|rest| rest.split('&').next())
            .expect("a token");
        let by = Approver::new("user", "organisation", "standard");
        block_on(site.provider().approve(token, by, NOW)).expect("approved");
    }
    status == 200
}

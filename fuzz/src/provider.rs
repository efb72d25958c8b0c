use std::sync::Arc;

use countersign_base_string::{Place, ProtocolParameters, Request};
use countersign_clock::{UnixTime, Window};
use countersign_key::{RandomError, RegistrationPolicy, Secret, SecureRandom};
use countersign_provider::{
    Answers, Approver, Origin, Provider, Refusal, Settings, Stores, check_callback,
    read_certificate, wire,
};
use countersign_signature::{HmacKey, Method, Signer, sign};
use countersign_store::testing::block_on;
use countersign_store::{
    Consumer, ConsumerKind, Credential, Expected, FingerprintKey, MemoryConsumerStore,
    MemoryNonceStore, MemoryTokenStore, Start,
};

use crate::split;

const NOW: UnixTime = UnixTime::from_seconds(1_790_000_000);
const CONSUMER: &str = "application";
const SECRET: &str = "a secret of the application";
const CALLBACK: &str = "https://app.example.com/ready";

type MemoryProvider = Provider<MemoryConsumerStore, MemoryTokenStore, MemoryNonceStore>;

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
/// Nothing is answered with a status of 500 or more, nothing is accepted twice, and no answer holds the secret.
pub fn provider(data: &[u8]) {
    if let Some(text) = split::text(data) {
        apart(text);
    }
    let _read = read_certificate(data, &RegistrationPolicy::default());
    let Some((parts, body, signed, terse)) = request(data) else {
        return;
    };
    let origin = Origin::parse("https://api.example.com").expect("an origin");
    let Ok(request) = wire::read(&parts, body, &origin) else {
        return;
    };
    let provider = made(terse);
    let header = signed.then(|| authorization(&request)).flatten();
    let request = match &header {
        Some(header) => request.clone().with_authorization(header),
        None => request,
    };
    let first = answered(&provider, &request);
    let second = answered(&provider, &request);
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

/// Whether the request is accepted.
fn answered(provider: &MemoryProvider, request: &Request<'_>) -> bool {
    let uri = request.uri().base_uri();
    let outcome = if uri.ends_with("/oauth/RequestToken") {
        block_on(provider.temporary_credentials(request, NOW)).inspect(|response| {
            let token = response
                .body()
                .strip_prefix("oauth_token=")
                .and_then(|rest| rest.split('&').next())
                .expect("a token");
            let by = Approver::new("user", "organisation", "standard");
            block_on(provider.approve(token, by, NOW)).expect("approved");
        })
    } else if uri.ends_with("/oauth/AccessToken") {
        block_on(provider.access_token(request, NOW))
    } else {
        let route = provider.route("fuzzed");
        block_on(provider.verify(request, &route, NOW)).map(|verified| {
            assert_eq!(verified.consumer_key(), CONSUMER);
            http::Response::new(String::new())
        })
    };
    match outcome {
        Ok(_) => true,
        Err(refusal) => {
            told(&refusal);
            false
        }
    }
}

fn told(refusal: &Refusal) {
    let response = refusal.told().response(Some("Fuzz"));
    assert!(response.status().is_client_error(), "{refusal:?}");
    let shown = format!("{refusal:?} {refusal} {response:?}");
    assert!(!shown.contains(SECRET));
}

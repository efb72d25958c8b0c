//! A provider with one consumer of each kind, a clock, and clients that sign.

use core::pin::Pin;
use core::sync::atomic::{AtomicU64, Ordering};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use countersign_base_string::{Place, ProtocolParameters, Request, Uri};
use countersign_clock::Window;
use countersign_key::{RsaPrivateKey, Secret};
use countersign_provider::{
    Approver, Audit, AuditUnavailable, Event, Provider, Refusal, Settings, Stores, read_certificate,
};
use countersign_signature::{HmacKey, Method, Signer, sign};
use countersign_store::testing::block_on;
use countersign_store::{
    Consumer, ConsumerKind, ConsumerStore, Credential, Expected, FingerprintKey,
    MemoryConsumerStore, MemoryNonceStore, MemoryTokenStore, NonceStore, Start, TokenStore,
};
use countersign_test_support::clock::FakeClock;
use countersign_test_support::fixtures;
use countersign_test_support::random::FixedRandom;

pub(super) const NOW: i64 = 1_790_000_000;
pub(super) const ORIGIN: &str = "https://api.example.com";
pub(super) const CALLBACK: &str = "https://app.example.com/ready?n=1";
const SECRET: &str = "public-consumer-secret-0001";

/// Keeps every event.
#[derive(Debug, Clone, Default)]
pub(super) struct Trail(Arc<Mutex<Vec<Event>>>);

impl Trail {
    pub(super) fn events(&self) -> Vec<Event> {
        self.0.lock().unwrap().clone()
    }

    pub(super) fn last(&self) -> Event {
        self.events().pop().expect("an event")
    }
}

impl Audit for Trail {
    fn record<'a>(
        &'a self,
        event: &'a Event,
    ) -> Pin<Box<dyn Future<Output = Result<(), AuditUnavailable>> + Send + 'a>> {
        self.0.lock().unwrap().push(event.clone());
        Box::pin(core::future::ready(Ok(())))
    }
}

pub(super) struct World<C = MemoryConsumerStore, T = MemoryTokenStore, N = MemoryNonceStore> {
    pub(super) provider: Provider<C, T, N>,
    pub(super) clock: FakeClock,
    pub(super) trail: Trail,
}

/// What a client has in hand.
#[derive(Debug, Clone)]
pub(super) struct Tokens {
    pub(super) token: String,
    pub(super) secret: String,
    pub(super) handle: Option<String>,
    pub(super) all: BTreeMap<String, String>,
}

/// How a client signs.
#[derive(Clone, Copy)]
pub(super) enum Keys {
    Hmac(&'static str),
    Rsa(&'static str),
}

#[derive(Clone, Copy)]
pub(super) struct Client {
    pub(super) key: &'static str,
    pub(super) keys: Keys,
}

pub(super) const PUBLIC: Client = Client {
    key: "public-app",
    keys: Keys::Hmac(SECRET),
};
pub(super) const PRIVATE: Client = Client {
    key: "private-app",
    keys: Keys::Rsa("rsa2048.pkcs8.pem"),
};
pub(super) const PARTNER: Client = Client {
    key: "partner-app",
    keys: Keys::Rsa("rsa2048.pkcs8.pem"),
};

pub(super) fn nonces() -> MemoryNonceStore {
    let key = FingerprintKey::from_bytes([9; 16]);
    MemoryNonceStore::new(key, Window::default(), Start::FirstStart)
}

pub(super) fn world() -> World {
    world_with(|_| {})
}

pub(super) fn world_with(change: impl FnOnce(&mut Settings)) -> World {
    let stores = Stores {
        consumers: MemoryConsumerStore::default(),
        tokens: MemoryTokenStore::default(),
        nonces: nonces(),
    };
    let world = world_over(stores, FingerprintKey::from_bytes([3; 16]), 1, change);
    world.register_all();
    world
}

/// A provider over any stores; `seed` decides which tokens it draws.
pub(super) fn world_over<C: ConsumerStore, T: TokenStore, N: NonceStore>(
    stores: Stores<C, T, N>,
    key: FingerprintKey,
    seed: u64,
    change: impl FnOnce(&mut Settings),
) -> World<C, T, N> {
    let mut settings = Settings::default();
    settings.realm = Some("Example".to_owned());
    change(&mut settings);
    let trail = Trail::default();
    let provider = Provider::new(stores, settings, key, FixedRandom::new(seed))
        .unwrap()
        .with_audit(trail.clone());
    World {
        provider,
        clock: FakeClock::at(NOW),
        trail,
    }
}

impl<C: ConsumerStore, T: TokenStore, N: NonceStore> World<C, T, N> {
    /// One consumer of each kind.
    pub(super) fn register_all(&self) {
        let world = self;
        let secret = || Credential::Secret(Arc::new(Secret::new(SECRET)));
        let mut public = Consumer::new(PUBLIC.key, ConsumerKind::Public, secret());
        public.callbacks = vec![CALLBACK.to_owned()];
        world.register(public);
        for (client, kind) in [
            (PRIVATE, ConsumerKind::Private),
            (PARTNER, ConsumerKind::Partner),
        ] {
            let certificate = read_certificate(
                &fixtures::certificate("live.pem"),
                &countersign_key::RegistrationPolicy::default(),
            )
            .unwrap();
            let certificates = Credential::Certificates(Arc::from(vec![certificate]));
            let mut consumer = Consumer::new(client.key, kind, certificates);
            consumer.callbacks = vec![CALLBACK.to_owned()];
            consumer.organisation = (kind == ConsumerKind::Private).then(|| "Acme".to_owned());
            world.register(consumer);
        }
    }
}

/// A request on its way to being signed.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) client: Client,
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) token: Option<(String, String)>,
    pub(super) callback: Option<String>,
    pub(super) verifier: Option<String>,
    pub(super) handle: Option<String>,
    pub(super) timestamp: Option<i64>,
    pub(super) nonce: Option<String>,
    pub(super) form: Option<&'static str>,
    pub(super) signature_method: Option<&'static Method>,
}

impl Client {
    pub(super) fn call(self, method: &'static str, path: &str) -> Call {
        Call {
            client: self,
            method,
            path: path.to_owned(),
            token: None,
            callback: None,
            verifier: None,
            handle: None,
            timestamp: None,
            nonce: None,
            form: None,
            signature_method: None,
        }
    }

    pub(super) fn temporary(self, callback: &str) -> Call {
        let mut call = self.call("POST", "/oauth/RequestToken");
        call.callback = Some(callback.to_owned());
        call
    }

    pub(super) fn exchange(self, tokens: &Tokens, verifier: &str) -> Call {
        let mut call = self.call("POST", "/oauth/AccessToken").with(tokens);
        call.verifier = Some(verifier.to_owned());
        call
    }

    pub(super) fn renew(self, tokens: &Tokens) -> Call {
        let mut call = self.call("POST", "/oauth/AccessToken").with(tokens);
        call.handle.clone_from(&tokens.handle);
        call
    }

    pub(super) fn resource(self, tokens: &Tokens) -> Call {
        self.call("GET", "/invoices").with(tokens)
    }

    fn signer(self, method: Option<&'static Method>, token_secret: Option<&str>) -> Signer {
        match self.keys {
            Keys::Hmac(secret) => {
                let token_secret = token_secret.map(Secret::new);
                let key = HmacKey::new(&Secret::new(secret), token_secret.as_ref());
                Signer::hmac(method.unwrap_or(Method::HMAC_SHA1), &key).unwrap()
            }
            Keys::Rsa(name) => {
                let key = RsaPrivateKey::read(&fixtures::key(name), None).unwrap();
                Signer::rsa(method.unwrap_or(Method::RSA_SHA1), &key).unwrap()
            }
        }
    }
}

static NONCES: AtomicU64 = AtomicU64::new(0);

impl Call {
    pub(super) fn with(mut self, tokens: &Tokens) -> Self {
        self.token = Some((tokens.token.clone(), tokens.secret.clone()));
        self
    }

    pub(super) fn at(mut self, timestamp: i64) -> Self {
        self.timestamp = Some(timestamp);
        self
    }

    pub(super) fn nonce(mut self, nonce: &str) -> Self {
        self.nonce = Some(nonce.to_owned());
        self
    }

    fn url(&self) -> String {
        format!("{ORIGIN}{}", self.path)
    }

    fn request<'a>(&self, url: &'a str, method: &'a str) -> Request<'a> {
        let request = Request::new(method, Uri::parse(url).unwrap()).unwrap();
        match self.form {
            Some(form) => {
                request.with_body(Some("application/x-www-form-urlencoded"), form.as_bytes())
            }
            None => request,
        }
    }

    /// The value of the `Authorization` field.
    pub(super) fn sign(&self, now: i64) -> String {
        let url = self.url();
        let request = self.request(&url, self.method);
        let number = NONCES.fetch_add(1, Ordering::Relaxed);
        let nonce = self
            .nonce
            .clone()
            .unwrap_or_else(|| format!("nonce{number}"));
        let timestamp = self.timestamp.unwrap_or(now).to_string();
        let secret = self.token.as_ref().map(|(_, secret)| secret.as_str());
        let signer = self.client.signer(self.signature_method, secret);
        let name = signer.method().name();
        let mut protocol = ProtocolParameters::new(self.client.key, name, &timestamp, &nonce);
        if let Some((token, _)) = &self.token {
            protocol = protocol.with_token(token);
        }
        if let Some(callback) = &self.callback {
            protocol = protocol.with_callback(callback);
        }
        if let Some(verifier) = &self.verifier {
            protocol = protocol.with_verifier(verifier);
        }
        if let Some(handle) = &self.handle {
            protocol = protocol.with_session_handle(handle);
        }
        let mut random = FixedRandom::new(number);
        let signed = sign(
            &request,
            &protocol,
            &signer,
            Place::Header,
            None,
            Some(&mut random),
        );
        signed.unwrap().authorization().unwrap().to_owned()
    }
}

/// An answer: status, challenge and decoded form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) challenge: Option<String>,
    pub(super) retry_after: Option<String>,
    pub(super) body: String,
}

impl Answer {
    fn of(response: &http::Response<String>) -> Self {
        let header = |name| {
            let value: Option<&http::HeaderValue> = response.headers().get(name);
            value.map(|value| value.to_str().unwrap().to_owned())
        };
        Self {
            status: response.status().as_u16(),
            challenge: header("www-authenticate"),
            retry_after: header("retry-after"),
            body: response.body().clone(),
        }
    }

    pub(super) fn pairs(&self) -> BTreeMap<String, String> {
        let text = |octets: &[u8]| String::from_utf8(octets.to_vec()).unwrap();
        countersign_encoding::form::parse(self.body.as_bytes())
            .unwrap()
            .iter()
            .map(|pair| (text(pair.name()), text(pair.value().unwrap_or_default())))
            .collect()
    }

    pub(super) fn problem(&self) -> String {
        self.pairs().remove("oauth_problem").unwrap_or_default()
    }

    pub(super) fn advice(&self) -> String {
        self.pairs()
            .remove("oauth_problem_advice")
            .unwrap_or_default()
    }

    pub(super) fn tokens(&self) -> Tokens {
        assert_eq!(self.status, 200, "{}", self.body);
        let all = self.pairs();
        Tokens {
            token: all["oauth_token"].clone(),
            secret: all["oauth_token_secret"].clone(),
            handle: all.get("oauth_session_handle").cloned(),
            all,
        }
    }
}

impl<C: ConsumerStore, T: TokenStore, N: NonceStore> World<C, T, N> {
    pub(super) fn now(&self) -> i64 {
        self.clock.now().seconds()
    }

    pub(super) fn register(&self, consumer: Consumer) {
        let now = self.clock.now();
        block_on(self.provider.register(Expected::Absent, consumer, now)).unwrap();
    }

    /// Signs, sends and reads the answer.
    pub(super) fn send(&self, call: &Call) -> Answer {
        self.send_signed(call, &call.sign(self.now()))
    }

    pub(super) fn send_signed(&self, call: &Call, authorization: &str) -> Answer {
        let url = call.url();
        let request = call
            .request(&url, call.method)
            .with_authorization(authorization);
        let now = self.clock.now();
        let told = |refusal: Refusal| refusal.told().response(Some("Example"));
        let response = match call.path.as_str() {
            "/oauth/RequestToken" => {
                block_on(self.provider.temporary_credentials(&request, now)).unwrap_or_else(told)
            }
            "/oauth/AccessToken" => {
                block_on(self.provider.access_token(&request, now)).unwrap_or_else(told)
            }
            path => {
                let route = self.provider.route(path);
                match block_on(self.provider.verify(&request, &route, now)) {
                    Ok(verified) => http::Response::new(format!(
                        "consumer={}&user={}",
                        verified.consumer_key(),
                        verified.user().unwrap_or("-")
                    )),
                    Err(refusal) => told(refusal),
                }
            }
        };
        Answer::of(&response)
    }

    /// The first two legs: temporary credentials, approved.
    pub(super) fn approved(&self, client: Client, user: &str) -> (Tokens, String) {
        let temporary = self.send(&client.temporary(CALLBACK)).tokens();
        let by = Approver::new(user, "Acme", "standard");
        let now = self.clock.now();
        let approval = block_on(self.provider.approve(&temporary.token, by, now)).unwrap();
        (temporary, approval.verifier.expose_secret().to_owned())
    }

    /// All three legs.
    pub(super) fn connect(&self, client: Client, user: &str) -> Tokens {
        let (temporary, verifier) = self.approved(client, user);
        self.send(&client.exchange(&temporary, &verifier)).tokens()
    }

    /// The true cause of the last event.
    pub(super) fn cause(&self) -> &'static str {
        self.trail.last().cause.unwrap_or_default()
    }
}

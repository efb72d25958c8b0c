//! A site whose handler tells what it got.

use core::convert::Infallible;
use core::future::Future;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use core::time::Duration;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use countersign_clock::{UnixTime, Window};
use countersign_key::Secret;
use countersign_provider::{
    Audit, AuditUnavailable, Event, Origin, Provider, Route, Settings, Stores, Verified,
};
use countersign_signature::OsRandom;
use countersign_store::{
    Consumer, ConsumerKind, Credential, Expected, FingerprintKey, MemoryConsumerStore,
    MemoryNonceStore, MemoryTokenStore, NonceStore, Start,
};
use countersign_tower::{RequestBody, Rules, Site};
use http::{Request, Response, StatusCode};
use http_body::Body;
use http_body_util::{BodyExt as _, Full};
use tower::{Layer as _, ServiceExt as _, service_fn};

use super::client::{Client, ORIGIN};

pub(crate) const NOW: i64 = 1_700_000_000;
pub(crate) const CONSUMER: &str = "dpf43f3p2l4k3l03";
pub(crate) const SECRET: &str = "kd94hf93k423kf44";

pub(crate) type TestSite<N = MemoryNonceStore> = Site<MemoryConsumerStore, MemoryTokenStore, N>;

/// The audit trail, kept.
#[derive(Debug, Clone, Default)]
pub(crate) struct Events {
    kept: Arc<Mutex<Vec<Event>>>,
    without_accepted: Arc<AtomicBool>,
}

impl Events {
    /// Status and cause of each, in their order.
    pub(crate) fn outcomes(&self) -> Vec<(u16, Option<&'static str>)> {
        let events = self.all();
        events.iter().map(|it| (it.status, it.cause)).collect()
    }

    pub(crate) fn all(&self) -> Vec<Event> {
        self.kept.lock().unwrap().clone()
    }

    /// From now on accepted requests are not wanted.
    pub(crate) fn leave_out_accepted(&self) {
        self.without_accepted.store(true, Ordering::Relaxed);
    }
}

impl Audit for Events {
    fn wants_accepted_requests(&self) -> bool {
        !self.without_accepted.load(Ordering::Relaxed)
    }

    fn record<'a>(
        &'a self,
        event: &'a Event,
    ) -> Pin<Box<dyn Future<Output = Result<(), AuditUnavailable>> + Send + 'a>> {
        Box::pin(async move {
            // As a trail on a disk does.
            tokio::task::yield_now().await;
            self.kept.lock().unwrap().push(event.clone());
            Ok(())
        })
    }
}

/// A timer that never comes.
fn never(_: Duration) -> impl Future<Output = ()> + Send + 'static {
    core::future::pending()
}

pub(crate) struct Setup<N = MemoryNonceStore> {
    pub(crate) site: TestSite<N>,
    pub(crate) clock: Arc<AtomicI64>,
    pub(crate) events: Events,
}

fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.realm = Some("Photos".to_owned());
    settings
}

impl Setup {
    pub(crate) async fn new() -> Self {
        Self::with_nonces(MemoryNonceStore::new(
            FingerprintKey::from_bytes([8; 16]),
            Window::default(),
            Start::FirstStart,
        ))
        .await
    }
}

impl<N: NonceStore> Setup<N> {
    pub(crate) async fn with_nonces(nonces: N) -> Self {
        Self::with(nonces, settings()).await
    }

    async fn with(nonces: N, settings: Settings) -> Self {
        let stores = Stores {
            consumers: MemoryConsumerStore::default(),
            tokens: MemoryTokenStore::default(),
            nonces,
        };
        let key = FingerprintKey::from_bytes([7; 16]);
        let events = Events::default();
        let provider = Provider::new(stores, settings, key, OsRandom::new())
            .unwrap()
            .with_audit(events.clone());
        let credential = Credential::Secret(Arc::new(Secret::new(SECRET)));
        let mut consumer = Consumer::new(CONSUMER, ConsumerKind::Public, credential);
        consumer.may_use_two_legged = true;
        consumer.callbacks = vec!["oob".to_owned()];
        let now = UnixTime::from_seconds(NOW);
        provider
            .register(Expected::Absent, consumer, now)
            .await
            .unwrap();
        let clock = Arc::new(AtomicI64::new(NOW));
        let hands = Arc::clone(&clock);
        let site = Site::new(
            provider,
            Origin::parse(ORIGIN).unwrap(),
            move || UnixTime::from_seconds(hands.load(Ordering::Relaxed)),
            never,
        );
        events.kept.lock().unwrap().clear();
        Self {
            site,
            clock,
            events,
        }
    }

    pub(crate) fn client(&self) -> Client {
        Client::hmac(CONSUMER, SECRET)
    }

    pub(crate) fn route(&self) -> Route {
        self.site.provider().route("photos")
    }
}

impl<N: NonceStore + 'static> Setup<N> {
    /// Sends a request through the layer, to a handler that answers with the body it read, and in
    /// fields of its own with what it knows.
    pub(crate) async fn send<B>(&self, rules: impl Rules + 'static, request: Request<B>) -> Answer
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn core::error::Error + Send + Sync>>,
    {
        let service = self.site.verify_layer(rules).layer(service_fn(tell::<B>));
        Answer::read(service.oneshot(request).await.unwrap()).await
    }

    /// The same with the ordinary rule.
    pub(crate) async fn ask<B>(&self, request: Request<B>) -> Answer
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn core::error::Error + Send + Sync>>,
    {
        let rules = countersign_tower::Routes::from(self.route());
        self.send(rules, request).await
    }
}

async fn tell<B>(request: Request<RequestBody<B>>) -> Result<Response<Full<Bytes>>, Infallible>
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn core::error::Error + Send + Sync>>,
{
    let (parts, body) = request.into_parts();
    let mut response = Response::builder().header("x-target", parts.uri.to_string());
    if let Some(verified) = parts.extensions.get::<Verified>() {
        response = response
            .header("x-consumer", verified.consumer_key())
            .header("x-coverage", format!("{:?}", verified.coverage()));
    }
    let (status, body) = match body.collect().await {
        Ok(collected) => {
            if let Some(trailers) = collected.trailers() {
                response = response.header("x-trailers", trailers.len());
            }
            (StatusCode::OK, collected.to_bytes())
        }
        Err(error) => (StatusCode::IM_A_TEAPOT, Bytes::from(error.to_string())),
    };
    Ok(response.status(status).body(Full::new(body)).unwrap())
}

/// An answer, read.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) async fn read<B>(response: Response<B>) -> Self
    where
        B: Body,
        B::Error: core::fmt::Debug,
    {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The code told, from the header; the body must say the same.
    pub(crate) fn problem(&self) -> Option<String> {
        let challenge = self.header("www-authenticate")?;
        let (_, rest) = challenge.split_once("oauth_problem=\"")?;
        let (code, _) = rest.split_once('"')?;
        assert!(self.body.starts_with(&format!("oauth_problem={code}")));
        Some(code.to_owned())
    }
}

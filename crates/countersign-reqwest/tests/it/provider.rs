//! A provider of this workspace behind a socket, its clock off by as much as a test wants.

use core::sync::atomic::{AtomicI64, Ordering};
use std::sync::Arc;

use axum::body::Bytes;
use axum::routing::any;
use countersign_clock::{UnixTime, Window, system};
use countersign_key::{RegistrationPolicy, Secret};
use countersign_provider::{Approver, Origin, Provider, Settings, Stores, read_certificate};
use countersign_signature::OsRandom;
use countersign_store::{
    Consumer, ConsumerKind, Credential, Expected, FingerprintKey, MemoryConsumerStore,
    MemoryNonceStore, MemoryTokenStore, Start,
};
use countersign_tower::{Routes, Site, extract::Verified, tokio_timer};
use tokio::net::TcpListener;

/// Signs with HMAC; its tokens can't be renewed.
pub(crate) const CONSUMER: &str = "an-application";
/// Signs with RSA, and renews.
pub(crate) const PARTNER: &str = "a-partner";
pub(crate) const PRIVATE_KEY: &[u8] =
    include_bytes!("../../../../tests/support/fixtures/keys/rsa2048.pkcs8.pem");
const CERTIFICATE: &[u8] =
    include_bytes!("../../../../tests/support/fixtures/certificates/live.pem");
pub(crate) const SECRET: &str = "a secret of the application";
pub(crate) const CALLBACK: &str = "https://app.example.com/ready";

type Memory = Provider<MemoryConsumerStore, MemoryTokenStore, MemoryNonceStore>;

pub(crate) struct World {
    pub(crate) url: String,
    provider: Arc<Memory>,
    off: Arc<AtomicI64>,
}

impl World {
    pub(crate) async fn serve() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let off = Arc::new(AtomicI64::new(0));
        let provider = Arc::new(provider().await);
        let world = Self { url, provider, off };
        let clock = {
            let off = Arc::clone(&world.off);
            move || system::now().saturating_add(off.load(Ordering::SeqCst))
        };
        let origin = Origin::parse(&world.url).unwrap();
        let site = Site::new(Arc::clone(&world.provider), origin, clock, tokio_timer);
        let rules = Routes::from(site.provider().route("items"));
        let app = axum::Router::new()
            .route(
                "/items",
                any(|_: Verified, body: Bytes| async move { body }),
            )
            .layer(site.verify_layer(rules))
            .merge(site.token_endpoints().into_router());
        tokio::spawn(async move { axum::serve(listener, app).await });
        world
    }

    pub(crate) fn set_off(&self, seconds: i64) {
        self.off.store(seconds, Ordering::SeqCst);
    }

    fn now(&self) -> UnixTime {
        system::now().saturating_add(self.off.load(Ordering::SeqCst))
    }

    /// The user approves; where the browser is sent.
    pub(crate) async fn approve(&self, token: &str) -> String {
        let by = Approver::new("user", "organisation", "standard");
        let approval = self.provider.approve(token, by, self.now()).await.unwrap();
        approval.redirect.unwrap()
    }
}

async fn provider() -> Memory {
    let stores = Stores {
        consumers: MemoryConsumerStore::default(),
        tokens: MemoryTokenStore::default(),
        nonces: MemoryNonceStore::new(
            FingerprintKey::from_bytes([9; 16]),
            Window::default(),
            Start::FirstStart,
        ),
    };
    let key = FingerprintKey::from_bytes([7; 16]);
    let provider = Provider::new(stores, Settings::default(), key, OsRandom::new()).unwrap();
    let secret = Credential::Secret(Arc::new(Secret::new(SECRET)));
    let policy = RegistrationPolicy::default();
    let certificate = read_certificate(CERTIFICATE, &policy).unwrap();
    let certificates = Credential::Certificates([certificate].into());
    for (key, kind, credential) in [
        (CONSUMER, ConsumerKind::Public, secret),
        (PARTNER, ConsumerKind::Partner, certificates),
    ] {
        let mut consumer = Consumer::new(key, kind, credential);
        consumer.callbacks = vec![CALLBACK.to_owned()];
        consumer.may_use_two_legged = true;
        let now = system::now();
        provider
            .register(Expected::Absent, consumer, now)
            .await
            .unwrap();
    }
    provider
}

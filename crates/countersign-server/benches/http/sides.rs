//! What is compared, each in a process of its own.

use core::convert::Infallible;
use core::net::SocketAddr;
use std::io::Read as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::OriginalUri;
use axum::routing::any;
use axum::{Json, Router};
use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_provider::{Origin, Provider, Settings, Stores, Verified};
use countersign_server::{Config, Gateway, Inputs, Server};
use countersign_signature::OsRandom;
use countersign_store::{
    Consumer, ConsumerKind, Credential, Expected, FingerprintKey, MemoryConsumerStore,
    MemoryNonceStore, MemoryTokenStore, NonceLimits, Start,
};
use countersign_tower::{Routes, Site};
use http::{Method, Request, Response};
use serde_json::{Value, json};
use tower::{Layer as _, Service, ServiceExt as _, service_fn};

use super::load::{By, Client, KEY, NOW, ORIGIN, SECRET};

type MemorySite = Site<MemoryConsumerStore, MemoryTokenStore, MemoryNonceStore>;

/// Serves until nothing more comes from the process that began it.
pub(crate) fn serve(side: &str) {
    let known = |name| std::env::var(name).unwrap();
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(1).enable_all().build().unwrap();
    runtime.spawn(async move {
        std::thread::spawn(|| {
            let _end = std::io::stdin().read(&mut [0]);
            std::process::exit(0);
        });
    });
    runtime.block_on(async {
        match side {
            "axum" => by_hand(Router::new().route("/echo/{*rest}", any(echo))).await,
            "sqlite" => sqlite(Path::new(&known("STORE"))).await,
            "service" => service(&known("UPSTREAM")).await,
            "layer" => by_hand(verified(&known("UPSTREAM")).await).await,
            _ => by_hand(plain(&known("UPSTREAM")).await).await,
        }
    });
}

fn tell(address: SocketAddr) {
    println!("{address}");
}

/// Connections as the service takes them, without what it writes down.
async fn by_hand(router: Router) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    tell(listener.local_addr().unwrap());
    axum::serve(listener, router).await.unwrap();
}

/// What the service's own echo does, without anything verified.
async fn echo(method: Method, OriginalUri(uri): OriginalUri, body: Bytes) -> Json<Value> {
    Json(json!({
        "schema": "countersign/echo/1",
        "method": method.as_str(),
        "path": uri.path(),
        "query": uri.query(),
        "consumer": KEY,
        "user": "ann",
        "organisation": "Demo Company",
        "role": "standard",
        "signature_method": "HMAC-SHA1",
        "body_bytes": body.len(),
        "body": "form",
    }))
}

async fn site() -> MemorySite {
    let settings = Settings::default();
    let limits = NonceLimits::default().with_per_consumer(8_000_000);
    let key = FingerprintKey::from_bytes([7; 16]);
    let window = *settings.policy.window();
    let stores = Stores {
        consumers: MemoryConsumerStore::default(),
        tokens: MemoryTokenStore::default(),
        nonces: MemoryNonceStore::with_limits(key.clone(), window, Start::FirstStart, limits),
    };
    let provider = Provider::new(stores, settings, key, OsRandom::new()).unwrap();
    let secret = Credential::Secret(Arc::new(Secret::new(SECRET)));
    let mut consumer = Consumer::new(KEY, ConsumerKind::Public, secret);
    consumer.may_use_two_legged = true;
    let now = UnixTime::from_seconds(NOW);
    let registered = provider.register(Expected::Absent, consumer, now);
    registered.await.unwrap();
    Site::new(
        provider,
        Origin::parse(ORIGIN).unwrap(),
        || UnixTime::from_seconds(NOW),
        countersign_tower::tokio_timer,
    )
}

fn gateway(upstream: &str) -> Gateway {
    Gateway::new(upstream, &Origin::parse(ORIGIN).unwrap()).unwrap()
}

async fn verified(upstream: &str) -> Router {
    let site = site().await;
    let rules = Routes::from(site.provider().route("gateway"));
    Router::new().fallback_service(site.verify_layer(rules).layer(gateway(upstream)))
}

/// The same, each request with one proof.
async fn plain(upstream: &str) -> Router {
    let (site, kept) = (site().await, Arc::new(Mutex::new(None)));
    let keeper = Arc::clone(&kept);
    let keep = service_fn(move |request: Request<_>| {
        let found = request.extensions().get::<Verified>().cloned();
        *keeper.lock().unwrap() = found;
        let _: countersign_tower::RequestBody<axum::body::Body> = request.into_body();
        async { Ok::<_, Infallible>(Response::new(axum::body::Body::empty())) }
    });
    let rules = Routes::from(site.provider().route("gateway"));
    let request = Client::new(By::One, u64::MAX >> 8).request();
    site.verify_layer(rules)
        .layer(keep)
        .oneshot(request)
        .await
        .unwrap();
    let proof = kept
        .lock()
        .unwrap()
        .take()
        .expect("the request is verified");
    let gateway = gateway(upstream);
    let proven = service_fn(move |mut request: Request<axum::body::Body>| {
        request.extensions_mut().insert(proof.clone());
        gateway.clone().call(request)
    });
    Router::new().fallback_service(proven)
}

/// The whole service before an upstream.
async fn service(upstream: &str) {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    std::fs::write(path("consumer.secret"), SECRET).unwrap();
    let more = format!(
        "upstream = \"{upstream}\"\n[[consumer]]\nkey = \"{KEY}\"\nkind = \"public\"\n\
         secret_file = \"consumer.secret\"\ntwo_legged = true\n"
    );
    whole(directory.path(), &more).await;
}

/// The whole service over a store that was filled.
async fn sqlite(directory: &Path) {
    whole(directory, "").await;
}

async fn whole(directory: &Path, more: &str) {
    let server = opened(directory, more).await;
    tell(server.facts().listen);
    server.run(core::future::pending()).await;
}

/// The whole service, before it answers.
pub(crate) async fn opened(directory: &Path, more: &str) -> Server {
    let text = format!(
        "[server]\nlisten = \"127.0.0.1:0\"\nadmin_listen = \"127.0.0.1:0\"\n\
         public_url = \"{ORIGIN}\"\n{more}"
    );
    let config = Config::parse(&text, directory.join("countersign.toml")).unwrap();
    let mut inputs = Inputs::default();
    inputs.clock = Arc::new(|| UnixTime::from_seconds(NOW));
    Server::open(config, inputs).await.unwrap()
}

//! What the layer costs, and its limits.
//!
//! Form posts signed with HMAC-SHA1, each with a fresh nonce, go to an axum router over memory
//! stores, and the same bytes to the same handler unverified. `service` calls the router; `server`
//! is the whole server over a loopback socket, of which the time on a processor by its thread
//! counts. The two sides take turns and the fastest round of each counts. Fails if a line is beyond
//! its limits: `cargo bench -p countersign-tower --features axum --bench layer`.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a benchmark has no input from outside and may stop at the first fault"
)]
#![expect(clippy::print_stdout, reason = "the figures are the result")]

use core::hint::black_box;
use core::net::SocketAddr;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::ExitCode;
use std::sync::{Arc, mpsc};
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::post;
use countersign_base_string::{Place, ProtocolParameters, Uri};
use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_provider::{Origin, Provider, Settings, Stores};
use countersign_signature::{HmacKey, Method, OsRandom, Signer, sign};
use countersign_store::{
    Consumer, ConsumerKind, Credential, Expected, FingerprintKey, MemoryConsumerStore,
    MemoryNonceStore, MemoryTokenStore, NonceLimits, Start,
};
use countersign_tower::{Routes, Site};
use http::Request;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

const NOW: i64 = 1_700_000_000;
const KEY: &str = "dpf43f3p2l4k3l03";
const SECRET: &str = "kd94hf93k423kf44";
const TARGET: &str = "/v1/search?page=2&q=red%20shoes&sizes=38%2C39";
const FORM: &str = "comment=nice%21&name=J%C3%BCrgen";

/// Nanoseconds that a request may cost more.
const MORE: f64 = 3_000.0;
/// Least part of the rate without the layer.
const PART: f64 = 0.75;

async fn handler(body: Bytes) -> Bytes {
    body
}

fn runtime() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_io().build().unwrap()
}

fn plain() -> Router {
    Router::new().route("/v1/search", post(handler))
}

async fn verified() -> Router {
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
    let rules = Routes::from(provider.route("search"));
    let origin = Origin::parse("https://api.example.com").unwrap();
    let site = Site::new(
        provider,
        origin,
        || UnixTime::from_seconds(NOW),
        |_| core::future::pending(),
    );
    plain().layer(site.verify_layer(rules))
}

/// Signs requests, no two of them alike.
struct Client {
    signer: Signer,
    nonce: u64,
}

impl Client {
    fn new() -> Self {
        let key = HmacKey::new(&Secret::new(SECRET), None);
        Self {
            signer: Signer::hmac(Method::HMAC_SHA1, &key).unwrap(),
            nonce: 0,
        }
    }

    fn authorization(&mut self) -> String {
        self.nonce += 1;
        let (nonce, timestamp) = (format!("kllo{:012}", self.nonce), NOW.to_string());
        let url = format!("https://api.example.com{TARGET}");
        let request = countersign_base_string::Request::new("POST", Uri::parse(&url).unwrap())
            .unwrap()
            .with_body(Some("application/x-www-form-urlencoded"), FORM.as_bytes());
        let protocol = ProtocolParameters::new(KEY, "HMAC-SHA1", &timestamp, &nonce);
        let signed = sign(&request, &protocol, &self.signer, Place::Header, None, None).unwrap();
        signed.authorization().unwrap().to_owned()
    }

    fn request(&mut self) -> Request<Body> {
        Request::post(TARGET)
            .header("host", "api.example.com")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("content-length", FORM.len())
            .header("authorization", self.authorization())
            .body(Body::from(FORM))
            .unwrap()
    }

    fn bytes(&mut self) -> Vec<u8> {
        format!(
            "POST {TARGET} HTTP/1.1\r\nHost: api.example.com\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\
             Authorization: {}\r\n\r\n{FORM}",
            FORM.len(),
            self.authorization()
        )
        .into_bytes()
    }
}

/// Nanoseconds a request, by the clock on the wall: the fastest of short rounds.
#[expect(clippy::disallowed_methods, reason = "measuring time is the purpose")]
fn call(runtime: &Runtime, router: &Router, client: &mut Client) -> f64 {
    const REQUESTS: u32 = 64;
    let requests: Vec<_> = (0..REQUESTS).map(|_| client.request()).collect();
    runtime.block_on(async {
        let start = Instant::now();
        for request in requests {
            let response = router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), 200);
            black_box(response);
        }
        start.elapsed().as_secs_f64() * 1e9 / f64::from(REQUESTS)
    })
}

/// A server on a thread of its own.
struct Server {
    address: SocketAddr,
    /// Where the system tells how long the thread was on a processor.
    statistics: String,
}

impl Server {
    fn start(is_verified: bool) -> Self {
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let thread = std::fs::read_link("/proc/thread-self").unwrap();
            runtime().block_on(async {
                let router = if is_verified {
                    verified().await
                } else {
                    plain()
                };
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                let address = listener.local_addr().unwrap();
                let statistics = format!("/proc/{}/schedstat", thread.display());
                sender
                    .send(Self {
                        address,
                        statistics,
                    })
                    .unwrap();
                axum::serve(listener, router).await.unwrap();
            });
        });
        receiver.recv().unwrap()
    }

    /// Nanoseconds on a processor so far.
    fn spent(&self) -> f64 {
        let text = std::fs::read_to_string(&self.statistics).unwrap();
        text.split(' ').next().unwrap().parse().unwrap()
    }

    /// Nanoseconds on a processor a request.
    fn serve(&self, connections: &mut [TcpStream], client: &mut Client) -> f64 {
        // The system tells such time every few milliseconds only.
        const ROUNDS: usize = 400;
        let batch: Vec<Vec<u8>> = (0..ROUNDS * connections.len())
            .map(|_| client.bytes())
            .collect();
        let start = self.spent();
        let mut answer = [0; 4096];
        for requests in batch.chunks(connections.len()) {
            for (connection, request) in connections.iter_mut().zip(requests) {
                connection.write_all(request).unwrap();
            }
            for connection in connections.iter_mut() {
                let mut read = 0;
                while !answer[..read].ends_with(FORM.as_bytes()) {
                    let more = connection.read(&mut answer[read..]).unwrap();
                    assert_ne!(more, 0, "the server closed the connection");
                    read += more;
                }
                assert!(answer.starts_with(b"HTTP/1.1 200 "));
            }
        }
        (self.spent() - start) / batch.len() as f64
    }

    fn connect(&self) -> Vec<TcpStream> {
        let connection = |_| {
            let stream = TcpStream::connect(self.address).unwrap();
            stream.set_nodelay(true).unwrap();
            stream
        };
        (0..32).map(connection).collect()
    }
}

fn report(name: &str, with: f64, without: f64, least: Option<f64>) -> bool {
    let (more, ratio) = (with - without, without / with);
    let ok = more <= MORE && least.is_none_or(|least| ratio >= least);
    let limit = least.map_or(String::new(), |least| format!(" and {least:.2}"));
    println!(
        "{name:<10} verified {with:>7.0} ns  unverified {without:>7.0} ns  more {more:>6.0} ns  \
         ratio {ratio:.3}  limit {MORE:.0} ns{limit}  {}",
        if ok { "ok" } else { "MISSED" },
    );
    ok
}

fn service() -> bool {
    let (runtime, mut client) = (runtime(), Client::new());
    let (with, without) = (runtime.block_on(verified()), plain());
    let mut best = [f64::INFINITY; 2];
    for _ in 0..1_500 {
        best[0] = best[0].min(call(&runtime, &with, &mut client));
        best[1] = best[1].min(call(&runtime, &without, &mut client));
    }
    // A router that is merely called does so little that a part of its rate says nothing.
    report("service", best[0], best[1], None)
}

fn server() -> bool {
    let mut client = Client::new();
    let (with, without) = (Server::start(true), Server::start(false));
    let mut connections = [with.connect(), without.connect()];
    let mut best = [f64::INFINITY; 2];
    for _ in 0..8 {
        best[0] = best[0].min(with.serve(&mut connections[0], &mut client));
        best[1] = best[1].min(without.serve(&mut connections[1], &mut client));
    }
    report("server", best[0], best[1], Some(PART))
}

fn main() -> ExitCode {
    let mut results = vec![service()];
    if std::path::Path::new("/proc/thread-self/schedstat").exists() {
        results.push(server());
    } else {
        println!("server: not known on this system");
    }
    if results.into_iter().all(|ok| ok) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

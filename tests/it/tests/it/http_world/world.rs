//! The provider, and the helper that every attack goes through.

use core::future::{Future, ready};
use core::pin::Pin;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::extract::OriginalUri;
use axum::http::HeaderMap;
use axum::routing::any;
use countersign_provider::{Approver, Origin, Provider, Stores};
use countersign_signature::Method;
use countersign_store::{
    Expected, FingerprintKey, MemoryConsumerStore, MemoryNonceStore, MemoryTokenStore,
};
use countersign_test_support::clock::FakeClock;
use countersign_test_support::random::FixedRandom;
use countersign_tower::extract::Verified;
use countersign_tower::{Routes, Rule, Site};
use tokio::sync::OnceCell;

use super::setup::consumers;
use super::socket::answer;
use super::watch::Watch;
use super::{
    Answer, CALLBACK, Call, Counted, HONEST, Keys, NOW, PARTNER, PINNED, PRIVATE, SECRET, Sent,
    Setup, Socket, Trail, VICTIM,
};

/// Nothing here takes longer on the slowest machine; it is no measurement, which is what benches are
/// for.
const QUICK: Duration = Duration::from_secs(10);

pub(crate) struct World<N = MemoryNonceStore> {
    pub(crate) site: Site<MemoryConsumerStore, MemoryTokenStore, N>,
    pub(crate) clock: Arc<FakeClock>,
    pub(crate) trail: Trail,
    router: Router,
    /// Where it is served, once anything was sent.
    socket: OnceCell<Socket>,
    /// How many requests came to the handler.
    reached: Arc<AtomicUsize>,
    watch: Watch,
}

/// Everything that a refused request must leave as it was.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Snapshot {
    nonces: usize,
    reached: usize,
    rows: String,
}

/// A token and what belongs to it.
#[derive(Debug, Clone)]
pub(crate) struct Tokens {
    pub(crate) token: String,
    pub(crate) secret: String,
    pub(crate) handle: Option<String>,
}

impl World {
    pub(crate) async fn fresh() -> Self {
        Setup::default().world().await
    }
}

impl<N: Counted> World<N> {
    pub(crate) async fn new(setup: Setup<N>) -> Self {
        let stores = Stores {
            consumers: MemoryConsumerStore::default(),
            tokens: MemoryTokenStore::default(),
            nonces: setup.nonces,
        };
        let trail = Trail::default();
        let key = FingerprintKey::from_bytes([3; 16]);
        let provider = Provider::new(stores, setup.settings, key, FixedRandom::new(1))
            .unwrap()
            .with_audit(trail.clone());
        let clock = Arc::new(FakeClock::at(NOW));
        let watch = Watch::new();
        for consumer in consumers() {
            watch.secret(&SECRET(&consumer.key));
            let now = clock.now();
            provider
                .register(Expected::Absent, consumer, now)
                .await
                .unwrap();
        }
        let hands = Arc::clone(&clock);
        let impatient = setup.impatient;
        let site = Site::new(
            provider,
            Origin::parse(setup.origin).unwrap(),
            move || hands.now(),
            move |_| -> Pin<Box<dyn Future<Output = ()> + Send>> {
                if impatient {
                    Box::pin(ready(()))
                } else {
                    Box::pin(core::future::pending())
                }
            },
        );
        let reached = Arc::new(AtomicUsize::new(0));
        Self {
            router: router(&site, &reached),
            socket: OnceCell::new(),
            site,
            clock,
            trail,
            reached,
            watch,
        }
    }

    pub(crate) fn provider(&self) -> &Arc<Provider<MemoryConsumerStore, MemoryTokenStore, N>> {
        self.site.provider()
    }

    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    pub(crate) async fn serve(&self) -> Socket {
        Socket::serve(self.router()).await
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now().seconds()
    }

    pub(crate) fn nonces(&self) -> usize {
        self.provider().stores().nonces.count()
    }

    pub(crate) fn reached(&self) -> usize {
        self.reached.load(Ordering::SeqCst)
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let stores = self.provider().stores();
        Snapshot {
            nonces: self.nonces(),
            reached: self.reached(),
            rows: format!("{:?} {:?}", stores.consumers, stores.tokens),
        }
    }

    /// A call of one of the applications, signed as it should be.
    pub(crate) fn call(&self, consumer_key: &str, target: &str) -> Call {
        let keys = match consumer_key {
            PRIVATE | PARTNER => Keys::Rsa(Method::RSA_SHA1, "rsa2048.pkcs8.pem"),
            PINNED => Keys::hmac(Method::HMAC_SHA256, &SECRET(PINNED), ""),
            _ => Keys::secrets(&SECRET(consumer_key), ""),
        };
        let call = Call::new(consumer_key, keys, "GET", target).at(self.now());
        if consumer_key == PRIVATE {
            call.set("oauth_token", PRIVATE)
        } else {
            call
        }
    }

    /// A call of the attacked application.
    pub(crate) fn victim(&self) -> Call {
        self.call(VICTIM, "/photos?size=original")
    }

    /// Sends a request over a socket of this world; checks what holds of every answer (no fault of
    /// ours but a 503, one line in the trail, no secret anywhere, in time).
    pub(crate) async fn send(&self, sent: &Sent) -> Answer {
        let socket = self.socket.get_or_init(|| self.serve()).await;
        self.send_raw(socket, sent, 1).await
    }

    /// The same over any socket. `lines` is 0 where the server itself refuses: such a request never
    /// comes to the provider.
    pub(crate) async fn send_raw(&self, socket: &Socket, sent: &Sent, lines: usize) -> Answer {
        self.send_bytes(socket, &sent.bytes(), sent, lines).await
    }

    pub(crate) async fn send_bytes(
        &self,
        socket: &Socket,
        bytes: &[u8],
        sent: &Sent,
        lines: usize,
    ) -> Answer {
        self.checked(sent, lines, answer(socket.address, bytes))
            .await
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a generous bound on the time it takes"
    )]
    async fn checked(
        &self,
        sent: &Sent,
        lines: usize,
        work: impl Future<Output = Answer>,
    ) -> Answer {
        let before = self.trail.len();
        let start = Instant::now();
        let answer = work.await;
        assert!(start.elapsed() < QUICK, "{sent:?}");
        assert!(answer.status < 500 || answer.status == 503, "{answer:?}");
        let events = self.trail.events().split_off(before);
        let events: Vec<String> = events.iter().map(ToString::to_string).collect();
        assert_eq!(events.len(), lines, "{sent:?} {events:?}");
        for line in &events {
            let visible = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
            assert!(line.bytes().all(visible), "{line:?}");
        }
        self.watch.check(&sent.right, &answer, &events);
        answer
    }

    /// An attack: it is answered so, and nothing came of it; an honest request goes through after.
    pub(crate) async fn refuse(&self, sent: &Sent, status: u16, problem: &str) -> Answer {
        let before = self.snapshot();
        let answer = self.send(sent).await;
        self.came_to_nothing(&before, &answer, status, problem)
            .await;
        answer
    }

    pub(crate) async fn came_to_nothing(
        &self,
        before: &Snapshot,
        answer: &Answer,
        status: u16,
        problem: &str,
    ) {
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (status, problem),
            "{answer:?}"
        );
        assert_eq!(self.snapshot(), *before);
        self.accept(&self.call(HONEST, "/photos").sign()).await;
    }

    /// A request that is right.
    pub(crate) async fn accept(&self, sent: &Sent) -> Answer {
        let (nonces, reached) = (self.nonces(), self.reached());
        let answer = self.send(sent).await;
        assert_eq!(
            answer.status,
            200,
            "{answer:?} {sent:?} {}",
            self.trail.cause()
        );
        // Some of those before may have ended with this one.
        assert!(self.nonces() <= nonces + 1);
        assert!(self.reached() <= reached + 1);
        answer
    }

    /// Reads tokens out of an answer, and has them watched from now on.
    pub(crate) fn tokens(&self, answer: &Answer) -> Tokens {
        assert_eq!(answer.status, 200, "{answer:?}");
        let tokens = Tokens {
            token: answer.parameter("oauth_token").unwrap(),
            secret: answer.parameter("oauth_token_secret").unwrap(),
            handle: answer.parameter("oauth_session_handle"),
        };
        self.watch.secret(&tokens.secret);
        self.watch.token(&tokens.token);
        if let Some(handle) = &tokens.handle {
            self.watch.secret(handle);
        }
        tokens
    }

    /// A call with a token.
    pub(crate) fn with_token(&self, consumer_key: &str, target: &str, tokens: &Tokens) -> Call {
        let call = self
            .call(consumer_key, target)
            .set("oauth_token", &tokens.token);
        match &call.keys {
            Keys::Hmac(..) => call.keys(Keys::secrets(&SECRET(consumer_key), &tokens.secret)),
            _ => call,
        }
    }

    pub(crate) fn temporary_call(&self, consumer_key: &str) -> Call {
        let mut call = self.call(consumer_key, "/oauth/RequestToken");
        call.method = "POST";
        call.set("oauth_callback", CALLBACK)
    }

    /// The first two legs: temporary credentials, approved, and the verifier.
    pub(crate) async fn approved(&self, consumer_key: &str, user: &str) -> (Tokens, String) {
        let temporary = self.accept(&self.temporary_call(consumer_key).sign()).await;
        let temporary = self.tokens(&temporary);
        let by = Approver::new(user, "Acme", "standard");
        let now = self.clock.now();
        let approval = self.provider().approve(&temporary.token, by, now).await;
        let verifier = approval.unwrap().verifier.expose_secret().to_owned();
        self.watch.secret(&verifier);
        (temporary, verifier)
    }

    pub(crate) fn swap_call(&self, consumer_key: &str, temporary: &Tokens) -> Call {
        let mut call = self.with_token(consumer_key, "/oauth/AccessToken", temporary);
        call.method = "POST";
        call
    }

    /// All three legs.
    pub(crate) async fn connect(&self, consumer_key: &str, user: &str) -> Tokens {
        let (temporary, verifier) = self.approved(consumer_key, user).await;
        let swap = self
            .swap_call(consumer_key, &temporary)
            .set("oauth_verifier", verifier);
        self.tokens(&self.accept(&swap.sign()).await)
    }

    pub(crate) fn renew_call(&self, consumer_key: &str, tokens: &Tokens) -> Call {
        let handle = tokens.handle.clone().unwrap();
        self.swap_call(consumer_key, tokens)
            .set("oauth_session_handle", handle)
    }
}

fn router<N: Counted>(
    site: &Site<MemoryConsumerStore, MemoryTokenStore, N>,
    reached: &Arc<AtomicUsize>,
) -> Router {
    let provider = site.provider();
    let hashed = Rule::new(provider.route("hashed").require_body_hash());
    let rules = Routes::from(provider.route("all")).with("/hashed", hashed);
    let reached = Arc::clone(reached);
    // Tells what it saw; who asked comes from the proof alone.
    let handler = move |verified: Verified, uri: OriginalUri, fields: HeaderMap, body: Bytes| {
        reached.fetch_add(1, Ordering::SeqCst);
        let encoded = fields.get("content-encoding").is_some();
        let (who, user) = (verified.consumer_key(), verified.user().unwrap_or("-"));
        // A signature in the query is no part of what an application tells.
        let target = uri.0.to_string();
        let target = target.split("oauth_").next().unwrap_or_default();
        let text = format!("{who} {user} {target} {} {encoded}", body.len());
        ready(text)
    };
    Router::new()
        .fallback(any(handler))
        .layer(site.verify_layer(rules))
        .merge(site.token_endpoints().into_router())
}

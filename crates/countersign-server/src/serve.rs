//! Answering requests until the service is told to stop.

use core::convert::Infallible;
use core::net::SocketAddr;
use core::time::Duration;
use std::sync::Arc;

use axum::Router;
use axum::routing::future::RouteFuture;
use http::Request;
use hyper::body::Incoming;
use tokio::time::Instant;
use tower::Service as _;

use crate::clock_watch::ClockWatch;
use crate::connections::{Connections, UnderWay};
use crate::open::Server;
use crate::service::Service;
use crate::settings::seconds;
use crate::{admin_listen, observe, outer, refusals, routes};

/// How many connections the admin address serves at once.
const ADMIN_CONNECTIONS: usize = 64;

/// How often what is over is dropped.
const TIDYING: Duration = Duration::from_secs(60);

/// How often the clock is looked at.
const CLOCK: Duration = Duration::from_secs(2);

/// How long the store may take to close where nobody is waited for.
const CLOSING: Duration = Duration::from_secs(1);

/// How many rows go in one transaction, so that no request waits long for it.
const AT_ONCE: usize = 200;

/// Where a connection comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

impl Server {
    /// Answers requests until `stop` is ready, and then those that are under way.
    ///
    /// Once it returns, the store is closed and may be opened by the next process.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) {
        let _never = self
            .run_until(stop, core::future::pending::<Infallible>)
            .await;
    }

    /// The same, but waits for nothing any more once the future is ready that `again` gives; it is
    /// called when `stop` is ready, and its output is what is given then. For a process that ends at
    /// once after it: requests that were under way are cut off, of which one line tells, and their
    /// last lines in the audit trail and in what is kept of refusals may be missing.
    pub async fn run_until<F>(
        self,
        stop: impl Future<Output = ()> + Send,
        again: impl FnOnce() -> F + Send,
    ) -> Option<F::Output>
    where
        F: Future + Send,
    {
        let server = &self.service.config.server;
        let (head, drain) = (
            seconds(server.header_seconds),
            seconds(server.drain_seconds),
        );
        let (public, most) = (routes::public(&self.service), server.max_connections);
        let (answer, service) = (answers(public), Arc::clone(&self.service));
        let has_upstream = service.upstream.is_some();
        // Nobody else asks for it, and each thing that a request carries has to be put away for it.
        let keeps_peer = has_upstream || !server.trusted_proxies.is_empty();
        let answer = move |request: Request<Incoming>, peer: Option<SocketAddr>| {
            let peer = peer.filter(|_| keeps_peer);
            let asked = refusals::asked(request.method(), request.uri().path(), has_upstream);
            outer::around(Arc::clone(&service), asked, answer(request, peer))
        };
        let public = Connections::new(answer, head, most);
        let admin = answers(admin_listen::routes(&self.service));
        let admin = Connections::new(admin, head, ADMIN_CONNECTIONS);
        tokio::select! {
            () = public.accept(&self.listener) => {}
            () = admin.accept(&self.admin) => {}
            () = self.tidy() => {}
            () = self.watch_clock() => {}
            () = stop => {}
        }
        let again = again();
        // Nobody new; who waits is told that nobody listens.
        drop((self.listener, self.admin));
        let (service, under_way) = (self.service, [public.under_way(), admin.under_way()]);
        let ended = async {
            if tokio::join!(public.end(drain), admin.end(drain)) != (true, true) {
                tracing::warn!("requests were cut off: they took longer than `drain_seconds`");
            }
            end(&service).await;
        };
        let told = tokio::select! {
            biased;
            () = ended => return None,
            told = again => told,
        };
        let requests: usize = under_way.iter().map(UnderWay::cut_off).sum();
        tracing::warn!(
            requests,
            "told again to stop: what was under way is cut off, and what waited to be written may be missing"
        );
        // It is closed in good order if that takes no time: a disk may be what hangs.
        let closed = tokio::task::spawn_blocking(move || drop(service));
        let _open = tokio::time::timeout(CLOSING, closed).await;
        Some(told)
    }

    /// Tells that the clock was set, for ever: a server that is wrong refuses who is right.
    async fn watch_clock(&self) {
        let since = Instant::now();
        let mut watch = ClockWatch::new(self.service.now(), Duration::ZERO);
        let mut turns = tokio::time::interval(CLOCK);
        loop {
            turns.tick().await;
            let Some(seconds) = watch.look(self.service.now(), since.elapsed()) else {
                continue;
            };
            let direction = if seconds < 0 { "back" } else { "ahead" };
            tracing::warn!(
                seconds,
                "the clock was set {direction}, or the machine slept: clients with the right time are refused as long \
                 as this one is wrong (`timestamp_refused`)"
            );
            metrics::counter!("countersign_clock_steps_total", "direction" => direction)
                .increment(1);
        }
    }

    /// Drops what is over, for ever: a bounded store fills up with it otherwise.
    async fn tidy(&self) {
        let mut turns = tokio::time::interval(TIDYING);
        loop {
            turns.tick().await;
            observe::sum_up();
            self.service.audit.tell_left_out(self.service.now());
            outer::tell_left_out(&self.service);
            loop {
                let now = self.service.now();
                match self.service.provider().forget(now, AT_ONCE).await {
                    // There may be more.
                    Ok(AT_ONCE) => {}
                    Ok(_) => break,
                    Err(error) => {
                        tracing::warn!(%error, "what is over can't be dropped");
                        break;
                    }
                }
            }
        }
    }
}

/// Writes what waits to be written.
async fn end(service: &Service) {
    service.refusals.end().await;
    service.audit.tell_left_out(service.now());
    outer::tell_left_out(service);
    // The lines of what was refused last are waited for by nobody else.
    if service.audit.write(String::new()).await.is_err() {
        tracing::warn!("the last lines of the audit trail may be missing");
    }
}

/// What answers the requests of a connection.
fn answers(
    router: Router,
) -> impl Fn(Request<Incoming>, Option<SocketAddr>) -> RouteFuture<Infallible>
+ Clone
+ Send
+ Sync
+ 'static {
    // Otherwise each request makes routes of its own from the handlers.
    let router: Router = router.with_state(());
    move |mut request, peer| {
        if let Some(peer) = peer {
            request.extensions_mut().insert(Peer(peer));
        }
        // It is always ready.
        router.clone().call(request)
    }
}

#[cfg(test)]
mod tests {
    use core::sync::atomic::{AtomicUsize, Ordering};

    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};
    use tower::layer::layer_fn;

    use super::*;

    #[tokio::test]
    async fn routes_are_made_once_and_not_for_each_request() {
        let made = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&made);
        let layer = layer_fn(move |inner: axum::routing::Route| {
            counted.fetch_add(1, Ordering::Relaxed);
            inner
        });
        let router = Router::new().route("/", get(async || "hello\n"));
        let answer = answers(router.layer(layer));
        let before = made.load(Ordering::Relaxed);
        let connections = Connections::new(answer, Duration::from_secs(10), 8);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { connections.accept(&listener).await });
        for _ in 0..3 {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let request = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            stream.write_all(request).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            assert!(answer.ends_with("hello\n"), "{answer}");
        }
        assert_eq!(made.load(Ordering::Relaxed), before);
    }
}

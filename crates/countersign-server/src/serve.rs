//! Connections: accepted within limits, answered, and ended in good order.

use core::convert::Infallible;
use core::net::SocketAddr;
use core::time::Duration;
use std::sync::Arc;

use axum::Router;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower::ServiceExt as _;

use crate::framing::Checked;
use crate::idle::Idle;
use crate::open::Server;
use crate::settings::seconds;
use crate::{admin_listen, observe, routes};

/// The most bytes of a request's head.
const HEAD_BYTES: usize = 64 * 1024;

/// How many connections the admin address serves at once.
const ADMIN_CONNECTIONS: usize = 64;

/// How long accepting pauses when the system has no room for another connection.
const PAUSE: Duration = Duration::from_millis(50);

/// How often what is over is dropped.
const TIDYING: Duration = Duration::from_secs(60);

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
        let server = &self.service.config.server;
        let (head, drain) = (
            seconds(server.header_seconds),
            seconds(server.drain_seconds),
        );
        let public = Connections::new(routes::public(&self.service), head, server.max_connections);
        let admin = Connections::new(admin_listen::routes(&self.service), head, ADMIN_CONNECTIONS);
        tokio::select! {
            () = public.accept(&self.listener) => {}
            () = admin.accept(&self.admin) => {}
            () = self.tidy() => {}
            () = stop => {}
        }
        // Nobody new; who waits is told that nobody listens.
        drop((self.listener, self.admin));
        if tokio::join!(public.end(drain), admin.end(drain)) != (true, true) {
            tracing::warn!("requests were cut off: they took longer than `drain_seconds`");
        }
        self.service.refusals.end().await;
        // The lines of what was refused last are waited for by nobody else.
        if self.service.audit.write(String::new()).await.is_err() {
            tracing::warn!("the last lines of the audit trail may be missing");
        }
    }

    /// Drops what is over, for ever: a bounded store fills up with it otherwise.
    async fn tidy(&self) {
        let mut turns = tokio::time::interval(TIDYING);
        loop {
            turns.tick().await;
            observe::sum_up();
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

struct Connections {
    router: Router,
    head: Duration,
    places: Arc<Semaphore>,
    idle: Arc<Idle>,
    graceful: GracefulShutdown,
    cut_off: watch::Sender<bool>,
}

impl Connections {
    fn new(router: Router, head: Duration, most: usize) -> Self {
        Self {
            router,
            head,
            places: Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))),
            idle: Arc::default(),
            graceful: GracefulShutdown::new(),
            cut_off: watch::Sender::new(false),
        }
    }

    /// Accepts for ever.
    async fn accept(&self, listener: &TcpListener) {
        loop {
            let Some(place) = self.place().await else {
                return;
            };
            match listener.accept().await {
                Ok((stream, peer)) => {
                    let connection = self.answer(stream, peer);
                    tokio::spawn(async move {
                        connection.await;
                        drop(place);
                    });
                }
                // A connection that is gone already, or too many open files.
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// Room for one more. Who is idle makes it, and whoever is busy is waited for.
    async fn place(&self) -> Option<OwnedSemaphorePermit> {
        loop {
            if self.places.available_permits() == 0 {
                self.idle.give_way();
            }
            let acquired = Arc::clone(&self.places).acquire_owned();
            if let Ok(place) = tokio::time::timeout(PAUSE, acquired).await {
                return place.ok();
            }
        }
    }

    fn answer(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
    ) -> impl Future<Output = ()> + Send + 'static {
        // Small answers are sent at once; without it they may wait for the peer's acknowledgement.
        let _may_be_gone = stream.set_nodelay(true);
        let router = self.router.clone();
        let place = self.idle.enter();
        let asking = place.asking();
        let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            let busy = asking.begin();
            let answer = router.clone().oneshot(request.map(axum::body::Body::new));
            async move {
                let response = answer.await.map_err(|never: Infallible| never)?;
                Ok::<_, Infallible>(response.map(|body| busy.until_end(body)))
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.head)
            .max_buf_size(HEAD_BYTES)
            .serve_connection(TokioIo::new(Checked::new(stream)), service);
        let watched = self.graceful.watch(connection);
        let mut cut_off = self.cut_off.subscribe();
        async move {
            tokio::select! {
                () = place.gives_way() => {}
                _ = cut_off.wait_for(|is_cut_off| *is_cut_off) => {}
                ended = watched => {
                    if let Err(error) = ended {
                        // What a peer sends is its own affair; nothing of it is logged.
                        tracing::debug!(%error, "a connection ended in an error");
                    }
                }
            }
        }
    }

    /// Waits for those that are busy, and cuts off what takes longer. Gives whether none was.
    async fn end(self, drain: Duration) -> bool {
        let in_time = tokio::time::timeout(drain, self.graceful.shutdown()).await;
        self.cut_off.send_replace(true);
        self.cut_off.closed().await;
        in_time.is_ok()
    }
}

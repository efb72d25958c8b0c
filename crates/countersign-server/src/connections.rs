//! Connections: accepted within limits, answered, and ended in good order.

use core::convert::Infallible;
use core::fmt;
use core::net::SocketAddr;
use core::time::Duration;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::framing::Checked;
use crate::head_timer::HeadTimer;
use crate::idle::Idle;
use crate::then::then;

/// The most bytes of a request's head.
const HEAD_BYTES: usize = 64 * 1024;

/// How long accepting pauses when the system has no room for another connection.
const PAUSE: Duration = Duration::from_millis(50);

type BoxError = Box<dyn core::error::Error + Send + Sync>;

/// Where connections come from.
pub trait Listener: Send + Sync {
    /// One connection.
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// The next connection, and the address of its other end if it has one.
    ///
    /// # Errors
    ///
    /// It is gone already, or the system has no room for it; the one after it may come.
    fn next(&self) -> impl Future<Output = io::Result<(Self::Stream, Option<SocketAddr>)>> + Send;
}

impl Listener for TcpListener {
    type Stream = TcpStream;

    async fn next(&self) -> io::Result<(TcpStream, Option<SocketAddr>)> {
        let (stream, peer) = self.accept().await?;
        // Small answers are sent at once; without it they may wait for the peer's acknowledgement.
        let _may_be_gone = stream.set_nodelay(true);
        Ok((stream, Some(peer)))
    }
}

#[cfg(unix)]
impl Listener for tokio::net::UnixListener {
    type Stream = tokio::net::UnixStream;

    async fn next(&self) -> io::Result<(Self::Stream, Option<SocketAddr>)> {
        self.accept().await.map(|(stream, _)| (stream, None))
    }
}

/// The connections of one address, which speak HTTP/1.
///
/// Each is looked at before it is read as HTTP: a message that two readers may read differently is
/// 400 and the end of its connection, as told in the section "Frames" of the crate's documentation.
/// The head of a request has a time limit and may have 64 KiB. When there is room for no more, the
/// longest idle give way.
///
/// ```
/// use core::convert::Infallible;
/// use core::time::Duration;
///
/// use countersign_server::Connections;
/// use http::Response;
/// use tokio::net::TcpListener;
///
/// # async fn serve(stop: impl Future<Output = ()>) -> std::io::Result<()> {
/// let listener = TcpListener::bind("127.0.0.1:0").await?;
/// let hello = |_request, _peer| async { Ok::<_, Infallible>(Response::new("hello\n".to_owned())) };
/// let connections = Connections::new(hello, Duration::from_secs(10), 64);
/// tokio::select! {
///     () = connections.accept(&listener) => {}
///     () = stop => {}
/// }
/// drop(listener);
/// let all_answered = connections.end(Duration::from_secs(10)).await;
/// # let _ = all_answered;
/// # Ok(())
/// # }
/// ```
pub struct Connections<A> {
    answer: A,
    head: Duration,
    places: Arc<Semaphore>,
    idle: Arc<Idle>,
    graceful: GracefulShutdown,
    /// Whoever is open listens to it, and nothing is ever said.
    open: watch::Sender<()>,
}

/// What connections are busy with.
pub(crate) struct UnderWay(Arc<Idle>);

impl UnderWay {
    /// Closes all of them, and gives how many were busy.
    pub(crate) fn cut_off(&self) -> usize {
        let busy = self.0.busy();
        self.0.cut_off();
        busy
    }
}

impl<A> fmt::Debug for Connections<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections")
            .field("head", &self.head)
            .finish_non_exhaustive()
    }
}

impl<A, F, B> Connections<A>
where
    A: Fn(Request<Incoming>, Option<SocketAddr>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Response<B>, Infallible>> + Send + 'static,
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<BoxError>,
{
    /// None yet: `answer` will answer their requests, a head may take the time `head`, and `most` of
    /// them are served at once.
    pub fn new(answer: A, head: Duration, most: usize) -> Self {
        Self {
            answer,
            head,
            places: Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))),
            idle: Arc::default(),
            graceful: GracefulShutdown::new(),
            open: watch::Sender::new(()),
        }
    }

    /// Accepts for ever.
    pub async fn accept<L: Listener>(&self, listener: &L) {
        loop {
            let Some(place) = self.place().await else {
                return;
            };
            match listener.next().await {
                Ok((stream, peer)) => {
                    let connection = self.serve(stream, peer);
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

    fn serve<S>(
        &self,
        stream: S,
        peer: Option<SocketAddr>,
    ) -> impl Future<Output = ()> + Send + 'static + use<A, F, B, S>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let answer = self.answer.clone();
        let place = self.idle.enter();
        let asking = place.asking();
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            let busy = asking.begin();
            then(answer(request, peer), move |answered| {
                answered.map(|response| response.map(|body| busy.until_end(body)))
            })
        });
        let connection = http1::Builder::new()
            .timer(HeadTimer::default())
            .header_read_timeout(self.head)
            .max_buf_size(HEAD_BYTES)
            .serve_connection(TokioIo::new(Checked::new(stream)), service);
        let watched = self.graceful.watch(connection);
        let open = self.open.subscribe();
        async move {
            tokio::select! {
                biased;
                ended = watched => {
                    if let Err(error) = ended {
                        // What a peer sends is its own affair; nothing of it is logged.
                        tracing::debug!(%error, "a connection ended in an error");
                    }
                }
                () = place.is_to_close() => {}
            }
            drop(open);
        }
    }

    /// What is left to end when nobody waits for the connections any more.
    pub(crate) fn under_way(&self) -> UnderWay {
        UnderWay(Arc::clone(&self.idle))
    }

    /// Waits for those that are busy, and cuts off what takes longer. Gives whether none was.
    pub async fn end(self, drain: Duration) -> bool {
        self.end_before(tokio::time::sleep(drain)).await
    }

    /// Waits for those that are busy, and cuts off what is not done when `deadline` is ready. Gives
    /// whether none was.
    pub async fn end_before(self, deadline: impl Future<Output = ()>) -> bool {
        let in_time = tokio::select! {
            biased;
            () = self.graceful.shutdown() => true,
            () = deadline => false,
        };
        self.idle.cut_off();
        self.open.closed().await;
        in_time
    }
}

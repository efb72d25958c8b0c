//! The gateway: verified requests are passed on to an API that knows nothing of OAuth.

mod answer;
mod fields;
mod identity;
mod outcomes;
mod request;
mod upload;
mod upstream;

pub use answer::AnswerBody;
pub use fields::remove_connection_fields;

use core::convert::Infallible;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use countersign_provider::{Origin, Verified};
use http::header::TRANSFER_ENCODING;
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use http_body::Body;
use hyper::body::Incoming;
use hyper_util::client::legacy::Error;
use tokio::time::{Instant, timeout_at};

use answer::{bad, passed_back};
use outcomes::{Outcome, Outcomes, Waiting};
use request::Public;
use upload::{Fault, Outgoing, Progress};
use upstream::Client;

pub(crate) use identity::coverage;
pub(crate) use request::Seen;
pub(crate) use upstream::Upstream;

use crate::config::ConfigError;
use crate::request_id;
use crate::serve::Peer;
use crate::service::Service;
use crate::settings::seconds;

/// How long the head of an upstream's answer may take without more.
const HEAD: Duration = Duration::from_secs(30);

/// How long a body may take without more.
const BODY: Duration = Duration::from_secs(30);

/// Passes verified requests on to an API that knows nothing of OAuth.
///
/// It goes behind [`VerifyLayer`](countersign_tower::VerifyLayer): a request without a
/// [`Verified`] among its extensions is answered with 503 and passed on to nobody. What is passed
/// on, removed and set is told in the section "Gateway" of the crate's documentation.
///
/// ```
/// use countersign_provider::Origin;
/// use countersign_server::Gateway;
///
/// let origin = Origin::parse("https://api.example.com")?;
/// let gateway = Gateway::new("http://127.0.0.1:9000", &origin)?;
/// assert!(Gateway::new("http://127.0.0.1:9000/v1", &origin).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Gateway {
    shared: Arc<Shared>,
    head: Duration,
    body: Duration,
}

struct Shared {
    upstream: Upstream,
    client: Client,
    public: Public,
    seen: Box<dyn Fn(&Parts) -> Seen + Send + Sync>,
    outcomes: Outcomes,
}

impl Gateway {
    /// A gateway from a public origin to an upstream, which is `http://host:port`.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Value`] if the upstream is anything but scheme, host and port.
    pub fn new(upstream: &str, public: &Origin) -> Result<Self, ConfigError> {
        let upstream = Upstream::parse(upstream)?;
        Ok(Self::with(upstream, public, |parts| Seen {
            peer: parts.extensions.get::<Peer>().map(|peer| peer.0.ip()),
            ..Seen::default()
        }))
    }

    pub(crate) fn with(
        upstream: Upstream,
        public: &Origin,
        seen: impl Fn(&Parts) -> Seen + Send + Sync + 'static,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                upstream,
                client: upstream::client(),
                public: Public::of(public),
                seen: Box::new(seen),
                outcomes: Outcomes::new(),
            }),
            head: HEAD,
            body: BODY,
        }
    }

    /// How long the upstream may take to begin its answer, and how long a body may bring too little;
    /// 30 s each without this.
    #[must_use]
    pub const fn with_deadlines(mut self, head: Duration, body: Duration) -> Self {
        (self.head, self.body) = (head, body);
        self
    }
}

/// The gateway of a service that has an upstream.
pub(crate) fn of(service: &Arc<Service>) -> Option<Gateway> {
    let upstream = service.upstream.clone()?;
    let kind = service.config.server.forwarded;
    let asked = Arc::clone(service);
    let seen = move |parts: &Parts| Seen {
        peer: parts.extensions.get::<Peer>().map(|peer| peer.0.ip()),
        proxy: asked.site.is_from_trusted_proxy(parts).then_some(kind),
        origin: match asked.site.origin_of(parts) {
            Ok(Cow::Owned(origin)) => Some(Public::of(&origin)),
            Ok(Cow::Borrowed(_)) | Err(_) => None,
        },
    };
    let server = &service.config.server;
    Some(
        Gateway::with(upstream, &service.origin, seen).with_deadlines(
            seconds(server.upstream_seconds),
            seconds(server.body_seconds),
        ),
    )
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway")
            .field("upstream", &self.shared.upstream)
            .finish_non_exhaustive()
    }
}

impl<B> tower::Service<Request<B>> for Gateway
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn core::error::Error + Send + Sync>>,
{
    type Response = Response<AnswerBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (shared, head) = (Arc::clone(&self.shared), self.head);
        let (parts, body) = request.into_parts();
        let outgoing = Outgoing::new(body, self.body);
        Box::pin(async move { Ok(shared.pass_on(parts, outgoing, head).await) })
    }
}

impl Shared {
    async fn pass_on(
        &self,
        mut parts: Parts,
        mut body: Outgoing,
        head: Duration,
    ) -> Response<AnswerBody> {
        let Some(verified) = parts.extensions.get::<Verified>().cloned() else {
            tracing::error!("a request did not pass the layer that verifies");
            return bad(StatusCode::SERVICE_UNAVAILABLE);
        };
        if parts.method == Method::CONNECT {
            return bad(StatusCode::NOT_IMPLEMENTED);
        }
        let Some(uri) = self.upstream.uri(&parts.uri) else {
            return bad(StatusCode::BAD_REQUEST);
        };
        let waiting = Waiting::new(&self.outcomes);
        // A body in chunks may be broken from the beginning: then nothing of it is passed on.
        if let Err(fault) = body.begin().await {
            return waiting.failed(fault.into(), verified.consumer_key());
        }
        let was_chunked = parts.headers.contains_key(TRANSFER_ENCODING);
        let seen = (self.seen)(&parts);
        request::rewrite(&mut parts, &self.public, &seen, &verified);
        body.declare(&mut parts.headers, was_chunked);
        parts.uri = uri;
        parts.extensions.clear();
        let progress = body.progress();
        let answer = self.client.request(Request::from_parts(parts, body));
        match head_of(answer, progress.as_deref(), head).await {
            Ok(response) if response.status() == StatusCode::SWITCHING_PROTOCOLS => {
                tracing::warn!(
                    id = request_id::shown(),
                    "the upstream switches protocols without being asked to"
                );
                waiting.failed(Outcome::Broken, verified.consumer_key())
            }
            Ok(response) => {
                waiting.answered();
                passed_back(response, self.outcomes.cut_off())
            }
            Err(outcome) => waiting.failed(outcome, verified.consumer_key()),
        }
    }
}

/// The head of an answer, within the time for it. The time that a client takes for its body is not
/// the upstream's.
async fn head_of(
    answer: impl Future<Output = Result<Response<Incoming>, Error>>,
    progress: Option<&Progress>,
    time: Duration,
) -> Result<Response<Incoming>, Outcome> {
    let mut answer = core::pin::pin!(answer);
    let mut until = deadline(Instant::now(), time);
    loop {
        match timeout_at(until, answer.as_mut()).await {
            Ok(Ok(response)) => return Ok(response),
            Ok(Err(error)) => return Err(outcome(&error, progress)),
            Err(_) => {
                let later = progress.map(|progress| deadline(progress.at(), time));
                until = later
                    .filter(|later| *later > until)
                    .ok_or(Outcome::TooLate)?;
            }
        }
    }
}

fn deadline(from: Instant, time: Duration) -> Instant {
    // Beyond what can be told there is no hurry.
    from.checked_add(time).unwrap_or(from)
}

fn outcome(error: &Error, progress: Option<&Progress>) -> Outcome {
    if let Some(fault) = progress.and_then(Progress::fault) {
        return fault.into();
    }
    // It tells nothing of the request.
    let cause: &dyn core::error::Error = error;
    tracing::warn!(
        id = request_id::shown(),
        cause,
        "the upstream did not answer"
    );
    if error.is_connect() {
        Outcome::Unreachable
    } else {
        Outcome::Broken
    }
}

impl From<Fault> for Outcome {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Slow => Self::ClientSlow,
            Fault::Broken => Self::ClientBroken,
        }
    }
}

//! What the client gets: the upstream's answer, or the gateway's own.

use core::pin::Pin;
use core::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, TRANSFER_ENCODING};
use http::{Response, StatusCode, Version};
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use metrics::Counter;

use super::fields::{self, Sender};
use crate::refusals::{Reason, Unserved};

/// The body of an answer: the upstream's as it comes, or a line of the gateway's own.
#[derive(Debug)]
pub struct AnswerBody {
    source: Source,
}

impl AnswerBody {
    /// A text of one's own.
    #[must_use]
    pub fn text(text: impl Into<Bytes>) -> Self {
        Self {
            source: Source::Own(Some(text.into())),
        }
    }

    /// The answer of an upstream as it is passed back: without the fields for its connection and
    /// without trailers, in HTTP/1.1; the body as it comes.
    #[must_use]
    pub fn passed_back(response: Response<Incoming>) -> Response<Self> {
        passed_back(response, Counter::noop())
    }
}

#[derive(Debug)]
enum Source {
    Upstream {
        body: Incoming,
        /// Whether the head says how long it is.
        is_declared: bool,
        cut_off: Counter,
    },
    Own(Option<Bytes>),
}

/// The upstream's answer.
pub(super) fn passed_back(response: Response<Incoming>, cut_off: Counter) -> Response<AnswerBody> {
    let (mut parts, body) = response.into_parts();
    if parts.headers.contains_key(TRANSFER_ENCODING) {
        // Chunks were counted, whatever it said beside them.
        parts.headers.remove(CONTENT_LENGTH);
    }
    fields::remove(&mut parts.headers, Sender::Upstream);
    parts.version = Version::HTTP_11;
    let is_declared = parts.headers.contains_key(CONTENT_LENGTH);
    Response::from_parts(
        parts,
        AnswerBody {
            source: Source::Upstream {
                body,
                is_declared,
                cut_off,
            },
        },
    )
}

/// An answer of the gateway's own. It has no problem: nobody signs anything better for it.
pub(super) fn bad(status: StatusCode) -> Response<AnswerBody> {
    let text = format!("{}\n", status.canonical_reason().unwrap_or_default());
    let mut response = Response::new(AnswerBody::text(text));
    *response.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, plain);
    let unserved = Unserved::of(Reason::of(status));
    response.extensions_mut().insert(unserved);
    response
}

/// The same, where the rest of the request is not read.
pub(super) fn closing(status: StatusCode) -> Response<AnswerBody> {
    let mut response = bad(status);
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(CONNECTION, close);
    response
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        match &mut self.source {
            Source::Own(text) => Poll::Ready(text.take().map(Frame::data).map(Ok)),
            Source::Upstream { body, cut_off, .. } => loop {
                return Poll::Ready(match ready!(Pin::new(&mut *body).poll_frame(context)) {
                    // `Trailer`, which would announce them, is for one connection.
                    Some(Ok(frame)) if frame.is_trailers() => continue,
                    Some(Err(error)) => {
                        cut_off.increment(1);
                        Some(Err(error))
                    }
                    frame => frame,
                });
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.source {
            Source::Own(text) => text.is_none(),
            Source::Upstream { body, .. } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.source {
            Source::Own(text) => {
                let length = text.as_ref().map_or(0, Bytes::len);
                SizeHint::with_exact(u64::try_from(length).unwrap_or(u64::MAX))
            }
            // To a `HEAD`, and with some statuses, there is no body, which is not one of length 0.
            Source::Upstream {
                is_declared: false, ..
            } => SizeHint::default(),
            Source::Upstream { body, .. } => body.size_hint(),
        }
    }
}

//! The body that the handler gets.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use countersign_signature::body_hash::Streamed;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::buffer::Buffered;
use crate::room::Share;

/// Why a body ended in an error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// The body is not the one whose hash was signed. What was read of it is worth nothing.
    #[error("the body does not have the hash that was signed")]
    HashMismatch,
    /// The body itself failed.
    #[error("the body broke off")]
    Inner(#[source] Box<dyn core::error::Error + Send + Sync>),
}

pin_project! {
    /// The body of a request behind the layer: what was read to verify it, or what is still to come.
    #[derive(Debug)]
    pub struct RequestBody<B> {
        #[pin]
        state: State<B>,
    }
}

pin_project! {
    #[project = StateProjection]
    #[derive(Debug)]
    enum State<B> {
        // The share is given back with the body.
        Read { data: Option<Bytes>, trailers: Option<Box<HeaderMap>>, share: Option<Share> },
        Unread { #[pin] body: B },
        Streamed { #[pin] body: B, check: Check },
    }
}

/// Tells the operator that the hash differs.
pub(crate) type OnMismatch = Box<dyn FnOnce() -> Telling + Send + Sync>;
type Telling = Pin<Box<dyn Future<Output = ()> + Send>>;

enum Check {
    Running(Box<Streamed>, OnMismatch),
    Passed,
    /// The hash differs, which is being told. Nobody waits for the lock: it makes a body that can be
    /// shared of one that can be sent.
    Telling(Mutex<Telling>),
    Failed,
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Running(..) => "Running",
            Self::Passed => "Passed",
            Self::Telling(_) => "Telling",
            Self::Failed => "Failed",
        })
    }
}

impl Check {
    /// The body is over: whether it may end.
    fn finish(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BodyError>> {
        match core::mem::replace(self, Self::Failed) {
            Self::Running(streamed, on_mismatch) => match streamed.finish() {
                Ok(()) => *self = Self::Passed,
                Err(_) => *self = Self::Telling(Mutex::new(on_mismatch())),
            },
            before => *self = before,
        }
        self.failed(context)
            .map_or(Poll::Ready(Ok(())), |error| error.map(Err))
    }

    /// The error, where the hash differs.
    fn failed(&mut self, context: &mut Context<'_>) -> Option<Poll<BodyError>> {
        match self {
            Self::Running(..) | Self::Passed => return None,
            Self::Telling(telling) => {
                let telling = telling.get_mut().unwrap_or_else(PoisonError::into_inner);
                if telling.as_mut().poll(context).is_pending() {
                    return Some(Poll::Pending);
                }
                *self = Self::Failed;
            }
            Self::Failed => {}
        }
        Some(Poll::Ready(BodyError::HashMismatch))
    }
}

impl<B> RequestBody<B> {
    pub(crate) fn read(buffered: Buffered) -> Self {
        Self {
            state: State::Read {
                data: Some(buffered.bytes).filter(|bytes| !bytes.is_empty()),
                trailers: buffered.trailers,
                share: buffered.share,
            },
        }
    }

    pub(crate) const fn unread(body: B) -> Self {
        Self {
            state: State::Unread { body },
        }
    }

    pub(crate) const fn streamed(body: B, due: Box<Streamed>, on_mismatch: OnMismatch) -> Self {
        Self {
            state: State::Streamed {
                body,
                check: Check::Running(due, on_mismatch),
            },
        }
    }
}

fn inner(error: impl Into<Box<dyn core::error::Error + Send + Sync>>) -> BodyError {
    BodyError::Inner(error.into())
}

impl<B> Body for RequestBody<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn core::error::Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match self.project().state.project() {
            StateProjection::Read { data, trailers, .. } => {
                let frame = match data.take() {
                    Some(data) => Some(Frame::data(data)),
                    None => trailers.take().map(|trailers| Frame::trailers(*trailers)),
                };
                Poll::Ready(frame.map(Ok))
            }
            StateProjection::Unread { body } => body
                .poll_frame(context)
                .map(|frame| frame.map(|outcome| outcome.map_err(inner))),
            StateProjection::Streamed { mut body, check } => {
                if let Some(failed) = check.failed(context) {
                    return failed.map(|error| Some(Err(error)));
                }
                let frame = match ready!(body.as_mut().poll_frame(context)) {
                    Some(Ok(frame)) => frame,
                    Some(Err(error)) => {
                        *check = Check::Failed;
                        return Poll::Ready(Some(Err(inner(error))));
                    }
                    None => return check.finish(context).map(|outcome| outcome.err().map(Err)),
                };
                let over = match (frame.data_ref(), &mut *check) {
                    (Some(data), Check::Running(streamed, _)) => {
                        streamed.update(data);
                        // A reader who knows the length never asks again: the last bytes are held
                        // back from it.
                        body.is_end_stream()
                    }
                    // It said that it was over, and was taken at its word: what comes now was never
                    // hashed.
                    (Some(data), check) if !data.is_empty() => {
                        *check = Check::Failed;
                        return Poll::Ready(Some(Err(BodyError::HashMismatch)));
                    }
                    (Some(_), _) => false,
                    (None, _) => true,
                };
                if over {
                    ready!(check.finish(context))?;
                }
                Poll::Ready(Some(Ok(frame)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.state {
            State::Read { data, trailers, .. } => data.is_none() && trailers.is_none(),
            State::Unread { body } => body.is_end_stream(),
            State::Streamed { body, check } => {
                matches!(check, Check::Passed) && body.is_end_stream()
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.state {
            State::Read { data, .. } => {
                let length = data.as_ref().map_or(0, Bytes::len);
                SizeHint::with_exact(u64::try_from(length).unwrap_or(u64::MAX))
            }
            State::Unread { body } | State::Streamed { body, .. } => body.size_hint(),
        }
    }
}

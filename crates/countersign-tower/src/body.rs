//! The body that the handler gets.

use core::pin::Pin;
use core::task::{Context, Poll, ready};

use bytes::Bytes;
use countersign_signature::body_hash::Streamed;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::buffer::Buffered;

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
        Read { data: Option<Bytes>, trailers: Option<Box<HeaderMap>> },
        Unread { #[pin] body: B },
        Streamed { #[pin] body: B, check: Check },
    }
}

#[derive(Debug)]
enum Check {
    Running(Box<Streamed>),
    Passed,
    Failed,
}

impl Check {
    /// The body is over: whether it may end.
    fn finish(&mut self) -> Result<(), BodyError> {
        let outcome = match core::mem::replace(self, Self::Failed) {
            Self::Running(streamed) => streamed.finish().map_err(|_| BodyError::HashMismatch),
            Self::Passed => Ok(()),
            Self::Failed => Err(BodyError::HashMismatch),
        };
        if outcome.is_ok() {
            *self = Self::Passed;
        }
        outcome
    }
}

impl<B> RequestBody<B> {
    pub(crate) fn read(buffered: Buffered) -> Self {
        Self {
            state: State::Read {
                data: Some(buffered.bytes).filter(|bytes| !bytes.is_empty()),
                trailers: buffered.trailers,
            },
        }
    }

    pub(crate) const fn unread(body: B) -> Self {
        Self {
            state: State::Unread { body },
        }
    }

    pub(crate) const fn streamed(body: B, due: Box<Streamed>) -> Self {
        Self {
            state: State::Streamed {
                body,
                check: Check::Running(due),
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
            StateProjection::Read { data, trailers } => {
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
                if matches!(check, Check::Failed) {
                    return Poll::Ready(Some(Err(BodyError::HashMismatch)));
                }
                let frame = match ready!(body.as_mut().poll_frame(context)) {
                    Some(Ok(frame)) => frame,
                    Some(Err(error)) => {
                        *check = Check::Failed;
                        return Poll::Ready(Some(Err(inner(error))));
                    }
                    None => return Poll::Ready(check.finish().err().map(Err)),
                };
                let over = match (frame.data_ref(), &mut *check) {
                    (Some(data), Check::Running(streamed)) => {
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
                let outcome = if over { check.finish() } else { Ok(()) };
                Poll::Ready(Some(outcome.map(|()| frame)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.state {
            State::Read { data, trailers } => data.is_none() && trailers.is_none(),
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

//! A body by script.

use core::pin::Pin;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::{Context, Poll};
use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame};

pub(crate) enum Step {
    Data(&'static [u8]),
    Trailers(HeaderMap),
    Break,
    /// Nothing comes any more.
    Stall,
}

/// Gives its steps one by one, and never says beforehand that it is over, unless it is to say so
/// too early.
pub(crate) struct TestBody {
    steps: VecDeque<Step>,
    /// With so many steps left it says that it is over.
    over_at: Option<usize>,
    polled: Arc<AtomicUsize>,
}

impl TestBody {
    pub(crate) fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self {
            steps: steps.into_iter().collect(),
            over_at: None,
            polled: Arc::default(),
        }
    }

    /// Says that it is over with so many steps left.
    pub(crate) fn over_at(self, left: usize) -> Self {
        Self {
            over_at: Some(left),
            ..self
        }
    }

    /// How often it was asked for more.
    pub(crate) fn polled(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.polled)
    }
}

impl From<&'static [u8]> for TestBody {
    fn from(data: &'static [u8]) -> Self {
        Self::new([Step::Data(data)])
    }
}

impl Body for TestBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        self.polled.fetch_add(1, Ordering::Relaxed);
        Poll::Ready(match self.steps.pop_front() {
            None => None,
            Some(Step::Data(data)) => Some(Ok(Frame::data(Bytes::from_static(data)))),
            Some(Step::Trailers(trailers)) => Some(Ok(Frame::trailers(trailers))),
            Some(Step::Break) => Some(Err(std::io::ErrorKind::ConnectionReset.into())),
            Some(Step::Stall) => {
                self.steps.push_front(Step::Stall);
                return Poll::Pending;
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        self.over_at.is_some_and(|left| self.steps.len() <= left)
    }
}

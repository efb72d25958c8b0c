//! The body of a request on its way to the upstream.

use core::future::poll_fn;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, HeaderValue, TRANSFER_ENCODING};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use tokio::time::{Instant, Sleep};

type BoxError = Box<dyn core::error::Error + Send + Sync>;

/// What a body must bring in each second of its deadline.
const LEAST_PER_SECOND: u64 = 512;

/// What the client did wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error("the body of the request came too slowly")]
    Slow,
    #[error("the body of the request broke off")]
    Broken,
}

/// The body of a request to the upstream.
#[derive(Debug)]
pub(super) struct Outgoing {
    /// None where there is no body.
    upload: Option<Upload>,
}

#[derive(Debug)]
struct Upload {
    body: UnsyncBoxBody<Bytes, BoxError>,
    first: Option<Bytes>,
    pace: Pace,
    progress: Arc<Progress>,
}

impl Outgoing {
    pub(super) fn new<B>(body: B, deadline: Duration) -> Self
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let upload = (!body.is_end_stream()).then(|| Upload {
            body: body.map_err(Into::into).boxed_unsync(),
            first: None,
            pace: Pace::new(deadline),
            progress: Arc::default(),
        });
        Self { upload }
    }

    /// Reads the beginning of a body whose length is not known.
    pub(super) async fn begin(&mut self) -> Result<(), Fault> {
        let Some(upload) = &mut self.upload else {
            return Ok(());
        };
        if upload.body.size_hint().exact().is_some() {
            return Ok(());
        }
        match poll_fn(|context| upload.poll_data(context)).await {
            Some(first) => upload.first = Some(first?),
            None => self.upload = None,
        }
        Ok(())
    }

    /// Says in the head how the body ends.
    pub(super) fn declare(&self, headers: &mut HeaderMap, was_chunked: bool) {
        let Some(upload) = &self.upload else {
            if was_chunked {
                headers.insert(CONTENT_LENGTH, HeaderValue::from(0));
            }
            return;
        };
        match upload.size_hint().exact() {
            Some(length) => {
                headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
            }
            None => {
                headers.remove(CONTENT_LENGTH);
                headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
            }
        }
    }

    pub(super) fn progress(&self) -> Option<Arc<Progress>> {
        let upload = self.upload.as_ref()?;
        Some(Arc::clone(&upload.progress))
    }
}

impl Upload {
    fn size_hint(&self) -> SizeHint {
        let mut hint = self.body.size_hint();
        let first = self.first.as_ref().map_or(0, Bytes::len);
        if first > 0 {
            let lower = hint
                .lower()
                .saturating_add(u64::try_from(first).unwrap_or(u64::MAX));
            hint = SizeHint::default();
            hint.set_lower(lower);
        }
        hint
    }

    fn poll_data(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Fault>>> {
        let outcome = ready!(self.poll_or_wait(context));
        self.progress.moved(
            outcome
                .as_ref()
                .and_then(|outcome| outcome.as_ref().err().copied()),
        );
        Poll::Ready(outcome)
    }

    fn poll_or_wait(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Fault>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(first)));
        }
        loop {
            let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) else {
                self.progress.waits_for_client();
                return self
                    .pace
                    .poll_over(context)
                    .map(|()| Some(Err(Fault::Slow)));
            };
            match frame {
                None => return Poll::Ready(None),
                Some(Err(_)) => return Poll::Ready(Some(Err(Fault::Broken))),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => {
                        self.pace.brought(data.len());
                        return Poll::Ready(Some(Ok(data)));
                    }
                    // Nothing signs a trailer.
                    Err(_) => continue,
                },
            }
        }
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Fault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Fault>>> {
        match &mut self.upload {
            Some(upload) => upload
                .poll_data(context)
                .map(|data| data.map(|outcome| outcome.map(Frame::data))),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.upload
            .as_ref()
            .is_none_or(|upload| upload.first.is_none() && upload.body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        let hint = self.upload.as_ref().map(Upload::size_hint);
        hint.unwrap_or_else(|| SizeHint::with_exact(0))
    }
}

/// How far a body has come, for whoever waits for the answer.
#[derive(Debug)]
pub(super) struct Progress {
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy)]
struct State {
    /// When the upstream last took something.
    moved: Instant,
    waits_for_client: bool,
    fault: Option<Fault>,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                moved: Instant::now(),
                waits_for_client: false,
                fault: None,
            }),
        }
    }
}

impl Progress {
    fn state(&self) -> MutexGuard<'_, State> {
        // It is whole whenever it can be locked.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn moved(&self, fault: Option<Fault>) {
        *self.state() = State {
            moved: Instant::now(),
            waits_for_client: false,
            fault,
        };
    }

    fn waits_for_client(&self) {
        self.state().waits_for_client = true;
    }

    /// Since when it is the upstream that is waited for.
    pub(super) fn at(&self) -> Instant {
        let state = *self.state();
        if state.waits_for_client {
            Instant::now()
        } else {
            state.moved
        }
    }

    pub(super) fn fault(&self) -> Option<Fault> {
        self.state().fault
    }
}

/// Measures how long a client is waited for, and ends the waiting.
#[derive(Debug)]
struct Pace {
    /// The most that may be waited for the least that has to come.
    limit: Duration,
    waited: Duration,
    brought: u64,
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Pace {
    const fn new(limit: Duration) -> Self {
        Self {
            limit,
            waited: Duration::ZERO,
            brought: 0,
            waiting: None,
        }
    }

    fn brought(&mut self, length: usize) {
        if let Some((since, _)) = self.waiting.take() {
            self.waited = self.waited.saturating_add(since.elapsed());
        }
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        self.brought = self.brought.saturating_add(length);
        let least = self.limit.as_secs().max(1).saturating_mul(LEAST_PER_SECOND);
        if self.brought >= least {
            (self.waited, self.brought) = (Duration::ZERO, 0);
        }
    }

    /// Is ready once the client was waited for too long.
    fn poll_over(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let left = self.limit.saturating_sub(self.waited);
        let (_, sleep) = self
            .waiting
            .get_or_insert_with(|| (Instant::now(), Box::pin(tokio::time::sleep(left))));
        sleep.as_mut().poll(context)
    }
}

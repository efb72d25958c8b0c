//! Bodies: those of requests are read whole within limits, those of answers given on as they come.

use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use countersign_client::MAX_ANSWER;
use countersign_server::AnswerBody;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};

use super::refusal::Refusal;

/// What a body may take beyond the time for what it brings.
const START: Duration = Duration::from_secs(30);

/// What a body must bring in each second on the whole.
const LEAST_PER_SECOND: u64 = 512;

/// How long a request waits until there is room for its body.
const WAIT: Duration = Duration::from_secs(10);

/// How long the text of a refusal is waited for, while the tool waits too; what comes later is nobody's but the tool's.
const REFUSAL: Duration = Duration::from_secs(10);

/// So many bodies of the largest size are held at the same time, and many more smaller ones. One that
/// does not say how long it is counts as one of the largest until it was read.
const LARGEST_AT_ONCE: u32 = 4;

const KIB: u64 = 1024;

/// The room for the bodies of all requests. They are held whole, as they are signed, and sent once
/// more where that is safe.
#[derive(Debug)]
pub(super) struct Room {
    /// In KiB.
    left: Arc<Semaphore>,
    most_mib: u16,
}

/// What a body is made of, and the place in the room that it takes as long as anybody has the bytes:
/// those who send it may have them longer than its request is under way.
struct Placed<P> {
    bytes: Vec<u8>,
    _place: P,
}

impl<P> AsRef<[u8]> for Placed<P> {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Bytes that take this place until the last who has them is done.
pub(super) fn placed<P: Send + 'static>(bytes: Vec<u8>, place: P) -> Bytes {
    Bytes::from_owner(Placed {
        bytes,
        _place: place,
    })
}

impl Room {
    pub(super) fn new(most_mib: u16) -> Self {
        let all = u32::from(most_mib)
            .saturating_mul(1024)
            .saturating_mul(LARGEST_AT_ONCE);
        let all = usize::try_from(all).unwrap_or(usize::MAX);
        Self {
            left: Arc::new(Semaphore::new(all.min(Semaphore::MAX_PERMITS))),
            most_mib,
        }
    }

    /// Reads a body whole. Room for all of it is there before its first byte is, so that no two wait
    /// for each other in the middle.
    pub(super) async fn read(&self, mut body: Incoming) -> Result<Bytes, Refusal> {
        let limit = u64::from(self.most_mib).saturating_mul(KIB * KIB);
        let exact = body.size_hint().exact();
        let due = exact.unwrap_or(limit);
        if due > limit {
            return Err(Refusal::TooLarge(self.most_mib));
        }
        if due == 0 {
            return Ok(Bytes::new());
        }
        let mut place = self.place(due).await?;
        let exact = exact.and_then(|exact| usize::try_from(exact).ok());
        let mut read = Vec::with_capacity(exact.unwrap_or_default());
        let start = Instant::now();
        loop {
            let length = u64::try_from(read.len()).unwrap_or(u64::MAX);
            if length > limit {
                return Err(Refusal::TooLarge(self.most_mib));
            }
            let allowed = START.saturating_add(Duration::from_secs(length / LEAST_PER_SECOND));
            let until = start.checked_add(allowed).unwrap_or(start);
            match timeout_at(until, body.frame()).await {
                Err(_) => return Err(Refusal::BodySlow),
                Ok(None) => break,
                Ok(Some(Err(_))) => return Err(Refusal::BodyBroken),
                // Nothing signs a trailer.
                Ok(Some(Ok(frame))) => {
                    if let Ok(data) = frame.into_data() {
                        read.extend_from_slice(&data);
                    }
                }
            }
        }
        read.shrink_to_fit();
        shrink(&mut place, read.len());
        Ok(placed(read, place))
    }

    async fn place(&self, bytes: u64) -> Result<OwnedSemaphorePermit, Refusal> {
        let kib = u32::try_from(bytes.div_ceil(KIB)).unwrap_or(u32::MAX);
        let acquired = Arc::clone(&self.left).acquire_many_owned(kib);
        match timeout(WAIT, acquired).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(Refusal::NoRoom),
        }
    }
}

/// Gives back what a body without a length did not need.
fn shrink(place: &mut OwnedSemaphorePermit, length: usize) {
    let needed = length.div_ceil(usize::try_from(KIB).unwrap_or(usize::MAX));
    drop(place.split(place.num_permits().saturating_sub(needed)));
}

/// How far the body of an answer was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// To its end.
    End,
    /// As far as anybody reads a refusal, or waits for one.
    Beginning,
    /// It broke off.
    Broken,
}

/// The beginning of an answer's body, as far as anybody reads a refusal, and all of it.
pub(super) async fn looked_at(mut body: AnswerBody) -> (Bytes, Reach, Passed) {
    let now = Instant::now();
    let until = now.checked_add(REFUSAL).unwrap_or(now);
    let mut first = BytesMut::new();
    let mut reach = Reach::Beginning;
    let mut broken = None;
    while first.len() <= MAX_ANSWER {
        match timeout_at(until, body.frame()).await {
            Ok(Some(Ok(frame))) => {
                if let Ok(data) = frame.into_data() {
                    first.extend_from_slice(&data);
                }
            }
            Ok(Some(Err(error))) => {
                reach = Reach::Broken;
                broken = Some(error);
                break;
            }
            Ok(None) => {
                reach = Reach::End;
                break;
            }
            Err(_) => break,
        }
    }
    let first = first.freeze();
    let passed = Passed {
        first: Some(first.clone()).filter(|first| !first.is_empty()),
        broken,
        has_waited: false,
        rest: body,
    };
    (first, reach, passed)
}

/// The body of an answer, of which something was read already.
#[derive(Debug)]
pub(super) struct Passed {
    first: Option<Bytes>,
    /// Where it broke off behind that.
    broken: Option<hyper::Error>,
    /// Whether there was time to send what came before it did.
    has_waited: bool,
    rest: AnswerBody,
}

impl From<AnswerBody> for Passed {
    fn from(rest: AnswerBody) -> Self {
        Self {
            first: None,
            broken: None,
            has_waited: false,
            rest,
        }
    }
}

impl Body for Passed {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        // An error ends the connection at once, with all that is not sent yet.
        if self.broken.is_some() && !self.has_waited {
            self.has_waited = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        match self.broken.take() {
            Some(error) => Poll::Ready(Some(Err(error))),
            None => Pin::new(&mut self.rest).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_none() && self.broken.is_none() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let rest = self.rest.size_hint();
        let Some(first) = &self.first else {
            return rest;
        };
        let first = u64::try_from(first.len()).unwrap_or(u64::MAX);
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower().saturating_add(first));
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper.saturating_add(first));
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use core::task::Waker;

    use super::*;

    const MIB: u64 = KIB * KIB;

    #[test]
    fn so_many_bodies_are_held_and_others_wait_for_room() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(async {
            let room = Room::new(1);
            let mut held = Vec::new();
            for _ in 0..LARGEST_AT_ONCE {
                held.push(room.place(MIB).await.unwrap());
            }
            let mut context = Context::from_waker(Waker::noop());
            let mut next = core::pin::pin!(room.place(1));
            assert!(next.as_mut().poll(&mut context).is_pending());
            held.pop();
            let small = next.await.unwrap();
            let mut large = core::pin::pin!(room.place(MIB));
            assert!(large.as_mut().poll(&mut context).is_pending());
            drop(small);
            assert!(large.await.is_ok());
        });
    }
}

//! Bodies that are read before the handler is called, within limits of size and time.

use core::future::poll_fn;
use core::pin::pin;
use core::task::Poll;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use countersign_provider::BodyFault;
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http_body::Body;

use crate::room::{Room, Share};
use crate::site::Sleep;

/// A body as it was sent. Nothing in its trailers is signed.
#[derive(Debug, Default)]
pub(crate) struct Buffered {
    pub(crate) bytes: Bytes,
    pub(crate) trailers: Option<Box<HeaderMap>>,
    /// What it takes of the room for bodies.
    pub(crate) share: Option<Share>,
}

/// Reads a body to its end. The time begins when it has to be waited for.
pub(crate) async fn buffer<B>(
    headers: &HeaderMap,
    body: B,
    limit: usize,
    deadline: impl Fn() -> Sleep,
    room: &Arc<Room>,
) -> Result<Buffered, BodyFault>
where
    B: Body<Data = Bytes>,
{
    // What there is never room for is not to come again.
    let limit = limit.min(room.longest());
    let too_long = BodyFault::TooLong { limit };
    let most = u64::try_from(limit).unwrap_or(u64::MAX);
    if declared(headers).is_some_and(|length| length > most) || body.size_hint().lower() > most {
        return Err(too_long);
    }
    let mut body = pin!(body);
    let mut clock: Option<Sleep> = None;
    let mut read = Buffered::default();
    let mut joined: Option<BytesMut> = None;
    loop {
        let frame = poll_fn(|context| match body.as_mut().poll_frame(context) {
            Poll::Ready(frame) => Poll::Ready(Ok(frame)),
            Poll::Pending if read.share.as_ref().is_some_and(|it| it.gave_way(context)) => {
                Poll::Ready(Err(BodyFault::NoRoom))
            }
            Poll::Pending => clock
                .get_or_insert_with(&deadline)
                .as_mut()
                .poll(context)
                .map(|()| Err(BodyFault::TooSlow)),
        })
        .await?;
        let Some(frame) = frame else { break };
        match frame.map_err(|_| BodyFault::Broken)?.into_data() {
            Ok(data) => {
                let before = joined.as_ref().map_or(read.bytes.len(), BytesMut::len);
                if before.saturating_add(data.len()) > limit {
                    return Err(too_long);
                }
                let length = before.saturating_add(data.len());
                if !Share::grow(&mut read.share, room, length) {
                    return Err(BodyFault::NoRoom);
                }
                // One frame, which is what most forms are, is kept as it came.
                match &mut joined {
                    None if read.bytes.is_empty() => read.bytes = data,
                    None => {
                        let mut both = BytesMut::from(read.bytes.as_ref());
                        both.extend_from_slice(&data);
                        joined = Some(both);
                    }
                    Some(joined) => joined.extend_from_slice(&data),
                }
                if body.is_end_stream() {
                    break;
                }
            }
            Err(frame) => {
                read.trailers = frame.into_trailers().ok().map(Box::new);
                break;
            }
        }
    }
    if let Some(joined) = joined {
        read.bytes = joined.freeze();
    }
    if read.share.as_mut().is_some_and(|share| !share.finish()) {
        return Err(BodyFault::NoRoom);
    }
    Ok(read)
}

fn declared(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

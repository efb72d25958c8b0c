//! Reading as much of an answer as is needed, and giving all of it on.

use core::pin::Pin;
use core::task::{Context, Poll};
use std::collections::VecDeque;

use bytes::Bytes;
use countersign_client::MAX_ANSWER;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt as _;
use reqwest::{Body, Response, ResponseBuilderExt as _};

/// Reads up to one byte more than the longest answer; what was read, and what is left.
async fn read(mut body: Body) -> Result<(VecDeque<Frame<Bytes>>, usize, Body), reqwest::Error> {
    let mut frames = VecDeque::new();
    let mut length: usize = 0;
    while length <= MAX_ANSWER {
        let Some(frame) = body.frame().await.transpose()? else {
            break;
        };
        length = length.saturating_add(frame.data_ref().map_or(0, Bytes::len));
        frames.push_back(frame);
    }
    Ok((frames, length, body))
}

fn joined(frames: &VecDeque<Frame<Bytes>>, length: usize) -> Vec<u8> {
    let mut joined = Vec::with_capacity(length);
    for data in frames.iter().filter_map(Frame::data_ref) {
        joined.extend_from_slice(data);
    }
    joined
}

/// The answer of a token endpoint: its body as far as anybody reads it, one byte beyond the limit
/// at least if it is longer. The rest is never read.
pub(crate) async fn whole(response: Response) -> Result<http::Response<Vec<u8>>, reqwest::Error> {
    let (parts, body) = http::Response::<Body>::from(response).into_parts();
    let (frames, length, _rest) = read(body).await?;
    Ok(http::Response::from_parts(parts, joined(&frames, length)))
}

/// What a refusal says, and the refusal itself, whose body can still be read in full.
pub(crate) async fn looked_at(
    response: Response,
) -> Result<(http::Response<Vec<u8>>, Response), reqwest::Error> {
    let url = response.url().clone();
    let (mut parts, body) = http::Response::<Body>::from(response).into_parts();
    let (frames, length, rest) = read(body).await?;
    let mut seen = http::Response::new(joined(&frames, length));
    *seen.status_mut() = parts.status;
    seen.headers_mut().clone_from(&parts.headers);

    // Only a builder can put the address in.
    if let Ok(addressed) = http::Response::builder().url(url).body(()) {
        parts.extensions.extend(addressed.into_parts().0.extensions);
    }
    let body = Body::wrap(Replayed { frames, rest });
    Ok((
        seen,
        Response::from(http::Response::from_parts(parts, body)),
    ))
}

/// A body of which something was read already.
struct Replayed {
    frames: VecDeque<Frame<Bytes>>,
    rest: Body,
}

impl http_body::Body for Replayed {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        match self.frames.pop_front() {
            Some(frame) => Poll::Ready(Some(Ok(frame))),
            None => Pin::new(&mut self.rest).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.frames.is_empty() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let read = self.frames.iter().filter_map(Frame::data_ref);
        let read: u64 = read
            .map(|data| u64::try_from(data.len()).unwrap_or(u64::MAX))
            .fold(0, u64::saturating_add);
        let rest = self.rest.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower().saturating_add(read));
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper.saturating_add(read));
        }
        hint
    }
}

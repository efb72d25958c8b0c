//! Reading as much of an answer as is needed, and giving all of it on.

use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::collections::VecDeque;

use bytes::Bytes;
use countersign_client::MAX_ANSWER;
use http::response::Parts;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt as _;
use reqwest::{Body, Response, ResponseBuilderExt as _, Url};
use tokio::time::{Instant, timeout_at};

/// What was read of a body: up to one byte more than the longest answer has.
struct Read {
    frames: VecDeque<Frame<Bytes>>,
    length: usize,
    /// Whether it came to its end.
    is_whole: bool,
    /// Where it broke off.
    broken: Option<reqwest::Error>,
    rest: Body,
}

/// Reads a body, for so long if that is said.
async fn read(mut rest: Body, patience: Option<Duration>) -> Read {
    let until = patience.and_then(|patience| Instant::now().checked_add(patience));
    let mut frames = VecDeque::new();
    let mut length: usize = 0;
    let mut is_whole = false;
    let mut broken = None;
    while length <= MAX_ANSWER {
        let next = match until {
            None => rest.frame().await,
            Some(until) => match timeout_at(until, rest.frame()).await {
                Ok(next) => next,
                Err(_) => break,
            },
        };
        match next {
            None => {
                is_whole = true;
                break;
            }
            Some(Ok(frame)) => {
                length = length.saturating_add(frame.data_ref().map_or(0, Bytes::len));
                frames.push_back(frame);
            }
            Some(Err(error)) => {
                broken = Some(error);
                break;
            }
        }
    }
    Read {
        frames,
        length,
        is_whole,
        broken,
        rest,
    }
}

impl Read {
    /// What can be believed: nothing of a body that broke off.
    fn joined(&self) -> Vec<u8> {
        if self.broken.is_some() {
            return Vec::new();
        }
        let mut joined = Vec::with_capacity(self.length);
        for data in self.frames.iter().filter_map(Frame::data_ref) {
            joined.extend_from_slice(data);
        }
        joined
    }
}

/// The answer of a token endpoint: its body as far as anybody reads it, one byte beyond the limit
/// at least if it is longer. The rest is never read. A refusal whose body breaks off is one all the
/// same, by its head.
pub(crate) async fn whole(response: Response) -> Result<http::Response<Vec<u8>>, reqwest::Error> {
    let (parts, body) = http::Response::<Body>::from(response).into_parts();
    let read = read(body, None).await;
    let joined = read.joined();
    match read.broken {
        Some(error) if parts.status.is_success() => Err(error),
        _ => Ok(http::Response::from_parts(parts, joined)),
    }
}

/// What a refusal says, and the refusal itself, whose body can still be read in full, or as far as it
/// came.
pub(crate) async fn looked_at(response: Response) -> (http::Response<Vec<u8>>, Response) {
    let (seen, _, again) = looked(response, None).await;
    (seen, again)
}

/// The same of an answer that is none by its status: nothing is to be seen of one that does not come to
/// its end within the length of a refusal and this time.
pub(crate) async fn looked_at_within(
    response: Response,
    patience: Duration,
) -> (Option<http::Response<Vec<u8>>>, Response) {
    let (seen, is_whole, again) = looked(response, Some(patience)).await;
    (is_whole.then_some(seen), again)
}

async fn looked(
    response: Response,
    patience: Option<Duration>,
) -> (http::Response<Vec<u8>>, bool, Response) {
    let url = response.url().clone();
    let (mut parts, body) = http::Response::<Body>::from(response).into_parts();
    let read = read(body, patience).await;
    let mut seen = http::Response::new(read.joined());
    *seen.status_mut() = parts.status;
    seen.headers_mut().clone_from(&parts.headers);

    address(&mut parts, url);
    let Read {
        frames,
        length,
        is_whole,
        broken,
        rest,
    } = read;
    let body = Body::wrap(Replayed {
        frames,
        broken: broken.map(reqwest::Error::without_url),
        rest,
    });
    let again = Response::from(http::Response::from_parts(parts, body));
    (seen, is_whole && length <= MAX_ANSWER, again)
}

/// The answer as one from `url`: the address that was asked for, without what signed it.
pub(crate) fn from_address(response: Response, url: Url) -> Response {
    let (mut parts, body) = http::Response::<Body>::from(response).into_parts();
    address(&mut parts, url);
    Response::from(http::Response::from_parts(parts, body))
}

/// Only a builder can put an address in.
fn address(parts: &mut Parts, url: Url) {
    if let Ok(addressed) = http::Response::builder().url(url).body(()) {
        parts.extensions.extend(addressed.into_parts().0.extensions);
    }
}

/// A body of which something was read already.
struct Replayed {
    frames: VecDeque<Frame<Bytes>>,
    broken: Option<reqwest::Error>,
    rest: Body,
}

impl http_body::Body for Replayed {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        if let Some(frame) = self.frames.pop_front() {
            return Poll::Ready(Some(Ok(frame)));
        }
        match self.broken.take() {
            Some(error) => Poll::Ready(Some(Err(error))),
            None => Pin::new(&mut self.rest).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.frames.is_empty() && self.broken.is_none() && self.rest.is_end_stream()
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Brings one frame, and then nothing for ever.
    struct Stalled(Option<Bytes>);

    impl http_body::Body for Stalled {
        type Data = Bytes;
        type Error = reqwest::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
            match self.0.take() {
                Some(first) => Poll::Ready(Some(Ok(Frame::data(first)))),
                None => Poll::Pending,
            }
        }
    }

    #[tokio::test]
    async fn what_does_not_end_is_given_on_after_a_while() {
        let body = Body::wrap(Stalled(Some(Bytes::from_static(b"first"))));
        let response = Response::from(http::Response::new(body));
        let (seen, mut again) = looked_at_within(response, Duration::from_millis(1)).await;
        assert!(seen.is_none());
        assert_eq!(again.chunk().await.unwrap().unwrap(), "first");
    }
}

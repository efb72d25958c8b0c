//! The body of an answer: the handler's, or the layer's own.

use core::pin::Pin;
use core::task::{Context, Poll};

use bytes::Bytes;
use countersign_provider::{BodyFault, Cause, Refusal, Told};
use http::Response;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

pin_project! {
    /// The body of a response from behind the layer, or of a refusal.
    #[derive(Debug)]
    pub struct ResponseBody<B> {
        #[pin]
        state: State<B>,
    }
}

pin_project! {
    #[project = StateProjection]
    #[derive(Debug)]
    enum State<B> {
        Inner { #[pin] body: B },
        Own { data: Option<Bytes> },
    }
}

impl<B> ResponseBody<B> {
    pub(crate) const fn inner(body: B) -> Self {
        Self {
            state: State::Inner { body },
        }
    }

    pub(crate) fn own(text: String) -> Self {
        let data = Some(Bytes::from(text)).filter(|data| !data.is_empty());
        Self {
            state: State::Own { data },
        }
    }
}

impl<B: Body<Data = Bytes>> Body for ResponseBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        match self.project().state.project() {
            StateProjection::Inner { body } => body.poll_frame(context),
            StateProjection::Own { data } => Poll::Ready(data.take().map(Frame::data).map(Ok)),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.state {
            State::Inner { body } => body.is_end_stream(),
            State::Own { data } => data.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.state {
            State::Inner { body } => body.size_hint(),
            State::Own { data } => {
                let length = data.as_ref().map_or(0, Bytes::len);
                SizeHint::with_exact(u64::try_from(length).unwrap_or(u64::MAX))
            }
        }
    }
}

/// What the sender of a refused request gets.
pub(crate) fn refused(refusal: &Refusal, realm: Option<&str>) -> Response<String> {
    let told: &Told = refusal.told();
    let mut response = told.response(realm);
    if matches!(told.status, 408 | 413) || found_no_room(refusal) {
        // What is left of the body is not read; a next request could not be told from it.
        response.headers_mut().insert(
            http::header::CONNECTION,
            http::HeaderValue::from_static("close"),
        );
    }
    response
}

/// Whether others have the room that its body would take, as it is meant to be when many are sent.
pub(crate) fn found_no_room(refusal: &Refusal) -> bool {
    matches!(refusal.cause(), Cause::Body(BodyFault::NoRoom))
}

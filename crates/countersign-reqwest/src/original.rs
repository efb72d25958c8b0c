//! A request as the caller made it, kept while it is sent.

use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Version};
use http_body::Body as _;
use reqwest::{Body, Request, Url};

/// What a request is made of, so that it can be sent again.
///
/// [`Request::try_clone`] would make a table of extensions for each. Nothing is in there but the
/// timeout.
pub(crate) struct Original {
    pub(crate) method: Method,
    pub(crate) url: Url,
    headers: HeaderMap,
    body: Kept,
    version: Version,
    timeout: Option<Duration>,
}

enum Kept {
    Absent,
    Bytes(Bytes),
    /// It can be sent once.
    Streamed,
}

impl Original {
    pub(crate) fn of(request: &mut Request) -> Self {
        Self {
            body: keep(request.body_mut()),
            method: request.method().clone(),
            url: request.url().clone(),
            headers: request.headers().clone(),
            version: request.version(),
            timeout: request.timeout().copied(),
        }
    }

    /// The same once more; none if its body is streamed.
    pub(crate) fn again(&self) -> Option<Request> {
        let body = match &self.body {
            Kept::Absent => None,
            Kept::Bytes(bytes) => Some(Body::from(bytes.clone())),
            Kept::Streamed => return None,
        };
        let mut request = Request::new(self.method.clone(), self.url.clone());
        request.headers_mut().clone_from(&self.headers);
        *request.body_mut() = body;
        *request.version_mut() = self.version;
        if self.timeout.is_some() {
            *request.timeout_mut() = self.timeout;
        }
        Some(request)
    }
}

/// The bytes of a body that has all of them, which stays what it was.
fn keep(place: &mut Option<Body>) -> Kept {
    let Some(body) = place else {
        return Kept::Absent;
    };
    if body.as_bytes().is_none() {
        return Kept::Streamed;
    }
    // They are all in its only frame, not copied.
    let mut context = Context::from_waker(Waker::noop());
    let bytes = match Pin::new(&mut *body).poll_frame(&mut context) {
        Poll::Ready(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
        _ => Bytes::new(),
    };
    *body = Body::from(bytes.clone());
    Kept::Bytes(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use http_body_util::Full;

    use super::{Body, Bytes, Duration, Method, Original, Request, Version};

    fn request(body: Option<Body>) -> Request {
        let mut request = Request::new(Method::PUT, "http://h/a?b=c".parse().unwrap());
        let headers = request.headers_mut();
        headers.append("x-a", "1".parse().unwrap());
        headers.append("x-a", "2".parse().unwrap());
        *request.version_mut() = Version::HTTP_2;
        *request.timeout_mut() = Some(Duration::from_secs(7));
        *request.body_mut() = body;
        request
    }

    fn same(one: &Request, other: &Request) {
        assert_eq!(one.method(), other.method());
        assert_eq!(one.url(), other.url());
        assert_eq!(one.headers(), other.headers());
        assert_eq!(one.version(), other.version());
        assert_eq!(one.timeout(), other.timeout());
        let bytes = |request: &Request| Some(request.body()?.as_bytes()?.to_vec());
        assert_eq!(bytes(one), bytes(other));
        assert_eq!(one.body().is_some(), other.body().is_some());
    }

    #[test]
    fn what_is_kept_is_the_same_as_often_as_it_is_sent() {
        let bodies = || {
            [
                None,
                Some(Body::from("")),
                Some(Body::from("static")),
                Some(Body::from(b"owned".to_vec())),
                Some(Body::from(Bytes::from_static(b"a slice").slice(2..))),
            ]
        };
        for (body, expected) in bodies().into_iter().zip(bodies()) {
            let (mut request, expected) = (request(body), request(expected));
            let original = Original::of(&mut request);
            same(&request, &expected);
            same(&original.again().unwrap(), &expected);
            same(&original.again().unwrap(), &expected);
        }
    }

    #[test]
    fn a_large_body_is_not_copied() {
        let bytes = Bytes::from(vec![7; 1 << 20]);
        let mut request = request(Some(Body::from(bytes.clone())));
        let again = Original::of(&mut request).again().unwrap();
        for request in [request, again] {
            let place = request.body().unwrap().as_bytes().unwrap().as_ptr();
            assert_eq!(place, bytes.as_ptr());
        }
    }

    #[test]
    fn what_is_streamed_is_sent_once() {
        let streamed = Body::wrap(Full::new(Bytes::from_static(b"a")));
        let mut request = request(Some(streamed));
        assert!(Original::of(&mut request).again().is_none());
        assert!(request.body().unwrap().as_bytes().is_none());
    }
}

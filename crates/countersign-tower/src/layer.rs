//! The layer and its service.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::sync::Arc;

use bytes::Bytes;
use countersign_store::{ConsumerStore, NonceStore, TokenStore};
use http::{Request, Response};
use http_body::Body;
use tower_layer::Layer;
use tower_service::Service;

use crate::admit::admit;
use crate::body::RequestBody;
use crate::refused::Refused;
use crate::response::{ResponseBody, refused};
use crate::rules::Rules;
use crate::site::Site;

/// Lets verified requests through, with the proof in their extensions, and answers all others.
///
/// See the crate's documentation.
pub struct VerifyLayer<C, T, N> {
    gate: Arc<Gate<C, T, N>>,
}

pub(crate) struct Gate<C, T, N> {
    pub(crate) site: Site<C, T, N>,
    pub(crate) rules: Box<dyn Rules>,
}

impl<C, T, N> VerifyLayer<C, T, N> {
    /// Verifies requests to `site` by `rules`.
    pub fn new(site: Site<C, T, N>, rules: impl Rules + 'static) -> Self {
        let rules = Box::new(rules);
        Self {
            gate: Arc::new(Gate { site, rules }),
        }
    }
}

impl<C, T, N> Clone for VerifyLayer<C, T, N> {
    fn clone(&self) -> Self {
        Self {
            gate: Arc::clone(&self.gate),
        }
    }
}

impl<C, T, N> fmt::Debug for VerifyLayer<C, T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyLayer")
            .field("site", &self.gate.site)
            .finish_non_exhaustive()
    }
}

impl<S, C, T, N> Layer<S> for VerifyLayer<C, T, N> {
    type Service = Verify<S, C, T, N>;

    fn layer(&self, inner: S) -> Self::Service {
        Verify {
            inner,
            gate: Arc::clone(&self.gate),
        }
    }
}

/// The service of [`VerifyLayer`].
pub struct Verify<S, C, T, N> {
    inner: S,
    gate: Arc<Gate<C, T, N>>,
}

impl<S: Clone, C, T, N> Clone for Verify<S, C, T, N> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            gate: Arc::clone(&self.gate),
        }
    }
}

impl<S: fmt::Debug, C, T, N> fmt::Debug for Verify<S, C, T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verify")
            .field("inner", &self.inner)
            .field("site", &self.gate.site)
            .finish_non_exhaustive()
    }
}

impl<S, C, T, N, B, R> Service<Request<B>> for Verify<S, C, T, N>
where
    S: Service<Request<RequestBody<B>>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    C: ConsumerStore + 'static,
    T: TokenStore + 'static,
    N: NonceStore + 'static,
    B: Body<Data = Bytes> + Send + 'static,
    R: Send,
{
    type Response = Response<ResponseBody<R>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The one that said it was ready must be the one that is called.
        let next = self.inner.clone();
        let mut inner = core::mem::replace(&mut self.inner, next);
        let gate = Arc::clone(&self.gate);
        let (mut parts, body) = request.into_parts();
        Box::pin(async move {
            let mut read = None;
            match admit(&gate, &mut parts, body, &mut read).await {
                Ok(body) => {
                    let response = inner.call(Request::from_parts(parts, body)).await?;
                    #[cfg(feature = "axum")]
                    let response = crate::extract::noted(response).await;
                    Ok(response.map(ResponseBody::inner))
                }
                Err(refusal) => {
                    let realm = gate.site.realm();
                    let mut response = refused(&refusal, realm).map(ResponseBody::own);
                    let refused = Refused::new(refusal, parts, read);
                    response.extensions_mut().insert(refused);
                    Ok(response)
                }
            }
        })
    }
}

//! The endpoints that give out tokens, as a service.

use core::convert::Infallible;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::sync::Arc;

use bytes::Bytes;
use countersign_provider::{Action, wire};
use countersign_store::{ConsumerStore, NonceStore, TokenStore};
use http::header::{ALLOW, HeaderValue};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use http_body::Body;
use http_body_util::Full;
use tower_service::Service;

use crate::admit::Stopped;
use crate::buffer::buffer;
use crate::observe::{self, Endpoint};
use crate::refused::Refused;
use crate::response::refused;
use crate::site::Site;

/// Serves `/oauth/RequestToken`, `/oauth/request_token`, `/oauth/AccessToken` and
/// `/oauth/access_token` by `GET` and `POST`.
///
/// The page where a user decides is the application's: see
/// [`Provider::pending`](countersign_provider::Provider::pending),
/// [`approve`](countersign_provider::Provider::approve) and
/// [`deny`](countersign_provider::Provider::deny).
pub struct TokenEndpoints<C, T, N> {
    site: Arc<Site<C, T, N>>,
}

const PATHS: [(&str, Endpoint); 4] = [
    ("/oauth/RequestToken", Endpoint::TemporaryCredentials),
    ("/oauth/request_token", Endpoint::TemporaryCredentials),
    ("/oauth/AccessToken", Endpoint::AccessToken),
    ("/oauth/access_token", Endpoint::AccessToken),
];

impl<C, T, N> TokenEndpoints<C, T, N> {
    pub(crate) fn new(site: Site<C, T, N>) -> Self {
        Self {
            site: Arc::new(site),
        }
    }

    /// The paths that are served.
    pub fn paths() -> impl Iterator<Item = &'static str> {
        PATHS.into_iter().map(|(path, _)| path)
    }
}

impl<C, T, N> TokenEndpoints<C, T, N>
where
    C: ConsumerStore,
    T: TokenStore,
    N: NonceStore,
{
    /// Answers one request.
    pub async fn respond<B>(&self, request: Request<B>) -> Response<String>
    where
        B: Body<Data = Bytes> + Send,
    {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path();
        let Some((_, endpoint)) = PATHS.into_iter().find(|(known, _)| *known == path) else {
            return bare(StatusCode::NOT_FOUND);
        };
        if parts.method != Method::GET && parts.method != Method::POST {
            let mut response = bare(StatusCode::METHOD_NOT_ALLOWED);
            let allowed = HeaderValue::from_static("GET, POST");
            response.headers_mut().insert(ALLOW, allowed);
            return response;
        }
        let mut read = None;
        let decided = async {
            let outcome = match self.issue(endpoint, &parts, body, &mut read).await {
                Ok(response) => Ok(response),
                Err(stopped) => Err(self.site.refusal(stopped, action(endpoint)).await),
            };
            observe::outcome(endpoint, outcome.as_ref().err());
            outcome
        };
        match observe::within(path, decided).await {
            Ok(response) => response,
            Err(refusal) => {
                let mut response = refused(&refusal, self.site.realm());
                let refused = Refused::new(refusal, parts, read);
                response.extensions_mut().insert(refused);
                response
            }
        }
    }

    async fn issue<B>(
        &self,
        endpoint: Endpoint,
        parts: &Parts,
        body: B,
        read: &mut Option<Bytes>,
    ) -> Result<Response<String>, Stopped>
    where
        B: Body<Data = Bytes> + Send,
    {
        let (site, provider) = (&self.site, self.site.provider());
        let origin = site.origin_of(parts)?;
        let limit = provider.settings().policy.limits().body_bytes();
        let buffered = buffer(
            &parts.headers,
            body,
            limit,
            || site.body_deadline(),
            site.room(),
        )
        .await?;
        *read = Some(buffered.bytes.clone());
        let request = wire::read(parts, &buffered.bytes, &origin)?;
        let issued = match endpoint {
            Endpoint::AccessToken => provider.access_token(&request, site.now()).await,
            Endpoint::Resource | Endpoint::TemporaryCredentials => {
                provider.temporary_credentials(&request, site.now()).await
            }
        };
        Ok(issued?)
    }
}

/// What a request that was never read is called in the audit trail.
const fn action(endpoint: Endpoint) -> Action {
    match endpoint {
        Endpoint::AccessToken => Action::Exchange,
        Endpoint::Resource => Action::Request,
        Endpoint::TemporaryCredentials => Action::TemporaryCredentials,
    }
}

fn bare(status: StatusCode) -> Response<String> {
    let mut response = Response::new(String::new());
    *response.status_mut() = status;
    response
}

#[cfg(feature = "axum")]
impl<C, T, N> TokenEndpoints<C, T, N>
where
    C: ConsumerStore + 'static,
    T: TokenStore + 'static,
    N: NonceStore + 'static,
{
    /// The endpoints as a router, to be merged into an application's.
    pub fn into_router<S: Clone + Send + Sync + 'static>(self) -> axum::Router<S> {
        Self::paths().fold(axum::Router::new(), |router, path| {
            router.route_service(path, self.clone())
        })
    }
}

impl<C, T, N> Clone for TokenEndpoints<C, T, N> {
    fn clone(&self) -> Self {
        Self {
            site: Arc::clone(&self.site),
        }
    }
}

impl<C, T, N> fmt::Debug for TokenEndpoints<C, T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenEndpoints")
            .field("site", &self.site)
            .finish()
    }
}

impl<C, T, N, B> Service<Request<B>> for TokenEndpoints<C, T, N>
where
    C: ConsumerStore + 'static,
    T: TokenStore + 'static,
    N: NonceStore + 'static,
    B: Body<Data = Bytes> + Send + 'static,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let endpoints = self.clone();
        Box::pin(async move { Ok(endpoints.respond(request).await.map(Full::from)) })
    }
}

//! The API behind the gateway, and connections to it.

use core::time::Duration;

use http::Uri;
use http::uri::{Authority, Parts, Scheme};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::upload::Outgoing;
use crate::config::ConfigError;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(5);

/// How long a connection is kept that nobody uses: less than the common servers do, so that it is
/// seldom the upstream that closes it, while a request is on its way.
const IDLE: Duration = Duration::from_secs(4);

pub(super) type Client = hyper_util::client::legacy::Client<HttpConnector, Outgoing>;

pub(super) fn client() -> Client {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector.set_connect_timeout(Some(CONNECT));
    hyper_util::client::legacy::Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .build(connector)
}

/// Where the API is.
#[derive(Debug, Clone)]
pub(crate) struct Upstream {
    authority: Authority,
}

impl Upstream {
    /// Reads `http://host:port`, a slash behind it allowed.
    pub(crate) fn parse(url: &str) -> Result<Self, ConfigError> {
        let refused = || {
            ConfigError::value(
                "server",
                "upstream",
                "http, host and port, such as http://127.0.0.1:9000 (to an upstream no TLS is spoken)",
                url,
            )
        };
        let Parts {
            scheme,
            authority,
            path_and_query,
            ..
        } = url.parse::<Uri>().map_err(|_| refused())?.into_parts();
        let authority = authority.ok_or_else(refused)?;
        let is_plain = scheme == Some(Scheme::HTTP)
            && path_and_query.is_none_or(|path| path == "/")
            && !authority.as_str().contains('@')
            && !authority.host().is_empty()
            && !url.contains('#');
        is_plain.then_some(Self { authority }).ok_or_else(refused)
    }

    /// The target of a request, at this place; its path and query as they were sent.
    pub(super) fn uri(&self, sent: &Uri) -> Option<Uri> {
        let mut parts = Parts::default();
        parts.scheme = Some(Scheme::HTTP);
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(sent.path_and_query()?.clone());
        Uri::from_parts(parts).ok()
    }

    /// Whether something listens there.
    pub(crate) async fn listens(&self, patience: Duration) -> bool {
        let host = self.authority.host();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let port = self.authority.port_u16().unwrap_or(80);
        let connecting = tokio::net::TcpStream::connect((host, port));
        matches!(tokio::time::timeout(patience, connecting).await, Ok(Ok(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upstream_is_scheme_host_and_port() {
        for url in [
            "http://127.0.0.1:9000",
            "http://api.internal/",
            "http://[::1]:1",
        ] {
            assert!(Upstream::parse(url).is_ok(), "{url}");
        }
        for url in [
            "127.0.0.1:9000",
            "https://127.0.0.1:9000",
            "http://",
            "http://:80",
            "http://a/v1",
            "http://a/?b",
            "http://a/#b",
            "http://user@a",
            "/a",
            "",
        ] {
            assert!(Upstream::parse(url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_target_keeps_its_bytes() {
        let upstream = Upstream::parse("http://127.0.0.1:9000").unwrap();
        for target in [
            "/",
            "//a",
            "/?",
            "/a?b=%2f&b=%2F&c[]=1;2",
            "/a/../%61?",
            "/%zz?&&=",
        ] {
            let uri = upstream.uri(&target.parse().unwrap()).unwrap();
            assert_eq!(uri.path_and_query().unwrap().as_str(), target);
        }
    }
}

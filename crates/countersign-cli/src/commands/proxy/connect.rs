//! Connections to the upstream.

use core::time::Duration;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper_rustls::{ConfigBuilderExt as _, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::{ClientConfig, RootCertStore};

use super::refusal::FaultKind;
use super::upstream::Upstream;
use crate::exit::{Failure, in_full};

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(10);

/// How long a connection is kept that nobody uses: less than the common servers do, so that it is
/// seldom the upstream that closes it, while a request is on its way.
const IDLE: Duration = Duration::from_secs(4);

pub(super) type Connections = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// Trusts what the operating system trusts, and asks no other proxy.
pub(super) fn connections(upstream: &Upstream) -> Result<Connections, Failure> {
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_nodelay(true);
    http.set_connect_timeout(Some(CONNECT));
    let builder = HttpsConnectorBuilder::new().with_tls_config(tls(upstream)?);
    let builder = if upstream.origin().is_https() {
        builder.https_only()
    } else {
        builder.https_or_http()
    };
    let connector = builder.enable_http1().wrap_connector(http);
    Ok(Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .http1_title_case_headers(true)
        .build(connector))
}

fn tls(upstream: &Upstream) -> Result<ClientConfig, Failure> {
    let failed = |error: rustls::Error| Failure::work(&error);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(failed)?;
    let builder = if upstream.origin().is_https() {
        builder.try_with_platform_verifier().map_err(failed)?
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    Ok(builder.with_no_client_auth())
}

/// What went wrong, and what the system says of it. It tells nothing of the request.
pub(super) fn fault(error: &Error) -> (FaultKind, String) {
    let cause = core::error::Error::source(error);
    let text = cause.map_or_else(|| in_full(error), in_full);
    let mut kind = if error.is_connect() {
        FaultKind::NotConnected
    } else {
        FaultKind::Broken
    };
    let mut below = cause;
    while let Some(error) = below {
        if let Some(known) = kind_of(error) {
            kind = known;
        }
        below = error.source();
    }
    if kind == FaultKind::NotConnected && text.starts_with("dns error") {
        kind = FaultKind::NotFound;
    }
    (kind, text)
}

fn kind_of(error: &(dyn core::error::Error + 'static)) -> Option<FaultKind> {
    match error.downcast_ref::<rustls::Error>() {
        Some(rustls::Error::InvalidCertificate(_)) => return Some(FaultKind::Certificate),
        Some(_) => return Some(FaultKind::Tls),
        None => {}
    }
    let error = error.downcast_ref::<std::io::Error>()?;
    if error.kind() == std::io::ErrorKind::ConnectionRefused {
        return Some(FaultKind::ConnectionRefused);
    }
    // What it wraps is not what it names as its source.
    kind_of(error.get_ref()?)
}

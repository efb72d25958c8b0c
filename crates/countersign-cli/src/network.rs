//! Connections to servers.

use core::time::Duration;
use std::sync::Arc;

use countersign_clock::{UnixTime, parse_http_date, system};
use ureq::http::header::{AGE, DATE};
use ureq::http::{Request, Response};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, AsSendBody, Body, Timeout};

use crate::exit::Failure;
use crate::local::is_loopback;

/// A request that got no answer, or only a part of one.
#[derive(Debug)]
pub(crate) struct Unsent {
    pub(crate) failure: Failure,
    /// Whether the server may have got it all the same.
    pub(crate) may_have_arrived: bool,
}

impl Unsent {
    /// Nothing went out.
    pub(crate) const fn never(failure: Failure) -> Self {
        Self {
            failure,
            may_have_arrived: false,
        }
    }
}

impl From<Unsent> for Failure {
    fn from(unsent: Unsent) -> Self {
        unsent.failure
    }
}

/// Whether a request that failed so may have arrived: not if no connection came about.
pub(crate) fn may_have_arrived(error: &ureq::Error) -> bool {
    use std::io::ErrorKind::{ConnectionRefused, HostUnreachable, NetworkUnreachable};
    match error {
        ureq::Error::BadUri(_)
        | ureq::Error::ConnectionFailed
        | ureq::Error::HostNotFound
        | ureq::Error::Timeout(Timeout::Connect | Timeout::Resolve) => false,
        ureq::Error::Io(error) => {
            let refused = [ConnectionRefused, HostUnreachable, NetworkUnreachable];
            let untrusted = error
                .get_ref()
                .and_then(|inner| inner.downcast_ref::<rustls::Error>())
                .is_some_and(|inner| matches!(inner, rustls::Error::InvalidCertificate(_)));
            !refused.contains(&error.kind()) && !untrusted
        }
        _ => true,
    }
}

/// When the head of an answer came: its date is of that moment, however long its body takes.
#[derive(Clone, Copy)]
pub(crate) struct Came(pub(crate) UnixTime);

/// When an answer came.
pub(crate) fn came<B>(response: &Response<B>) -> UnixTime {
    let came = response.extensions().get();
    came.map_or_else(system::now, |Came(at)| *at)
}

/// How far the server's clock is ahead, by the date of an answer. One out of a cache has the date of
/// another.
pub(crate) fn ahead<B>(response: &Response<B>) -> Option<i64> {
    let headers = response.headers();
    let date = headers.get(DATE)?.to_str().ok()?;
    let date = parse_http_date(date).ok()?;
    (!headers.contains_key(AGE)).then(|| date.since(came(response)))
}

/// Trusts what the operating system trusts; a clock that is far off is judged by that too. Follows
/// no redirect, and takes every status as an answer.
pub(crate) fn agent(patience: Duration) -> Agent {
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .allow_non_standard_methods(true)
        .timeout_global(Some(patience))
        .build()
        .new_agent()
}

/// Sends a request; past the proxy that the environment names where it stays on this machine.
pub(crate) fn run<S: AsSendBody>(
    agent: &Agent,
    request: Request<S>,
) -> Result<Response<Body>, ureq::Error> {
    if request.uri().host().is_some_and(is_loopback) {
        return agent.run(agent.configure_request(request).proxy(None).build());
    }
    agent.run(request)
}

//! Connections to servers.

use core::time::Duration;
use std::sync::Arc;

use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Timeout};

use crate::exit::Failure;

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

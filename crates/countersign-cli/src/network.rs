//! Connections to servers.

use core::time::Duration;
use std::sync::Arc;

use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

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

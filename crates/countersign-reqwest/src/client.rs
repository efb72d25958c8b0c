//! A reqwest client whose requests are signed.

use reqwest::redirect::Policy;
use reqwest_middleware::ClientWithMiddleware;

use crate::middleware::Sign;
use crate::signing::Signing;
use crate::source::CredentialSource;

/// A client whose requests are signed.
///
/// reqwest's own redirects and retries are switched off, whatever `builder` says: they would carry
/// one signature to another address, or twice to the same. See [`Signing::with_redirects`].
///
/// A proxy, also one that the environment names, sees what is sent by http, to this machine too: use
/// [`no_proxy`](reqwest::ClientBuilder::no_proxy) for a loopback address.
///
/// # Errors
/// reqwest can't make a client, as without TLS.
pub fn client<S: CredentialSource>(
    builder: reqwest::ClientBuilder,
    signing: Signing<S>,
) -> Result<ClientWithMiddleware, reqwest::Error> {
    self::builder(builder, signing).map(reqwest_middleware::ClientBuilder::build)
}

/// As [`client()`], for those who add further middleware: it runs after the signing, once for each
/// time that a request is sent.
///
/// # Errors
/// As [`client()`].
pub fn builder<S: CredentialSource>(
    builder: reqwest::ClientBuilder,
    signing: Signing<S>,
) -> Result<reqwest_middleware::ClientBuilder, reqwest::Error> {
    let http = plain(builder)?;
    Ok(reqwest_middleware::ClientBuilder::new(http).with(Sign::new(signing)))
}

/// A client that goes nowhere by itself.
pub(crate) fn plain(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, reqwest::Error> {
    // Whatever is sent again is signed again, which only the middleware does.
    builder
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .build()
}

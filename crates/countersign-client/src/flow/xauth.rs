//! xAuth: a user's name and password for a token.

use core::fmt;
use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_signature::UnusableKey;
use http::{Method, Uri};

use crate::answer::{AccessToken, AnswerError};
use crate::client::Client;
use crate::credentials::Credentials;
use crate::retry::Attempts;
use crate::service::Service;
use crate::sign::{Extras, SignError};
use crate::stamp::Stamp;

use super::token_request;

/// Exchanges a user's name and password for a token, where a provider allows it to an application.
///
/// The password is sent in the body and not kept beyond this value.
///
/// ```
/// use countersign_client::{Client, Consumer, Service, Stamp, XAuth};
/// use countersign_clock::UnixTime;
/// use countersign_key::Secret;
/// use countersign_signature::Method;
///
/// let client = Client::new(Consumer::hmac("key", Secret::new("secret")), Method::HMAC_SHA1)?;
/// let service = Service::token_only("https://api.example.com/oauth/access_token")?;
/// let exchange = XAuth::new(&client, &service, "jane", Secret::new("correct horse"))?;
/// let request = exchange.request(Stamp::new(UnixTime::from_seconds(1_700_000_000), "nonce"))?;
/// assert!(request.body().ends_with(b"x_auth_username=jane&x_auth_password=correct%20horse"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct XAuth {
    credentials: Credentials,
    service: Service,
    user: String,
    password: Arc<Secret>,
}

impl XAuth {
    /// The exchange for this user.
    ///
    /// # Errors
    /// [`UnusableKey`], which [`Client::new`] has ruled out already.
    pub fn new(
        client: &Client,
        service: &Service,
        user: impl Into<String>,
        password: Secret,
    ) -> Result<Self, UnusableKey> {
        Ok(Self {
            credentials: client.without_token()?,
            service: service.clone(),
            user: user.into(),
            password: Arc::new(password),
        })
    }

    /// Where the request goes.
    #[must_use]
    pub const fn uri(&self) -> &Uri {
        self.service.access_token()
    }

    /// The signed request.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn request(&self, stamp: Stamp<'_>) -> Result<http::Request<Vec<u8>>, SignError> {
        let pairs = [
            ("x_auth_mode", "client_auth"),
            ("x_auth_username", &self.user),
            ("x_auth_password", self.password.expose_secret()),
        ];
        let uri = self.service.access_token();
        token_request(&self.credentials, uri, &pairs, Extras::default(), stamp)
    }

    /// What is tried of it: none yet. Its answers are read as those of the client's provider.
    #[must_use]
    pub fn attempts(&self) -> Attempts {
        Attempts::new(&Method::POST)
            .with_provider(self.credentials.client().provider())
            .of_a_step()
    }

    /// Reads the answer, which arrived at `now`.
    ///
    /// # Errors
    /// [`AnswerError`]: no token.
    pub fn read<B: AsRef<[u8]>>(
        &self,
        response: &http::Response<B>,
        now: UnixTime,
    ) -> Result<AccessToken, AnswerError> {
        self.credentials.client().read_access_token(response, now)
    }
}

impl fmt::Debug for XAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("XAuth")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

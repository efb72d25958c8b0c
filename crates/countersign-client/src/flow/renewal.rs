//! Renewal of a token by its session handle (Session extension, section 5.3).

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
use crate::token::Token;

use super::token_request;

/// Swaps a token for the next one. Make the intent durable before the request is sent, and keep the
/// answer before it is used: see [`connections`](crate::connections).
///
/// ```
/// use countersign_client::{Client, Consumer, Renewal, Service, Stamp, Token};
/// use countersign_clock::UnixTime;
/// use countersign_key::Secret;
/// use countersign_signature::Method;
///
/// let client = Client::new(Consumer::hmac("key", Secret::new("secret")), Method::HMAC_SHA1)?;
/// let service = Service::token_only("https://api.example.com/oauth/AccessToken")?;
/// let token = Token::new("token1", Secret::new("secret1"));
/// let renewal = Renewal::new(&client, &service, &token, &Secret::new("ODJhMGE4"))?;
///
/// let now = UnixTime::from_seconds(1_700_000_000);
/// let request = renewal.request(Stamp::new(now, "nonce"))?;
/// assert_eq!(request.method(), "POST");
/// # let send = |_| http::Response::new("oauth_token=token2&oauth_token_secret=secret2&oauth_expires_in=1800\
/// #     &oauth_session_handle=ODJhMGE4&oauth_authorization_expires_in=31536000");
/// let next = renewal.read(&send(request), now)?;
/// assert_eq!(next.token().token(), "token2");
/// assert_eq!(next.expiry().seconds_left(now), Some(1800));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Renewal {
    credentials: Credentials,
    service: Service,
    handle: Arc<Secret>,
}

impl Renewal {
    /// The renewal of `token` with the session handle that came with it.
    ///
    /// # Errors
    /// [`UnusableKey`], which [`Client::new`] has ruled out already.
    pub fn new(
        client: &Client,
        service: &Service,
        token: &Token,
        session_handle: &Secret,
    ) -> Result<Self, UnusableKey> {
        Ok(Self {
            credentials: client.with_token(token)?,
            service: service.clone(),
            handle: Arc::new(Secret::new(session_handle.expose_secret())),
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
        let extras = Extras {
            session_handle: Some(self.handle.expose_secret()),
            ..Extras::default()
        };
        let uri = self.service.access_token();
        token_request(&self.credentials, uri, &[], extras, stamp)
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
    /// [`AnswerError`]: no token. Only [`AnswerError::refusal`] says that the old one is dead.
    pub fn read<B: AsRef<[u8]>>(
        &self,
        response: &http::Response<B>,
        now: UnixTime,
    ) -> Result<AccessToken, AnswerError> {
        self.credentials.client().read_access_token(response, now)
    }
}

//! The first step: temporary credentials.

use countersign_signature::UnusableKey;
use http::{Method, Uri};

use crate::answer::{AnswerError, read_temporary};
use crate::client::Client;
use crate::credentials::Credentials;
use crate::retry::Attempts;
use crate::service::Service;
use crate::sign::{Extras, SignError};
use crate::stamp::Stamp;

use super::{Callback, Pending, SessionState, token_request};

/// A flow that has just begun: ask for temporary credentials (RFC 5849 section 2.1).
///
/// ```
/// # use countersign_client::{AnswerError, Callback, Client, Consumer, Service, SessionState, Stamp, Start};
/// # use countersign_clock::UnixTime;
/// # use countersign_key::Secret;
/// # use countersign_signature::Method;
/// # let consumer = Consumer::hmac("key", Secret::new("secret"));
/// # let client = Client::new(consumer, Method::HMAC_SHA1)?;
/// # let service = Service::new("https://a.example/request", "https://a.example/authorize", "https://a.example/access")?;
/// # let stamp = |nonce: &str| Stamp::new(UnixTime::from_seconds(137_131_200), nonce.to_owned());
/// # let send = |request: http::Request<Vec<u8>>| http::Response::new(match request.uri().path() {
/// #     "/request" => "oauth_token=temporary&oauth_token_secret=s1&oauth_callback_confirmed=true",
/// #     _ => "oauth_token=token&oauth_token_secret=s2&oauth_expires_in=1800",
/// # });
/// # let now = UnixTime::from_seconds(137_131_200);
/// // Kept in the user's session.
/// let state = SessionState::from_kept("2ZgzTbq0qdVYkBnb");
///
/// let callback = Callback::to("https://app.example.com/ready")?;
/// let start = Start::new(&client, &service, callback, &state)?;
/// let pending = start.read(&send(start.request(stamp("nonce1"))?))?;
/// let page = pending.authorization_url(&[]).ok_or("no page")?;
/// assert_eq!(page, "https://a.example/authorize?oauth_token=temporary");
///
/// // The user comes back, perhaps.
/// let target = "/ready?oauth_token=temporary&oauth_verifier=hfdp7dh39dks9884";
/// let approved = pending.come_back(target, &state)?;
/// let token = approved.read(&send(approved.request(stamp("nonce2"))?), now)?;
/// assert_eq!(token.token().token(), "token");
///
/// // Another user's session does not fit, nor does another token.
/// assert!(pending.come_back(target, &SessionState::from_kept("other")).is_err());
/// assert!(pending.come_back("/ready?oauth_token=other&oauth_verifier=v", &state).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Start {
    credentials: Credentials,
    service: Service,
    callback: Callback,
    state: SessionState,
    parameters: Vec<(String, String)>,
}

impl Start {
    /// A flow for the user in whose session `state` is kept.
    ///
    /// # Errors
    /// [`UnusableKey`], which [`Client::new`] has ruled out already.
    pub fn new(
        client: &Client,
        service: &Service,
        callback: Callback,
        state: &SessionState,
    ) -> Result<Self, UnusableKey> {
        Ok(Self {
            credentials: client.without_token()?,
            service: service.clone(),
            callback,
            state: state.copied(),
            parameters: Vec::new(),
        })
    }

    /// Sends a parameter of the provider's own along, as `scope` or `x_auth_access_type`; it is
    /// signed.
    #[must_use]
    pub fn with_parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.push((name.into(), value.into()));
        self
    }

    /// Where the request goes; none if the provider has no such step.
    #[must_use]
    pub const fn uri(&self) -> Option<&Uri> {
        self.service.request_token()
    }

    /// The signed request. For a second try make it anew, with another stamp.
    ///
    /// # Errors
    /// [`SignError`]; [`SignError::NoStep`] if the provider has no such step.
    pub fn request(&self, stamp: Stamp<'_>) -> Result<http::Request<Vec<u8>>, SignError> {
        let uri = self.service.request_token().ok_or(SignError::NoStep)?;
        let pairs: Vec<(&str, &str)> = self
            .parameters
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let callback = self.callback.value(self.state.expose());
        let extras = Extras {
            callback: Some(&callback),
            ..Extras::default()
        };
        token_request(&self.credentials, uri, &pairs, extras, stamp)
    }

    /// What is tried of it: none yet. Its answers are read as those of the client's provider.
    #[must_use]
    pub fn attempts(&self) -> Attempts {
        Attempts::new(&Method::POST)
            .with_provider(self.credentials.client().provider())
            .of_a_step()
    }

    /// Reads the answer.
    ///
    /// # Errors
    /// [`AnswerError`]: no temporary credentials, or the callback is not confirmed.
    pub fn read<B: AsRef<[u8]>>(
        &self,
        response: &http::Response<B>,
    ) -> Result<Pending, AnswerError> {
        let client = self.credentials.client();
        let token = read_temporary(response, client, self.service.confirms)?;
        Ok(Pending::new(
            client,
            &self.service,
            &self.callback,
            token,
            &self.state,
        ))
    }
}

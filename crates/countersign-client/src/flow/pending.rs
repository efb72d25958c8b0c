//! The second and third step: the user's decision, and the exchange.

use core::fmt;
use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_encoding::encode;
use countersign_key::Secret;
use http::{Method, Uri};

use crate::answer::{AccessToken, AnswerError};
use crate::client::Client;
use crate::retry::Attempts;
use crate::service::Service;
use crate::sign::{Extras, SignError};
use crate::stamp::Stamp;
use crate::token::Token;

use super::callback::{CallbackError, verifier_of};
use super::{Callback, SessionState, token_request};

/// Temporary credentials whose user has not come back yet (RFC 5849 section 2.2).
///
/// To keep it between two requests of a server, keep [`token`](Self::token) with its secret, and
/// make it anew with [`new`](Self::new).
pub struct Pending {
    client: Client,
    service: Service,
    callback: Callback,
    token: Token,
    state: SessionState,
}

impl Pending {
    /// As it was kept: `token` are the temporary credentials, `state` is the value of the session in
    /// which the flow began.
    #[must_use]
    pub fn new(
        client: &Client,
        service: &Service,
        callback: &Callback,
        token: Token,
        state: &SessionState,
    ) -> Self {
        Self {
            client: client.clone(),
            service: service.clone(),
            callback: callback.clone(),
            token,
            state: state.copied(),
        }
    }

    /// The temporary credentials.
    #[must_use]
    pub const fn token(&self) -> &Token {
        &self.token
    }

    /// The value of the session in which the flow began.
    #[must_use]
    pub const fn state(&self) -> &SessionState {
        &self.state
    }

    /// Where to send the user, with further parameters that the provider knows, as `perms`. None
    /// if the provider has no page for it.
    #[must_use]
    pub fn authorization_url(&self, parameters: &[(&str, &str)]) -> Option<String> {
        let page = self.service.authorize()?;
        let consumer_key = self
            .service
            .with_consumer_key
            .map(|name| (name, self.client.consumer().key()));
        let own = (self.service.token_parameter, self.token.token());
        let mut url = page.to_string();
        for (name, value) in consumer_key
            .into_iter()
            .chain([own])
            .chain(parameters.iter().copied())
        {
            let separator = match url.split_once('?') {
                None => "?",
                Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
                Some(_) => "&",
            };
            url.extend([separator, &encode(name), "=", &encode(value)]);
        }
        Some(url)
    }

    /// Somebody comes back: `target` is what was requested of the callback address, whole or from
    /// its path or query on; `kept` is the value from the session of whoever comes.
    ///
    /// Nothing is used up by a callback that is refused: anybody can forge one.
    ///
    /// # Errors
    /// [`CallbackError`]: another session, another token, a refusal by the user, no verifier.
    pub fn come_back(&self, target: &str, kept: &SessionState) -> Result<Approved, CallbackError> {
        if !self.state.matches(kept.expose()) {
            return Err(CallbackError::OtherSession);
        }
        let state = self
            .callback
            .state_parameter()
            .map(|name| (name, &self.state));
        verifier_of(target, self.token.token(), state).map(|verifier| self.approved(verifier))
    }

    /// The user brings the verifier, as after [`Callback::out_of_band`]. Blanks around it are left
    /// out.
    ///
    /// # Errors
    /// [`CallbackError::NoVerifier`] if it is empty.
    pub fn with_verifier(&self, verifier: &str) -> Result<Approved, CallbackError> {
        match verifier.trim() {
            "" => Err(CallbackError::NoVerifier),
            verifier => Ok(self.approved(Secret::new(verifier))),
        }
    }

    fn approved(&self, verifier: Secret) -> Approved {
        Approved {
            client: self.client.clone(),
            service: self.service.clone(),
            token: self.token.clone(),
            verifier: Arc::new(verifier),
        }
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending")
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}

/// Temporary credentials that the user approved: exchange them (RFC 5849 section 2.3), once.
#[derive(Clone)]
pub struct Approved {
    client: Client,
    service: Service,
    token: Token,
    verifier: Arc<Secret>,
}

impl Approved {
    /// Where the request goes.
    #[must_use]
    pub const fn uri(&self) -> &Uri {
        self.service.access_token()
    }

    /// The signed request. For a second try make it anew, with another stamp.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn request(&self, stamp: Stamp<'_>) -> Result<http::Request<Vec<u8>>, SignError> {
        let credentials = self
            .client
            .with_token(&self.token)
            .map_err(SignError::Key)?;
        let extras = Extras {
            verifier: Some(self.verifier.expose_secret()),
            ..Extras::default()
        };
        token_request(
            &credentials,
            self.service.access_token(),
            &[],
            extras,
            stamp,
        )
    }

    /// What is tried of it: none yet. Its answers are read as those of the client's provider.
    #[must_use]
    pub fn attempts(&self) -> Attempts {
        Attempts::new(&Method::POST)
            .with_provider(self.client.provider())
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
        AccessToken::read(response, &self.client, now)
    }
}

impl fmt::Debug for Approved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Approved")
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}

//! Reading what a provider's token endpoints answer.

mod error;
mod fields;
#[cfg(test)]
mod tests;

use core::fmt;
use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_signature::KeyKind;
use countersign_token::Expiry;

use crate::client::Client;
use crate::token::Token;
pub use error::{AnswerError, Refused};
use fields::Fields;

/// The longest answer of a token endpoint that is read: 64 KiB. Whoever reads from the network
/// stops one byte later.
pub const MAX_ANSWER: usize = 64 * 1024;

/// Token credentials as a provider gave them out (RFC 5849 section 2.3), with what the Session
/// extension and the provider itself add.
///
/// `Debug` shows the token and the names of what was added; no secret, and no value.
#[derive(Clone)]
pub struct AccessToken {
    token: Token,
    session_handle: Option<Arc<Secret>>,
    expires: Lifetime,
    authorization_expires: Lifetime,
    received: UnixTime,
    extra: Vec<(String, String)>,
}

/// How long a provider says that something is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "said, not said, or said in a way that means nothing"
)]
pub enum Lifetime {
    /// Nothing was said.
    Unsaid,
    /// So many seconds; more than fit are cut to what fits, which is 136 years.
    Seconds(u32),
    /// No number of seconds: `-1`, `never`. The token is taken all the same, as it may be the only
    /// one that is left, and counts as one of which nothing was said.
    Unreadable,
}

impl Lifetime {
    fn of(value: Option<&str>) -> Self {
        let Some(value) = value else {
            return Self::Unsaid;
        };
        if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
            return Self::Unreadable;
        }
        Self::Seconds(value.parse().unwrap_or(u32::MAX))
    }

    /// When it is over, counted from `received`; never, where no number was said.
    #[must_use]
    pub fn expiry(self, received: UnixTime) -> Expiry {
        match self {
            Self::Seconds(seconds) => Expiry::after(received, seconds),
            Self::Unsaid | Self::Unreadable => Expiry::NEVER,
        }
    }
}

impl AccessToken {
    /// The token and its secret.
    #[must_use]
    pub const fn token(&self) -> &Token {
        &self.token
    }

    /// `oauth_session_handle`, with which the token is renewed (Session extension). It is a secret.
    #[must_use]
    pub fn session_handle(&self) -> Option<&Secret> {
        self.session_handle.as_deref()
    }

    /// `oauth_expires_in`.
    #[must_use]
    pub const fn expires_in(&self) -> Lifetime {
        self.expires
    }

    /// When the token expires, as far as is known.
    #[must_use]
    pub fn expiry(&self) -> Expiry {
        self.expires.expiry(self.received)
    }

    /// `oauth_authorization_expires_in`.
    #[must_use]
    pub const fn authorization_expires_in(&self) -> Lifetime {
        self.authorization_expires
    }

    /// When the user's authorisation ends and no renewal helps any more, as far as is known.
    #[must_use]
    pub fn authorization_expiry(&self) -> Expiry {
        self.authorization_expires.expiry(self.received)
    }

    /// When the answer came.
    #[must_use]
    pub const fn received(&self) -> UnixTime {
        self.received
    }

    /// What else was in the answer, as `user_id` and `screen_name`, in order.
    #[must_use]
    pub fn extra(&self) -> &[(String, String)] {
        &self.extra
    }

    /// Reads the answer to a request for an access token: all of it, or nothing.
    pub(crate) fn read<B: AsRef<[u8]>>(
        response: &http::Response<B>,
        client: &Client,
        received: UnixTime,
    ) -> Result<Self, AnswerError> {
        let mut fields = Fields::read(response, client.provider())?;
        let token = token(&mut fields, client.method().kind())?;
        Ok(Self {
            token,
            session_handle: fields
                .take("oauth_session_handle")
                .filter(|handle| !handle.is_empty())
                .map(|handle| Arc::new(Secret::new(handle))),
            expires: Lifetime::of(fields.take("oauth_expires_in").as_deref()),
            authorization_expires: Lifetime::of(
                fields.take("oauth_authorization_expires_in").as_deref(),
            ),
            received,
            extra: fields.rest(),
        })
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.extra.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("AccessToken")
            .field("token", &self.token)
            .field("session_handle", &self.session_handle.is_some())
            .field("expires", &self.expires)
            .field("authorization_expires", &self.authorization_expires)
            .field("extra", &names)
            .finish_non_exhaustive()
    }
}

/// Reads the answer to a request for temporary credentials (RFC 5849 section 2.1).
///
/// > The parameter MUST be present and set to "true".
///
/// `confirmed` says whether that is demanded.
pub(crate) fn read_temporary<B: AsRef<[u8]>>(
    response: &http::Response<B>,
    client: &Client,
    confirmed: bool,
) -> Result<Token, AnswerError> {
    let mut fields = Fields::read(response, client.provider())?;
    let token = token(&mut fields, client.method().kind())?;
    if confirmed && fields.take("oauth_callback_confirmed").as_deref() != Some("true") {
        return Err(AnswerError::NotConfirmed);
    }
    Ok(token)
}

fn token(fields: &mut Fields, kind: KeyKind) -> Result<Token, AnswerError> {
    const TOKEN: &str = "oauth_token";
    const SECRET: &str = "oauth_token_secret";
    let token = fields.take(TOKEN).filter(|token| !token.is_empty());
    let secret = fields.take(SECRET);
    // An empty secret is legal, and takes no part in what an RSA key signs.
    let secret = secret.filter(|secret| !secret.is_empty() || kind == KeyKind::Rsa);
    match (token, secret) {
        (Some(token), Some(secret)) => Ok(Token::new(token, Secret::new(secret))),
        (None, _) => Err(AnswerError::Missing { name: TOKEN }),
        (_, None) => Err(AnswerError::Missing { name: SECRET }),
    }
}

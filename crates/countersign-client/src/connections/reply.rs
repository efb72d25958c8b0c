//! The answer to a renewal as it is kept, and what the strict reader makes of it.

use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_key::{Secret, SecretBytes};
use countersign_problem::ProblemCode;
use countersign_store::{RenewalFault, TokenCredentials};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, Response, StatusCode};

use crate::answer::{AccessToken, AnswerError, MAX_ANSWER};
use crate::client::Client;
use crate::connections::{RawReply, ReadReply};

/// The form in which answers are kept; a reader of another form takes none of it for a token.
const FORM: &str = "countersign/reply/1";

/// The fields that the reader looks at.
const FIELDS: [HeaderName; 4] = [
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    WWW_AUTHENTICATE,
];

/// More octets of fields are not kept: then the answer is none that gives a token.
const MOST_OF_FIELDS: usize = 4096;

impl RawReply {
    /// An answer as it came, with what [`ReadReply::of`] needs of it.
    ///
    /// Of a body that is longer than any answer one byte more is kept, so that it reads as too long.
    pub fn of<B: AsRef<[u8]>>(response: &Response<B>) -> Self {
        let body = response.body().as_ref();
        let body = body.get(..=MAX_ANSWER).unwrap_or(body);
        // Large enough, so that no secret is left behind in a smaller one.
        let room = FORM.len().saturating_add(MOST_OF_FIELDS).saturating_add(64);
        let mut bytes = Vec::with_capacity(room.saturating_add(body.len()));
        bytes.extend_from_slice(FORM.as_bytes());
        bytes.push(b'\n');
        bytes.extend_from_slice(response.status().as_str().as_bytes());
        bytes.push(b'\n');
        let head = bytes.len();
        for name in &FIELDS {
            for value in response.headers().get_all(name) {
                let line = name.as_str().len().saturating_add(value.len());
                let taken = bytes.len().saturating_sub(head);
                if taken.saturating_add(line).saturating_add(2) > MOST_OF_FIELDS {
                    continue;
                }
                bytes.extend_from_slice(name.as_str().as_bytes());
                bytes.push(b':');
                bytes.extend_from_slice(value.as_bytes());
                bytes.push(b'\n');
            }
        }
        bytes.push(b'\n');
        bytes.extend_from_slice(body);
        Self::new(SecretBytes::new(bytes), response.status().is_success())
    }
}

impl ReadReply {
    /// Reads what [`RawReply::of`] kept of an answer that came at `received`: all of a token or
    /// nothing, by the rules of [`Client::read_access_token`].
    ///
    /// ```
    /// use countersign_client::connections::{RawReply, ReadReply};
    /// use countersign_client::{Client, Consumer};
    /// use countersign_clock::UnixTime;
    /// use countersign_key::Secret;
    /// use countersign_signature::Method;
    ///
    /// let client = Client::new(Consumer::hmac("key", Secret::new("secret")), Method::HMAC_SHA1)?;
    /// let answer = http::Response::new("oauth_token=token2&oauth_token_secret=secret2&oauth_expires_in=1800");
    /// let kept = RawReply::of(&answer);
    /// assert!(kept.may_hold_token);
    ///
    /// let now = UnixTime::from_seconds(1_700_000_000);
    /// let ReadReply::Token(read) = ReadReply::of(&client, kept.bytes.expose_secret(), now) else {
    ///     panic!("no token");
    /// };
    /// assert_eq!(read.token.expose_secret(), "token2");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of(client: &Client, bytes: &[u8], received: UnixTime) -> Self {
        let Some(response) = response(bytes) else {
            return Self::Garbled;
        };
        match client.read_access_token(&response, received) {
            Ok(access) => Self::Token(credentials(&access, received)),
            Err(AnswerError::Fault { .. } | AnswerError::Redirected { .. }) => {
                Self::Fault(RenewalFault::Provider)
            }
            Err(error) => match (error.refusal(), error.refused()) {
                (Some(refusal), _) => Self::Refused(refusal),
                // No nonce is sent twice by this side: somebody on the way repeated the request, and
                // the provider's answer to the first copy is lost.
                (None, Some(refused)) if *refused.code() == ProblemCode::NONCE_USED => {
                    Self::Fault(RenewalFault::Lost)
                }
                (None, Some(_)) => Self::Fault(RenewalFault::Refused),
                (None, None) => Self::Garbled,
            },
        }
    }
}

/// What is kept of an access token.
fn credentials(access: &AccessToken, received: UnixTime) -> TokenCredentials {
    let secret = |text: &str| Arc::new(Secret::new(text));
    let token = access.token();
    let made = TokenCredentials::new(
        secret(token.token()),
        secret(token.secret().expose_secret()),
        received,
    )
    .with_expiries(access.expiry(), access.authorization_expiry());
    match access.session_handle() {
        Some(handle) => made.with_session_handle(secret(handle.expose_secret())),
        None => made,
    }
}

/// An access token as the connections keep it.
impl From<&AccessToken> for TokenCredentials {
    fn from(access: &AccessToken) -> Self {
        credentials(access, access.received())
    }
}

fn response(bytes: &[u8]) -> Option<Response<&[u8]>> {
    let rest = bytes.strip_prefix(FORM.as_bytes())?.strip_prefix(b"\n")?;
    let (status, mut rest) = line(rest)?;
    let mut response = Response::new(&[][..]);
    *response.status_mut() = StatusCode::from_bytes(status).ok()?;
    loop {
        let (field, behind) = line(rest)?;
        rest = behind;
        if field.is_empty() {
            break;
        }
        let colon = field.iter().position(|octet| *octet == b':')?;
        let (name, value) = field.split_at_checked(colon)?;
        let name = HeaderName::from_bytes(name).ok()?;
        let value = HeaderValue::from_bytes(value.get(1..)?).ok()?;
        response.headers_mut().try_append(name, value).ok()?;
    }
    *response.body_mut() = rest;
    Some(response)
}

/// The first line and what is behind it.
fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|octet| *octet == b'\n')?;
    let (line, behind) = bytes.split_at_checked(end)?;
    Some((line, behind.get(1..)?))
}

#[cfg(test)]
mod tests;

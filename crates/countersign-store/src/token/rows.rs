//! The rows.

use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_token::{Generation, GrantState, TemporaryState};

use crate::fingerprint::Fingerprint;

/// Temporary credentials (RFC 5849 section 2.1): the right to ask a user.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TemporaryCredentials {
    /// Fingerprint of the token.
    pub token: Fingerprint,
    /// The application they were issued to.
    pub consumer_key: String,
    /// The token secret.
    pub secret: Arc<Secret>,
    /// Where the user goes next: a URI, or `oob`.
    pub callback: String,
    /// When they end.
    pub expires: UnixTime,
    /// What became of them.
    pub state: TemporaryState,
    /// Fingerprint of the verifier, once they are approved.
    pub verifier: Option<Fingerprint>,
    /// How many wrong verifiers were tried.
    pub wrong_verifiers: u8,
    /// Who approved.
    pub user: Option<String>,
    /// For which organisation.
    pub organisation: Option<String>,
    /// The role of the user there.
    pub role: Option<String>,
    /// From when the row may be dropped.
    pub forget_after: UnixTime,
}

impl TemporaryCredentials {
    /// New ones, undecided.
    #[must_use]
    pub fn new(
        token: Fingerprint,
        consumer_key: impl Into<String>,
        secret: Arc<Secret>,
        callback: impl Into<String>,
        expires: UnixTime,
    ) -> Self {
        Self {
            token,
            consumer_key: consumer_key.into(),
            secret,
            callback: callback.into(),
            expires,
            state: TemporaryState::Pending,
            verifier: None,
            wrong_verifiers: 0,
            user: None,
            organisation: None,
            role: None,
            forget_after: expires,
        }
    }
}

/// The identity of one grant: 128 random bits, drawn by the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GrantId(u128);

impl GrantId {
    /// An identity from 16 random bytes, or read back from a store.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }

    /// The identity as a store keeps it.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }
}

impl core::fmt::Display for GrantId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// What a user allowed: an application, for an organisation. Access tokens are its generations.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Grant {
    /// Its identity.
    pub id: GrantId,
    /// The application.
    pub consumer_key: String,
    /// The organisation.
    pub organisation: String,
    /// Who gave it.
    pub user: String,
    /// The role that allowed it.
    pub role: String,
    /// Live, or how it ended.
    pub state: GrantState,
    /// The newest generation of its access token.
    pub generation: Generation,
    /// Whether the access token may be renewed.
    pub renewable: bool,
    /// Fingerprint of the session handle that goes with the newest generation.
    pub session_handle: Option<Fingerprint>,
    /// When it was given.
    pub given: UnixTime,
    /// When the whole authorisation ends, whatever is renewed.
    pub ends: Option<UnixTime>,
    /// When it ended before its time.
    pub ended: Option<UnixTime>,
    /// What the last renewal gave out, kept until its token is used or the grace time is over
    /// (graceful renewal only).
    pub issued: Option<Issued>,
    /// From when the row may be dropped.
    pub forget_after: UnixTime,
}

impl Grant {
    /// A live grant in its first generation, not renewable and without an end.
    #[must_use]
    pub fn new(
        id: GrantId,
        consumer_key: impl Into<String>,
        organisation: impl Into<String>,
        user: impl Into<String>,
        given: UnixTime,
    ) -> Self {
        Self {
            id,
            consumer_key: consumer_key.into(),
            organisation: organisation.into(),
            user: user.into(),
            role: String::new(),
            state: GrantState::Live,
            generation: Generation::FIRST,
            renewable: false,
            session_handle: None,
            given,
            ends: None,
            ended: None,
            issued: None,
            forget_after: UnixTime::from_seconds(i64::MAX),
        }
    }
}

/// What a renewal gave out, so that a retry gets the same.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Issued {
    /// When.
    pub at: UnixTime,
    /// The access token of the newest generation.
    pub token: Arc<Secret>,
    /// Its secret.
    pub secret: Arc<Secret>,
    /// The session handle that goes with it.
    pub session_handle: Arc<Secret>,
}

impl Issued {
    /// What was given out at `at`.
    #[must_use]
    pub const fn new(
        at: UnixTime,
        token: Arc<Secret>,
        secret: Arc<Secret>,
        session_handle: Arc<Secret>,
    ) -> Self {
        Self {
            at,
            token,
            secret,
            session_handle,
        }
    }
}

/// An access token: one generation of a grant. It never changes; whether it is accepted is decided
/// by its grant.
///
/// A dead token keeps its secret until `forget_after`, so that a rightly signed caller is told what
/// became of it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AccessToken {
    /// Fingerprint of the token.
    pub token: Fingerprint,
    /// The grant it belongs to.
    pub grant: GrantId,
    /// Which generation it is.
    pub generation: Generation,
    /// The application it was issued to.
    pub consumer_key: String,
    /// The token secret.
    pub secret: Arc<Secret>,
    /// When it was issued.
    pub issued: UnixTime,
    /// When it ends, if it does.
    pub expires: Option<UnixTime>,
    /// From when the row may be dropped and the token counts as unknown.
    pub forget_after: UnixTime,
}

impl AccessToken {
    /// A token of a grant's generation.
    #[must_use]
    pub fn new(
        token: Fingerprint,
        grant: &Grant,
        secret: Arc<Secret>,
        issued: UnixTime,
        expires: Option<UnixTime>,
    ) -> Self {
        Self {
            token,
            grant: grant.id,
            generation: grant.generation,
            consumer_key: grant.consumer_key.clone(),
            secret,
            issued,
            expires,
            forget_after: grant.forget_after,
        }
    }
}

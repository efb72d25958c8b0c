//! The rows.

use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_token as life;
use countersign_token::{AuthorizationNumber, Expiry, Generation, TemporaryState};

use crate::consumer::Derived;
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
    /// Its state, its end, and which access token is the newest: all that decides.
    pub life: life::Grant,
    /// Whether the access token may be renewed.
    pub renewable: bool,
    /// When it was given.
    pub given: UnixTime,
    /// When it ended before its time.
    pub ended: Option<UnixTime>,
    /// What the last renewal gave out, kept until its token is used or the grace time is over
    /// (graceful renewal only).
    pub issued: Option<Issued>,
    /// From when the row may be dropped.
    pub forget_after: UnixTime,
}

impl Grant {
    /// A row is one authorisation; its identity tells it from others, so the number need not.
    pub const AUTHORIZATION: AuthorizationNumber = AuthorizationNumber::new(1);

    /// A live grant in its first generation, not renewable, that is over at `ends`.
    #[must_use]
    pub fn new(
        id: GrantId,
        consumer_key: impl Into<String>,
        organisation: impl Into<String>,
        user: impl Into<String>,
        given: UnixTime,
        ends: Expiry,
    ) -> Self {
        Self {
            id,
            consumer_key: consumer_key.into(),
            organisation: organisation.into(),
            user: user.into(),
            role: String::new(),
            life: life::Grant::new(Self::AUTHORIZATION, ends, given),
            renewable: false,
            given,
            ended: None,
            issued: None,
            forget_after: UnixTime::from_seconds(i64::MAX),
        }
    }

    /// Whether it stands for its application and organisation: live, or lapsed and renewable. A
    /// store keeps at most one of these for each pair. Its expiry is not looked at.
    #[must_use]
    pub const fn is_standing(&self) -> bool {
        matches!(
            self.life.state,
            life::SessionState::Live | life::SessionState::Lapsed
        )
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
    /// When it is over.
    pub expires: Expiry,
    /// Fingerprint of the session handle that was issued with it.
    pub session_handle: Option<Fingerprint>,
    /// From when the row may be dropped and the token counts as unknown.
    pub forget_after: UnixTime,
    /// What a provider made of this row and keeps with it; no part of what is stored.
    pub derived: Derived,
}

impl AccessToken {
    /// A token of a grant's generation.
    #[must_use]
    pub fn new(
        token: Fingerprint,
        grant: &Grant,
        secret: Arc<Secret>,
        issued: UnixTime,
        expires: Expiry,
    ) -> Self {
        Self {
            token,
            grant: grant.id,
            generation: grant.life.generation,
            consumer_key: grant.consumer_key.clone(),
            secret,
            issued,
            expires,
            session_handle: None,
            forget_after: grant.forget_after,
            derived: Derived::default(),
        }
    }

    /// What decides about it, for its grant.
    #[must_use]
    pub const fn presented(&self) -> life::PresentedToken {
        life::PresentedToken {
            authorization: Grant::AUTHORIZATION,
            generation: self.generation,
            expiry: self.expires,
        }
    }
}

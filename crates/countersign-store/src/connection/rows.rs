//! What is kept of a connection.

use std::sync::Arc;

use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_token::Expiry;

use crate::connection::{AnswerNumber, ConnectionId, KeptAnswer, Lease};
use crate::version::Versioned;

/// Token credentials (RFC 5849 section 2.3) with what the session extension adds.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TokenCredentials {
    /// `oauth_token`.
    pub token: Arc<Secret>,
    /// `oauth_token_secret`.
    pub secret: Arc<Secret>,
    /// `oauth_session_handle`, by which they are renewed, if they can be.
    pub session_handle: Option<Arc<Secret>>,
    /// When they are over.
    pub expiry: Expiry,
    /// When the authorisation is over, and with it every renewal.
    pub authorization_expiry: Expiry,
    /// When they came.
    pub received: UnixTime,
}

impl TokenCredentials {
    /// Credentials that came at `received`, that are never over and can't be renewed.
    #[must_use]
    pub const fn new(token: Arc<Secret>, secret: Arc<Secret>, received: UnixTime) -> Self {
        Self {
            token,
            secret,
            session_handle: None,
            expiry: Expiry::NEVER,
            authorization_expiry: Expiry::NEVER,
            received,
        }
    }

    /// Renewed by this handle.
    #[must_use]
    pub fn with_session_handle(mut self, handle: Arc<Secret>) -> Self {
        self.session_handle = Some(handle);
        self
    }

    /// Over at some time, as is the authorisation.
    #[must_use]
    pub const fn with_expiries(mut self, expiry: Expiry, authorization: Expiry) -> Self {
        self.expiry = expiry;
        self.authorization_expiry = authorization;
        self
    }
}

/// A connection: where it stands, its newest credentials, and those before until the newest have
/// worked.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Connection {
    /// Which one.
    pub id: ConnectionId,
    /// Generation and state.
    pub life: countersign_token::Connection,
    /// The credentials of the newest generation.
    pub credentials: TokenCredentials,
    /// The credentials of the generation before, as long as `life` names one.
    pub previous: Option<TokenCredentials>,
}

impl Connection {
    /// A connection that was just authorised.
    #[must_use]
    pub const fn new(
        id: ConnectionId,
        life: countersign_token::Connection,
        credentials: TokenCredentials,
    ) -> Self {
        Self {
            id,
            life,
            credentials,
            previous: None,
        }
    }
}

/// A connection as it was read, with what belongs to it at the same moment.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FoundConnection {
    /// The row and its version.
    pub row: Arc<Versioned<Connection>>,
    /// The last lease that was taken and not given back; its time may be over.
    pub lease: Option<Lease>,
    /// The answers kept for the generation of the row, oldest first.
    pub answers: Vec<Arc<KeptAnswer>>,
    /// The numbers of answers that were kept and can't be read: nothing can be made of them.
    pub damaged: Vec<AnswerNumber>,
}

impl FoundConnection {
    /// A connection without lease and answers.
    #[must_use]
    pub const fn new(row: Arc<Versioned<Connection>>) -> Self {
        Self {
            row,
            lease: None,
            answers: Vec::new(),
            damaged: Vec::new(),
        }
    }

    /// With its lease.
    #[must_use]
    pub const fn with_lease(mut self, lease: Option<Lease>) -> Self {
        self.lease = lease;
        self
    }

    /// With the answers kept for it.
    #[must_use]
    pub fn with_answers(mut self, answers: Vec<Arc<KeptAnswer>>) -> Self {
        self.answers = answers;
        self
    }

    /// With the numbers of those that can't be read.
    #[must_use]
    pub fn with_damaged(mut self, damaged: Vec<AnswerNumber>) -> Self {
        self.damaged = damaged;
        self
    }
}

//! Why there is no token.

use std::sync::Arc;

use countersign_store::{RenewalFault, StoreError};
use countersign_token::{Intent, ReauthorisationCause};

use crate::connections::advice;

/// A connection that only the user can restore. A normal event, and no fault of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loss {
    /// Why.
    pub cause: ReauthorisationCause,
    /// The renewal that was open at the time: which, and when it was begun.
    pub intent: Option<Intent>,
}

impl Loss {
    pub(super) const fn new(cause: ReauthorisationCause, intent: Option<Intent>) -> Self {
        Self { cause, intent }
    }

    /// What to tell the user.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        advice(self.cause)
    }
}

/// Why there is no token to sign with.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectionError {
    /// Another process is about to renew it, and takes long.
    #[error("another process is renewing the connection")]
    Busy,
    /// The renewal came to nothing; a later one may succeed.
    #[error("the renewal came to nothing: {}", .0.as_str())]
    Failed(RenewalFault),
    /// Only the user can help.
    #[error("the user has to authorise the connection again: {}", .0.cause)]
    NeedsReauthorisation(Loss),
    /// The token is over, and came without a session handle.
    #[error("the token can't be renewed")]
    NotRenewable,
    /// The store failed; nothing was sent.
    #[error("the store of connections failed")]
    Store(#[source] Arc<StoreError>),
    /// There is no such connection.
    #[error("there is no such connection")]
    Unknown,
}

impl From<StoreError> for ConnectionError {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}

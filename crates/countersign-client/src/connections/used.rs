//! Which token a request was signed with.

use core::fmt;

use countersign_store::TokenCredentials;
use countersign_token::Generation;

use crate::connections::Current;

/// The token that a request was signed with.
///
/// Its generation alone is not enough: where a token could not be stored, another process may have stored
/// one of the same generation, and what is said of one is not said of the other.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Used<'t> {
    pub(super) generation: Generation,
    token: &'t str,
}

impl<'t> Used<'t> {
    /// The token `token` of this generation.
    #[must_use]
    pub const fn new(generation: Generation, token: &'t str) -> Self {
        Self { generation, token }
    }

    /// This one.
    #[must_use]
    pub fn of(current: &'t Current) -> Self {
        Self::new(
            current.generation,
            current.credentials.token.expose_secret(),
        )
    }

    /// Whether a token of this generation is another one all the same.
    pub(super) fn is_other_than(
        self,
        generation: Generation,
        credentials: &TokenCredentials,
    ) -> bool {
        generation == self.generation && credentials.token.expose_secret() != self.token
    }
}

impl fmt::Debug for Used<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Used")
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

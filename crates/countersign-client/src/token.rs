//! A token and its secret.

use core::fmt;
use std::sync::Arc;

use countersign_key::Secret;

/// A token with its secret: temporary credentials or token credentials (RFC 5849 section 2).
///
/// Copies share the secret, which is wiped with the last of them.
///
/// ```
/// use countersign_client::Token;
/// use countersign_key::Secret;
///
/// let token = Token::new("nnch734d00sl2jdk", Secret::new("pfkkdhi9sl3r4s00"));
/// assert_eq!(token.token(), "nnch734d00sl2jdk");
/// assert!(!format!("{token:?}").contains("pfkk"));
/// ```
#[derive(Clone)]
pub struct Token {
    token: String,
    secret: Arc<Secret>,
}

impl Token {
    /// A token and its secret, as issued.
    #[must_use]
    pub fn new(token: impl Into<String>, secret: Secret) -> Self {
        Self {
            token: token.into(),
            secret: Arc::new(secret),
        }
    }

    /// The token, as `oauth_token` has it.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The token's secret.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.secret
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}

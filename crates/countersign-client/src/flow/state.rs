//! What ties an authorisation to the session of one user.

use core::fmt;

use countersign_key::{RandomError, Secret, SecureRandom};
use subtle::ConstantTimeEq as _;

/// A random value that the application keeps in the session of the user who begins to authorise,
/// and must present when somebody comes back.
///
/// OAuth 1.0a itself does not say whose browser brings the callback. An attacker who begins with
/// an own account and sends the victim to the application's callback would connect the victim's
/// session to the attacker's account. The victim's session has another value, or none.
///
/// ```
/// use countersign_client::SessionState;
///
/// let state = SessionState::from_kept("2ZgzTbq0qdVYkBnb");
/// assert_eq!(state.expose(), "2ZgzTbq0qdVYkBnb");
/// assert!(!format!("{state:?}").contains("2Zg"));
/// ```
pub struct SessionState(Secret);

impl SessionState {
    /// A new value: 32 letters and digits.
    ///
    /// # Errors
    /// [`RandomError`] if the generator fails.
    pub fn new(random: &mut dyn SecureRandom) -> Result<Self, RandomError> {
        countersign_signature::nonce(random).map(|text| Self(Secret::new(text)))
    }

    /// The value that was kept in the user's session. An empty one matches nothing.
    #[must_use]
    pub fn from_kept(text: impl Into<String>) -> Self {
        Self(Secret::new(text))
    }

    /// The value, to be kept in the user's session and nowhere else.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    pub(crate) fn matches(&self, other: &str) -> bool {
        same(self.expose(), other)
    }

    pub(crate) fn copied(&self) -> Self {
        Self::from_kept(self.expose())
    }
}

impl fmt::Debug for SessionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionState([redacted])")
    }
}

/// Compares in constant time; nothing equals the empty text.
pub(super) fn same(ours: &str, theirs: &str) -> bool {
    !ours.is_empty() && bool::from(ours.as_bytes().ct_eq(theirs.as_bytes()))
}

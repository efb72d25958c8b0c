//! Which connection.

use core::fmt;

/// Which connection: an application at a provider, and the organisation or account it is connected
/// to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId {
    consumer_key: String,
    account: String,
}

impl ConnectionId {
    /// The connection of a consumer key to an organisation or account, by whatever name the
    /// application knows that.
    pub fn new(consumer_key: impl Into<String>, account: impl Into<String>) -> Self {
        Self {
            consumer_key: consumer_key.into(),
            account: account.into(),
        }
    }

    /// The consumer key.
    #[must_use]
    pub fn consumer_key(&self) -> &str {
        &self.consumer_key
    }

    /// The organisation or account.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }
}

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (key, account) = (
            self.consumer_key.escape_debug(),
            self.account.escape_debug(),
        );
        write!(f, "{key} for {account}")
    }
}

//! Why a store could not do what it was asked.

/// A store's failure. It is never the caller's fault: the provider answers it with 503 and no
/// problem code, so that no client throws a token away.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A row can't be read or opened: the file is damaged, or another key sealed it.
    #[error("a row of the store can't be read: {what}")]
    Damaged {
        /// Which row and what is wrong with it; never a secret.
        what: String,
    },
    /// The store holds as much as it may. Nothing live is evicted to make room.
    #[error("the store is full: it may hold {limit} {what}")]
    Full {
        /// How many it may hold.
        limit: usize,
        /// Of what.
        what: &'static str,
    },
    /// The store can't be reached or failed; nothing was changed.
    #[error("the store is not available")]
    Unavailable(#[source] Option<Box<dyn core::error::Error + Send + Sync>>),
    /// The store was asked to change something and nobody knows whether it did.
    #[error("the outcome of a change is not known")]
    UnknownOutcome(#[source] Option<Box<dyn core::error::Error + Send + Sync>>),
}

impl StoreError {
    /// A store that failed without a change, for a reason.
    pub fn unavailable(source: impl Into<Box<dyn core::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(Some(source.into()))
    }
}

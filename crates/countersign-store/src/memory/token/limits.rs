//! How much the store of tokens may hold.

use crate::error::StoreError;

/// How many rows of each kind a [`MemoryTokenStore`](crate::MemoryTokenStore) may hold. A full
/// store refuses new rows until others are forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenLimits {
    temporary: usize,
    grants: usize,
    access: usize,
}

impl Default for TokenLimits {
    /// 100,000 temporary credentials, 100,000 grants and 1,000,000 access tokens.
    fn default() -> Self {
        Self {
            temporary: 100_000,
            grants: 100_000,
            access: 1_000_000,
        }
    }
}

impl TokenLimits {
    /// At most so many temporary credentials.
    #[must_use]
    pub const fn with_temporary(mut self, rows: usize) -> Self {
        self.temporary = rows;
        self
    }

    /// At most so many grants.
    #[must_use]
    pub const fn with_grants(mut self, rows: usize) -> Self {
        self.grants = rows;
        self
    }

    /// At most so many access tokens.
    #[must_use]
    pub const fn with_access(mut self, rows: usize) -> Self {
        self.access = rows;
        self
    }

    /// Whether so many rows of each kind may be held.
    pub(super) const fn admit(
        &self,
        temporary: usize,
        grants: usize,
        access: usize,
    ) -> Result<(), StoreError> {
        let (limit, what) = if temporary > self.temporary {
            (self.temporary, "temporary credentials")
        } else if grants > self.grants {
            (self.grants, "grants")
        } else if access > self.access {
            (self.access, "access tokens")
        } else {
            return Ok(());
        };
        Err(StoreError::Full { limit, what })
    }
}

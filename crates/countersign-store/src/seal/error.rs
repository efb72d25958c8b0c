//! Why something can't be sealed or opened.

use crate::error::StoreError;
use crate::seal::KeyId;

/// A failure of sealing or opening. It holds nothing of what was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// Sealed for another place or generation, with another key of the same id, or changed since.
    #[error("what key {key} sealed was altered, or was sealed for another row or with another key")]
    Altered {
        /// The key it names.
        key: KeyId,
    },
    /// There is one of this id.
    #[error("there are two keys with the id {key}")]
    DuplicateKey {
        /// The id.
        key: KeyId,
    },
    /// The source of random bytes failed.
    #[error("there are no random bytes to seal with")]
    NoRandomness,
    /// Never sealed, of another format, or cut off.
    #[error("expected a sealed value, found something else or a part of one")]
    NotSealed,
    /// 256 GiB or more.
    #[error("too long to be sealed")]
    TooLong,
    /// The key is not at hand.
    #[error("sealed with key {key}, which is not at hand")]
    UnknownKey {
        /// The key it names.
        key: KeyId,
    },
}

/// What does not open is a damaged row; what can't be sealed changed nothing.
impl From<SealError> for StoreError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Altered { .. } | SealError::NotSealed | SealError::UnknownKey { .. } => {
                Self::Damaged {
                    what: error.to_string(),
                }
            }
            SealError::DuplicateKey { .. } | SealError::NoRandomness | SealError::TooLong => {
                Self::unavailable(error)
            }
        }
    }
}

//! Secrets at rest.

use countersign_key::SecureRandom;
use zeroize::Zeroizing;

use crate::fault::Fault;

/// Whether secrets are sealed, and by what.
#[derive(Debug, Clone)]
pub(crate) enum Seal {
    None,
}

/// Where a sealed value stands; it can't be opened elsewhere, nor in a later version of its row.
#[derive(Debug)]
pub(crate) struct Place<'p> {
    pub(crate) table: &'static str,
    /// The identity of the row.
    pub(crate) row: &'p [u8],
    /// The version or generation of the row.
    pub(crate) number: u64,
}

impl Seal {
    pub(crate) const fn is_some(&self) -> bool {
        match self {
            Self::None => false,
        }
    }

    pub(crate) fn seal(
        &self,
        place: &Place<'_>,
        secret: &[u8],
        random: &mut (dyn SecureRandom + Send),
    ) -> Result<Vec<u8>, Fault> {
        match self {
            Self::None => Ok(secret.to_vec()),
        }
    }

    pub(crate) fn open(
        &self,
        place: &Place<'_>,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Fault> {
        match self {
            Self::None => Ok(Zeroizing::new(sealed.to_vec())),
        }
    }
}

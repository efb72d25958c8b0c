//! Secrets at rest.

use std::sync::Arc;

use countersign_key::{SecretBytes, SecureRandom};
use countersign_store::seal::{Place, SealError, Sealer};

use crate::fault::Fault;

/// Whether secrets are sealed, and by what.
#[derive(Debug, Clone)]
pub(crate) enum Seal {
    By(Arc<Sealer>),
    None,
}

impl Seal {
    pub(crate) const fn is_some(&self) -> bool {
        matches!(self, Self::By(_))
    }

    pub(crate) fn seal(
        &self,
        place: Place<'_>,
        secret: &[u8],
        mut random: &mut (dyn SecureRandom + Send),
    ) -> Result<Vec<u8>, Fault> {
        match self {
            Self::By(sealer) => {
                sealer
                    .seal(place, secret, &mut random)
                    .map_err(|error| match error {
                        SealError::NoRandomness => Fault::Random,
                        _ => Fault::TooLong,
                    })
            }
            Self::None => Ok(secret.to_vec()),
        }
    }

    /// Whether it needs no other key than the one of now.
    pub(crate) fn is_current(&self, sealed: &[u8]) -> bool {
        match self {
            Self::By(sealer) => sealer.is_current(sealed).is_ok_and(|current| current),
            Self::None => true,
        }
    }

    pub(crate) fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<SecretBytes, Fault> {
        match self {
            Self::By(sealer) => sealer
                .open(place, sealed)
                .map_err(|error| Fault::damaged(error.to_string())),
            Self::None => Ok(SecretBytes::new(sealed.to_vec())),
        }
    }
}

//! Secrets at rest.

use core::fmt;
use std::sync::Arc;

use countersign_key::SecureRandom;
use zeroize::Zeroizing;

use crate::codec::pack;
use crate::fault::Fault;

/// Authenticated encryption of secrets at rest.
///
/// An implementation draws a nonce for each call, so long that two never meet, and names its key in
/// what it gives and in what it authenticates, so that keys can be changed.
pub trait SecretSeal: fmt::Debug + Send + Sync {
    /// Seals `secret`, bound to `place`: the table, the identity of the row, and its version or
    /// generation. `None` if it can't.
    fn seal(&self, place: &[u8], secret: &[u8], random: &mut dyn SecureRandom) -> Option<Vec<u8>>;

    /// Opens what was sealed for the same `place`; `None` for anything else, whatever is wrong.
    fn open(&self, place: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>>;
}

/// Whether secrets are sealed, and by what.
#[derive(Debug, Clone)]
pub(crate) enum Seal {
    By(Arc<dyn SecretSeal>),
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

impl Place<'_> {
    fn bytes(&self) -> Result<Vec<u8>, Fault> {
        pack([self.table.as_bytes(), self.row, &self.number.to_le_bytes()])
    }
}

impl Seal {
    pub(crate) const fn is_some(&self) -> bool {
        matches!(self, Self::By(_))
    }

    pub(crate) fn seal(
        &self,
        place: &Place<'_>,
        secret: &[u8],
        mut random: &mut (dyn SecureRandom + Send),
    ) -> Result<Vec<u8>, Fault> {
        match self {
            Self::By(seal) => seal
                .seal(&place.bytes()?, secret, &mut random)
                .ok_or(Fault::Seal),
            Self::None => Ok(secret.to_vec()),
        }
    }

    pub(crate) fn open(
        &self,
        place: &Place<'_>,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Fault> {
        match self {
            Self::By(seal) => seal
                .open(&place.bytes()?, sealed)
                .ok_or_else(|| Fault::damaged("a secret can't be opened")),
            Self::None => Ok(Zeroizing::new(sealed.to_vec())),
        }
    }
}

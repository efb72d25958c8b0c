//! In what two rows of one application differ.

use countersign_certificate::Certificate;
use subtle::ConstantTimeEq;

use super::{Consumer, Credential};

/// In what two rows of consumers differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Difference {
    /// What they sign with: another secret, or other certificates, in whatever order.
    pub credential: bool,
    /// Whether they are accepted.
    pub standing: bool,
    /// Anything else that is stored.
    pub other: bool,
}

impl Difference {
    /// Whether they are the same.
    #[must_use]
    pub const fn is_none(self) -> bool {
        !self.credential && !self.standing && !self.other
    }
}

impl Consumer {
    /// In what another row differs from this one. What a provider keeps with a row counts for nothing.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Difference {
        // By every field: the compiler asks for those that are to come.
        let Self {
            key,
            name,
            kind,
            credential,
            standing,
            methods,
            callbacks,
            organisation,
            may_use_xauth,
            may_use_two_legged,
            derived: _,
        } = self;
        Difference {
            credential: !(credential.holds(&other.credential)
                && other.credential.holds(credential)),
            standing: *standing != other.standing,
            other: *key != other.key
                || *name != other.name
                || *kind != other.kind
                || *methods != other.methods
                || *callbacks != other.callbacks
                || *organisation != other.organisation
                || *may_use_xauth != other.may_use_xauth
                || *may_use_two_legged != other.may_use_two_legged,
        }
    }
}

impl Credential {
    /// Whether nothing can be signed by the other that this one doesn't allow: it is the same secret,
    /// compared in constant time, or none but certificates that are here.
    #[must_use]
    pub fn holds(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Secret(mine), Self::Secret(theirs)) => {
                let (mine, theirs) = (mine.expose_secret(), theirs.expose_secret());
                mine.as_bytes().ct_eq(theirs.as_bytes()).into()
            }
            (Self::Certificates(mine), Self::Certificates(theirs)) => {
                let is_here = |it: &Certificate| mine.iter().any(|mine| mine.der() == it.der());
                theirs.iter().all(is_here)
            }
            (Self::Secret(_), Self::Certificates(_)) | (Self::Certificates(_), Self::Secret(_)) => {
                false
            }
        }
    }
}

#[cfg(test)]
mod tests;

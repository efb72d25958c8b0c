//! What a profile, or a keys file, says of the provider.

use countersign_dialect::{Placement, Provider};
use countersign_signature::Method;
use serde::{Deserialize, Serialize};

#[cfg(feature = "network")]
use super::Written;

/// How a provider wants to be asked, as far as the file says.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) preset: Option<String>,
    #[cfg(feature = "network")]
    pub(crate) base_url: Option<String>,
    pub(crate) signature_method: Option<String>,
    pub(crate) placement: Option<Place>,
    /// Whether bodies that are no form are to be hashed.
    pub(crate) body_hash: Option<bool>,
}

impl Facts {
    /// The row of the preset.
    pub(crate) fn row(&self) -> Option<&'static Provider> {
        self.preset.as_deref().and_then(countersign_dialect::by_id)
    }

    /// The row, if it takes the method: of another one it says nothing.
    pub(crate) fn row_for(&self, method: &Method) -> Option<&'static Provider> {
        self.row().filter(|row| {
            let mut names = core::iter::once(method.name()).chain(method.alias());
            names.any(|name| row.accepts(name))
        })
    }
}

#[cfg(feature = "network")]
impl Written {
    /// The row of the preset.
    pub(crate) fn row(&self) -> Option<&'static Provider> {
        self.preset.as_deref().and_then(countersign_dialect::by_id)
    }
}

/// Where the protocol parameters go (RFC 5849 section 3.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Place {
    /// The Authorization header.
    Header,
    /// The query of the URL.
    Query,
    /// The form body.
    Body,
}

impl Place {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Query => "query",
            Self::Body => "body",
        }
    }

    /// The place of a preset; `None` for one that has no name here.
    pub(crate) const fn of(placement: Placement) -> Option<Self> {
        match placement {
            Placement::Header => Some(Self::Header),
            Placement::Query => Some(Self::Query),
            Placement::Body => Some(Self::Body),
            _ => None,
        }
    }
}

impl From<countersign_base_string::Place> for Place {
    fn from(place: countersign_base_string::Place) -> Self {
        match place {
            countersign_base_string::Place::Header => Self::Header,
            countersign_base_string::Place::Query => Self::Query,
            countersign_base_string::Place::Body => Self::Body,
        }
    }
}

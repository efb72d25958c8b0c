//! A rule of the search: one way to deviate, as a row of data.

use std::borrow::Cow;

use countersign_signature::Hash;

use super::state::{KeyParts, Pieces, Plan, UriParts, Wrap};
use super::subject::Subject;

/// Where a deviation lives. Two of one dimension are not combined unless it is repeatable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Dimension {
    Method,
    Scheme,
    Host,
    Port,
    Path,
    /// The query taken for the URI's, or its parameters left out.
    Query,
    Body,
    /// Which other parameters are signed.
    ParameterSet,
    Order,
    NameEncoding,
    ValueEncoding,
    /// How names, values and pairs are joined, and how often the whole is encoded.
    WholeEncoding,
    Structure,
    KeyMaterial,
    Hash,
    SignatureSpelling,
}

impl Dimension {
    /// Whether two deviations of this dimension make sense together: two parameters left out.
    pub(crate) const fn is_repeatable(self) -> bool {
        matches!(
            self,
            Self::Method
                | Self::Path
                | Self::Query
                | Self::Body
                | Self::ParameterSet
                | Self::KeyMaterial
        )
    }
}

/// What a rule came up with: states, each with a few words on what is special about it.
#[derive(Debug)]
pub(crate) struct Out<S> {
    pub(crate) states: Vec<(S, Cow<'static, str>)>,
}

impl<S> Default for Out<S> {
    fn default() -> Self {
        Self { states: Vec::new() }
    }
}

impl<S> Out<S> {
    /// One more state; `detail` says which parameter, character or secret it is about, in words
    /// that hold no secret and no value. Empty where the rule's summary says all.
    pub(crate) fn push(&mut self, state: S, detail: impl Into<Cow<'static, str>>) {
        self.states.push((state, detail.into()));
    }
}

/// All that a signer starts from.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    pub(crate) uri: UriParts,
    pub(crate) plan: Plan,
    /// None where no secret is at hand.
    pub(crate) key: Option<KeyParts>,
    /// How URI and parameters are encoded in the base string.
    pub(crate) wrap: Wrap,
}

/// How a rule deviates: a function from the state it finds to the states it makes. The engine
/// composes them, and drops what changes nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Deviate {
    /// Other texts in place of the method.
    Method(fn(&Subject<'_>, &[u8], &mut Out<Vec<u8>>)),
    Uri(fn(&Subject<'_>, &UriParts, &mut Out<UriParts>)),
    Parameters(fn(&Subject<'_>, &Plan, &mut Out<Plan>)),
    /// Several parts at once, where it is one mistake: the query taken for a part of the URI, or one
    /// wrong encoder for all. Applied to what the rule starts from only; others are combined with it.
    Base(fn(&Subject<'_>, &Start, &mut Out<Start>)),
    /// Puts the three parts together in another way than METHOD&URI&PARAMETERS, each encoded.
    Structure(fn(&Pieces<'_>, &mut Vec<u8>)),
    Key(fn(&Subject<'_>, &KeyParts, &mut Out<KeyParts>)),
    /// Another hash than the declared method's.
    Hash(Hash),
    /// Reads the received signature in another way: the octets that were meant.
    Signature(fn(&str) -> Option<Vec<u8>>),
}

/// One way to deviate from RFC 5849.
#[derive(Debug)]
pub(crate) struct Rule {
    /// The code of the finding; its row has side, remedies and the section of the RFC.
    pub(crate) code: &'static str,
    pub(crate) dimension: Dimension,
    /// How common it is: 1 rare, 100 everywhere.
    pub(crate) prior: u16,
    /// What the signer did, as the end of a sentence that begins with who did it: "left the query
    /// out of the signature".
    pub(crate) did: &'static str,
    pub(crate) deviate: Deviate,
}

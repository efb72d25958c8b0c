//! What deviations change: the parts of a base string, and the key.

use core::fmt;
use std::rc::Rc;

use countersign_base_string::Place;
use zeroize::Zeroizing;

use super::subject::Pair;

/// The base URI in its parts, as text that is not yet encoded for the base string.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct UriParts {
    /// `https`, without the colon.
    pub(crate) scheme: Vec<u8>,
    /// `://` as a rule.
    pub(crate) slashes: Vec<u8>,
    pub(crate) host: Vec<u8>,
    /// The port with its colon, or nothing.
    pub(crate) port: Vec<u8>,
    pub(crate) path: Vec<u8>,
    /// What follows the path: nothing as a rule.
    pub(crate) suffix: Vec<u8>,
}

impl UriParts {
    fn parts(&self) -> [&Vec<u8>; 6] {
        [
            &self.scheme,
            &self.slashes,
            &self.host,
            &self.port,
            &self.path,
            &self.suffix,
        ]
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        for part in self.parts() {
            out.extend_from_slice(part);
        }
    }

    pub(crate) fn len(&self) -> usize {
        let lengths = self.parts().into_iter().map(Vec::len);
        lengths.fold(0, usize::saturating_add)
    }
}

/// Which parameters a spelling goes for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    All,
    /// Those whose name begins with `oauth_`.
    Protocol,
    /// All others.
    Application,
    In(Place),
    /// One parameter, by its place in the order of arrival.
    Only(u16),
}

impl Scope {
    /// Whether `pair` is one of those it goes for.
    #[inline]
    pub(crate) fn holds(self, pair: &Pair) -> bool {
        match self {
            Self::All => true,
            Self::Protocol => pair.is_protocol(),
            Self::Application => !pair.is_protocol(),
            Self::In(place) => pair.place == place,
            Self::Only(id) => pair.id == Some(id),
        }
    }
}

/// Appends the spelling of a text: of the decoded octets first, as sent second.
pub(crate) type Write = fn(decoded: &[u8], raw: &[u8], out: &mut Vec<u8>);

/// Encodes a part for the base string, piece by piece or as a whole alike; what was sent is not at
/// hand, and the text is given in its place.
pub(crate) type Wrap = Write;

/// How names or values are spelt in the normalised parameters.
#[derive(Clone, Copy)]
pub(crate) struct Spell {
    pub(crate) write: Write,
    /// The others are encoded as RFC 5849 section 3.6 says.
    pub(crate) on: Scope,
}

impl Spell {
    /// RFC 5849 section 3.6.
    pub(crate) const RULE: Self = Self {
        write: by_the_rule,
        on: Scope::All,
    };

    fn is_same(&self, other: &Self) -> bool {
        self.on == other.on && core::ptr::fn_addr_eq(self.write, other.write)
    }

    #[inline]
    pub(crate) fn put(&self, pair: &Pair, decoded: &[u8], raw: &[u8], out: &mut Vec<u8>) {
        if self.on.holds(pair) {
            (self.write)(decoded, raw, out);
        } else {
            countersign_encoding::encode_into(decoded, out);
        }
    }
}

impl fmt::Debug for Spell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spell")
            .field("on", &self.on)
            .finish_non_exhaustive()
    }
}

/// One parameter, spelt.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) value: &'a [u8],
    pub(crate) pair: &'a Rc<Pair>,
    /// Which one it was before they were ordered.
    pub(crate) at: usize,
}

/// Brings spelt parameters into their order.
pub(crate) type Order = fn(&mut [Piece<'_>]);

/// Writes ordered parameters as one text, which is not yet encoded for the base string.
pub(crate) type Join = fn(&[Piece<'_>], &mut Vec<u8>);

// Functions, not closures: what is by the rule is told by its address, and a closure may have several.

/// Encodes by RFC 5849 section 3.6.
fn by_the_rule(decoded: &[u8], _: &[u8], out: &mut Vec<u8>) {
    countersign_encoding::encode_into(decoded, out);
}

/// Sorts by RFC 5849 section 3.4.1.3.2.
fn sorted(pieces: &mut [Piece<'_>]) {
    pieces.sort_by(|a, b| (a.name, a.value).cmp(&(b.name, b.value)));
}

/// Joins by RFC 5849 section 3.4.1.3.2.
fn joined(pieces: &[Piece<'_>], out: &mut Vec<u8>) {
    for (position, piece) in pieces.iter().enumerate() {
        if position > 0 {
            out.push(b'&');
        }
        out.extend_from_slice(piece.name);
        out.push(b'=');
        out.extend_from_slice(piece.value);
    }
}

/// How the parameter part comes about.
#[derive(Clone)]
pub(crate) struct Plan {
    /// In order of arrival: header, query, body. Most deviations keep them all, and share the list.
    pub(crate) pairs: Rc<[Rc<Pair>]>,
    pub(crate) names: Spell,
    pub(crate) values: Spell,
    pub(crate) order: Order,
    pub(crate) join: Join,
}

impl Plan {
    /// The order of RFC 5849 section 3.4.1.3.2.
    pub(crate) const SORTED: Order = sorted;

    /// The plan of RFC 5849 sections 3.4.1.3.1 and 3.4.1.3.2.
    pub(crate) fn by_the_rule(pairs: impl Into<Rc<[Rc<Pair>]>>) -> Self {
        Self {
            pairs: pairs.into(),
            names: Spell::RULE,
            values: Spell::RULE,
            order: Self::SORTED,
            join: joined,
        }
    }
}

impl Plan {
    /// Whether a name comes more than once.
    pub(crate) fn has_repeats(&self) -> bool {
        let mut names: Vec<&[u8]> = self.pairs.iter().map(|pair| pair.name.as_slice()).collect();
        names.sort_unstable();
        names.windows(2).any(|two| matches!(two, [a, b] if a == b))
    }

    /// Whether it is the same plan, as far as can be told without carrying it out.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.names.is_same(&other.names)
            && self.values.is_same(&other.values)
            && core::ptr::fn_addr_eq(self.order, other.order)
            && core::ptr::fn_addr_eq(self.join, other.join)
            && (Rc::ptr_eq(&self.pairs, &other.pairs)
                || self.pairs.len() == other.pairs.len()
                    && self
                        .pairs
                        .iter()
                        .zip(other.pairs.iter())
                        .all(|(one, other)| Rc::ptr_eq(one, other) || one == other))
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan")
            .field("pairs", &self.pairs.len())
            .field("names", &self.names)
            .field("values", &self.values)
            .finish_non_exhaustive()
    }
}

/// The three parts of a base string before each is encoded and they are put together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pieces<'a> {
    pub(crate) method: &'a [u8],
    pub(crate) uri: &'a [u8],
    pub(crate) parameters: &'a [u8],
}

/// The key of an HMAC, or of PLAINTEXT, in its parts.
#[derive(Clone)]
pub(crate) struct KeyParts {
    pub(crate) consumer_secret: Zeroizing<Vec<u8>>,
    pub(crate) token_secret: Zeroizing<Vec<u8>>,
    /// Whether the secrets are percent-encoded, as RFC 5849 section 3.4.2 wants.
    pub(crate) is_encoded: bool,
    /// How, then: as RFC 5849 section 3.6 says, or by the encoder used for all.
    pub(crate) spell: Write,
    /// `&` between the two.
    pub(crate) between: &'static [u8],
}

impl KeyParts {
    /// The octets of the key.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        self.put(&self.consumer_secret, out);
        out.extend_from_slice(self.between);
        self.put(&self.token_secret, out);
    }

    fn put(&self, secret: &[u8], out: &mut Vec<u8>) {
        if self.is_encoded {
            (self.spell)(secret, secret, out);
        } else {
            out.extend_from_slice(secret);
        }
    }
}

impl PartialEq for KeyParts {
    fn eq(&self, other: &Self) -> bool {
        self.consumer_secret == other.consumer_secret
            && self.token_secret == other.token_secret
            && self.is_encoded == other.is_encoded
            && core::ptr::fn_addr_eq(self.spell, other.spell)
            && self.between == other.between
    }
}

impl Eq for KeyParts {}

/// Never shows a secret.
impl fmt::Debug for KeyParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyParts").finish_non_exhaustive()
    }
}

//! One parameter of a request, with where it came from and how it was spelled.

use alloc::borrow::Cow;
use core::cmp::Ordering;
use core::fmt;

use crate::ProtocolName;
use crate::component::{Component, Spelling};

/// Where in a request a parameter is (RFC 5849 3.4.1.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(
    clippy::exhaustive_enums,
    reason = "RFC 5849 3.4.1.3.1 names these three sources"
)]
pub enum Place {
    /// The `Authorization` field.
    Header,
    /// The query of the request target.
    Query,
    /// A form body.
    Body,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header => "Authorization header",
            Self::Query => "query",
            Self::Body => "form body",
        })
    }
}

/// One parameter: decoded on demand, and aware of its place, its spelling and its position.
#[derive(Clone, Copy)]
pub struct Parameter<'a> {
    pub(crate) prefix: u64,
    pub(crate) name: Component<'a>,
    pub(crate) value: Component<'a>,
    /// The bytes of the value, where they are known to be text.
    pub(crate) text: Option<&'a str>,
    pub(crate) position: u32,
    pub(crate) place: Place,
    pub(crate) known: Option<ProtocolName>,
    pub(crate) has_equals: bool,
    pub(crate) added: bool,
}

/// The first six bytes of the encoded form of every protocol parameter's name.
const PROTOCOL: u64 = u64::from_be_bytes(*b"\0\0oauth_");

/// Whether a name of this prefix begins with `oauth_`.
#[inline]
pub(crate) const fn is_protocol_prefix(prefix: u64) -> bool {
    prefix >> 16 == PROTOCOL
}

/// Whether a name of this prefix comes before all that begin with `oauth_`.
#[inline]
pub(crate) const fn precedes_protocol(prefix: u64) -> bool {
    prefix >> 16 < PROTOCOL
}

impl<'a> Parameter<'a> {
    /// The decoded name.
    #[must_use]
    pub fn name(&self) -> Cow<'a, [u8]> {
        self.name.decoded()
    }

    /// The decoded value; empty when there is no `=`.
    #[must_use]
    pub fn value(&self) -> Cow<'a, [u8]> {
        self.value.decoded()
    }

    /// The decoded name for people: what is not UTF-8 is replaced.
    #[must_use]
    pub fn name_lossy(&self) -> Cow<'a, str> {
        lossy(self.name.decoded())
    }

    /// The decoded value as text; `None` when it is not UTF-8.
    #[must_use]
    #[inline]
    pub fn value_str(&self) -> Option<Cow<'a, str>> {
        match self.text {
            Some(text) if self.value.is_as_given() => Some(Cow::Borrowed(text)),
            _ => self.decoded_str(),
        }
    }

    #[inline(never)]
    fn decoded_str(&self) -> Option<Cow<'a, str>> {
        match self.value.decoded() {
            Cow::Borrowed(bytes) => core::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Cow::Owned(bytes) => alloc::string::String::from_utf8(bytes).ok().map(Cow::Owned),
        }
    }

    /// The name encoded per RFC 5849 3.6, as parameters are sorted by.
    #[must_use]
    pub fn encoded_name(&self) -> Cow<'a, str> {
        self.name.encoded()
    }

    /// The value encoded per RFC 5849 3.6.
    #[must_use]
    pub fn encoded_value(&self) -> Cow<'a, str> {
        self.value.encoded()
    }

    /// The name as spelled on the wire; `None` for a parameter that was added decoded.
    #[must_use]
    pub fn raw_name(&self) -> Option<&'a [u8]> {
        (!self.added).then_some(self.name.bytes())
    }

    /// The value as spelled on the wire, empty when there is no `=`; `None` for a parameter that
    /// was added decoded.
    #[must_use]
    pub fn raw_value(&self) -> Option<&'a [u8]> {
        (!self.added).then_some(self.value.bytes())
    }

    /// Whether the wire has an `=`; the signature does not tell `a` from `a=`.
    #[must_use]
    pub const fn has_equals(&self) -> bool {
        self.has_equals
    }

    /// Where it is.
    #[must_use]
    pub const fn place(&self) -> Place {
        self.place
    }

    /// The how-manieth of its place it is, from 0.
    #[must_use]
    pub fn position(&self) -> usize {
        usize::try_from(self.position).unwrap_or(usize::MAX)
    }

    /// Whether this is the decoded name.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        self.name.is(name.as_bytes())
    }

    /// Which protocol parameter it is by its decoded name, if it is one with a meaning of its own.
    #[must_use]
    #[inline]
    pub const fn protocol_name(&self) -> Option<ProtocolName> {
        self.known
    }

    /// Whether its name begins with `oauth_`.
    #[must_use]
    #[inline]
    pub const fn is_protocol(&self) -> bool {
        is_protocol_prefix(self.prefix)
    }

    /// Whether it is part of the base string: everything but `oauth_signature`.
    #[must_use]
    #[inline]
    pub const fn is_signed(&self) -> bool {
        !matches!(self.known, Some(ProtocolName::Signature))
    }

    /// Whether both parts were spelled on the wire exactly as they are signed.
    #[must_use]
    pub const fn is_canonical(&self) -> bool {
        const fn canonical(spelling: Spelling) -> bool {
            matches!(spelling, Spelling::Plain | Spelling::Canonical)
        }
        canonical(self.name.spelling()) && canonical(self.value.spelling())
    }

    /// The order of the base string: encoded names as bytes, then encoded values.
    #[inline]
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        self.name
            .compare(&other.name)
            .then_with(|| self.value.compare(&other.value))
    }
}

fn lossy(bytes: Cow<'_, [u8]>) -> Cow<'_, str> {
    match bytes {
        Cow::Borrowed(bytes) => alloc::string::String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => {
            Cow::Owned(alloc::string::String::from_utf8_lossy(&bytes).into_owned())
        }
    }
}

/// Without the value, which may be a secret.
impl fmt::Debug for Parameter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parameter")
            .field("name", &self.name_lossy())
            .field("value_bytes", &self.value.bytes().len())
            .field("place", &self.place)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}

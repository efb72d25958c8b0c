//! All parameters of a request, in the order of the wire.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

use crate::component::Component;
use crate::order::Keys;
use crate::parameter::is_protocol_prefix;
use crate::{
    HeaderLeniencies, Limits, Parameter, Place, ProtocolName, ProtocolParameters, Request,
};

mod collect;
mod error;
mod header;
#[cfg(test)]
mod tests;

pub use error::ParametersError;

/// All parameters of a request in the order header, query, form body (RFC 5849 3.4.1.3.1).
///
/// Repeated names are kept. `oauth_signature` is listed and never signed; the realm of the
/// `Authorization` field is no parameter, while a query parameter of that name is one.
///
/// ```
/// use countersign_base_string::{Limits, Parameters, Place, Request, Uri};
///
/// let request = Request::new("GET", Uri::parse("https://example.com/?realm=a&b=c+d")?)?
///     .with_authorization(r#"OAuth realm="x", oauth_nonce="7d8f3e4a", oauth_signature="bYT5""#);
/// let parameters = Parameters::collect(&request, &Limits::default())?;
/// let names: Vec<_> = parameters.iter().map(|parameter| parameter.name_lossy()).collect();
/// assert_eq!(names, ["oauth_nonce", "oauth_signature", "realm", "b"]);
/// assert_eq!(parameters.realm(), Some("x"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct Parameters<'a> {
    entries: Vec<Parameter<'a>>,
    realm: Option<Cow<'a, str>>,
    /// How many there are of each place; four, as a copy of whole words is quicker.
    counts: [u32; 4],
}

impl<'a> Parameters<'a> {
    /// No parameters yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            entries: Vec::new(),
            realm: None,
            counts: [0; 4],
        }
    }

    /// No parameters yet, and room for so many.
    #[must_use]
    pub fn with_capacity(parameters: usize) -> Self {
        Self {
            entries: Vec::with_capacity(parameters),
            ..Self::new()
        }
    }

    /// Collects the parameters of a request as sent.
    ///
    /// The query and a form body are read as forms (`+` is a space), the `Authorization` field by
    /// RFC 5849 3.6 (`+` is a plus). Other `Authorization` schemes are passed over. Whether
    /// protocol parameters are repeated or in several places is for the caller to judge: see
    /// [`duplicates`](Self::duplicates) and [`places`](Self::places).
    ///
    /// # Errors
    /// Two sets of OAuth credentials, malformed ones, malformed percent-encoding, and whatever
    /// exceeds the limits; lengths are checked before anything is read.
    pub fn collect(request: &Request<'a>, limits: &Limits) -> Result<Self, ParametersError> {
        let mut parameters = Self::with_capacity(12);
        parameters.extend_from_request(request, limits, HeaderLeniencies::NONE)?;
        Ok(parameters)
    }

    /// As [`collect`](Self::collect), reading the `Authorization` field with leniencies.
    ///
    /// # Errors
    /// As [`collect`](Self::collect), for whatever is not allowed.
    pub fn collect_lenient(
        request: &Request<'a>,
        limits: &Limits,
        allowed: HeaderLeniencies,
    ) -> Result<Self, ParametersError> {
        let mut parameters = Self::with_capacity(12);
        parameters.extend_from_request(request, limits, allowed)?;
        Ok(parameters)
    }

    #[inline(always)]
    fn push(
        &mut self,
        Name { name, known }: Name<'a>,
        value: Component<'a>,
        text: Option<&'a str>,
        place: Place,
        has_equals: bool,
        added: bool,
    ) {
        let [header, query, body, _] = &mut self.counts;
        let count = match place {
            Place::Header => header,
            Place::Query => query,
            Place::Body => body,
        };
        let position = *count;
        *count = position.saturating_add(1);
        self.entries.push(Parameter {
            prefix: name.prefix(),
            name,
            value,
            text,
            position,
            place,
            known,
            has_equals,
            added,
        });
    }

    /// Adds a decoded name and value, as for signing; no wire is read and none is changed.
    ///
    /// ```
    /// use countersign_base_string::{Parameters, Place};
    ///
    /// let mut parameters = Parameters::new();
    /// parameters.add("status", "Hello Ladies + Gentlemen", Place::Body);
    /// parameters.add(b"caf\xE9", "", Place::Body);
    /// assert_eq!(parameters.len(), 2);
    /// ```
    #[inline]
    pub fn add<N, V>(&mut self, name: &'a N, value: &'a V, place: Place)
    where
        N: AsRef<[u8]> + ?Sized,
        V: AsRef<[u8]> + ?Sized,
    {
        let name = Name::of(Component::raw(name.as_ref()));
        let value = Component::raw(value.as_ref());
        self.push(name, value, None, place, true, true);
    }

    /// Adds the protocol parameters that a client is about to send.
    pub fn add_protocol(&mut self, protocol: &ProtocolParameters<'a>, place: Place) {
        self.entries.reserve(ProtocolParameters::USUAL);
        for (name, value) in protocol.known() {
            let name = Name::of(Component::plain(name.as_bytes()));
            let value = Component::raw(value.as_bytes());
            self.push(name, value, None, place, true, true);
        }
        for (name, value) in protocol.more() {
            self.add(name, value, place);
        }
    }

    /// The parameters: header, query, body, each in the order of the wire.
    pub fn iter(&self) -> core::slice::Iter<'_, Parameter<'a>> {
        self.entries.iter()
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The first parameter of this decoded name, wherever it is.
    #[must_use]
    pub fn protocol(&self, name: &str) -> Option<&Parameter<'a>> {
        let prefix = countersign_encoding::rank_prefix(name.as_bytes());
        self.entries
            .iter()
            .find(|parameter| parameter.prefix == prefix && parameter.is_named(name))
    }

    /// The names of protocol parameters that occur more than once, within a place or across
    /// places, each once and sorted.
    ///
    /// > Each parameter MUST NOT appear more than once per request. (RFC 5849 3.1)
    #[must_use]
    pub fn duplicates(&self) -> Vec<Cow<'a, str>> {
        if self.are_few_and_distinct() {
            return Vec::new();
        }
        let mut keys = Keys::new();
        let mut names: Vec<Cow<'a, str>> = Vec::new();
        let mut previous: Option<&Parameter<'a>> = None;
        let mut listed = false;
        for (_, index) in keys.sorted(&self.entries, |parameter| parameter.is_protocol()) {
            let Some(parameter) = self.entries.get(*index) else {
                continue;
            };
            let same = previous.is_some_and(|previous| {
                previous.prefix == parameter.prefix
                    && previous.name.compare(&parameter.name).is_eq()
            });
            if same && !listed {
                names.push(parameter.name_lossy());
            }
            listed = same;
            previous = Some(parameter);
        }
        names
    }

    /// For the few parameters of most requests, comparing each with each is quicker than sorting.
    fn are_few_and_distinct(&self) -> bool {
        const FEW: usize = 16;
        let mut rest = self.entries.as_slice();
        if rest.len() > FEW {
            return false;
        }
        while let [parameter, after @ ..] = rest {
            let repeated = |other: &Parameter<'_>| {
                other.prefix == parameter.prefix && other.name.compare(&parameter.name).is_eq()
            };
            if parameter.is_protocol() && after.iter().any(repeated) {
                return false;
            }
            rest = after;
        }
        true
    }

    /// The places that hold protocol parameters, each once.
    ///
    /// A request uses one of them (RFC 5849 3.5).
    pub fn places(&self) -> impl Iterator<Item = Place> + use<> {
        let mut found = [false; 3];
        let [header, query, body] = &mut found;
        for parameter in &self.entries {
            if parameter.is_protocol() {
                match parameter.place {
                    Place::Header => *header = true,
                    Place::Query => *query = true,
                    Place::Body => *body = true,
                }
            }
        }
        [Place::Header, Place::Query, Place::Body]
            .into_iter()
            .zip(found)
            .filter_map(|(place, found)| found.then_some(place))
    }

    /// The realm of the `Authorization` field; it is never signed.
    #[must_use]
    pub fn realm(&self) -> Option<&str> {
        self.realm.as_deref()
    }

    /// Keeps those parameters that `keep` says yes to, as for asking what a signature would be
    /// without one.
    pub fn retain(&mut self, keep: impl FnMut(&Parameter<'a>) -> bool) {
        self.entries.retain(keep);
    }

    /// Empties the list and keeps its memory, for a request of another lifetime.
    ///
    /// ```
    /// use countersign_base_string::{Parameters, Place};
    ///
    /// let mut kept = Parameters::new();
    /// for nonce in ["7d8f3e4a", "137131200"] {
    ///     let request_of_its_own = String::from(nonce);
    ///     let mut parameters = kept.recycle();
    ///     parameters.add("oauth_nonce", &request_of_its_own, Place::Header);
    ///     assert_eq!(parameters.len(), 1);
    ///     kept = parameters.recycle();
    /// }
    /// ```
    #[must_use]
    pub fn recycle<'b>(self) -> Parameters<'b> {
        let mut entries = self.entries;
        entries.clear();
        Parameters {
            // The standard library collects an emptied list in place.
            entries: entries.into_iter().map_while(|_| None).collect(),
            realm: None,
            counts: [0; 4],
        }
    }

    pub(crate) fn entries(&self) -> &[Parameter<'a>] {
        &self.entries
    }
}

/// A name, and which protocol parameter it is.
struct Name<'a> {
    name: Component<'a>,
    known: Option<ProtocolName>,
}

impl<'a> Name<'a> {
    /// However it is spelled.
    #[inline(always)]
    fn of(name: Component<'a>) -> Self {
        let known = if !is_protocol_prefix(name.prefix()) {
            None
        } else if name.is_as_given() {
            ProtocolName::of(name.bytes())
        } else {
            ProtocolName::of(&name.decoded())
        };
        Self { name, known }
    }
}

impl<'a> FromIterator<Parameter<'a>> for Parameters<'a> {
    /// A list of parameters that were collected elsewhere; they keep their places and positions.
    fn from_iter<I: IntoIterator<Item = Parameter<'a>>>(parameters: I) -> Self {
        Self {
            entries: parameters.into_iter().collect(),
            ..Self::new()
        }
    }
}

impl<'p, 'a> IntoIterator for &'p Parameters<'a> {
    type Item = &'p Parameter<'a>;
    type IntoIter = core::slice::Iter<'p, Parameter<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Debug for Parameters<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.entries).finish()
    }
}

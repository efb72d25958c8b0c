//! The protocol parameters of a request, read in one pass.

use core::fmt;
use std::borrow::Cow;

use countersign_base_string::{Parameter, Parameters, Place, ProtocolName};

/// The order in which `Debug` lists the claims.
const LISTED: [ProtocolName; ProtocolName::ALL.len()] = [
    ProtocolName::ConsumerKey,
    ProtocolName::Token,
    ProtocolName::SignatureMethod,
    ProtocolName::Signature,
    ProtocolName::Timestamp,
    ProtocolName::Nonce,
    ProtocolName::Version,
    ProtocolName::Callback,
    ProtocolName::Verifier,
    ProtocolName::BodyHash,
    ProtocolName::SessionHandle,
];

/// What a request claims of itself, decoded: who signs, with which token, how and when.
///
/// Nothing here is verified; it is for look-ups, for the operator and for diagnosis.
#[derive(Clone, Default)]
pub struct Claims<'a> {
    /// Each at the place of its name.
    values: [Option<Cow<'a, str>>; ProtocolName::ALL.len()],
}

/// What one pass over the parameters found beside the claims.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// Where the first `oauth_` name is.
    place: Option<Place>,
    /// Other places that hold one, in the order found, each once.
    elsewhere: Vec<Place>,
    /// Whether a name may occur twice: one that is known does, or there is one that is not known.
    repeated: bool,
    /// Names of protocol parameters whose value is not UTF-8.
    pub(crate) not_utf8: Vec<&'static str>,
}

impl Reading {
    /// Any `oauth_` name at all.
    pub(crate) const fn any(&self) -> bool {
        self.place.is_some()
    }

    /// Whether certainly no `oauth_` name occurs twice.
    pub(crate) const fn is_distinct(&self) -> bool {
        !self.repeated
    }

    /// The places that hold an `oauth_` name, in the order found.
    pub(crate) fn places(&self) -> impl Iterator<Item = Place> {
        self.place.into_iter().chain(self.elsewhere.iter().copied())
    }

    pub(crate) const fn is_split(&self) -> bool {
        !self.elsewhere.is_empty()
    }

    fn note(&mut self, place: Place) {
        let first = *self.place.get_or_insert(place);
        if first != place && !self.elsewhere.contains(&place) {
            self.elsewhere.push(place);
        }
    }
}

/// Values that open something (a PLAINTEXT signature *is* the key) stay out of `Debug`.
const SENSITIVE: [ProtocolName; 3] = [
    ProtocolName::Signature,
    ProtocolName::Verifier,
    ProtocolName::SessionHandle,
];

impl fmt::Debug for Claims<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for name in LISTED {
            match self.get(name) {
                Some(_) if SENSITIVE.contains(&name) => map.entry(&name.as_str(), &"[redacted]"),
                Some(value) => map.entry(&name.as_str(), &value),
                None => &mut map,
            };
        }
        map.finish()
    }
}

impl<'a> Claims<'a> {
    /// Reads the claims among `parameters`; of a name that occurs twice, the first counts.
    #[must_use]
    pub fn of(parameters: &Parameters<'a>) -> Self {
        let mut claims = Self::default();
        claims.read(parameters);
        claims
    }

    /// As [`Claims::of`], into claims that are empty.
    pub(crate) fn read(&mut self, parameters: &Parameters<'a>) -> Reading {
        let mut reading = Reading::default();
        for parameter in parameters.iter() {
            if parameter.is_protocol() {
                reading.note(parameter.place());
                self.take(parameter, &mut reading);
            }
        }
        reading
    }

    fn take(&mut self, parameter: &Parameter<'a>, reading: &mut Reading) {
        let known = parameter.protocol_name().and_then(|name| {
            let slot = self.values.get_mut(name.index())?;
            Some((name, slot))
        });
        match known {
            Some((name, slot)) if slot.is_none() => match parameter.value_str() {
                // Nearly always, and then nothing is moved but a pointer and a length.
                Some(Cow::Borrowed(value)) => *slot = Some(Cow::Borrowed(value)),
                Some(value) => *slot = Some(value),
                None => {
                    // Its slot stays empty: another of the name would not be noticed here.
                    reading.repeated = true;
                    reading.not_utf8.push(name.as_str());
                }
            },
            Some(_) | None => reading.repeated = true,
        }
    }

    fn get(&self, name: ProtocolName) -> Option<&str> {
        self.values.get(name.index())?.as_deref()
    }

    /// `oauth_consumer_key`.
    #[must_use]
    pub fn consumer_key(&self) -> Option<&str> {
        self.get(ProtocolName::ConsumerKey)
    }

    /// `oauth_token`: `Some("")` when it was sent empty, `None` when it was not sent.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.get(ProtocolName::Token)
    }

    /// `oauth_signature_method`.
    #[must_use]
    pub fn signature_method(&self) -> Option<&str> {
        self.get(ProtocolName::SignatureMethod)
    }

    /// `oauth_signature`, still in base64.
    #[must_use]
    pub fn signature(&self) -> Option<&str> {
        self.get(ProtocolName::Signature)
    }

    /// `oauth_timestamp` as sent.
    #[must_use]
    pub fn timestamp(&self) -> Option<&str> {
        self.get(ProtocolName::Timestamp)
    }

    /// `oauth_nonce`, decoded.
    #[must_use]
    pub fn nonce(&self) -> Option<&str> {
        self.get(ProtocolName::Nonce)
    }

    /// `oauth_version`.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.get(ProtocolName::Version)
    }

    /// `oauth_callback`.
    #[must_use]
    pub fn callback(&self) -> Option<&str> {
        self.get(ProtocolName::Callback)
    }

    /// `oauth_verifier`.
    #[must_use]
    pub fn verifier(&self) -> Option<&str> {
        self.get(ProtocolName::Verifier)
    }

    /// `oauth_body_hash`.
    #[must_use]
    pub fn body_hash(&self) -> Option<&str> {
        self.get(ProtocolName::BodyHash)
    }

    /// `oauth_session_handle`.
    #[must_use]
    pub fn session_handle(&self) -> Option<&str> {
        self.get(ProtocolName::SessionHandle)
    }

    /// The same claims without a borrow of the request.
    #[must_use]
    pub fn into_owned(self) -> Claims<'static> {
        Claims {
            values: self
                .values
                .map(|value| value.map(|v| Cow::Owned(v.into_owned()))),
        }
    }
}

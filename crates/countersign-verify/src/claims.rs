//! The protocol parameters of a request, read in one pass.

use core::fmt;
use std::borrow::Cow;

use countersign_base_string::{Parameter, Parameters, Place};

/// Names of the protocol parameters the pipeline reads, each at the place of its slot in
/// [`Claims`].
const NAMES: [&str; 11] = [
    "oauth_consumer_key",
    "oauth_token",
    "oauth_signature_method",
    "oauth_signature",
    "oauth_timestamp",
    "oauth_nonce",
    "oauth_version",
    "oauth_callback",
    "oauth_verifier",
    "oauth_body_hash",
    "oauth_session_handle",
];

const CONSUMER_KEY: usize = 0;
const TOKEN: usize = 1;
const SIGNATURE_METHOD: usize = 2;
const SIGNATURE: usize = 3;
const TIMESTAMP: usize = 4;
const NONCE: usize = 5;
const VERSION: usize = 6;
const CALLBACK: usize = 7;
const VERIFIER: usize = 8;
const BODY_HASH: usize = 9;
const SESSION_HANDLE: usize = 10;

/// What a request claims of itself, decoded: who signs, with which token, how and when.
///
/// Nothing here is verified; it is for look-ups, for the operator and for diagnosis.
#[derive(Clone, Default)]
pub struct Claims<'a> {
    values: [Option<Cow<'a, str>>; NAMES.len()],
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

    /// The places that hold an `oauth_` name, in the order found, if there are several.
    pub(crate) fn places(&self) -> Option<Vec<Place>> {
        let all = || self.place.into_iter().chain(self.elsewhere.iter().copied());
        (!self.elsewhere.is_empty()).then(|| all().collect())
    }

    fn note(&mut self, place: Place) {
        let first = *self.place.get_or_insert(place);
        if first != place && !self.elsewhere.contains(&place) {
            self.elsewhere.push(place);
        }
    }
}

/// Values that open something (a PLAINTEXT signature *is* the key) stay out of `Debug`.
const SENSITIVE: [&str; 3] = ["oauth_signature", "oauth_verifier", "oauth_session_handle"];

impl fmt::Debug for Claims<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (name, value) in NAMES.iter().zip(self.values.iter()) {
            match value {
                Some(_) if SENSITIVE.contains(name) => map.entry(name, &"[redacted]"),
                Some(value) => map.entry(name, value),
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
        let name = parameter.name();
        let mut slots = self.values.iter_mut().zip(NAMES);
        match slots.find(|(_, known)| known.as_bytes() == name.as_ref()) {
            Some((slot, known)) if slot.is_none() => match parameter.value_str() {
                Some(value) => *slot = Some(value),
                None => {
                    // Its slot stays empty: another of the name would not be noticed here.
                    reading.repeated = true;
                    reading.not_utf8.push(known);
                }
            },
            Some(_) | None => reading.repeated = true,
        }
    }

    fn get(&self, slot: usize) -> Option<&str> {
        self.values.get(slot)?.as_deref()
    }

    /// `oauth_consumer_key`.
    #[must_use]
    pub fn consumer_key(&self) -> Option<&str> {
        self.get(CONSUMER_KEY)
    }

    /// `oauth_token`: `Some("")` when it was sent empty, `None` when it was not sent.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.get(TOKEN)
    }

    /// `oauth_signature_method`.
    #[must_use]
    pub fn signature_method(&self) -> Option<&str> {
        self.get(SIGNATURE_METHOD)
    }

    /// `oauth_signature`, still in base64.
    #[must_use]
    pub fn signature(&self) -> Option<&str> {
        self.get(SIGNATURE)
    }

    /// `oauth_timestamp` as sent.
    #[must_use]
    pub fn timestamp(&self) -> Option<&str> {
        self.get(TIMESTAMP)
    }

    /// `oauth_nonce`, decoded.
    #[must_use]
    pub fn nonce(&self) -> Option<&str> {
        self.get(NONCE)
    }

    /// `oauth_version`.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.get(VERSION)
    }

    /// `oauth_callback`.
    #[must_use]
    pub fn callback(&self) -> Option<&str> {
        self.get(CALLBACK)
    }

    /// `oauth_verifier`.
    #[must_use]
    pub fn verifier(&self) -> Option<&str> {
        self.get(VERIFIER)
    }

    /// `oauth_body_hash`.
    #[must_use]
    pub fn body_hash(&self) -> Option<&str> {
        self.get(BODY_HASH)
    }

    /// `oauth_session_handle`.
    #[must_use]
    pub fn session_handle(&self) -> Option<&str> {
        self.get(SESSION_HANDLE)
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

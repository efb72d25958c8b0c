//! The protocol parameters of a request, read in one pass.

use core::fmt;
use std::borrow::Cow;

use countersign_base_string::{Parameter, Parameters, Place};

/// Names of the protocol parameters the pipeline reads, each with its slot in [`Claims`].
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

/// What a request claims of itself, decoded: who signs, with which token, how and when.
///
/// Nothing here is verified; it is for look-ups, for the operator and for diagnosis.
#[derive(Clone, Default)]
pub struct Claims<'a> {
    /// On the heap, as the claims move on from stage to stage.
    values: Box<[Option<Cow<'a, str>>; NAMES.len()]>,
}

/// What one pass over the parameters found.
#[derive(Debug, Default)]
pub(crate) struct Reading<'a> {
    pub(crate) claims: Claims<'a>,
    /// Any `oauth_` name at all.
    pub(crate) any: bool,
    /// Places that hold an `oauth_` name, in the order found, each once.
    pub(crate) places: Vec<Place>,
    /// Names of protocol parameters whose value is not UTF-8.
    pub(crate) not_utf8: Vec<&'static str>,
}

/// Reads `Cow` octets as text without copying where they are borrowed.
fn text(octets: Cow<'_, [u8]>) -> Option<Cow<'_, str>> {
    match octets {
        Cow::Borrowed(bytes) => core::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
    }
}

impl<'a> Reading<'a> {
    pub(crate) fn of(parameters: &Parameters<'a>) -> Self {
        let mut reading = Self::default();
        for parameter in parameters.iter() {
            if parameter.is_protocol() {
                reading.take(parameter);
            }
        }
        reading
    }

    fn take(&mut self, parameter: &Parameter<'a>) {
        self.any = true;
        if !self.places.contains(&parameter.place()) {
            self.places.push(parameter.place());
        }
        let name = parameter.name();
        for (slot, known) in self.claims.values.iter_mut().zip(NAMES) {
            if slot.is_none() && name.as_ref() == known.as_bytes() {
                match text(parameter.value()) {
                    Some(value) => *slot = Some(value),
                    None => self.not_utf8.push(known),
                }
                return;
            }
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
        Reading::of(parameters).claims
    }

    fn get(&self, name: &str) -> Option<&str> {
        NAMES
            .iter()
            .zip(self.values.iter())
            .find(|(known, _)| **known == name)
            .and_then(|(_, value)| value.as_deref())
    }

    /// `oauth_consumer_key`.
    #[must_use]
    pub fn consumer_key(&self) -> Option<&str> {
        self.get("oauth_consumer_key")
    }

    /// `oauth_token`: `Some("")` when it was sent empty, `None` when it was not sent.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.get("oauth_token")
    }

    /// `oauth_signature_method`.
    #[must_use]
    pub fn signature_method(&self) -> Option<&str> {
        self.get("oauth_signature_method")
    }

    /// `oauth_signature`, still in base64.
    #[must_use]
    pub fn signature(&self) -> Option<&str> {
        self.get("oauth_signature")
    }

    /// `oauth_timestamp` as sent.
    #[must_use]
    pub fn timestamp(&self) -> Option<&str> {
        self.get("oauth_timestamp")
    }

    /// `oauth_nonce`, decoded.
    #[must_use]
    pub fn nonce(&self) -> Option<&str> {
        self.get("oauth_nonce")
    }

    /// `oauth_version`.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.get("oauth_version")
    }

    /// `oauth_callback`.
    #[must_use]
    pub fn callback(&self) -> Option<&str> {
        self.get("oauth_callback")
    }

    /// `oauth_verifier`.
    #[must_use]
    pub fn verifier(&self) -> Option<&str> {
        self.get("oauth_verifier")
    }

    /// `oauth_body_hash`.
    #[must_use]
    pub fn body_hash(&self) -> Option<&str> {
        self.get("oauth_body_hash")
    }

    /// `oauth_session_handle`.
    #[must_use]
    pub fn session_handle(&self) -> Option<&str> {
        self.get("oauth_session_handle")
    }

    /// The same claims without a borrow of the request.
    #[must_use]
    pub fn into_owned(self) -> Claims<'static> {
        Claims {
            values: Box::new(
                self.values
                    .map(|value| value.map(|v| Cow::Owned(v.into_owned()))),
            ),
        }
    }
}

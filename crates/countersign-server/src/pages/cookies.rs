//! The cookies: one for the session, one by which a browser is known to the throttle.

use countersign_base_string::Scheme;
use countersign_provider::Origin;
use http::{HeaderMap, HeaderValue, header};

use crate::pages::ROOT;
use crate::random_id::RandomId;

/// A cookie of ours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cookie {
    name: &'static str,
    /// For how many seconds a browser keeps it; as long as it is open without.
    seconds: Option<i64>,
}

/// Who is logged in; also what forms are bound to before anybody is.
pub(crate) const SESSION: Cookie = Cookie {
    name: "countersign-session",
    seconds: None,
};

/// By which tries of this browser are told from those of others.
pub(crate) const KNOWN: Cookie = Cookie {
    name: "countersign-known",
    seconds: Some(crate::login::KNOWN_SECONDS),
};

impl Cookie {
    /// The name at this origin. Over https, browsers take one of this prefix from https alone.
    ///
    /// `__Host-` would be stricter, but it goes to every path of the host, and so to the API behind
    /// the gateway, which has no use for it.
    fn name_at(self, origin: &Origin) -> String {
        let prefix = if is_secure(origin) { "__Secure-" } else { "" };
        format!("{prefix}{}", self.name)
    }

    pub(crate) fn read(self, headers: &HeaderMap, origin: &Origin) -> Option<RandomId> {
        let name = self.name_at(origin);
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(known, _)| *known == name)
            .find_map(|(_, value)| RandomId::from_text(value))
    }

    pub(crate) fn set(self, id: &RandomId, origin: &Origin) -> Option<HeaderValue> {
        let age = self.seconds.map(|seconds| format!("; Max-Age={seconds}"));
        self.field(&id.text(), &age.unwrap_or_default(), origin)
    }

    pub(crate) fn clear(self, origin: &Origin) -> Option<HeaderValue> {
        self.field("", "; Max-Age=0", origin)
    }

    fn field(self, value: &str, age: &str, origin: &Origin) -> Option<HeaderValue> {
        let name = self.name_at(origin);
        let secure = if is_secure(origin) { "; Secure" } else { "" };
        let text = format!("{name}={value}; Path={ROOT}; HttpOnly; SameSite=Lax{age}{secure}");
        let mut value = HeaderValue::try_from(text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

fn is_secure(origin: &Origin) -> bool {
    origin.scheme() == Scheme::Https
}

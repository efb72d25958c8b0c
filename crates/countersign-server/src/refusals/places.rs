//! What may be said of the parts of a request: their places, and names that everybody knows.

use countersign_base_string::{Parameter, Parameters, Place};

/// Names that are the protocol's, not the sender's. Any other name was chosen by whoever sent the
/// request and is told by its place alone.
const NAMES: [&str; 17] = [
    "oauth_body_hash",
    "oauth_callback",
    "oauth_consumer_key",
    "oauth_nonce",
    "oauth_session_handle",
    "oauth_signature",
    "oauth_signature_method",
    "oauth_timestamp",
    "oauth_token",
    "oauth_verifier",
    "oauth_version",
    "realm",
    "x_auth_mode",
    "x_auth_password",
    "x_auth_username",
    "Authorization",
    "Content-Type",
];

/// What else the doctor's evidence is about and says nothing of what was sent.
const SUBJECTS: [&str; 14] = [
    "base string",
    "digest inside the signature",
    "hash inside the signature",
    "hash of the padding",
    "host",
    "inside the padding",
    "method",
    "order",
    "padding of the signature",
    "path",
    "port",
    "salt of the padding",
    "scheme",
    "signature",
];

/// The name, if it is the protocol's.
pub(super) fn protocol_name(name: &str) -> Option<&'static str> {
    NAMES.into_iter().find(|known| *known == name)
}

/// What a piece of evidence of the doctor's is about, without what was sent.
pub(super) fn subject(what: &str, parameters: Option<&Parameters<'_>>) -> Option<String> {
    let whole = NAMES.into_iter().chain(SUBJECTS);
    if let Some(known) = whole.into_iter().find(|known| *known == what) {
        return Some(known.to_owned());
    }
    let name = what.strip_prefix("parameter ")?;
    if let Some(known) = protocol_name(name) {
        return Some(known.to_owned());
    }
    let is_it = |parameter: &&Parameter<'_>| {
        parameter.name_lossy() == name || parameter.encoded_name() == name
    };
    match parameters?.iter().find(is_it) {
        Some(parameter) => Some(position(parameter)),
        None => Some("a parameter that was not sent".to_owned()),
    }
}

/// `query parameter 3`.
fn position(parameter: &Parameter<'_>) -> String {
    let place = match parameter.place() {
        Place::Header => "header",
        Place::Query => "query",
        Place::Body => "body",
    };
    format!(
        "{place} parameter {}",
        parameter.position().saturating_add(1)
    )
}

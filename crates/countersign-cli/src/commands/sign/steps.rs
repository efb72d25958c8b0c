//! The steps from the request to the signature, under the names that postman-echo.com uses.

use core::fmt::Write as _;

use countersign_base_string::Request;
use countersign_signature::{KeyKind, Method, Signed};

use crate::keys_file::KeySet;

/// One step a line. The key is described, never shown.
pub(super) fn text(
    request: &Request<'_>,
    signed: &Signed,
    keys: &KeySet,
    method: &'static Method,
) -> String {
    let pairs: Vec<String> = signed
        .parameters()
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let signature = if method.is_plaintext() {
        "the signing_key itself, not shown".to_owned()
    } else {
        signed.signature().to_text()
    };
    let rows = [
        ("base_uri", request.uri().base_uri()),
        ("normalized_param_string", pairs.join("&")),
        ("base_string", signed.base_string().as_str().to_owned()),
        ("signing_key", key(keys, method)),
        ("signature", signature),
    ];
    let mut out = String::new();
    for (name, value) in rows {
        // Writing to a string does not fail.
        let _ignored = writeln!(out, "{name:23}  {value}");
    }
    out
}

fn key(keys: &KeySet, method: &'static Method) -> String {
    let length = |secret: Option<&countersign_key::Secret>| {
        secret.map_or(0, |secret| secret.expose_secret().chars().count())
    };
    match (method.kind(), &keys.private_key) {
        (KeyKind::Rsa, Some(key)) => format!("RSA private key, {} bits", key.bits()),
        _ => format!(
            "{} chars & {} chars",
            length(keys.consumer_secret.as_ref()),
            length(keys.token_secret.as_ref())
        ),
    }
}

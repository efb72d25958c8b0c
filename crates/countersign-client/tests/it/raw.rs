//! The verifier of the quirk `mastercard_raw_params`, written after the provider's own signers and
//! sharing nothing with ours: values as they stand in the header, one outer encoding.

use countersign_key::RsaPublicKey;
use countersign_signature::{Method, Signature, Verifier};

fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Whether the header's signature covers the header's other values as they stand there.
pub(crate) fn verify(request: &http::Request<Vec<u8>>, key: &RsaPublicKey) -> Result<(), String> {
    let header = request.headers()["authorization"].to_str().unwrap();
    let listed = header.strip_prefix("OAuth ").ok_or("no OAuth")?;
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut signature = String::new();
    for piece in listed.split(',') {
        let (name, value) = piece.split_once('=').ok_or("no value")?;
        let value = value.trim_matches('"');
        if name == "oauth_signature" {
            signature = value
                .replace("%2B", "+")
                .replace("%2F", "/")
                .replace("%3D", "=");
        } else {
            pairs.push((name.to_owned(), value.to_owned()));
        }
    }
    // The test's own queries need no encoding.
    for piece in request
        .uri()
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|p| !p.is_empty())
    {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        pairs.push((name.to_owned(), value.to_owned()));
    }
    pairs.sort();
    let joined: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let uri = request.uri();
    let base = format!(
        "{}://{}{}",
        uri.scheme_str().unwrap(),
        uri.authority().unwrap(),
        uri.path()
    );
    let base_string = format!(
        "{}&{}&{}",
        request.method(),
        encode(&base),
        encode(&joined.join("&"))
    );
    let signature = Signature::parse_base64(&signature).map_err(|error| error.to_string())?;
    Verifier::rsa(Method::RSA_SHA256, key)
        .unwrap()
        .verify(base_string.as_bytes(), &signature)
        .map_err(|error| error.to_string())
}

#![allow(clippy::indexing_slicing, reason = "tests")]

//! One refused request a cause: what the doctor says, and how sure it is.

mod answers;
mod codes;
mod evidence;
mod proofs;
mod providers;
mod requests;
mod strings;
mod verifier;

use countersign_capture::{Capture, read};
use countersign_key::Secret;

use crate::{Case, Diagnosis, Keys, diagnose};

/// The public example keys of OAuth Core 1.0 appendix A.
pub(crate) fn keys() -> Keys {
    Keys::default()
        .with_consumer_key("dpf43f3p2l4k3l03")
        .with_consumer_secret(Secret::new("kd94hf93k423kf44"))
        .with_token("nnch734d00sl2jdk")
        .with_token_secret(Secret::new("pfkkdhi9sl3r4s00"))
}

/// The photo request of RFC 5849 section 1.2, as raw HTTP; its signature is right for http.
pub(crate) const PHOTO: &str = "GET /photos?file=vacation.jpg&size=original HTTP/1.1\r\n\
    Host: photos.example.net\r\n\
    Authorization: OAuth realm=\"Photos\", oauth_consumer_key=\"dpf43f3p2l4k3l03\", \
    oauth_token=\"nnch734d00sl2jdk\", oauth_signature_method=\"HMAC-SHA1\", \
    oauth_timestamp=\"137131202\", oauth_nonce=\"chapoH\", \
    oauth_signature=\"MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D\"\r\n\r\n";

pub(crate) fn capture(text: &str) -> Capture {
    read(text.as_bytes()).unwrap()
}

/// Diagnoses a request (and perhaps an answer) given as raw HTTP, after `change` had its way.
pub(crate) fn diagnosed(
    text: &str,
    keys: &Keys,
    change: impl for<'c> FnOnce(Case<'c>) -> Case<'c>,
) -> Diagnosis {
    let capture = capture(text);
    let exchange = &capture.exchanges()[0];
    let mut case = Case::default().with_keys(keys);
    if let Some(request) = exchange.request() {
        case = case.with_request(request);
    }
    if let Some(answer) = exchange.answer() {
        case = case.with_answer(answer);
    }
    diagnose(&change(case))
}

/// Code and confidence of each finding.
pub(crate) fn found(diagnosis: &Diagnosis) -> Vec<(&'static str, &'static str)> {
    diagnosis
        .findings()
        .iter()
        .map(|finding| (finding.code.as_str(), finding.confidence.as_str()))
        .collect()
}

#![allow(clippy::arithmetic_side_effects, reason = "tests")]

//! The order of the checks, each refusal with its answer, and a tampered twin for what is accepted.

mod accepted;
mod answers;
mod hostile;
mod order;
mod raw;
mod stages;

use countersign_base_string::{
    BaseString, Limits, Parameters, Place, ProtocolParameters, Request, Uri,
};
use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_signature::{HmacKey, Method, Signer};

use crate::check::Trail;
use crate::{Answer, Cause, Consumer, Policy, Refusal, Token, verify};

pub(crate) const KEY: &str = "dpf43f3p2l4k3l03";
pub(crate) const SECRET: &str = "kd94hf93k423kf44";
pub(crate) const TOKEN: &str = "nnch734d00sl2jdk";
pub(crate) const TOKEN_SECRET: &str = "pfkkdhi9sl3r4s00";
pub(crate) const NOW: i64 = 137_131_202;
pub(crate) const URL: &str = "https://photos.example.net/photos?file=vacation.jpg&size=original";

/// The parameters of an ordinary request.
pub(crate) fn ordinary() -> ProtocolParameters<'static> {
    ProtocolParameters::new(KEY, "HMAC-SHA1", "137131202", "chapoH").with_token(TOKEN)
}

pub(crate) fn signer(method: &'static Method) -> Signer {
    let key = HmacKey::new(&Secret::new(SECRET), Some(&Secret::new(TOKEN_SECRET)));
    if method.is_plaintext() {
        Signer::dangerous_plaintext(&key)
    } else {
        Signer::hmac(method, &key).unwrap()
    }
}

/// An `Authorization` value for `url`, rightly signed.
pub(crate) fn header(
    url: &str,
    protocol: &ProtocolParameters<'_>,
    method: &'static Method,
) -> String {
    let request = Request::new("GET", Uri::parse(url).unwrap()).unwrap();
    let mut parameters = Parameters::collect(&request, &Limits::default()).unwrap();
    parameters.add_protocol(protocol, Place::Header);
    let base = BaseString::new(&request, &parameters);
    let signature = signer(method).sign(base.as_bytes(), None).unwrap();
    let mut out = Vec::new();
    protocol
        .write_header(None, &signature.to_text(), &mut out)
        .unwrap();
    String::from_utf8(out).unwrap()
}

pub(crate) fn get<'a>(url: &'a str, header: &'a str) -> Request<'a> {
    Request::new("GET", Uri::parse(url).unwrap())
        .unwrap()
        .with_authorization(header)
}

/// The cause of refusal, or `None` when the request is accepted.
pub(crate) fn cause_at(request: &Request<'_>, policy: &Policy, now: i64) -> Option<Cause> {
    let (secret, token_secret) = (Secret::new(SECRET), Secret::new(TOKEN_SECRET));
    let report = verify(
        request,
        Consumer::secret(&secret),
        Some(Token::new(&token_secret)),
        UnixTime::from_seconds(now),
        policy,
    );
    report
        .into_outcome()
        .err()
        .map(|refusal| refusal.cause().clone())
}

pub(crate) fn cause(request: &Request<'_>) -> Option<Cause> {
    cause_at(request, &Policy::default(), NOW)
}

/// What the caller is told of `cause`.
pub(crate) fn told(cause: &Cause) -> Answer {
    Refusal::new(cause.clone(), Trail::default()).answer()
}

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

//! Requests as clients really build them.

use countersign_base_string::{BaseString, Limits, Parameters, Request, Uri};
use countersign_clock::UnixTime;
use countersign_key::Secret;
use countersign_signature::{Hash, HmacKey, Method, Verifier, body_hash};
use http::Version;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};

use crate::{Credentials, SignRequestError, Stamp, sign_request};

fn secret() -> Secret {
    Secret::new("kd94hf93k423kf44")
}

fn credentials() -> Credentials {
    Credentials::hmac(Method::HMAC_SHA1, "dpf43f3p2l4k3l03", &secret()).unwrap()
}

fn stamp() -> Stamp<'static> {
    Stamp::new(UnixTime::from_seconds(137_131_202), "chapoH")
}

fn sign<B: AsRef<[u8]>>(request: &mut http::Request<B>) -> Result<String, SignRequestError> {
    sign_request(request, &credentials(), stamp())?;
    Ok(request.headers()[AUTHORIZATION]
        .to_str()
        .unwrap()
        .to_owned())
}

/// Whether `header` is right for a GET of this URL.
fn is_right_for(header: &str, url: &str) -> bool {
    let request = Request::new("GET", Uri::parse(url).unwrap())
        .unwrap()
        .with_authorization(header);
    let parameters = Parameters::collect(&request, &Limits::default()).unwrap();
    let base = BaseString::new(&request, &parameters);
    let key = HmacKey::new(&secret(), None);
    let verifier = Verifier::hmac(Method::HMAC_SHA1, &key).unwrap();
    let signature = parameters.protocol("oauth_signature").unwrap();
    let text = signature.value_str().unwrap();
    let signature = Method::HMAC_SHA1.parse_signature(&text).unwrap();
    verifier.verify(base.as_bytes(), &signature).is_ok()
}

#[test]
fn the_host_that_is_sent_is_signed() {
    let get = || http::Request::get("https://127.0.0.1:8443/v1?q=a");
    let header = sign(&mut get().body("").unwrap()).unwrap();
    assert!(is_right_for(&header, "https://127.0.0.1:8443/v1?q=a"));
    assert!(
        !is_right_for(&header, "https://127.0.0.1/v1?q=a"),
        "the tampered twin"
    );
    // HTTP/1.1 sends the Host field, whatever the connection goes to.
    let header = sign(&mut get().header(HOST, "api.example.com").body("").unwrap()).unwrap();
    assert!(is_right_for(&header, "https://api.example.com/v1?q=a"));
    // HTTP/2 and later send the authority of the URI.
    for version in [Version::HTTP_2, Version::HTTP_3] {
        let mut request = get()
            .version(version)
            .header(HOST, "api.example.com")
            .body("")
            .unwrap();
        let header = sign(&mut request).unwrap();
        assert!(
            is_right_for(&header, "https://127.0.0.1:8443/v1?q=a"),
            "{version:?}"
        );
    }
}

#[test]
fn a_relative_uri_needs_a_host_and_means_https() {
    let mut request = http::Request::get("/v1?q=a").body("").unwrap();
    assert!(matches!(sign(&mut request), Err(SignRequestError::NoHost)));
    let mut request = http::Request::get("/v1?q=a")
        .header(HOST, "api.example.com")
        .body("")
        .unwrap();
    assert!(is_right_for(
        &sign(&mut request).unwrap(),
        "https://api.example.com/v1?q=a"
    ));
}

#[test]
fn user_and_password_in_the_uri_are_no_part_of_the_host() {
    let mut request = http::Request::get("https://user:canary@api.example.com/v1")
        .body("")
        .unwrap();
    let header = sign(&mut request).unwrap();
    assert!(is_right_for(&header, "https://api.example.com/v1"));
    let mut request = http::Request::get("/v1")
        .header(HOST, "user:canary@api.example.com")
        .body("")
        .unwrap();
    let error = sign(&mut request).unwrap_err();
    assert!(!format!("{error:?} {error}").contains("canary"));
}

#[test]
fn nothing_that_is_there_is_overwritten() {
    for value in ["Basic eDp5", "Bearer x", "OAuth oauth_token=\"x\""] {
        let mut request = http::Request::get("https://api.example.com/v1")
            .header(AUTHORIZATION, value)
            .body("")
            .unwrap();
        assert!(sign(&mut request).is_err(), "{value}");
        assert_eq!(request.headers()[AUTHORIZATION], value, "unchanged");
    }
}

#[test]
fn the_header_is_sensitive_and_debug_shows_no_secret() {
    let mut request = http::Request::get("https://api.example.com/v1")
        .body("")
        .unwrap();
    sign(&mut request).unwrap();
    assert!(request.headers()[AUTHORIZATION].is_sensitive());
    let shown = format!("{:?} {request:?}", credentials());
    assert!(
        !shown.contains("kd94") && !shown.contains("oauth_signature"),
        "{shown}"
    );
}

#[test]
fn forms_are_signed_by_their_fields_and_other_bodies_by_their_hash() {
    let post = |content_type: &str| {
        http::Request::post("https://api.example.com/v1")
            .header(CONTENT_TYPE, content_type)
            .body("a=1")
            .unwrap()
    };
    let signed = |content_type: &str| {
        let mut request = post(content_type);
        sign_request(&mut request, &credentials().with_body_hash(), stamp()).unwrap();
        request.headers()[AUTHORIZATION]
            .to_str()
            .unwrap()
            .to_owned()
    };
    assert!(!signed("application/x-www-form-urlencoded").contains("oauth_body_hash"));
    let hash = body_hash::compute(Hash::Sha1, b"a=1");
    let encoded = countersign_encoding::encode(&hash).into_owned();
    assert!(signed("text/plain").contains(&format!("oauth_body_hash=\"{encoded}\"")));
}

#[test]
fn odd_targets_are_signed_or_refused_and_never_panic() {
    for (method, target) in [
        ("OPTIONS", "*"),
        ("CONNECT", "api.example.com:443"),
        ("GET", "ftp://api.example.com/v1"),
        ("GET", "https://api.example.com"),
        ("GET", "https://api.example.com?q=%zz"),
        ("GET", "https://[::1]:8443/v1"),
    ] {
        let mut request = http::Request::builder()
            .method(method)
            .uri(target)
            .body("")
            .unwrap();
        let before = request.headers().clone();
        if sign(&mut request).is_err() {
            assert_eq!(request.headers(), &before, "{target}");
        }
    }
}

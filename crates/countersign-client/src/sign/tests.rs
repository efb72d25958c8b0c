use countersign_base_string::{Request, Uri};
use countersign_clock::UnixTime;
use countersign_key::{RandomError, RsaPrivateKey, Secret, SecureRandom};
use countersign_signature::body_hash::Rule;
use countersign_signature::{Hash, Method, Placement};
use countersign_verify::{Consumer as Known, Policy, Token as KnownToken, verify};
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST};
use proptest::prelude::*;

use super::SignError;
use crate::{
    ApplyError, Body, BodyHashPolicy, Client, ClientError, Consumer, Credentials, Stamp, Token,
};

const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);
const FORM: &str = "application/x-www-form-urlencoded";
const SECRET: &str = "consumer secret & more";
const TOKEN_SECRET: &str = "token secret = more";

fn client() -> Client {
    let consumer = Consumer::hmac("key", Secret::new(SECRET));
    Client::new(consumer, Method::HMAC_SHA256).unwrap()
}

fn credentials(client: &Client) -> Credentials {
    let token = Token::new("token", Secret::new(TOKEN_SECRET));
    client.with_token(&token).unwrap()
}

fn stamp() -> Stamp<'static> {
    Stamp::new(NOW, "a-nonce-1")
}

fn post(content_type: &str, body: &str) -> http::Request<Vec<u8>> {
    http::Request::post("https://api.example.com/a?b=c+d&e")
        .header(CONTENT_TYPE, content_type)
        .body(body.as_bytes().to_vec())
        .unwrap()
}

/// Whether the only verifying pipeline takes the request as it is.
fn verifies(request: &http::Request<Vec<u8>>) -> bool {
    let text = |name| {
        request
            .headers()
            .get(name)
            .map(|value: &http::HeaderValue| value.to_str().unwrap())
    };
    let uri = request.uri().to_string();
    let mut wire = Request::new(request.method().as_str(), Uri::parse(&uri).unwrap())
        .unwrap()
        .with_body(text(CONTENT_TYPE), request.body());
    if let Some(value) = text(AUTHORIZATION) {
        wire = wire.with_authorization(value);
    }
    let (secret, token_secret) = (Secret::new(SECRET), Secret::new(TOKEN_SECRET));
    let policy = Policy::default();
    let token = Some(KnownToken::new(&token_secret));
    verify(&wire, Known::secret(&secret), token, NOW, &policy)
        .outcome()
        .is_ok()
}

/// Signed, it verifies; with another byte anywhere that is signed it does not.
fn check(client: &Client, mut request: http::Request<Vec<u8>>, body_is_signed: bool) {
    credentials(client)
        .sign_in_place(&mut request, stamp())
        .unwrap();
    assert!(verifies(&request), "{request:?}");
    let mut other = request.clone();
    *other.uri_mut() = request
        .uri()
        .to_string()
        .replace("b=c", "b=x")
        .parse()
        .unwrap();
    assert!(!verifies(&other));
    let mut other = request.clone();
    *other.method_mut() = http::Method::PUT;
    assert!(!verifies(&other));
    if body_is_signed {
        let body = other.body_mut();
        let changed = body.iter_mut().find(|byte| **byte == b'1').unwrap();
        *changed = b'2';
        *other.method_mut() = http::Method::POST;
        assert!(!verifies(&other));
    }
}

#[test]
fn what_is_signed_verifies_wherever_the_parameters_are() {
    for placement in [Placement::Header, Placement::Query, Placement::Body] {
        let client = client().with_placement(placement).with_realm("R");
        check(&client, post(FORM, "x=1&x=%2B+&y"), true);
        if placement != Placement::Body {
            check(&client, post("application/json", "{\"a\":1}"), false);
        }
    }
    let hashing = client().with_body_hash(BodyHashPolicy::with_body(Rule::MethodHash));
    check(&hashing, post("application/json", "{\"a\":1}"), true);
    check(&hashing, post(FORM, "x=1"), true);
    check(&client().without_version(), post(FORM, "x=1"), true);
}

#[test]
fn pairs_sign_as_the_form_that_they_become() {
    let credentials = credentials(&client());
    let mut request = post(FORM, "");
    let pairs = [("x", "1 2"), ("y", "&"), ("x", "")];
    let instructions = credentials
        .sign(&request, Body::Form(&pairs), stamp())
        .unwrap();
    instructions.apply_to_head(&mut request).unwrap();
    *request.body_mut() = b"x=1+2&y=%26&x=".to_vec();
    assert!(verifies(&request));
    *request.body_mut() = b"x=1+2&y=%26&x=3".to_vec();
    assert!(!verifies(&request));
}

#[test]
fn bodies_that_nobody_saw() {
    let plain = credentials(&client());
    let hashing = credentials(&client().with_body_hash(BodyHashPolicy::always(Rule::MethodHash)));
    let json = post("application/json", "{}");
    let form = post(FORM, "a=b");
    let hash = countersign_signature::body_hash::compute(Hash::Sha256, b"{}");
    let sha1 = countersign_signature::body_hash::compute(Hash::Sha1, b"{}");

    assert!(plain.sign(&json, Body::Unsigned, stamp()).is_ok());
    let refused = |outcome: Result<_, SignError>| outcome.unwrap_err();
    assert!(matches!(
        refused(plain.sign(&form, Body::Unsigned, stamp())),
        SignError::FormUnseen
    ));
    assert!(matches!(
        refused(plain.sign(&form, Body::Hashed(&hash), stamp())),
        SignError::FormUnseen
    ));
    assert!(matches!(
        refused(hashing.sign(&json, Body::Unsigned, stamp())),
        SignError::BodyUnseen
    ));
    for wrong in ["", "x", &sha1] {
        let outcome = hashing.sign(&json, Body::Hashed(wrong), stamp());
        assert!(
            matches!(refused(outcome), SignError::BodyHash(_)),
            "{wrong}"
        );
    }
    let mut streamed = json.clone();
    let instructions = hashing.sign(&json, Body::Hashed(&hash), stamp()).unwrap();
    instructions.apply_to_head(&mut streamed).unwrap();
    assert!(verifies(&streamed));
    *streamed.body_mut() = b"[]".to_vec();
    assert!(!verifies(&streamed));
}

#[test]
fn nothing_is_changed_on_error() {
    let header = credentials(&client());
    let in_body = credentials(&client().with_placement(Placement::Body));
    let mut taken = post(FORM, "x=1");
    taken
        .headers_mut()
        .insert(AUTHORIZATION, "Basic eDp5".parse().unwrap());
    let mut twice = post(FORM, "x=1");
    twice
        .headers_mut()
        .append(CONTENT_TYPE, "text/plain".parse().unwrap());
    let mut no_host = post(FORM, "x=1");
    *no_host.uri_mut() = "/a".parse().unwrap();
    let mut malformed = post(FORM, "x=%zz");
    malformed
        .headers_mut()
        .insert("x-other", "kept".parse().unwrap());
    for (credentials, request) in [
        (&header, taken),
        (&header, twice),
        (&header, no_host),
        (&header, malformed),
        (&header, post(FORM, "oauth_nonce=mine")),
        (&in_body, post("application/json", "{}")),
    ] {
        let mut signed = request.clone();
        assert!(credentials.sign_in_place(&mut signed, stamp()).is_err());
        assert_eq!(format!("{signed:?}"), format!("{request:?}"));
    }
}

#[test]
fn what_is_added_has_its_place() {
    let in_body = credentials(&client().with_placement(Placement::Body));
    let mut request = post(FORM, "x=1");
    request.headers_mut().insert(CONTENT_LENGTH, 3.into());
    let instructions = in_body
        .sign(&request, Body::Bytes(b"x=1"), stamp())
        .unwrap();
    assert_eq!(
        instructions.apply_to_head(&mut request),
        Err(ApplyError::ForBody)
    );
    instructions.apply(&mut request).unwrap();
    let length = request.body().len().to_string();
    assert_eq!(request.headers()[CONTENT_LENGTH], *length);
    assert!(request.body().starts_with(b"x=1&oauth_consumer_key=key&"));

    let header = credentials(&client());
    let mut request = post("text/plain", "");
    header.sign_in_place(&mut request, stamp()).unwrap();
    assert!(request.headers()[AUTHORIZATION].is_sensitive());
    assert!(
        header.sign_in_place(&mut request, stamp()).is_err(),
        "signed twice"
    );
}

#[test]
fn the_host_field_counts_up_to_http_1() {
    let credentials = credentials(&client());
    let base = |version| {
        let mut request = post(FORM, "x=1");
        request
            .headers_mut()
            .insert(HOST, "proxy.example:8080".parse().unwrap());
        *request.version_mut() = version;
        let instructions = credentials
            .sign(&request, Body::Bytes(b"x=1"), stamp())
            .unwrap();
        instructions.base_string().to_owned()
    };
    assert!(base(http::Version::HTTP_11).contains("proxy.example%3A8080"));
    assert!(base(http::Version::HTTP_2).contains("api.example.com"));
}

#[test]
fn an_empty_token_and_none_are_different() {
    let request = http::Request::get("https://api.example.com/")
        .body(())
        .unwrap();
    let header = |client: Client| {
        let credentials = client.without_token().unwrap();
        let signed = credentials.sign(&request, Body::EMPTY, stamp()).unwrap();
        signed.authorization().unwrap().to_owned()
    };
    assert!(!header(client()).contains("oauth_token"));
    assert!(header(client().with_empty_token()).contains("oauth_token=\"\""));
}

#[test]
fn keys_are_of_one_kind() {
    let hmac = || Consumer::hmac("key", Secret::new("secret"));
    let plain = || Consumer::dangerous_plaintext("key", Secret::new("secret"));
    let plaintext = Method::dangerous_plaintext();
    assert_eq!(
        Client::new(hmac(), plaintext).unwrap_err(),
        ClientError::Plaintext
    );
    assert_eq!(
        Client::new(plain(), Method::HMAC_SHA1).unwrap_err(),
        ClientError::Plaintext
    );
    let wrong = Client::new(hmac(), Method::RSA_SHA1).unwrap_err();
    assert!(matches!(
        wrong,
        ClientError::WrongKind { method: "RSA-SHA1" }
    ));
    let pem = include_bytes!("../../../countersign-key/tests/data/good/pkcs8-2048.pem");
    let rsa = || Consumer::rsa("key", RsaPrivateKey::read(pem, None).unwrap());
    assert!(matches!(
        Client::new(rsa(), Method::HMAC_SHA1).unwrap_err(),
        ClientError::Key(_)
    ));
    let alias = Client::new(rsa(), Method::RSA_PSS_SHA256)
        .unwrap()
        .with_method_alias();
    assert_eq!(alias.method_name(), "RSA-PSS");
    let request = http::Request::get("https://api.example.com/")
        .body(())
        .unwrap();
    let credentials = alias.without_token().unwrap();
    assert!(
        credentials.sign(&request, Body::EMPTY, stamp()).is_err(),
        "no randomness"
    );
    let mut random = Counter(1);
    let signed = credentials.sign(
        &request,
        Body::EMPTY,
        Stamp::new(NOW, "n").with_random(&mut random),
    );
    assert!(
        signed
            .unwrap()
            .authorization()
            .unwrap()
            .contains("\"RSA-PSS\"")
    );
}

/// Repeats nothing within a test, and is the same every time.
struct Counter(u64);

impl SecureRandom for Counter {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), RandomError> {
        for byte in out {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            [*byte, ..] = (mixed ^ (mixed >> 27)).to_be_bytes();
        }
        Ok(())
    }
}

#[test]
fn plaintext_needs_tls() {
    let consumer = Consumer::dangerous_plaintext("key", Secret::new("canary"));
    let client = Client::new(consumer, Method::dangerous_plaintext()).unwrap();
    let credentials = client.without_token().unwrap();
    for (url, fine) in [
        ("https://api.example.com/", true),
        ("http://127.0.0.1:8080/", true),
        ("http://[::1]/", true),
        ("http://localhost/", true),
        ("http://api.example.com/", false),
        ("http://127.0.0.1.evil.example/", false),
    ] {
        let request = http::Request::get(url).body(()).unwrap();
        let outcome = credentials.sign(&request, Body::EMPTY, stamp());
        assert_eq!(outcome.is_ok(), fine, "{url}");
        assert!(!format!("{outcome:?} {credentials:?}").contains("canary"));
    }
}

proptest! {
    /// Path and query are the same bytes before and after, and the request verifies.
    #[test]
    fn no_byte_is_rebuilt(
        target in "/[a-zA-Z0-9/._~:;@!$'()*,-]{0,20}(\\?([a-c]{1,2}(=(%2B|%20|[+a-z0-9!*'/?:@,;-]){0,6})?&?){0,5})?",
        body in "([a-c]{1,2}(=(%2B|%C3%A9|[+a-z0-9]){0,6})?&?){0,5}",
        placement in 0_usize..3,
    ) {
        let placement = [Placement::Header, Placement::Query, Placement::Body][placement];
        let credentials = credentials(&client().with_placement(placement));
        let url = format!("https://api.example.com{target}");
        let mut request = http::Request::post(&url)
            .header(CONTENT_TYPE, FORM)
            .body(body.clone().into_bytes())
            .unwrap();
        credentials.sign_in_place(&mut request, stamp()).unwrap();
        prop_assert!(request.uri().to_string().starts_with(&url));
        prop_assert!(request.body().starts_with(body.as_bytes()));
        if placement == Placement::Header {
            prop_assert_eq!(request.uri().to_string(), url);
            prop_assert_eq!(request.body().len(), body.len());
        }
        prop_assert!(verifies(&request));
        request.headers_mut().insert(AUTHORIZATION, "OAuth oauth_nonce=\"x\"".parse().unwrap());
        prop_assert!(!verifies(&request));
    }
}

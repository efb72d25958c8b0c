use super::ProtocolParameters;
use crate::{
    Authorization, AuthorizationWriteError, BaseStringBuffer, Parameters, Place, Request, Uri,
    write_base_string,
};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use proptest::prelude::*;

fn sample() -> ProtocolParameters<'static> {
    ProtocolParameters::new("key", "HMAC-SHA1", "1", "n")
}

#[test]
fn the_order_is_that_of_the_base_string() {
    let all = sample()
        .with_body_hash("b")
        .with_callback("oob")
        .with_session_handle("s")
        .with_token("t")
        .with_verifier("v");
    let names: Vec<&str> = all.iter().map(|(name, _)| name).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    assert_eq!(names, sorted);
    assert_eq!(names.len(), ProtocolParameters::USUAL);
    let more = all.with_parameter("xoauth_requestor_id", "x");
    assert_eq!(more.iter().last(), Some(("xoauth_requestor_id", "x")));
}

#[test]
fn an_empty_token_is_sent_and_an_absent_one_is_not() {
    assert_eq!(sample().get("oauth_token"), None);
    assert_eq!(sample().with_token("").get("oauth_token"), Some(""));
}

#[test]
fn version_timestamp_and_nonce_can_be_left_out() {
    assert_eq!(sample().get("oauth_version"), Some("1.0"));
    assert_eq!(sample().without_version().get("oauth_version"), None);
    let bare = sample().without_timestamp_and_nonce();
    assert_eq!(
        (bare.get("oauth_timestamp"), bare.get("oauth_nonce")),
        (None, None)
    );
    assert_eq!(
        sample()
            .without_version()
            .with_version()
            .get("oauth_version"),
        Some("1.0")
    );
}

#[test]
fn a_realm_that_no_field_can_carry_leaves_the_buffer_alone() {
    let mut out = b"kept".to_vec();
    let refused = sample().write_header(Some("a\nb"), "sig", &mut out);
    assert!(matches!(
        refused,
        Err(AuthorizationWriteError::ControlInRealm { .. })
    ));
    let mut parameters = Parameters::new();
    parameters.add_protocol(&sample(), Place::Header);
    assert!(
        parameters
            .write_header(Some("a\nb"), "sig", &mut out)
            .is_err()
    );
    assert_eq!(out, b"kept");
}

#[test]
fn a_form_has_the_signature_last() {
    let mut out = Vec::new();
    sample().without_version().write_form("a+b=", &mut out);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "oauth_consumer_key=key&oauth_nonce=n&oauth_signature_method=HMAC-SHA1&oauth_timestamp=1&\
         oauth_signature=a%2Bb%3D"
    );
}

#[test]
fn debug_hides_values() {
    let shown = format!("{:?}", sample().with_verifier("canary"));
    assert!(shown.contains("oauth_verifier"));
    assert!(!shown.contains("canary"), "{shown}");
}

proptest! {
    #[test]
    fn both_ways_to_write_the_header_agree_and_read_back(
        key: String,
        token in proptest::option::of(any::<String>()),
        signature in "[a-zA-Z0-9+/=]{0,90}",
        realm in proptest::option::of("[ -~]{0,9}"),
        more in proptest::collection::vec(("[a-z%é_]{1,9}", any::<String>()), 0..3),
    ) {
        let mut protocol = ProtocolParameters::new(&key, "HMAC-SHA1", "137131200", "7d8f3e4a");
        if let Some(token) = &token {
            protocol = protocol.with_token(token);
        }
        for (name, value) in &more {
            protocol = protocol.with_parameter(name, value);
        }
        let mut parameters = Parameters::new();
        parameters.add("a", "not in the header", Place::Query);
        parameters.add_protocol(&protocol, Place::Header);
        let (mut first, mut second) = (Vec::new(), Vec::new());
        let realm = realm.as_deref();
        let written = protocol.write_header(realm, &signature, &mut first);
        prop_assert_eq!(parameters.write_header(realm, &signature, &mut second), written);
        prop_assert_eq!(&first, &second);
        if written.is_ok() {
            let text = String::from_utf8(first).unwrap();
            let read = Authorization::parse(&text).unwrap();
            prop_assert_eq!(read.realm(), realm);
            let decoded: Vec<(String, String)> = read
                .parameters()
                .iter()
                .map(|raw| {
                    let decode = |text| countersign_encoding::decode(text).unwrap().into_owned();
                    (decode(raw.name()), decode(raw.value()))
                })
                .collect();
            let expected: Vec<(String, String)> = protocol
                .iter()
                .chain([("oauth_signature", signature.as_str())])
                .map(|(name, value)| (name.into(), value.into()))
                .collect();
            prop_assert_eq!(decoded, expected);
        }
    }

    /// With names before, between, after and like those of protocol parameters; in kept memory.
    #[test]
    fn scanned_parameters_are_written_like_those_that_are_listed(
        requests in proptest::collection::vec(
            (
                proptest::collection::vec((".{0,3}|[a-z]{0,9}|oauth_[a-z]{0,3}|oauth_(signature|token)", ".{0,70}"), 0..30),
                proptest::collection::vec(("oauth_t|zz|[%]", ".{0,3}"), 0..2),
                proptest::array::uniform5(proptest::option::of("[a-z]{0,70}|.{0,9}")),
                proptest::option::of("[ -~]{0,9}|\n"),
            ),
            1..4,
        ),
    ) {
        let mut kept = BaseStringBuffer::new();
        for (others, more, values, realm) in &requests {
            let request = Request::new("POST", Uri::parse("http://h:8080/a/b%20").unwrap()).unwrap();
            let [key, token, callback, verifier, hash] = values;
            let key = key.as_deref().unwrap_or_default();
            let mut protocol = ProtocolParameters::new(key, "HMAC-SHA1", "137131200", key);
            if let Some(token) = token {
                protocol = protocol.with_token(token);
            }
            if let Some(callback) = callback {
                protocol = protocol.with_callback(callback).without_version();
            }
            if let Some(verifier) = verifier {
                protocol = protocol.with_verifier(verifier).without_timestamp_and_nonce();
            }
            if let Some(hash) = hash {
                protocol = protocol.with_body_hash(hash).with_session_handle(hash);
            }
            for (name, value) in more {
                protocol = protocol.with_parameter(name, value);
            }
            let mut parameters = Parameters::new();
            for (name, value) in others {
                parameters.add(name, value, Place::Query);
            }
            let scanned = protocol.scan();
            scanned.write_base_string(&request, &parameters, &mut kept);
            parameters.add_protocol(&protocol, Place::Header);
            let mut expected = Vec::new();
            write_base_string(&request, &parameters, &mut expected);
            prop_assert_eq!(kept.as_bytes(), &expected);

            let (mut first, mut second) = (b"a".to_vec(), b"a".to_vec());
            let realm = realm.as_deref();
            let written = scanned.write_header(realm, key.as_bytes(), &mut first);
            prop_assert_eq!(protocol.write_header(realm, key, &mut second), written);
            prop_assert_eq!(first, second);
        }
    }
}

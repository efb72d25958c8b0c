use super::{BaseString, stream_base_string, write_base_string};
use crate::{Limits, Parameters, Place, ProtocolParameters, Request, Uri};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use countersign_encoding::encode_bytes;
use proptest::prelude::*;

const FORM: Option<&str> = Some("application/x-www-form-urlencoded");

fn base_string(request: &Request<'_>) -> String {
    let parameters = Parameters::collect(request, &Limits::default()).unwrap();
    BaseString::new(request, &parameters).into_string()
}

fn of_query(query: &str) -> String {
    let uri = format!("http://h/?{query}");
    let request = Request::new("GET", Uri::parse(&uri).unwrap()).unwrap();
    let text = base_string(&request);
    text.strip_prefix("GET&http%3A%2F%2Fh%2F&")
        .unwrap()
        .to_string()
}

/// RFC 5849 3.4.1.1, the request of 3.4.1.3.1.
#[test]
fn the_example_of_the_rfc() {
    let request = Request::new(
        "POST",
        Uri::parse("http://EXAMPLE.com:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b").unwrap(),
    )
    .unwrap()
    .with_authorization(
        "OAuth realm=\"Example\", oauth_consumer_key=\"9djdj82h48djs9d2\", \
         oauth_token=\"kkk9d7dh3k39sjv7\", oauth_signature_method=\"HMAC-SHA1\", \
         oauth_timestamp=\"137131201\", oauth_nonce=\"7d8f3e4a\", \
         oauth_signature=\"djosJKDKJSD8743243%2Fjdk33klY%3D\"",
    )
    .with_body(FORM, b"c2&a3=2+q");
    assert_eq!(
        base_string(&request),
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D\
         %25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e\
         4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9\
         d7dh3k39sjv7"
    );
}

#[test]
fn sorting_is_by_encoded_names_then_encoded_values() {
    for (query, expected) in [
        // %2F before `.`, %C3 before `b`.
        (
            "a.=1&a%2F=2&ab=3&a%C3%A9=4",
            "a%252F%3D2%26a%25C3%25A9%3D4%26a.%3D1%26ab%3D3",
        ),
        // The name alone decides, not the joined pair: `-` is less than `=`.
        ("a-b=1&a=1", "a%3D1%26a-b%3D1"),
        // Values after names, as bytes; capitals first.
        ("x=b&x=B&x=%2F&x=", "x%3D%26x%3D%252F%26x%3DB%26x%3Db"),
        // UTF-16 would put U+1F600 before U+FF01.
        (
            "%F0%9F%98%80=1&%EF%BC%81=2",
            "%25EF%25BC%2581%3D2%26%25F0%259F%2598%2580%3D1",
        ),
        // Names that share their first eight bytes.
        (
            "oauth_verifier=1&oauth_version=2",
            "oauth_verifier%3D1%26oauth_version%3D2",
        ),
        (
            "abcdefghi=1&abcdefgh%69=0&abcdefgh=2",
            "abcdefgh%3D2%26abcdefghi%3D0%26abcdefghi%3D1",
        ),
    ] {
        assert_eq!(of_query(query), expected, "{query}");
    }
}

#[test]
fn repeated_empty_and_valueless_parameters_are_all_signed() {
    assert_eq!(
        of_query("a=1&a=1&b&b=&c"),
        "a%3D1%26a%3D1%26b%3D%26b%3D%26c%3D"
    );
    assert_eq!(of_query("&&a=1&&"), "a%3D1");
    assert_eq!(of_query("a=b=c"), "a%3Db%253Dc");
    assert_eq!(of_query("a=1;b=2"), "a%3D1%253Bb%253D2");
    assert_eq!(of_query("=1"), "%3D1");
    assert_eq!(of_query(""), "");
}

#[test]
fn plus_lower_case_digits_and_bare_reserved_characters() {
    assert_eq!(of_query("a=b+c%2bd"), "a%3Db%2520c%252Bd");
    assert_eq!(of_query("a=!*'()~%7e"), "a%3D%2521%252A%2527%2528%2529~~");
    assert_eq!(of_query("a=caf%E9"), "a%3Dcaf%25E9");
}

#[test]
fn the_signature_is_left_out_wherever_it_is() {
    assert_eq!(of_query("oauth_signature=1&a=1"), "a%3D1");
    assert_eq!(of_query("oauth%5Fsignature=1&a=1"), "a%3D1");
    assert_eq!(
        of_query("oauth_signature_method=1&Oauth_signature=2"),
        "Oauth_signature%3D2%26oauth_signature_method%3D1"
    );
    let request = Request::new("PUT", Uri::parse("https://h").unwrap())
        .unwrap()
        .with_authorization(r#"OAuth realm="r", oauth_signature="x", b="1""#)
        .with_body(FORM, b"oauth_signature=y&realm=z");
    assert_eq!(
        base_string(&request),
        "PUT&https%3A%2F%2Fh%2F&b%3D1%26realm%3Dz"
    );
}

#[test]
fn methods_are_upper_case_and_encoded() {
    for (method, expected) in [
        ("get", "GET"),
        ("POST", "POST"),
        ("M-Search", "M-SEARCH"),
        ("x*y'z|", "X%2AY%27Z%7C"),
        (
            "a-very-long-method-of-more-than-a-block",
            "A-VERY-LONG-METHOD-OF-MORE-THAN-A-BLOCK",
        ),
    ] {
        let request = Request::new(method, Uri::parse("http://h/").unwrap()).unwrap();
        assert_eq!(
            base_string(&request),
            format!("{expected}&http%3A%2F%2Fh%2F&")
        );
    }
}

#[test]
fn the_base_uri_is_encoded_once() {
    let request = Request::new("GET", Uri::parse("HTTP://[::FF]:8080//a%7e;b").unwrap()).unwrap();
    assert_eq!(
        base_string(&request),
        "GET&http%3A%2F%2F%5B%3A%3Aff%5D%3A8080%2F%2Fa%257e%3Bb&"
    );
}

#[test]
fn what_is_added_decoded_is_signed_as_what_is_collected() {
    let protocol = ProtocolParameters::new("k", "HMAC-SHA1", "1", "n")
        .with_token("")
        .with_parameter("x/y", "é");
    let request = Request::new("POST", Uri::parse("http://h/?q=a+b").unwrap()).unwrap();
    let mut parameters = Parameters::collect(&request, &Limits::default()).unwrap();
    parameters.add_protocol(&protocol, Place::Header);
    let signed = BaseString::new(&request, &parameters);
    let mut header = Vec::new();
    protocol
        .write_header(Some("r"), "sig", &mut header)
        .unwrap();
    let header = String::from_utf8(header).unwrap();
    assert_eq!(
        base_string(&request.with_authorization(&header)),
        signed.as_str()
    );
}

#[test]
fn a_buffer_is_appended_to() {
    let request = Request::new("GET", Uri::parse("http://h/").unwrap()).unwrap();
    let mut out = b"x".to_vec();
    write_base_string(&request, &Parameters::new(), &mut out);
    assert_eq!(out, b"xGET&http%3A%2F%2Fh%2F&");
}

#[test]
fn debug_hides_the_text() {
    let text = BaseString::from_text("GET&canary");
    assert_eq!(format!("{text:?}"), "BaseString([10 bytes])");
    assert_eq!(text.to_string(), "GET&canary");
}

type Pair = (Vec<u8>, Vec<u8>);

/// RFC 5849 3.4.1.3.2 word by word: encode, sort, join, encode.
fn by_definition(pairs: &[Pair]) -> String {
    let mut encoded: Vec<(String, String)> = pairs
        .iter()
        .filter(|(name, _)| name != b"oauth_signature")
        .map(|(name, value)| (encode_bytes(name).into(), encode_bytes(value).into()))
        .collect();
    encoded.sort();
    let joined: Vec<String> = encoded
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    encode_bytes(joined.join("&").as_bytes()).into_owned()
}

fn octets() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => "[ab/+ %~=&.é-]{0,6}".prop_map(String::into_bytes),
        2 => "oauth_(signature|signature_method|nonce|v)".prop_map(String::into_bytes),
        1 => proptest::collection::vec(any::<u8>(), 0..40),
        1 => "longer_name_[ab]{1,30}".prop_map(String::into_bytes),
    ]
}

fn pairs() -> impl Strategy<Value = Vec<Pair>> {
    proptest::collection::vec((octets(), octets()), 0..40)
}

/// A spelling of a form: canonical, with lower-case digits, or with `+` and bare characters.
fn spelled(octets: &[u8], way: u8) -> Vec<u8> {
    let mut out = Vec::new();
    for &octet in octets {
        match (way, octet) {
            (2, b' ') => out.push(b'+'),
            (2, b'/' | b'*' | b'!' | b'.') => out.push(octet),
            (2, b'a') => out.extend_from_slice(b"%61"),
            (1, _) => {
                out.extend_from_slice(encode_bytes(&[octet]).to_ascii_lowercase().as_bytes());
                if octet.is_ascii_uppercase() {
                    out.pop();
                    out.push(octet);
                }
            }
            _ => out.extend_from_slice(encode_bytes(&[octet]).as_bytes()),
        }
    }
    out
}

fn body(pairs: &[Pair], ways: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for ((name, value), way) in pairs.iter().zip(ways.iter().cycle()) {
        out.extend(spelled(name, way % 3));
        out.push(b'=');
        out.extend(spelled(value, way % 3));
        out.push(b'&');
    }
    out
}

proptest! {
    #[test]
    fn every_path_follows_the_definition(
        pairs in pairs(),
        ways in proptest::collection::vec(0..3_u8, 1..9),
        split in any::<prop::sample::Index>(),
    ) {
        let expected = format!("POST&http%3A%2F%2Fh%2F&{}", by_definition(&pairs));
        let uri = Uri::parse("http://h/").unwrap();
        // From the wire, in mixed spellings.
        let body = body(&pairs, &ways);
        let wire = Request::new("POST", uri).unwrap().with_body(FORM, &body);
        prop_assert_eq!(base_string(&wire), expected.as_str());
        // Decoded.
        let bare = Request::new("POST", uri).unwrap();
        let mut added = Parameters::new();
        for (name, value) in &pairs {
            added.add(name, value, Place::Body);
        }
        prop_assert_eq!(BaseString::new(&bare, &added).into_string(), expected.as_str());
        // Some of each.
        let collected = Parameters::collect(&wire, &Limits::default()).unwrap();
        let split = split.index(pairs.len().max(1));
        let mut mixed: Parameters<'_> = collected.iter().take(split).copied().collect();
        for (name, value) in pairs.iter().skip(split) {
            mixed.add(name, value, Place::Query);
        }
        prop_assert_eq!(BaseString::new(&bare, &mixed).into_string(), expected.as_str());
        // Streamed.
        let mut streamed = Vec::new();
        stream_base_string(&bare, &mixed, &mut streamed);
        prop_assert_eq!(streamed, expected.into_bytes());
    }

    #[test]
    fn the_order_on_the_wire_does_not_matter(
        (pairs, shuffled) in pairs().prop_flat_map(|pairs| {
            (Just(pairs.clone()), Just(pairs).prop_shuffle())
        }),
    ) {
        let text = |pairs: &[Pair]| {
            let body = body(pairs, &[0]);
            let request = Request::new("POST", Uri::parse("http://h/").unwrap())
                .unwrap()
                .with_body(FORM, &body);
            base_string(&request)
        };
        prop_assert_eq!(text(&pairs), text(&shuffled));
    }

    #[test]
    fn equal_base_strings_mean_equal_method_uri_and_parameters(
        one in ("GET|get|G-T|G%T", "[aA/]{0,2}(:80|:81)?", "[/%26=a]{0,3}", small()),
        other in ("GET|get|G-T|G%T", "[aA/]{0,2}(:80|:81)?", "[/%26=a]{0,3}", small()),
    ) {
        let meaning = |(method, host, path, pairs): &(String, String, String, Vec<Pair>)| {
            let uri = format!("http://h{host}/{path}");
            let uri = Uri::parse(&uri).ok()?;
            let body = body(pairs, &[0]);
            let request = Request::new(method, uri).unwrap().with_body(FORM, &body);
            let mut counted: BTreeMap<Pair, u32> = BTreeMap::new();
            for pair in pairs {
                if pair.0 != b"oauth_signature" {
                    let count = counted.entry(pair.clone()).or_default();
                    *count = count.saturating_add(1);
                }
            }
            let meaning = (method.to_ascii_uppercase(), uri.base_uri(), counted);
            Some((base_string(&request), meaning))
        };
        if let (Some(one), Some(other)) = (meaning(&one), meaning(&other)) {
            prop_assert_eq!(one.0 == other.0, one.1 == other.1, "{:?} {:?}", one, other);
        }
    }
}

/// Few and short, so that equal ones happen.
fn small() -> impl Strategy<Value = Vec<Pair>> {
    let text = || "[a&=%]{0,2}".prop_map(String::into_bytes);
    proptest::collection::vec((text(), text()), 0..3)
}

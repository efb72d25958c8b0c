#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;

/// RFC 5849 section 3.4.1.1.
const RFC: &str = "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540\
    %3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26\
    oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7";

fn pairs(parts: &Parts) -> Vec<(&str, &str)> {
    parts
        .parameters()
        .iter()
        .map(|pair| (pair.name(), pair.value()))
        .collect()
}

#[track_caller]
fn refuses(text: &str, kind: PartsErrorKind, offset: usize) {
    let error = Parts::parse(text).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (kind, offset), "{error}");
}

#[track_caller]
fn faults(text: &str, faults: &[StructureFault]) -> Parts {
    Parts::parse(text).unwrap_err();
    let parts = Parts::parse_lenient(text).unwrap();
    assert_eq!(parts.faults(), faults);
    parts
}

#[test]
fn the_example_of_the_rfc() {
    let parts = Parts::parse(RFC).unwrap();
    assert_eq!(parts.method(), "POST");
    let uri = parts.uri();
    assert_eq!(
        (
            uri.scheme(),
            uri.host(),
            uri.port(),
            uri.path(),
            uri.query()
        ),
        ("http", "example.com", None, "/request", None)
    );
    assert_eq!(
        pairs(&parts)[..6],
        [
            ("a2", "r%20b"),
            ("a3", "2%20q"),
            ("a3", "a"),
            ("b5", "%3D%253D"),
            ("c%40", ""),
            ("c2", "")
        ]
    );
    assert_eq!(parts.parameters().len(), 11);
    assert!(RFC[parts.parameters()[1].offset()..].starts_with("a3%3D2"));
    assert_eq!(Parts::parse_lenient(RFC).unwrap(), parts);
}

#[test]
fn hosts_and_ports() {
    for (uri, host, port) in [
        ("http%3A%2F%2Fh%3A8080%2F", "h", Some("8080")),
        ("https%3A%2F%2F%5B%3A%3A1%5D%2F", "[::1]", None),
        (
            "https%3A%2F%2F%5B%3A%3A1%5D%3A8443%2F",
            "[::1]",
            Some("8443"),
        ),
    ] {
        let parts = Parts::parse(&format!("GET&{uri}&")).unwrap();
        assert_eq!((parts.uri().host(), parts.uri().port()), (host, port));
        assert_eq!(parts.parameters(), []);
    }
}

#[test]
fn each_breach_has_its_kind_and_place() {
    use PartsErrorKind as Kind;
    for (text, kind, offset) in [
        ("", Kind::MissingPart { found: 1 }, 0),
        ("GET", Kind::MissingPart { found: 1 }, 3),
        ("GET&http%3A%2F%2Fh%2F", Kind::MissingPart { found: 2 }, 21),
        (
            "GET&http%3A%2F%2Fh%2F&a%3D1&b%3D2",
            Kind::StrayAmpersand,
            27,
        ),
        ("&http%3A%2F%2Fh%2F&a%3D1", Kind::NotCanonical, 0),
        ("GET&http%3a%2F%2Fh%2F&a%3D1", Kind::NotCanonical, 8),
        ("GET&http://h/&a%3D1", Kind::NotCanonical, 8),
        ("GET&http%3A%2F%2Fh%2F&a%3D%7E", Kind::NotCanonical, 26),
        ("GET&http%3A%2F%2Fh%2F&a%3D1%2", Kind::NotCanonical, 27),
        (
            "GET&http%3A%2F%2Fh%2F&a%3Db%2Bc%26d%3D1",
            Kind::NotCanonical,
            22,
        ),
        (
            "GET&http%3A%2F%2Fh%2F&c%3D1%26a%3D%252c",
            Kind::NotCanonical,
            30,
        ),
        ("GET&http%3A%2F%2Fh%2F&a%26b%3D1", Kind::MissingEquals, 22),
        ("GET&http%3A%2F%2Fh%2F&a%3D1%26", Kind::EmptyPair, 30),
        ("GET&http%3A%2F%2Fh&a%3D1", Kind::Uri, 4),
        ("GET&ftp%3A%2F%2Fh%2F&a%3D1", Kind::Uri, 4),
        ("GET&http%3A%2F%2F%2F&a%3D1", Kind::Uri, 4),
        ("GET&http%3A%2F%2Fh%3A%2F&a%3D1", Kind::Uri, 4),
        ("GET&http%3A%2F%2Fh%2F%3Fa%3D1&a%3D1", Kind::Uri, 4),
        ("GET&%2Fpath&a%3D1", Kind::Uri, 4),
    ] {
        refuses(text, kind, offset);
    }
}

#[test]
fn what_is_built_unusually_is_read_all_the_same() {
    use StructureFault as Fault;
    let plain = Parts::parse("GET&http%3A%2F%2Fh%2Fp&a%3D%252F%26b%3D2").unwrap();
    let same = |parts: &Parts, method: &str| {
        assert_eq!((parts.method(), parts.uri()), (method, plain.uri()));
        assert_eq!(pairs(parts), pairs(&plain));
    };
    same(
        &faults(
            " GET&http%3A%2F%2Fh%2Fp&a%3D%252F%26b%3D2\r\n",
            &[Fault::Blanks],
        ),
        "GET",
    );
    same(
        &faults(
            "GET%26http%253A%252F%252Fh%252Fp%26a%253D%25252F%2526b%253D2",
            &[Fault::EncodedAsWhole { layers: 1 }],
        ),
        "GET",
    );
    same(
        &faults(
            "GET%2526http%25253A%25252F%25252Fh%25252Fp%2526a%25253D%2525252F%252526b%25253D2",
            &[Fault::EncodedAsWhole { layers: 2 }],
        ),
        "GET",
    );
    same(
        &faults(
            "http%3A%2F%2Fh%2Fp&a%3D%252F%26b%3D2",
            &[Fault::MissingMethod],
        ),
        "",
    );
    same(
        &faults(
            "GET&http%3A%2F%2Fh%2Fp&a%3D%252F&b%3D2",
            &[Fault::ParametersNotEncoded],
        ),
        "GET",
    );
    same(
        &faults(
            "GET&http%3A%2F%2Fh%2Fp&a=%252F&b=2",
            &[Fault::ParametersNotEncoded],
        ),
        "GET",
    );
    same(
        &faults(
            "GET&http%3A%2F%2Fh%2Fp&a%253D%25252F%2526b%253D2",
            &[Fault::ParametersEncodedAgain { layers: 1 }],
        ),
        "GET",
    );
    same(
        &faults(
            "GET&http%253A%252F%252Fh%252Fp&a%3D%252F%26b%3D2",
            &[Fault::UriEncodedAgain { layers: 1 }],
        ),
        "GET",
    );

    let parts = faults("GET&http%3A%2F%2Fh%2Fp", &[Fault::MissingParameters]);
    assert_eq!((parts.uri(), parts.parameters().len()), (plain.uri(), 0));
    let parts = faults("GET&%2Fp%3Fx%3D1&a%3D1", &[Fault::UriNotAbsolute]);
    assert_eq!(
        (parts.uri().path(), parts.uri().query()),
        ("/p", Some("x=1"))
    );
    let parts = faults("GET&http%3A%2F%2Fh%3Fx&a%26%26b%3D%zz", &[]);
    assert_eq!(
        (parts.uri().host(), parts.uri().path(), parts.uri().query()),
        ("h", "", Some("x"))
    );
    assert_eq!(pairs(&parts), [("a", ""), ("", ""), ("b", "%zz")]);
    assert!(!parts.parameters()[0].has_equals());
    assert_eq!(parts.parameters()[2].offset(), 30);
}

#[test]
fn what_nothing_divides_is_refused_even_leniently() {
    for text in ["", "GET", "signature_invalid", "a=b"] {
        let error = Parts::parse_lenient(text).unwrap_err();
        assert_eq!(error.kind(), PartsErrorKind::MissingPart { found: 1 });
    }
}

#[test]
fn debug_withholds_passwords() {
    let text = "POST&http%3A%2F%2Fh%2F&x_auth_password%3Dcanary%26x_auth_username%3Dada";
    let shown = format!("{:?}", Parts::parse(text).unwrap());
    assert!(
        !shown.contains("canary") && shown.contains("ada"),
        "{shown}"
    );
}

#[test]
fn errors_read_as_sentences() {
    let error = Parts::parse("GET&http%3A%2F%2Fh%2F&a%26b%3D1").unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected name=value, found a name without \"=\" at byte 22"
    );
    assert_eq!(
        StructureFault::EncodedAsWhole { layers: 2 }.to_string(),
        "is percent-encoded as a whole, its two dividing ampersands with it, 2 times over"
    );
}

proptest! {
    #[test]
    fn what_is_put_together_comes_apart(
        pairs in prop::collection::vec((".{0,6}", ".{0,6}"), 0..6),
        path in "/[ -~é]{0,10}",
    ) {
        use countersign_encoding::encode;
        let path = path.replace(['?', '#'], "");
        let list: Vec<String> =
            pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let uri = format!("https://h.example{path}");
        let text = format!("GET&{}&{}", encode(&uri), encode(&list.join("&")));
        let parts = Parts::parse(&text).unwrap();
        prop_assert_eq!(parts.uri().path(), path);
        let read: Vec<_> = parts.parameters().iter().map(|pair| (pair.name(), pair.value())).collect();
        let encoded: Vec<_> = pairs.iter().map(|(name, value)| (encode(name), encode(value))).collect();
        let encoded: Vec<_> = encoded.iter().map(|(name, value)| (&**name, &**value)).collect();
        prop_assert_eq!(read, encoded);
    }

    #[test]
    fn any_text_is_read_or_refused_inside_it(text in "[ -~é]{0,8}(&|%26|%2526)?[%0-9A-Fa-f&=:/]{0,40}") {
        for error in [Parts::parse(&text).err(), Parts::parse_lenient(&text).err()].into_iter().flatten() {
            prop_assert!(error.offset() <= text.len());
        }
        if let Ok(strict) = Parts::parse(&text) {
            prop_assert_eq!(Parts::parse_lenient(&text).unwrap(), strict);
        }
    }
}

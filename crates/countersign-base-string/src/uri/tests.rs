use super::host::{authority_parts, is_plain_host, simple_authority};
use super::{Uri, UriErrorKind, decimal};
use crate::Scheme;
use alloc::format;
use alloc::string::{String, ToString};
use proptest::prelude::*;

fn base(uri: &str) -> String {
    Uri::parse(uri).unwrap().base_uri()
}

#[test]
fn the_base_uri_of_each_trap() {
    for (uri, expected) in [
        (
            "http://EXAMPLE.COM:80/r%20v/X?id=123",
            "http://example.com/r%20v/X",
        ),
        (
            "https://www.example.net:8080/?q=1",
            "https://www.example.net:8080/",
        ),
        ("HTTPS://h:443/", "https://h/"),
        ("https://h:80/", "https://h:80/"),
        ("http://h:443/", "http://h:443/"),
        ("http://h:/", "http://h/"),
        ("http://h:0080/", "http://h/"),
        ("http://h:0", "http://h:0/"),
        ("http://h", "http://h/"),
        ("http://h?q", "http://h/"),
        ("http://h#f", "http://h/"),
        ("http://h/a?b#c?d", "http://h/a"),
        ("http://h/a#b?c", "http://h/a"),
        ("http://[2001:DB8::1]:8080/", "http://[2001:db8::1]:8080/"),
        ("https://[::1]", "https://[::1]/"),
        ("http://user:p%40ss@H/x", "http://h/x"),
        ("http://a@b@h:81/x", "http://h:81/x"),
        (
            "http://h//a/../b;p=1/%7e%7E/",
            "http://h//a/../b;p=1/%7e%7E/",
        ),
        ("http://A_b!c%41/", "http://a_b!c%41/"),
    ] {
        assert_eq!(base(uri), expected, "{uri}");
    }
}

#[test]
fn the_parts_are_those_of_the_wire() {
    let uri = Uri::parse("http://H:080//a%7e?x=1?y#z").unwrap();
    assert_eq!(uri.scheme(), Scheme::Http);
    assert_eq!(uri.host(), "H");
    assert_eq!(uri.port(), Some(80));
    assert_eq!(uri.effective_port(), 80);
    assert_eq!(uri.path(), "//a%7e");
    assert_eq!(uri.query(), Some("x=1?y"));
    let uri = Uri::parse("https://h?").unwrap();
    assert_eq!((uri.path(), uri.query(), uri.port()), ("", Some(""), None));
    assert_eq!(uri.effective_port(), 443);
}

#[test]
fn the_port_becomes_significant_under_the_other_scheme() {
    let uri = Uri::parse("http://h:80/").unwrap();
    assert_eq!(uri.with_scheme(Scheme::Https).base_uri(), "https://h:80/");
}

#[test]
fn faults_of_an_absolute_uri() {
    for (uri, kind, offset) in [
        ("", UriErrorKind::InvalidScheme, 0),
        ("ftp://h/", UriErrorKind::InvalidScheme, 0),
        ("/path", UriErrorKind::InvalidScheme, 0),
        ("http:/h", UriErrorKind::InvalidScheme, 0),
        ("http://", UriErrorKind::EmptyHost, 7),
        ("http:///a", UriErrorKind::EmptyHost, 7),
        ("http://:80/", UriErrorKind::EmptyHost, 7),
        ("http://[]/", UriErrorKind::EmptyHost, 8),
        ("http://h:65536/", UriErrorKind::InvalidPort, 9),
        ("http://h:8a/", UriErrorKind::InvalidPort, 9),
        ("http://h:-1/", UriErrorKind::InvalidPort, 9),
        ("http://h:+1/", UriErrorKind::InvalidPort, 9),
        (
            "http://h/a b",
            UriErrorKind::InvalidByte { found: b' ' },
            10,
        ),
        (
            "http://h/\u{e9}",
            UriErrorKind::InvalidByte { found: 0xC3 },
            9,
        ),
        (
            "http://h/\r\nX:",
            UriErrorKind::InvalidByte { found: b'\r' },
            9,
        ),
        ("http://h/#\0", UriErrorKind::InvalidByte { found: 0 }, 10),
        (
            "http://h\\x/",
            UriErrorKind::InvalidHost { found: b'\\' },
            8,
        ),
        (
            "http://u@h\"/",
            UriErrorKind::InvalidHost { found: b'"' },
            10,
        ),
        ("http://[::1/", UriErrorKind::InvalidHost { found: b'[' }, 7),
        (
            "http://[::1]x/",
            UriErrorKind::InvalidHost { found: b'x' },
            12,
        ),
        (
            "http://[::g%1]/",
            UriErrorKind::InvalidHost { found: b'%' },
            11,
        ),
    ] {
        let fault = Uri::parse(uri).unwrap_err();
        assert_eq!((fault.kind(), fault.offset()), (kind, offset), "{uri}");
    }
}

fn target(host: &str, target: &str) -> Result<String, (UriErrorKind, usize)> {
    Uri::from_target(Scheme::Http, host, target)
        .map(|uri| uri.base_uri())
        .map_err(|fault| (fault.kind(), fault.offset()))
}

#[test]
fn targets_in_origin_form() {
    assert_eq!(target("H:80", "/a?b"), Ok("http://h/a".into()));
    assert_eq!(target("h:443", "/"), Ok("http://h:443/".into()));
    assert_eq!(target("h:", "//evil/x"), Ok("http://h//evil/x".into()));
    assert_eq!(target("[::1]:81", "/"), Ok("http://[::1]:81/".into()));
}

#[test]
fn targets_in_absolute_form_agree_with_the_host_field() {
    assert_eq!(target("H", "http://h:80/a?b"), Ok("http://h/a".into()));
    assert_eq!(target("", "HTTP://h:81"), Ok("http://h:81/".into()));
    let mismatch = Err((UriErrorKind::HostMismatch, 7));
    assert_eq!(target("h", "http://other/a"), mismatch);
    assert_eq!(target("h:81", "http://h/a"), mismatch);
    assert_eq!(
        target("h", "https://h/a"),
        Err((UriErrorKind::SchemeMismatch, 0))
    );
}

#[test]
fn faults_of_targets_and_host_fields() {
    let unsupported = Err((UriErrorKind::UnsupportedTarget, 0));
    for other in ["*", "h:443", "", "a/b", "?q"] {
        assert_eq!(target("h", other), unsupported, "{other}");
    }
    assert_eq!(target("h", "/a#b"), Err((UriErrorKind::Fragment, 2)));
    assert_eq!(
        target("h", "/a\u{7f}"),
        Err((UriErrorKind::InvalidByte { found: 0x7F }, 2))
    );
    assert_eq!(target("", "/"), Err((UriErrorKind::EmptyHost, 0)));
    assert_eq!(
        target("u@h", "/"),
        Err((UriErrorKind::HostField { found: b'@' }, 1))
    );
    assert_eq!(
        target("h/x", "/"),
        Err((UriErrorKind::HostField { found: b'/' }, 1))
    );
    assert_eq!(
        target("h, g", "/"),
        Err((UriErrorKind::HostField { found: b' ' }, 2))
    );
    assert!(UriErrorKind::HostField { found: b'@' }.is_of_host());
    assert!(!UriErrorKind::EmptyHost.is_of_host());
}

#[test]
fn messages_say_expected_found_and_offset() {
    assert_eq!(
        Uri::parse("http://h/ ").unwrap_err().to_string(),
        "expected visible ASCII, found byte 0x20 (byte offset 9)"
    );
}

#[test]
fn debug_hides_the_query() {
    let shown = format!(
        "{:?}",
        Uri::parse("http://h/?oauth_signature=canary").unwrap()
    );
    assert!(!shown.contains("canary"), "{shown}");
}

proptest! {
    #[test]
    fn a_port_is_written_as_a_decimal_number(port: u16) {
        let expected = port.to_string();
        prop_assert_eq!(decimal(port, &mut [0; 5]).to_vec(), expected.into_bytes());
    }

    #[test]
    fn parsing_never_panics_and_the_base_is_a_fixed_point(
        text in "(http|https|HTTP)://[a@:\\[\\]%.A0-9!]{0,8}[/?#a%:@]{0,8}",
    ) {
        if let Ok(uri) = Uri::parse(&text) {
            let base = uri.base_uri();
            prop_assert_eq!(Uri::parse(&base).unwrap().base_uri(), base);
        }
    }

    #[test]
    fn a_target_is_read_as_the_absolute_uri(
        host in "[a-cA.!%]{1,6}(:[0-9]{0,3})?",
        path in "/[a/;:@%.]{0,6}(\\?[a=&?/]{0,4})?",
    ) {
        let absolute = format!("http://{host}{path}");
        let parsed = Uri::parse(&absolute);
        let read = Uri::from_target(Scheme::Http, &host, &path);
        prop_assert_eq!(parsed.is_ok(), read.is_ok());
        if let (Ok(parsed), Ok(read)) = (parsed, read) {
            prop_assert_eq!(parsed, read);
        }
    }

    /// What is read in one pass is what the whole grammar says.
    #[test]
    fn a_simple_authority_is_read_as_any_other(
        text in "[a-cA.!0-9]{0,3}(:[0-9]{0,6})?[a@:%\\[]{0,1}",
        after in "([/?#][a:@]{0,2})?",
    ) {
        let whole = format!("{text}{after}");
        let simple = simple_authority(&whole);
        let read = authority_parts(&text);
        if let Some(simple) = &simple {
            prop_assert_eq!(simple.len, text.len());
            prop_assert_eq!(read, Ok((simple.host, simple.port)));
            prop_assert_eq!(simple.host_is_plain, is_plain_host(simple.host));
        } else if let Ok((host, port)) = read {
            let digits = text.len().saturating_sub(host.len());
            let unusual = host.contains('%') || text.ends_with(':') || digits > 6;
            prop_assert!(unusual, "{} {:?}", whole, port);
        }
    }
}

use countersign_base_string::Scheme;
use proptest::prelude::*;

use crate::{CaptureError, InputKind, Limits, OwnedRequest, Refused, read, read_as};

fn request() -> impl Strategy<Value = OwnedRequest> {
    let method = prop_oneof![
        Just("GET".to_owned()),
        Just("POST".to_owned()),
        Just("HEAD".to_owned()),
        "[A-Za-z!#$%&'*+.^_`|~-]{1,8}"
    ];
    let host = prop_oneof![
        "[a-z0-9.-]{1,12}(:[0-9]{1,4})?",
        Just("[::1]:8080".to_owned())
    ];
    let target = "/[!-\"$-~]{0,20}(\\?[!-\"$-~]{0,20})?";
    let name = "[A-Za-z!#$%&'*+.^_`|~-]{1,10}".prop_filter("set by the writer", |name| {
        !["host", "content-length", "transfer-encoding"]
            .iter()
            .any(|own| name.eq_ignore_ascii_case(own))
    });
    let value = prop_oneof!["([!-~é]([ -~é]{0,20}[!-~é])?)?", "[\"'$`\\\\^!@ -~]{0,6}"]
        .prop_map(|value| value.trim().to_owned());
    let body = prop_oneof![
        Just(String::new()),
        any::<String>().prop_filter("no shell carries NUL", |body| !body.contains('\0')),
        "[a-z@=&%'\"$\\\\\n\r^ ]{0,40}",
    ];
    let headers = prop::collection::vec((name, value), 0..5);
    (method, host, target, headers, body).prop_map(|(method, host, target, headers, body)| {
        let mut request = OwnedRequest::new(method, target)
            .with_scheme(Scheme::Https)
            .with_host(host);
        for (name, value) in headers {
            request = request.with_header(name, value.into_bytes());
        }
        request.with_body(body)
    })
}

/// What must survive, whatever headers frame the message.
type Essence = (String, String, Vec<(String, Vec<u8>)>, Vec<u8>);

fn essence(request: &OwnedRequest, scheme: Option<Scheme>) -> Essence {
    let headers = request
        .headers()
        .iter()
        .filter(|header| !header.is("host") && !header.is("content-length"))
        .map(|header| (header.name().to_owned(), header.value().to_vec()))
        .collect();
    (
        request.method().to_owned(),
        request.url(scheme).unwrap(),
        headers,
        request.body().to_vec(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn a_printed_command_is_the_same_request(request in request()) {
        let command = request.to_curl(None).unwrap();
        let capture = read_as(InputKind::Curl, command.as_bytes(), &Limits::default()).unwrap();
        prop_assert_eq!(capture.exchanges().len(), 1, "{}", command);
        let again = capture.request().unwrap();
        prop_assert_eq!(essence(again, None), essence(&request, None), "{}", command);
    }

    #[test]
    fn printed_http_is_the_same_request(request in request()) {
        let http = request.to_http().unwrap();
        let capture = read_as(InputKind::RawHttp, &http, &Limits::default()).unwrap();
        prop_assert_eq!(capture.exchanges().len(), 1);
        let again = capture.request().unwrap();
        prop_assert_eq!(essence(again, Some(Scheme::Https)), essence(&request, None));
        prop_assert!(capture.exchanges()[0].notes().is_empty());
    }
}

#[test]
fn printed_commands_are_sniffed_as_such() {
    let request = OwnedRequest::new("POST", "/a/../b?x[0]={y}")
        .with_scheme(Scheme::Http)
        .with_host("h:81")
        .with_header("Host", "h:81")
        .with_header("Empty", "")
        .with_body("a ^\"b");
    let command = request.to_curl(None).unwrap();
    let capture = read(command.as_bytes()).unwrap();
    assert_eq!(capture.kind(), InputKind::Curl);
    assert_eq!(
        essence(capture.request().unwrap(), None),
        essence(&request, None)
    );
    assert!(!command.contains("Host:"));
}

#[test]
fn a_differing_host_header_is_printed() {
    let request = read(b"GET http://a/x HTTP/1.1\nHost: b\n").unwrap();
    let command = request.request().unwrap().to_curl(None).unwrap();
    assert_eq!(command, "curl -H 'Host: b' http://a/x");
}

#[test]
fn unusual_targets_are_given_apart() {
    let request = OwnedRequest::new("OPTIONS", "*")
        .with_scheme(Scheme::Http)
        .with_host("h");
    let command = request.to_curl(None).unwrap();
    assert_eq!(command, "curl -X OPTIONS --request-target '*' http://h/");
    assert_eq!(
        read(command.as_bytes())
            .unwrap()
            .request()
            .unwrap()
            .target(),
        "*"
    );
}

/// The target is a whole URL, which need not be the one that curl connects to.
#[test]
fn a_whole_target_is_called_where_it_names_the_same_server() {
    let rows = [
        ("http://h/x", Scheme::Http, "curl http://h/x"),
        (
            "http://h/x",
            Scheme::Https,
            "curl --request-target http://h/x https://h/",
        ),
        (
            "http://Ho",
            Scheme::Http,
            "curl --request-target http://Ho http://h/",
        ),
        (
            "http://h",
            Scheme::Http,
            "curl --request-target http://h http://h/",
        ),
        (
            "http://h?a=b",
            Scheme::Http,
            "curl --request-target 'http://h?a=b' http://h/",
        ),
        (
            "http://u@h/x",
            Scheme::Http,
            "curl --request-target http://u@h/x http://h/",
        ),
    ];
    for (target, scheme, expected) in rows {
        let request = OwnedRequest::new("GET", target)
            .with_scheme(scheme)
            .with_host("h");
        let command = request.to_curl(None).unwrap();
        assert_eq!(command, expected);
        let capture = read(command.as_bytes()).unwrap();
        let again = capture.request().unwrap();
        assert_eq!((again.scheme(), again.host()), (Some(scheme), Some("h")));
        assert_eq!(again.url(None).unwrap(), request.url(None).unwrap());
    }
}

#[test]
fn framing_follows_the_body() {
    let request =
        read(b"POST /x HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n3\na=b\n0\n").unwrap();
    assert_eq!(
        request.request().unwrap().to_http().unwrap(),
        b"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\na=b"
    );
}

#[test]
fn nothing_breaks_out_of_its_line() {
    let base = || {
        OwnedRequest::new("GET", "/")
            .with_scheme(Scheme::Http)
            .with_host("h")
    };
    let bad = [
        OwnedRequest::new("GET /x HTTP/1.1\r\nA:", "/")
            .with_scheme(Scheme::Http)
            .with_host("h"),
        OwnedRequest::new("GET", "/ HTTP/1.1\r\nA: b")
            .with_scheme(Scheme::Http)
            .with_host("h"),
        base().with_host("h\r\nA: b"),
        base().with_header("A", "b\r\nC: d"),
        base().with_header("A: b\r\nC", "d"),
        base().with_header("A", "\0"),
    ];
    for request in bad {
        for result in [
            request.to_http().map(|_| ()),
            request.to_curl(None).map(|_| ()),
        ] {
            assert!(
                matches!(
                    result,
                    Err(CaptureError::Refused(Refused::NotPrintable { .. }))
                ),
                "{request:?}"
            );
        }
    }
    assert!(base().with_body(b"\0").to_curl(None).is_err());
    assert!(base().with_body(b"\xff").to_curl(None).is_err());
    assert!(base().with_body(b"\xff\0").to_http().is_ok());
}

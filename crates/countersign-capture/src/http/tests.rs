use countersign_base_string::Scheme;

use crate::{Capture, InputKind, Limits, Missing, Note, read, read_with};

fn capture(input: &str) -> Capture {
    read(input.as_bytes()).unwrap_or_else(|error| panic!("{input:?}: {error}"))
}

fn body(input: &str) -> Vec<u8> {
    capture(input).request().unwrap().body().to_vec()
}

const FORM: &str = "POST / HTTP/1.1\nHost: h\nContent-Type: application/x-www-form-urlencoded\n";

#[test]
fn requests_are_read_in_every_shape_of_paste() {
    for input in [
        "GET /a?b HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /a?b HTTP/1.1\nHost: h\n\n",
        "GET /a?b HTTP/1.1\nHost: h\n",
        "GET /a?b HTTP/1.1\nHost: h",
        "\n\r\n  \nGET /a?b HTTP/1.1\nHost:   h  \n",
        "GET /a?b HTTP/2\nhost: h\n",
        "GET /a?b\nHost: h\n",
        "```http\nGET /a?b HTTP/1.1\nHost: h\n```\nand so on",
        "\u{feff}GET /a?b HTTP/1.1\nHost: h\n",
        "--- Request ---\nGET /a?b HTTP/1.1\nHost: h\n",
        "Request:\n\nGET /a?b HTTP/1.1\nHost: h\n",
    ] {
        let capture = capture(input);
        assert_eq!(capture.kind(), InputKind::RawHttp, "{input:?}");
        let request = capture.request().unwrap();
        assert_eq!(
            (request.method(), request.target()),
            ("GET", "/a?b"),
            "{input:?}"
        );
        assert_eq!(request.host(), Some("h"), "{input:?}");
        assert_eq!(request.body(), b"", "{input:?}");
        assert_eq!(capture.missing(), [Missing::Scheme, Missing::Answer]);
    }
}

#[test]
fn only_an_absolute_target_gives_the_scheme() {
    let absolute = capture("GET HTTPS://H:8443/a HTTP/1.1\nHost: h:8443\n");
    let request = absolute.request().unwrap();
    assert_eq!(
        (request.scheme(), request.host()),
        (Some(Scheme::Https), Some("H:8443"))
    );
    assert_eq!(
        request.as_request(None).unwrap().uri().base_uri(),
        "https://h:8443/a"
    );
    let behind_proxy = request.as_request(Some(Scheme::Http)).unwrap();
    assert_eq!(behind_proxy.uri().base_uri(), "http://h:8443/a");

    let header =
        capture("GET /a HTTP/1.1\nHost: h\nX-Test-Scheme: http\nX-Forwarded-Proto: https\n");
    assert_eq!(header.request().unwrap().scheme(), None);
    assert!(header.request().unwrap().as_request(None).is_err());
    let hostless = capture("GET /a HTTP/1.1\nA: b\n");
    assert!(hostless.missing().contains(&Missing::Host));
    assert!(
        hostless
            .request()
            .unwrap()
            .as_request(Some(Scheme::Http))
            .is_err()
    );
}

#[test]
fn bodies_are_kept_byte_for_byte() {
    assert_eq!(
        body("POST / HTTP/1.1\nHost: h\n\n{\n \"a\": 1 }\r\n\n"),
        b"{\n \"a\": 1 }\r\n\n"
    );
    assert_eq!(body(&format!("{FORM}\na=b%20+c")), b"a=b%20+c");
    assert_eq!(body(&format!("{FORM}Content-Length: 3\n\na=b\n\n")), b"a=b");
    assert_eq!(body(&format!("{FORM}Content-Length: 4\n\na=b\n")), b"a=b\n");
    let latin = read(b"POST / HTTP/1.1\nHost: h\n\n\xff\x00\xfe").unwrap();
    assert_eq!(latin.request().unwrap().body(), b"\xff\x00\xfe");
}

#[test]
fn a_line_break_that_no_form_can_hold_is_left_out_and_told() {
    let capture = capture(&format!("{FORM}\na=b\r\n"));
    assert_eq!(capture.request().unwrap().body(), b"a=b");
    assert_eq!(capture.exchanges()[0].notes(), [Note::BodyLineBreakDropped]);
}

#[test]
fn a_wrong_length_is_told() {
    let short = capture(&format!("{FORM}Content-Length: 30\n\na=b"));
    assert_eq!(short.request().unwrap().body(), b"a=b");
    assert_eq!(
        short.exchanges()[0].notes(),
        [Note::BodyLengthDiffers {
            declared: 30,
            found: 3
        }]
    );
    let long = capture(&format!("{FORM}Content-Length: 2\n\na=b"));
    assert_eq!(long.request().unwrap().body(), b"a=b");
    assert_eq!(
        long.exchanges()[0].notes(),
        [Note::BodyLengthDiffers {
            declared: 2,
            found: 3
        }]
    );
}

#[test]
fn chunks_are_joined() {
    let head = "POST / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n";
    assert_eq!(
        body(&format!(
            "{head}3\r\na=b\r\nA;x=y\r\n&c=defghij\r\n0\r\n\r\n"
        )),
        b"a=b&c=defghij"
    );
    assert_eq!(body(&format!("{head}3\na=b\n0\n")), b"a=b");
    let joined = capture(&format!("{head}a=b"));
    assert_eq!(joined.request().unwrap().body(), b"a=b");
    assert_eq!(joined.exchanges()[0].notes(), [Note::ChunksAlreadyJoined]);
}

#[test]
fn request_and_answer_are_told_apart() {
    for separator in [
        "\n",
        "\n\n",
        "\r\n\r\n\r\n",
        "\n\n--- response ---\n\n",
        "\n\n====\nResponse:\n",
    ] {
        let capture = capture(&format!(
            "{FORM}\na=b{separator}HTTP/1.1 401 Unauthorized\nContent-Type: text/plain\n\noauth_problem=nonce_used\n"
        ));
        assert_eq!(
            capture.read_as(),
            "raw HTTP, 1 request, 1 answer",
            "{separator:?}"
        );
        assert_eq!(capture.kind(), InputKind::RawHttpWithAnswer);
        assert_eq!(capture.request().unwrap().body(), b"a=b", "{separator:?}");
        assert_eq!(
            capture.answer().unwrap().body(),
            b"oauth_problem=nonce_used\n"
        );
    }
    let tight = capture("GET / HTTP/1.1\nHost: h\nHTTP/1.1 200\nA: b\n");
    assert_eq!(tight.read_as(), "raw HTTP, 1 request, 1 answer");
}

#[test]
fn a_declared_body_may_look_like_an_answer() {
    let text = "HTTP/1.1 200 OK\nA: b\n\n";
    let capture = capture(&format!(
        "POST / HTTP/1.1\nHost: h\nContent-Length: {}\n\n{text}",
        text.len()
    ));
    assert_eq!(capture.request().unwrap().body(), text.as_bytes());
    assert!(capture.answer().is_none());
}

#[test]
fn several_exchanges_keep_their_order() {
    let capture = capture(
        "GET /1 HTTP/1.1\nHost: h\n\nHTTP/1.1 100 Continue\n\nHTTP/1.1 301 Moved\nLocation: /2\n\nGET /2 HTTP/1.1\nHost: h\n\nHTTP/1.1 401 No\n\n",
    );
    let statuses: Vec<_> = capture
        .exchanges()
        .iter()
        .map(|e| (e.request().unwrap().target(), e.answer().unwrap().status()))
        .collect();
    assert_eq!(statuses, [("/1", Some(301)), ("/2", Some(401))]);
    let lone = super::read(b"HTTP/1.1 503 Busy\n\nlater", &Limits::default()).unwrap();
    assert_eq!(lone.read_as(), "raw HTTP, no request, 1 answer");
    assert_eq!(lone.missing(), [Missing::Request]);
}

#[test]
fn raw_header_values_are_kept() {
    let capture = read(b"GET / HTTP/1.1\nHost: h\nAuthorization: OAuth a=\"%2b\",  b=\"\xe9\"\nAuthorization: Basic x\nX:\n").unwrap();
    let request = capture.request().unwrap();
    let values: Vec<_> = request
        .headers()
        .all("AUTHORIZATION")
        .map(|h| h.value())
        .collect();
    assert_eq!(values, [&b"OAuth a=\"%2b\",  b=\"\xe9\""[..], b"Basic x"]);
    assert_eq!(request.headers().first("x").unwrap().value(), b"");
    let error = request.as_request(Some(Scheme::Http)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected UTF-8 in the header Authorization, found other bytes"
    );
}

#[test]
fn all_authorization_fields_are_passed_on() {
    let capture = capture(
        "GET / HTTP/1.1\nhost: h\nauthorization: OAuth a=\"b\"\nAuthorization: OAuth c=\"d\"\n",
    );
    let request = capture
        .request()
        .unwrap()
        .as_request(Some(Scheme::Https))
        .unwrap();
    assert_eq!(request.authorizations().count(), 2);
}

#[test]
fn faults_have_a_place() {
    let table = [
        (
            "GET /a b HTTP/1.1\nHost: h\n",
            "raw HTTP: expected a request target without blanks, found a blank or control character (line 1, byte 6)",
        ),
        (
            "GET / HTTP/1.1\nHost: h\n folded\n",
            "raw HTTP: expected each header on one line of its own, found a line that starts with a blank (folded headers are refused: join the lines) (line 3, byte 23)",
        ),
        (
            "\n\nGET / HTTP/1.1\nHost h\n",
            "raw HTTP: expected a header (Name: value), found a line without a colon (line 4, byte 17)",
        ),
        (
            "GET / HTTP/1.1\nHo st: h\n",
            "raw HTTP: expected a header name, found a character that no name can have (line 2, byte 17)",
        ),
        (
            "GET / HTTP/1.1\nHost: h\u{1}\n",
            "raw HTTP: expected a header value, found a control character (line 2, byte 22)",
        ),
        (
            "```\nGET / HTTP/1.1\nHost\n```",
            "raw HTTP: expected a header (Name: value), found a line without a colon (line 3, byte 19)",
        ),
        (
            ":authority: h\n:method: GET\n",
            "raw HTTP: expected a :path pseudo header, found none (line 1, byte 0)",
        ),
    ];
    for (input, message) in table {
        let error = read(input.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), message, "{input:?}");
    }
}

#[test]
fn limits_are_errors_of_their_own() {
    let limits = Limits::default().with_headers(1).with_entries(1);
    let error = |input: &str| {
        read_with(input.as_bytes(), &limits)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        error("GET / HTTP/1.1\nA: b\nC: d\n"),
        "too many headers: at most 1 headers, found 2"
    );
    assert_eq!(
        error("GET / HTTP/1.1\n\nGET / HTTP/1.1\n\n"),
        "too many requests: at most 1 requests, found 2"
    );
    assert!(read_with(b"GET / HTTP/1.1\nA: b\n", &limits).is_ok());
}
